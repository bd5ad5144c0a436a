"""Volumes of split archives that come alone: what they hold goes on in files that are not here.

RAR, 7z, ARJ and ACE say so in their headers and their modules report it. Blind splits (`.zip.001`, `.7z.002`, `.z01`) say it by their names only.
References: APPNOTE.TXT 8.5 (split archives); the help of 7-Zip, "Split to volumes".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.part import Part
from attachguard.types.identify.volumes import volume

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset("volume zip gz tar bz2 xz lzma lzip zst iso img wim vhd vhdx vmdk dmg".split())  # noqa: SIM905
LIMITATIONS: Final = ("The volumes of one archive are not put together, even where one mail brings them all.",)
EXTRACTS: Final = "Nothing."
DETECTS: Final = (
    "Files that are one of several volumes by their names, whose content lies elsewhere or goes on elsewhere."
)


def inspect(part: Part) -> Iterator[Fact]:
    """That there is more than can be seen here."""
    number = volume(part.name)
    if number:
        yield part.finding(
            "split-archive", f"archive: volume {number} of a set, judging by its name; the others are missing"
        )
