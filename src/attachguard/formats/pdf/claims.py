"""What a PDF says of itself: its version and a PDF/A claim (ISO 32000-2, 7.5.2 and 7.7.2; ISO 19005-4, 6.7.3). Claims are not validated."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.syntax import Name, Stream, dictionaries

_HEADER: Final = re.compile(rb"%PDF-(\d\.\d)")
#: As an attribute or as an element, in XMP.
_PART: Final = re.compile(rb"pdfaid:part\s*(?:=\s*[\"']|>)\s*(\d)")
_CONFORMANCE: Final = re.compile(rb"pdfaid:conformance\s*(?:=\s*[\"']|>)\s*([A-Za-z])")
_METADATA: Final = 4 << 20


class Claims(NamedTuple):
    """What a PDF says of itself.

    Args:
        version: `1.7`, or empty where the file names none.
        archival: `2b` for PDF/A-2b, `4` for PDF/A-4, empty without a claim.
    """

    version: str
    archival: str


def claims(document: Document) -> Claims:
    """The version of the header or of the catalog, whichever is later, and the PDF/A part and level of the document's metadata."""
    header = _HEADER.search(document.raw, 0, 1024)
    version = header[1].decode("ascii") if header else ""
    archival = ""
    for _number, value in document.marked("catalog"):
        for path, entries in dictionaries(value):
            if path or entries.get("Type") != "Catalog":
                continue
            stated = document.resolve(entries.get("Version"))
            if isinstance(stated, Name) and re.fullmatch(r"\d\.\d", stated):
                version = max(version, str(stated))
            metadata = document.resolve(entries.get("Metadata"))
            if isinstance(metadata, Stream):
                archival = _archival(document.content_up_to(metadata, _METADATA)) or archival
    return Claims(version, archival)


def _archival(metadata: bytes) -> str:
    part = _PART.search(metadata)
    if part is None:
        return ""
    level = _CONFORMANCE.search(metadata)
    return (part[1] + (level[1].lower() if level else b"")).decode("ascii")
