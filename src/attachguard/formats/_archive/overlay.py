"""What is glued behind a program: archives that unpack themselves, installers' data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attachguard.filetypes import filetype
from attachguard.inspector import Fact
from attachguard.part import Part

#: An archive begins this near to the overlay's start; modules' texts and manifests may stand before it.
_SEARCH: Final = 1 << 16
_ARCHIVES: Final = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"PK\x03\x04", "zip"),
    (b"MSCF\0\0\0\0", "cab"),
)
_ANNOUNCES: Final = {"rar": "RAR", "7z": "7z", "zip": "ZIP", "cab": "cabinet"}


def archives(part: Part, start: int) -> Iterator[Fact]:
    """The archive that a program carries from `start` on: its type, so that its inspector looks into it, and that it unpacks itself."""
    data = part.data
    for magic, key in _ARCHIVES:
        place = data.find(magic, start, start + _SEARCH)
        if place < 0:
            continue
        if key == "cab":
            # Cabinets are read from their first byte on.
            yield part.child("overlay.cab", data[place:], role="embedded")
        elif key != "zip" or part.is_a("zip") or data.rfind(b"PK\x05\x06", max(0, len(data) - 65557)) > place:
            yield filetype(key)
        else:
            continue
        yield part.finding("archive-self-extracting", f"{_ANNOUNCES[key]} archive behind a program", offset=place)
        return
