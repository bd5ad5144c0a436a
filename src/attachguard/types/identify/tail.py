"""What stands behind or around the first format: a ZIP at the end, a PDF in the first kilobyte, trailers of disk images.

Readers of ZIP start at the end, readers of PDF accept 1024 bytes of anything in front: one file may be both, and each reader is right. What other
archives and programs stand behind the end of a file is told by `formats/media/appended.py`.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from attachguard.types.filetypes import TYPES

_OFFICE: Final = frozenset({"document", "spreadsheet", "presentation"})
_EOCD: Final = b"PK\x05\x06"
_EOCD_FIELDS: Final = struct.Struct("<4s4H2LH")
_WEB_ARCHIVE_REACH: Final = 16384
_PDF_HEADER: Final = re.compile(rb"%PDF-[0-9]")
#: Formats that hold members as they are, so that a member's signature inside them says nothing.
_HOLDER_IDS: Final = (
    "cfb eml mbox mht tnef tar rar 7z ar cpio iso udf one pst dbx cab arj lha ace zoo arc wim xar fat img vhd vmdk qcow dmg squashfs warc"
    " regf sqlite pcap mdb accdb applesingle pkcs7 pgp p12"
)
HOLDERS: Final = frozenset(_HOLDER_IDS.split())

#: Names under which Office and browsers look for a web archive, its first field, and what makes it one.
_ARCHIVE_NAMES: Final = frozenset({
    "doc", "dot", "docx", "docm", "dotx", "dotm", "wbk", "wiz", "rtf", "xls", "xlt", "xlsx", "xlsm", "xlsb", "ppt", "pot", "pps", "pptx", "pptm",
    "mht", "mhtml", "mhtm",
})  # fmt: skip
#: What these programs open as what it is, before they look for one.
_OPENED: Final = frozenset({
    "rtf", "html", "xhtml", "xml", "zip", "cfb", "pdf", "eml", "mbox", "svg", "tnef", "wordperfect", "mht",
})  # fmt: skip
_ARCHIVE_FIELD: Final = re.compile(rb"(?i)mime-version[ \t]*:")
_RELATED: Final = re.compile(rb"(?i)multipart/related|boundary[ \t]*=")

#: What a browser takes for a page, in the first bytes of a file that says to be a PDF.
_PAGE: Final = re.compile(rb"<(?:html|script|body|iframe|!doctype html)[\s>/]", re.IGNORECASE)


def behind(data: bytes, found: list[str]) -> None:
    """Add to `found` the types that other places than the first bytes prove."""
    size = len(data)
    if size < 22:
        return
    first = found[0] if found else ""
    # The record that ends a ZIP holds zero bytes, so text has none.
    if first != "zip" and data.find(b"\0", max(0, size - 65557)) >= 0:
        _zip_at_end(data, found, first)
    if first != "pdf":
        _pdf_inside(data, found, first)
    else:
        _in_pdf(data, found)
    if data.startswith(b"koly", size - 512) and "dmg" not in found:
        found.insert(0, "dmg")
    elif data.startswith(b"conectix", size - 512) and "vhd" not in found:
        found.insert(0, "vhd")
    elif data.endswith(b"cdsaencr") and "dmg-enc" not in found:
        found.insert(0, "dmg-enc")


def web_archive(data: bytes, found: list[str], extension: str) -> None:
    """Add the web archive that a program finds in a file by its name, whatever text stands in front of its first field."""
    if extension not in _ARCHIVE_NAMES or not _OPENED.isdisjoint(found) or (found and TYPES[found[0]].group in _OFFICE):
        return
    head = data[:_WEB_ARCHIVE_REACH]
    start = _ARCHIVE_FIELD.search(head)
    if start is not None and _RELATED.search(head, start.start()) is not None:
        found.insert(0 if found == ["txt"] else len(found), "mht")


def _in_pdf(data: bytes, found: list[str]) -> None:
    """What else reads a file that begins as a PDF."""
    if (
        data.find(b"MIME-Version:", 0, _WEB_ARCHIVE_REACH) >= 0
        and data.find(b"boundary=", 0, 2 * _WEB_ARCHIVE_REACH) >= 0
    ):
        # Word opens a web archive that stands behind a PDF header (JPCERT/CC, "MalDoc in PDF", 2023).
        found.append("mht")
    if _PAGE.search(data, 0, 1024):
        found.append("html")


def _zip_at_end(data: bytes, found: list[str], first: str) -> None:
    size = len(data)
    place = size - 22 if data.startswith(_EOCD, size - 22) else data.rfind(_EOCD, max(0, size - 65557))
    if place < 0 or place + 22 > size:
        if not found and data.find(b"PK\x06\x06", 0, 64) >= 0:
            found.append("zip")
        return
    if not found:
        found.append("zip")
        return
    _, _, _, _, _, length, offset, comment = _EOCD_FIELDS.unpack_from(data, place)
    if place + 22 + comment < size and first in HOLDERS:
        return  # padding behind it: a member that lies in its container
    directory = place - length
    if length and (directory < 0 or not data.startswith(b"PK\x01\x02", directory) or offset > directory):
        return
    found.append("zip")


def _pdf_inside(data: bytes, found: list[str], first: str) -> None:
    place = data.find(b"%PDF-", 1, 1029)
    if place < 0 or first in HOLDERS or not _PDF_HEADER.match(data, place):
        return
    if first == "zip" and place == 30 + sum(struct.unpack_from("<2H", data, 26)):
        return  # a stored first member
    if b"obj" not in data[place : place + 65536] and b"startxref" not in data[-2048:]:
        return
    if found and first not in ("txt", "html", "csv", "xml"):
        found.append("pdf")
    else:
        if first == "txt":
            found.clear()
        found.insert(0, "pdf")
