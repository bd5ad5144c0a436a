"""What is glued after a program: archives that unpack themselves, installers' data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.readers.packed import markers
from attachguard.types.filetypes import filetype

#: An archive begins this near to the overlay's start; modules' texts and manifests may stand before it.
_SEARCH: Final = 1 << 16
_ARCHIVES: Final[tuple[tuple[str, str, Callable[[bytes, int, int], int]], ...]] = (
    ("rar", "RAR", markers.rar),
    ("7z", "7z", markers.seven_zip),
    ("zip", "ZIP", lambda data, begin, end: data.find(b"PK\x03\x04", begin, end)),
    ("cab", "cabinet", lambda data, begin, end: data.find(b"MSCF\0\0\0\0", begin, end)),
)


def archives(part: Part, start: int) -> Iterator[Fact]:
    """The archive that a program carries from `start` on: its type, so that its inspector looks into it, and that it unpacks itself."""
    data = part.data
    for key, title, find in _ARCHIVES:
        place = find(data, start, start + _SEARCH)
        if place < 0:
            continue
        if key == "cab":
            # Cabinets are read from their first byte on.
            yield part.child("overlay.cab", data[place:], role="embedded")
        elif key != "zip" or part.is_a("zip") or data.rfind(b"PK\x05\x06", max(0, len(data) - 65557)) > place:
            yield filetype(key)
        else:
            continue
        yield part.finding("sfx", f"{title} archive appended to a program", offset=place)
        return
