"""What a format module looks like from outside, and what it may say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from attachguard.model import FileType, Finding
from attachguard.part import Part

#: The part is also this, or more exactly this; this was noticed; the part contains this.
Fact = FileType | Finding | Part


class Inspector(Protocol):
    """A format module."""

    @property
    def TYPES(self) -> frozenset[str]:
        """Ids of the file types it inspects."""

    @property
    def LIMITATIONS(self) -> tuple[str, ...]:
        """What it knowingly does not do."""

    def inspect(self, part: Part) -> Iterator[Fact]:
        """Facts about a part of one of these types."""
