"""Objects of the Equation Editor, wherever they lie: in a stream of a compound file, or as OLE 1 data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.equation import of_mathtype, overflow, starts

#: Bytes of an equation that are read; a page of formulas has some kilobytes.
MAXIMUM: Final = 1 << 20
_SCORE: Final = 95


def equation_facts(part: Part, data: bytes, *, offset: int | None = None) -> Iterator[Finding]:
    """What the native data of an equation object does; `offset` is where it is in the part."""
    if not data.strip(b"\0"):
        return
    found = overflow(data[:MAXIMUM])
    if found:
        fact = part.finding("equation-exploit", f"Equation Editor exploit: {found}", offset=offset)
        yield msgspec.structs.replace(fact, score=_SCORE)
    elif not starts(data) and not of_mathtype(data):
        yield part.finding("equation-unread", "Equation Editor object: its data cannot be read", offset=offset)
