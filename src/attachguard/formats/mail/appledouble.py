"""AppleSingle and AppleDouble (RFC 1740 appendices A and B): the forks and the properties of a Macintosh file.

A header counts entries of id, offset and length: 1 is the data fork, 2 the resource fork, 3 the name. AppleDouble has all but the data fork, which
is next to it as a file of its own.

Why our own: a table of offsets needs no library.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial
from typing import Final

from attachguard.errors import Malformed
from attachguard.inspector import Fact
from attachguard.part import Part

TYPES: Final = frozenset({"applesingle"})
LIMITATIONS: Final = ("The resource fork is given whole, its resources are not taken apart.",)
EXTRACTS: Final = "The data fork and the resource fork."
DETECTS: Final = "Damage."

_ENTRY: Final = struct.Struct(">III")
_HEADER: Final = 26
_MAX_ENTRIES: Final = 100
_DATA_FORK: Final = 1
_RESOURCE_FORK: Final = 2
_REAL_NAME: Final = 3
#: A resource map without resources is this long; many files carry one.
_EMPTY_FORK: Final = 286


def inspect(part: Part) -> Iterator[Fact]:
    """The forks."""
    data = part.data
    if len(data) < _HEADER:
        raise Malformed("AppleSingle: header cut short")
    count = int.from_bytes(data[24:26], "big")
    entries: dict[int, tuple[int, int]] = {}
    for number in range(min(count, _MAX_ENTRIES)):
        at = _HEADER + number * _ENTRY.size
        if at + _ENTRY.size > len(data):
            raise Malformed("AppleSingle: entries cut short")
        key, start, size = _ENTRY.unpack_from(data, at)
        entries.setdefault(key, (start, start + size))
    start, end = entries.get(_REAL_NAME, (0, 0))
    name = data[start : min(end, start + 255)].decode("utf-8", "replace")
    if _DATA_FORK in entries:
        yield part.child(name or part.name, partial(_slice, data, *entries[_DATA_FORK]))
    start, end = entries.get(_RESOURCE_FORK, (0, 0))
    if end - start > _EMPTY_FORK:
        yield part.child(f"{name or part.name}.rsrc", partial(_slice, data, start, end))
    if any(end > len(data) for _, end in entries.values()):
        raise Malformed("AppleSingle: an entry is longer than the file")


def _slice(data: bytes, start: int, end: int) -> bytes:
    return data[start:end]
