"""vCard (RFC 6350, RFC 2426, vCard 2.1): contact cards.

A card carries pictures, sounds and keys inline, other cards in `AGENT`, and whatever else a property in base64 holds.

Why our own: see the reader of content lines (`readers.contentlines`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.mail import _lines

if TYPE_CHECKING:
    from attachguard.inspector import Fact
    from attachguard.part import Part
    from attachguard.readers.contentlines import Line

TYPES: Final = frozenset({"vcf"})
LIMITATIONS: Final = ("Pictures and sounds on the web are neither fetched nor reported.",)
EXTRACTS: Final = "Files inline, cards in cards."
DETECTS: Final = "Network paths."

_KINDS: Final = _lines.Kinds("contact card", "card-file", "card-network-path")


def inspect(part: Part) -> Iterator[Fact]:
    """What the card carries and points to."""
    yield from _lines.facts(part, _KINDS, _nothing)


def _nothing(_line: Line) -> Iterator[Fact]:
    return iter(())
