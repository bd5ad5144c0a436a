"""What a PDF says of itself: its version, a PDF/A claim, the program that made it; and its links.

Claims are not validated. References: ISO 32000-2, 7.5.2, 7.7.2 and 14.3; ISO 19005-4, 6.7.3.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final, NamedTuple

from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.syntax import Name, Stream, dictionaries, text
from attachguard.later import later

_HEADER: Final = re.compile(rb"%PDF-(\d\.\d)")
#: As an attribute or as an element, in XMP.
_PART: Final = later(rb"pdfaid:part\s*(?:=\s*[\"']|>)\s*(\d)")
_CONFORMANCE: Final = later(rb"pdfaid:conformance\s*(?:=\s*[\"']|>)\s*([A-Za-z])")
_PRODUCER: Final = later(rb"pdf:Producer\s*(?:=\s*[\"']|>)\s*([^\"'<]{1,300})")
_TOOL: Final = later(rb"xmp:CreatorTool\s*(?:=\s*[\"']|>)\s*([^\"'<]{1,300})")
_METADATA: Final = 4 << 20


class Claims(NamedTuple):
    """What a PDF says of itself.

    Args:
        version: `1.7`, or empty where the file names none.
        archival: `2b` for PDF/A-2b, `4` for PDF/A-4, empty without a claim.
        producer: the program that wrote it, and the one that its text was written with; empty where it names none.
    """

    version: str
    archival: str
    producer: str


def claims(document: Document) -> Claims:
    """The version of the header or of the catalog, whichever is later; what the document's metadata say of PDF/A and of programs."""
    header = _HEADER.search(document.raw, 0, 1024)
    version = header[1].decode("ascii") if header else ""
    archival = producer = ""
    for _number, value in document.marked("catalog"):
        for path, entries in dictionaries(value):
            if path or entries.get("Type") != "Catalog":
                continue
            stated = document.resolve(entries.get("Version"))
            if isinstance(stated, Name) and re.fullmatch(r"\d\.\d", stated):
                version = max(version, str(stated))
            metadata = document.resolve(entries.get("Metadata"))
            if isinstance(metadata, Stream):
                said = document.content_up_to(metadata, _METADATA)
                archival = _archival(said) or archival
                producer = _in_metadata(said) or producer
    return Claims(version, archival, _in_information(document) or producer)


def first_link(document: Document) -> str:
    """The first address of the web or of a mailbox that a link leads to (12.6.4.8); empty where there is none."""
    for _number, value in document.marked("address"):
        for _path, entries in dictionaries(value):
            address = document.resolve(entries.get("URI"))
            if isinstance(address, bytes) and address:
                return text(address)
    return ""


def _in_information(document: Document) -> str:
    """The programs that the information dictionary names (14.3.3); that of the last revision counts."""
    found = ""
    for _number, value in document.marked("root"):
        trailer = value.entries if isinstance(value, Stream) else value
        information = document.resolve(trailer.get("Info")) if isinstance(trailer, dict) else None
        if isinstance(information, dict):
            values = (document.resolve(information.get(key)) for key in ("Producer", "Creator"))
            found = "; ".join(text(value) for value in values if isinstance(value, bytes) and value) or found
    return found


def _in_metadata(metadata: bytes) -> str:
    found = (name.search(metadata) for name in (_PRODUCER, _TOOL))
    return "; ".join(unescape(each[1].decode("utf-8", "replace")) for each in found if each is not None)


def _archival(metadata: bytes) -> str:
    part = _PART.search(metadata)
    if part is None:
        return ""
    level = _CONFORMANCE.search(metadata)
    return (part[1] + (level[1].lower() if level else b"")).decode("ascii")
