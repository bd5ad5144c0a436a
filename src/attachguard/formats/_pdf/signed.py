"""PDF signatures: what their byte ranges cover (ISO 32000-2, 12.8). Validity is not judged here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attachguard.formats._pdf.actions import clean
from attachguard.formats._pdf.file import Document
from attachguard.formats._pdf.syntax import Name, Value
from attachguard.inspector import Fact
from attachguard.part import Part

#: Signatures reported of one file.
_LISTED: Final = 50
_BLANK: Final = b"\0\t\n\f\r "


def signatures(part: Part, document: Document, found: list[dict[str, Value]]) -> Iterator[Fact]:
    """Each signature and what it covers; a finding where none of them covers the whole file.

    Args:
        part: the PDF as it came: byte ranges count in it.
        document: its objects.
        found: signature dictionaries.
    """
    size = len(part.data)
    # White space after the last %%EOF says nothing.
    content_end = len(part.data.rstrip(_BLANK)) if found else 0
    whole = False
    told = 0
    for entries in found:
        part.budget.check_time()
        ranges = document.resolve(entries["ByteRange"])
        numbers = [document.resolve(item) for item in ranges[:64]] if isinstance(ranges, list) else []
        if len(numbers) < 4 or len(numbers) % 2 or not all(isinstance(item, int) and item >= 0 for item in numbers):
            continue
        covers = numbers[0] == 0 and numbers[-2] + numbers[-1] >= content_end and _gaps_are_contents(part.data, numbers)
        covers = covers and numbers[-2] + numbers[-1] <= size
        whole = whole or covers
        kind = document.resolve(entries.get("SubFilter"))
        family = "PAdES" if kind in ("ETSI.CAdES.detached", "ETSI.RFC3161") else "PDF signature"
        told += 1
        if told <= _LISTED:
            scheme = clean(kind) if isinstance(kind, Name) else "no SubFilter"
            yield part.signature(f"{family}: {scheme}, covers {'the whole file' if covers else 'the file partially'}")
    if told and not whole:
        yield part.finding("signature-partial-coverage", "PDF: no signature covers the file to its end")


def _gaps_are_contents(data: bytes, numbers: list[int]) -> bool:
    """Whether what a signature leaves out is one hexadecimal string each time, which is where the signature itself stands (12.8.1)."""
    for place in range(0, len(numbers) - 2, 2):
        start, end = numbers[place] + numbers[place + 1], numbers[place + 2]
        gap = data[start:end].strip(_BLANK)
        if not (
            start < end and gap.startswith(b"<") and gap.endswith(b">") and b">" not in gap[:-1] and b"/" not in gap
        ):
            return False
    return True
