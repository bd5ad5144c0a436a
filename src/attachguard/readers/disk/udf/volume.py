"""UDF volumes: from the anchor to the partitions and to the roots of the folders.

References: ECMA-167 (3rd edition) parts 3 and 4; OSTA Universal Disk Format 1.02 to 2.60, section 2.2. Every volume that any anchor and either of its
two descriptor sequences describes is read: which of them counts is each reader's own choice.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from attachguard.errors import Malformed
from attachguard.limits import Budget
from attachguard.readers.disk.blocks import Disk
from attachguard.readers.disk.udf.nodes import Blocks, Place, long_place, tag
from attachguard.readers.disk.udf.partitions import Physical, mapped

_ANCHOR, _POINTER, _PARTITION, _LOGICAL, _END = 2, 3, 5, 6, 8
_FILE_SET: Final = 256
_BLOCK_SIZES: Final = (2048, 512, 4096, 1024)
#: The anchor is in this sector, in the last one and as far before it (ECMA-167 3/8.4.2.1); a disc not yet closed has it in 512 (UDF 6.11).
_ANCHOR_SECTOR, _OPEN_ANCHOR_SECTOR = 256, 512
#: Sectors of one descriptor sequence that are looked at; it has 16 (UDF 2.2.3.2).
_SEQUENCE: Final = 128
#: Volumes, file sets and partitions of one image: one, one and two are usual.
_VOLUMES, _FILE_SETS, _MAPS = 4, 8, 8


class Volume:
    """One logical volume.

    Args:
        disk: what it lies on.
        start: offset of its first sector.
        sector: bytes of a sector.
        logical: its descriptor (ECMA-167 3/10.6).
        partitions: offset of each partition, by number.
        budget: charged for tables.

    Raises:
        Malformed: its descriptor cannot be.
    """

    def __init__(
        self, disk: Disk, start: int, sector: int, logical: bytes, partitions: dict[int, int], budget: Budget
    ) -> None:
        block: int = struct.unpack_from("<I", logical, 212)[0]
        if block not in _BLOCK_SIZES:
            raise Malformed("UDF: impossible size of a block")
        self.blocks = Blocks(disk, block, budget)
        self.partitions: list[Physical | None] = []
        #: Where the volume and its partitions begin: two descriptors that agree in this describe one volume.
        self.identity: tuple[object, ...] = (bytes(logical[248:264]), tuple(sorted(partitions.items())))
        length, count = struct.unpack_from("<II", logical, 264)
        maps = logical[440 : 440 + length]
        position = 0
        for _ in range(min(count, _MAPS)):
            size = maps[position + 1] if position + 2 <= len(maps) else 0
            if size < 6:
                break
            self.partitions.append(mapped(self.blocks, start, sector, maps[position : position + size], partitions))
            position += size
        self._file_set = long_place(logical, 248)

    def roots(self) -> list[Place]:
        """The root folder of each file set, and the folder of the volume's own streams (ECMA-167 4/14.1)."""
        found: list[Place] = []
        place = self._file_set
        for _ in range(_FILE_SETS):
            where = self.blocks.at(self.partitions, place)
            raw = b"" if where is None else self.blocks.disk.read(where, self.blocks.block)
            if tag(raw) != _FILE_SET or len(raw) < 480:
                break
            for offset in (400, 464):
                root = long_place(raw, offset)
                if root.size and root not in found:
                    found.append(root)
            following = long_place(raw, 448)
            place = following if following.size else place._replace(block=place.block + 1)
        if not found:
            raise Malformed("UDF: no file set")
        return found


def volumes(disk: Disk, start: int, budget: Budget) -> Iterator[Volume]:
    """Every volume that one of the anchors and descriptor sequences describes; those that are described alike once.

    Raises:
        Malformed: there is no anchor, no volume after one, or a volume that cannot be; the others come first.
    """
    found: list[Volume] = []
    seen: set[tuple[int, int, int]] = set()
    broken: Malformed | None = None
    for sequence in _sequences(disk, start):
        if sequence in seen or len(found) >= _VOLUMES:
            continue
        seen.add(sequence)
        logical, partitions = _descriptors(disk, start, *sequence)
        if logical is None:
            continue
        try:
            volume = Volume(disk, start, sequence[0], logical, partitions, budget)
        except Malformed as error:
            broken = broken or error
            continue
        if all(other.identity != volume.identity for other in found):
            found.append(volume)
            yield volume
    if broken is not None:
        raise broken
    if not found:
        raise Malformed("UDF: no volume where its anchors point" if seen else "UDF: no anchor")


def _sequences(disk: Disk, start: int) -> Iterator[tuple[int, int, int]]:
    """Bytes of a sector, bytes of a descriptor sequence and its first sector, for each sequence that an anchor names."""
    for sector in _BLOCK_SIZES:
        last = (disk.size - start) // sector - 1
        for number in (_ANCHOR_SECTOR, last, last - _ANCHOR_SECTOR, _OPEN_ANCHOR_SECTOR):
            raw = disk.read(start + number * sector, 32) if number > 0 else b""
            # The tag knows its own sector, and so the size of a sector is known (ECMA-167 3/7.2.8).
            if tag(raw) == _ANCHOR and len(raw) == 32 and int.from_bytes(raw[12:16], "little") == number:
                for offset in (16, 24):
                    yield (sector, *struct.unpack_from("<II", raw, offset))


def _descriptors(disk: Disk, start: int, sector: int, length: int, place: int) -> tuple[bytes | None, dict[int, int]]:
    """The prevailing descriptor of the volume, and where its partitions begin (ECMA-167 3/8.4.2)."""
    logical: tuple[int, bytes] | None = None
    partitions: dict[int, tuple[int, int]] = {}
    left = min(length // sector, _SEQUENCE)
    steps = _SEQUENCE
    while left > 0 and steps > 0:
        raw = disk.read(start + place * sector, sector)
        kind = tag(raw)
        if not kind or kind == _END or len(raw) < 512:
            break
        order = struct.unpack_from("<I", raw, 16)[0]
        if kind == _POINTER:
            size, place = struct.unpack_from("<II", raw, 20)
            left = min(size // sector, _SEQUENCE)
            steps -= 1
            continue
        if kind == _PARTITION:
            number, first = struct.unpack_from("<H", raw, 22)[0], struct.unpack_from("<I", raw, 188)[0]
            if number not in partitions or order >= partitions[number][0]:
                partitions[number] = (order, first)
        elif kind == _LOGICAL and (logical is None or order >= logical[0]):
            logical = (order, raw)
        place, left, steps = place + 1, left - 1, steps - 1
    return (logical[1] if logical is not None else None), {number: first for number, (_, first) in partitions.items()}
