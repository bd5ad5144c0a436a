"""Containers that are known by their signature and not opened: disk images, Windows images, archives of old or rare archivers.

What is inside stays unknown, and that is what is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.filetypes import TITLES
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset(
    {
        "wim", "vhdx", "vmdk", "qcow", "dmg", "squashfs", "zoo", "arc", "alz", "egg", "sit",
    }
)  # fmt: skip
LIMITATIONS: Final = ("Nothing is unpacked; the content of these types is out of reach.",)
EXTRACTS: Final = "Nothing."
DETECTS: Final = "That the content cannot be looked into."


def inspect(part: Part) -> Iterator[Fact]:
    """That the content cannot be looked into, once per type."""
    if part.is_a("iso"):
        return  # a bridge image, whose files are read from its ISO 9660 tree
    for kind in part.types:
        if kind.id in TYPES:
            yield part.finding("uninspectable-content", f"{TITLES[kind.id]}: not opened here")
