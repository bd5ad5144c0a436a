"""How NTFS stores a stream outside of its record: runs of clusters, holes, compressed units.

Reference: the documentation of the Linux-NTFS project, "Data Runs" and "Compression"; [MS-XCA] 2.5, LZNT1, whose chunks are those of [MS-OVBA] 2.4.1.

Why our own: no package reads NTFS from bytes in memory within bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attachguard._core.ovba import decompress
from attachguard.errors import Malformed
from attachguard.limits import Budget
from attachguard.readers.disk.blocks import HOLE, Disk

#: Offset and bytes of each piece; a hole begins at `HOLE`.
Extents = tuple[tuple[int, int], ...]

_PIECES: Final = 1 << 16


def runs(raw: bytes, start: int, cluster: int, budget: Budget) -> Extents:
    """The pieces that a list of runs names.

    Args:
        raw: the list: a byte with the bytes of count and offset, the count, the offset to the run before, and so on.
        start: offset of the volume.
        cluster: bytes of a cluster.
        budget: asked for time.

    Raises:
        Malformed: too many pieces.
    """
    found: list[tuple[int, int]] = []
    place = number = 0
    while place < len(raw) and raw[place]:
        counted, moved = raw[place] & 15, raw[place] >> 4
        end = place + 1 + counted
        count = int.from_bytes(raw[place + 1 : end], "little")
        number += int.from_bytes(raw[end : end + moved], "little", signed=True) if moved else 0
        # What lies before the volume is nowhere: the content ends there.
        begin = HOLE if not moved else start + number * cluster if number >= 0 else 1 << 62
        found.append((begin, count * cluster))
        place = end + moved
        if len(found) > _PIECES:
            raise Malformed("NTFS: a stream of too many pieces")
        budget.check_time()
    return tuple(found)


def cut(extents: Extents, size: int, nowhere: int) -> Extents:
    """Pieces up to the size of a stream; what is lacking begins `nowhere`."""
    found: list[tuple[int, int]] = []
    for place, length in extents:
        step = min(length, size)
        if step > 0:
            found.append((place, step))
            size -= step
    return (*found, (nowhere, size)) if size > 0 else tuple(found)


def unpacked(disk: Disk, extents: Extents, size: int, unit: int) -> Iterator[bytes]:
    """The content of a compressed stream, unit by unit.

    A unit that has all its clusters is stored as it is, one without any is a hole, any other is compressed and padded with a hole.

    Raises:
        Malformed: the content is not all there.
    """
    pieces = [list(extent) for extent in reversed(extents)]
    while size > 0:
        room, raw, holes = unit, b"", 0
        while room and pieces:
            place, length = pieces[-1]
            step = min(room, length)
            if place == HOLE:
                holes += step
            else:
                raw += disk.read(place, step)
                pieces[-1][0] += step
            pieces[-1][1] -= step
            room -= step
            if not pieces[-1][1]:
                pieces.pop()
        want = min(size, unit)
        if not raw and not holes:
            raise Malformed("NTFS: a compressed file ends early")
        content = raw[:want] if not holes else decompress(b"\x01" + raw, 0, want) if raw else bytes(want)
        yield content
        if len(content) < want:
            raise Malformed("NTFS: a compressed file ends early")
        size -= want
