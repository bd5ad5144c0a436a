"""What comes after or around the first format: a ZIP at the end, a PDF in the first kilobyte, trailers of disk images.

Readers of ZIP start at the end, readers of PDF accept 1024 bytes of anything in front: one file may be both, and each reader is right. What other
archives and programs follow the end of a file is recognised by `formats/media/appended.py`.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from attachguard.later import later
from attachguard.types.filetypes import OFFICE, TYPES, ids, words

_EOCD: Final = b"PK\x05\x06"
_EOCD_FIELDS: Final = struct.Struct("<4s4H2LH")
_WEB_ARCHIVE_REACH: Final = 16384
#: An object, and what leads a reader to the first one (ISO 32000-2, 7.3.10 and 7.5.5): with them the common readers open a file without any header.
_PDF_OBJECT: Final = later(rb"(?:^|[\r\n\0\t\f ])\d{1,10}[\r\n\0\t\f ]{1,9}\d{1,5}[\r\n\0\t\f ]{1,9}obj(?![A-Za-z])")
_PDF_TAIL: Final = 2048
_PDF_REACH: Final = 1 << 16
_PRINT_JOB: Final = b"\x1b%-12345X"
_ATTACHED: Final = b"/EmbeddedFile"
#: Formats that hold members as they are, so that a member's signature inside them says nothing.
HOLDERS: Final = ids("holds")

#: Names under which Office and browsers look for a web archive, its first field, and what makes it one.
_ARCHIVE_NAMES: Final = words("sought")
#: What these programs open as what it is, before they look for one.
_OPENED: Final = ids("firm")
_ARCHIVE_FIELD: Final = re.compile(rb"(?i)mime-version[ \t]*:")
_RELATED: Final = re.compile(rb"(?i)multipart/related|boundary[ \t]*=")

#: What a browser takes for a page, in the first bytes of a file that says to be a PDF.
_PAGE: Final = later(rb"<(?:html|script|body|iframe|!doctype html)[\s>/]", re.IGNORECASE)


def behind(data: bytes, found: list[str], extension: str = "") -> None:
    """Add to `found` the types that other places than the first bytes prove; `extension` is that of the name."""
    size = len(data)
    if size < 22:
        return
    first = found[0] if found else ""
    # The record that ends a ZIP holds zero bytes, so text has none.
    if first != "zip" and data.find(b"\0", max(0, size - 65557)) >= 0:
        _zip_at_end(data, found, first)
    if first != "pdf":
        _pdf_inside(data, found, first, extension)
    else:
        _in_pdf(data, found)
    if data.startswith(b"koly", size - 512) and "dmg" not in found:
        found.insert(0, "dmg")
    elif data.startswith(b"conectix", size - 512) and "vhd" not in found:
        found.insert(0, "vhd")
    elif data.endswith(b"cdsaencr") and "dmg-enc" not in found:
        found.insert(0, "dmg-enc")


def web_archive(data: bytes, found: list[str], extension: str) -> None:
    """Add the web archive that a program finds in a file by its name, whatever text precedes its first field."""
    if extension not in _ARCHIVE_NAMES or not _OPENED.isdisjoint(found) or (found and TYPES[found[0]].group in OFFICE):
        return
    head = data[:_WEB_ARCHIVE_REACH]
    start = _ARCHIVE_FIELD.search(head)
    if start is not None and _RELATED.search(head, start.start()) is not None:
        found.insert(0 if found == ["txt"] else len(found), "mht")


def _in_pdf(data: bytes, found: list[str]) -> None:
    """What else reads a file that begins as a PDF."""
    place = data.find(b"MIME-Version:", 0, _WEB_ARCHIVE_REACH)
    if place >= 0 and not _in_attachment(data, place) and data.find(b"boundary=", 0, 2 * _WEB_ARCHIVE_REACH) >= 0:
        # Word opens a web archive that follows a PDF header (JPCERT/CC, "MalDoc in PDF", 2023).
        found.append("mht")
    page = _PAGE.search(data, 0, 1024)
    if page is not None and not _in_attachment(data, page.start()):
        found.append("html")


def _in_attachment(data: bytes, place: int) -> bool:
    """Whether a place in a PDF is inside an attached file that lies in it uncompressed: then it is judged as that, and nobody else finds it."""
    begin = data.rfind(b"stream", 0, place)
    if begin < 3 or data.startswith(b"end", begin - 3) or data.find(b"endstream", place) < 0:
        return False
    head = data[max(0, begin - 1024) : begin]
    entries = head[head.rfind(b"obj") + 3 :]
    return b"obj" in head and _ATTACHED in entries and b"Filter" not in entries


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
        return  # padding after it: a member that lies in its container
    directory = place - length
    if length and (directory < 0 or not data.startswith(b"PK\x01\x02", directory) or offset > directory):
        return
    if first == "pdf" and length and _is_attachment(data, directory - offset, place + 22 + comment):
        return
    found.append("zip")


def _is_attachment(data: bytes, begin: int, end: int) -> bool:
    """Whether a stretch of a PDF is the whole content of an attached file that lies in it uncompressed."""
    behind_it = data[end : end + 11].lstrip(b"\r\n")
    before = data[max(0, begin - 8) : begin].rstrip(b"\r\n")
    return behind_it.startswith(b"endstream") and before.endswith(b"stream") and _in_attachment(data, begin)


def _pdf_inside(data: bytes, found: list[str], first: str, extension: str) -> None:
    """A PDF with something before its header, or without one.

    PDFium looks for `%PDF` in the first kilobyte, Acrobat for `%PDF-`; pdf.js, qpdf and Poppler look for objects where they find none.
    """
    place = data.find(b"%PDF", 1, 1029)
    if first in HOLDERS or (
        first == "zip" and len(data) >= 30 and place == 30 + sum(struct.unpack_from("<2H", data, 26))
    ):
        return  # a stored first member
    if place < 0:
        # Without a header it takes the name, or that nothing else is known of the file: a text may show what a PDF is made of.
        if extension != "pdf" and first not in ("", "pcl") and (extension or first != "txt"):
            return
        place = 0
        if b"startxref" not in data[-_PDF_TAIL:] and (extension != "pdf" or b"trailer" not in data):
            return
    elif not data.startswith(b"-", place + 4) and b"endobj" not in data:
        return
    if b"startxref" not in data[-_PDF_TAIL:] and b"obj" not in data[place : place + _PDF_REACH]:
        return
    if _PDF_OBJECT.search(data) is None:
        return
    if first == "pcl" and data.startswith(_PRINT_JOB):
        found[:] = ["pdf"]  # what a printer's driver writes around what it prints
    elif found and (not first or TYPES[first].group != "text"):
        found.append("pdf")
    else:
        if first == "txt":
            found.clear()
        found.insert(0, "pdf")
