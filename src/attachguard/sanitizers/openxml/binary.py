"""Workbooks in binary form ([MS-XLSB]): records that name sheets, books and what runs by itself.

Formulas count books and names, so none of those is taken out of its list: an entry that has to go becomes one that does nothing.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from typing import Final

from attachguard.sanitizers.openxml.package import Package
from attachguard.sanitizers.record import Refusal

#: Names that run by themselves.
AUTOMATIC: Final = re.compile(r"(?:_xlnm\.)?auto_(?:open|close|activate|deactivate)", re.IGNORECASE)
_SHEET_RECORD: Final = 156
_VIEW: Final = 158
_REFERENCES: Final = 362
#: Records that are a supporting book, in the order in which references count them; the scope of a name of the whole workbook.
_BOOKS: Final = frozenset({355, 357, 358, 667})
_EVERYWHERE: Final = 0xFFFFFFFF
_NAME_RECORD: Final = 39
_BOOK_SOURCE: Final = 355
_BOOK_SELF: Final = 357


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


def without_sheets(package: Package, name: str, idents: set[str]) -> None:
    """Take sheets out of the list of a workbook, and count anew what counts sheets; references to one that went say so.

    Args:
        package: the workbook.
        name: its main part.
        idents: relationships of the sheets that go.

    Raises:
        Refusal: no sheet would be left.
    """
    every = list(records(package.read(name)))
    sheets = [_wide(body, 8) for kind, body in every if kind == _SHEET_RECORD]
    kept = [number for number, ident in enumerate(sheets) if ident not in idents]
    if not kept:
        raise Refusal("the workbook has no sheet but macro sheets")
    numbers = {old: new for new, old in enumerate(kept)}
    books = [kind for kind, _ in every if kind in _BOOKS]
    own = books.index(_BOOK_SELF) if _BOOK_SELF in books else -1
    pieces = [
        written(kind, _counted(kind, body, numbers, own))
        for kind, body in every
        if kind != _SHEET_RECORD or _wide(body, 8) not in idents
    ]
    package.pack.replace(name, b"".join(pieces))


def _counted(kind: int, body: bytes, numbers: dict[int, int], own: int) -> bytes:
    """A record that counts sheets, by their new numbers ([MS-XLSB] 2.4.666, 2.4.711, 2.4.308)."""
    if kind == _REFERENCES and len(body) >= 4:
        new = bytearray(body)
        for at in range(4, min(4 + 12 * struct.unpack_from("<I", body)[0], len(body) - 11), 12):
            book, first, last = struct.unpack_from("<Iii", body, at)
            if book == own and first >= 0:
                left = [number for old, number in numbers.items() if first <= old <= last]
                struct.pack_into("<ii", new, at + 4, *((left[0], left[-1]) if left else (-1, -1)))
        return bytes(new)
    if kind == _NAME_RECORD and len(body) >= 9:
        (sheet,) = struct.unpack_from("<I", body, 5)
        if sheet != _EVERYWHERE:
            return body[:5] + struct.pack("<I", numbers.get(sheet, _EVERYWHERE)) + body[9:]
    if kind == _VIEW and len(body) >= 28:
        first, current = struct.unpack_from("<2I", body, 20)
        return body[:20] + struct.pack("<2I", numbers.get(first, 0), numbers.get(current, 0)) + body[28:]
    return body


def _wide(body: bytes, at: int) -> str:
    """A counted text in a record ([MS-XLSB] 2.5.168)."""
    count = int.from_bytes(body[at : at + 4], "little")
    return body[at + 4 : at + 4 + 2 * min(count, 256)].decode("utf-16-le", "replace")


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
