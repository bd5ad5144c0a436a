"""A part as a compound file; every inspector of it has the same reading."""

from __future__ import annotations

from attachguard.errors import Malformed
from attachguard.part import Part
from attachguard.readers.compound.file import Compound


def load(part: Part) -> Compound:
    """The compound file that a part is; for `part.once(load)`."""
    return Compound(part.data, part.budget)


def peek(part: Part) -> Compound | None:
    """The compound file that a part is, or None where it has no directory, which `formats/office/cfb.py` has reported."""
    try:
        return part.once(load)
    except Malformed:
        return None
