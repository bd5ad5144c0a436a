"""What a format module looks like from outside, and what it may say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from attachguard.model import FileType, Finding
from attachguard.part import Part

__all__ = ["Fact", "Inspector"]

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

    @property
    def EXTRACTS(self) -> str:
        """What it hands on as parts of their own, in one sentence."""

    @property
    def DETECTS(self) -> str:
        """What it says about the part, in one sentence."""

    def inspect(self, part: Part) -> Iterator[Fact]:
        """Facts about a part of one of these types."""
