"""Workbooks in binary form ([MS-XLSB]): records that name sheets, books and what runs by itself.

Formulas count sheets, books and names, so nothing is taken out of the lists: an entry that has to go becomes one that does nothing.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from typing import Final

from attachguard.sanitizers.openxml.package import Link, Package

#: Names that run by themselves.
AUTOMATIC: Final = re.compile(r"(?:_xlnm\.)?auto_(?:open|close|activate|deactivate)", re.IGNORECASE)
_WORKSHEET: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
_BINARY_SHEET: Final = "application/vnd.ms-excel.worksheet"
_XML_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
#: What an empty worksheet is in [MS-XLSB]: BrtBeginSheet, BrtBeginSheetData, BrtEndSheetData, BrtEndSheet.
_EMPTY_BINARY: Final = b"\x81\x01\x00\x91\x01\x00\x92\x01\x00\x82\x01\x00"
_NAME_RECORD: Final = 39
_BOOK_SOURCE: Final = 355
_BOOK_SELF: Final = 357
_EMPTY_XML: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
)


def records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part: type and body."""
    at = 0
    while at < len(content):
        kind = content[at] & 0x7F
        more = content[at] & 0x80
        at += 1
        if more:
            if at >= len(content):
                return
            kind |= (content[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while True:
            if at >= len(content) or shift > 21:
                return
            size |= (content[at] & 0x7F) << shift
            shift += 7
            at += 1
            if not content[at - 1] & 0x80:
                break
        yield kind, content[at : at + size]
        at += size


def written(kind: int, body: bytes) -> bytes:
    """One record as bytes."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(body)
    sized = bytearray()
    while True:
        sized.append(size & 0x7F | (0x80 if size > 0x7F else 0))
        size >>= 7
        if not size:
            return head + bytes(sized) + body


def _rewritten(package: Package, name: str, change: Callable[[int, bytes], tuple[int, bytes]]) -> None:
    content = package.read(name)
    package.pack.replace(name, b"".join(written(*change(kind, body)) for kind, body in records(content)))


def empty_sheets(package: Package, links: list[Link]) -> None:
    """Macro sheets become empty worksheets: names and formulas count sheets, and nothing needs to be counted anew."""
    for link in links:
        binary = link.target.endswith(".bin")
        for own in package.of(link.target):
            package.cut(own)
        package.pack.replace(link.target, _EMPTY_BINARY if binary else _EMPTY_XML)
        package.set_type(link.target, _BINARY_SHEET if binary else _XML_SHEET)
        package.retype(link, _WORKSHEET)


def rename_automatic(package: Package, name: str) -> None:
    """A name that makes a cell run loses its meaning by losing its first letters."""

    def change(kind: int, body: bytes) -> tuple[int, bytes]:
        if kind == _NAME_RECORD and len(body) > 13:
            count = struct.unpack_from("<I", body, 9)[0]
            text = body[13 : 13 + 2 * count].decode("utf-16-le", "replace")
            if AUTOMATIC.match(text):
                plain = ("removed_" + text)[:count] if count >= 8 else "x" * count
                body = body[:13] + plain.encode("utf-16-le") + body[13 + 2 * count :]
                # Flags of a built-in name and of a macro are no longer true.
                flags = struct.unpack_from("<I", body, 0)[0] & ~0x2E
                body = struct.pack("<I", flags) + body[4:]
        return kind, body

    _rewritten(package, name, change)


def replace_books(package: Package, name: str, idents: set[str]) -> None:
    """A supporting book that was outside becomes the workbook itself: formulas count the books."""

    def change(kind: int, body: bytes) -> tuple[int, bytes]:
        if kind == _BOOK_SOURCE and len(body) >= 4:
            count = struct.unpack_from("<I", body, 0)[0]
            if body[4 : 4 + 2 * count].decode("utf-16-le", "replace") in idents:
                return _BOOK_SELF, b""
        return kind, body

    _rewritten(package, name, change)
