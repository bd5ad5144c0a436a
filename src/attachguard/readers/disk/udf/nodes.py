"""What a UDF block says of a file: its kind, its size, and where it lies.

Reference: ECMA-167 (3rd edition) 4/14: file entries (14.9, 14.17), allocation descriptors (14.14). Checksums of descriptors are only asked for where
they tell a descriptor from other bytes, because not every reader asks for more.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from attachguard.errors import Malformed
from attachguard.limits import Budget
from attachguard.readers.disk.blocks import HOLE, Disk

#: Pieces of the disk: offset and bytes of each.
Extents = list[tuple[int, int]]

#: Kinds of files (ECMA-167 4/14.6.6): folders of files and of streams, links, devices and pipes.
FOLDERS: Final = (4, 13)
LINK: Final = 12
DEVICES: Final = (6, 7, 9, 10)

_ALLOCATION, _INDIRECT, _FILE, _EXTENDED = 258, 248, 261, 266
#: Strategy of discs that can be written once: each change is a further block (ECMA-167 4/A.5).
_CHAINED: Final = 4096
_CHAIN_LIMIT: Final = 64
_PIECES: Final = 1 << 16
#: Allocation descriptors by form: their fields, their bytes (ECMA-167 4/14.14.1 to 3); in the last form the data themselves are there.
_EMBEDDED: Final = 3
_FORMS: Final = (("<II", 8), ("<IIH", 16), ("<I8xIH", 20))


class Place(NamedTuple):
    """A block of a partition and the bytes that begin there, as allocation descriptors have it."""

    partition: int
    block: int
    size: int


def tag(raw: bytes) -> int:
    """The kind of descriptor (ECMA-167 3/7.2); 0 where the tag's checksum does not hold."""
    if len(raw) < 16 or (sum(raw[:4]) + sum(raw[5:16])) & 0xFF != raw[4]:
        return 0
    return int.from_bytes(raw[:2], "little")


def long_place(raw: bytes, offset: int) -> Place:
    """A long allocation descriptor without its type (ECMA-167 4/14.14.2)."""
    size, block, partition = struct.unpack_from("<IIH", raw, offset)
    return Place(partition, block, size & 0x3FFFFFFF)


class Partition(Protocol):
    """Where blocks are."""

    def extents(self, block: int, size: int) -> Extents:
        """Where `size` bytes from a block on lie."""


Partitions = Sequence[Partition | None]


class Blocks(NamedTuple):
    """A disk, the bytes of a block on it, and the budget that is charged for what is read."""

    disk: Disk
    block: int
    budget: Budget

    def read(self, extents: Extents, most: int) -> bytes:
        """The bytes of some pieces of the disk, at most `most`, holes as zeros."""
        pieces: list[bytes] = []
        for place, size in extents:
            step = min(size, most)
            if step <= 0:
                break
            self.budget.charge(step)
            pieces.append(bytes(step) if place == HOLE else self.disk.read(place, step))
            most -= step
        return b"".join(pieces)

    def at(self, partitions: Partitions, place: Place) -> int | None:
        """The offset of a block; None where there is no such block."""
        partition = partitions[place.partition] if place.partition < len(partitions) else None
        extents = partition.extents(place.block, self.block) if partition is not None else []
        return extents[0][0] if extents else None


class Node(NamedTuple):
    """What an information control block says of a file.

    Args:
        kind: its type (ECMA-167 4/14.6.6).
        size: bytes of it.
        extents: where it lies, cut to its size; holes begin at `HOLE`, what is nowhere begins at the end of the disk.
        streams: where the folder of its named streams is; None where it has none.
    """

    kind: int
    size: int
    extents: Extents
    streams: Place | None


def node(blocks: Blocks, partitions: Partitions, place: Place) -> Node | None:
    """The file that a block describes; None where there is no such description.

    Raises:
        Malformed: its allocation descriptors do not end.
    """
    best: Node | None = None
    for _ in range(_CHAIN_LIMIT):
        where = blocks.at(partitions, place)
        raw = blocks.disk.read(where, blocks.block) if where is not None else b""
        kind = tag(raw)
        if kind == _INDIRECT and len(raw) >= 52:
            place = long_place(raw, 36)
            continue
        if kind not in (_FILE, _EXTENDED) or len(raw) < 216 or where is None:
            return best
        best = _entry(blocks, partitions, place.partition, raw, where, extended=kind == _EXTENDED)
        if struct.unpack_from("<H", raw, 20)[0] != _CHAINED:
            return best
        place = place._replace(block=place.block + 1)
    return best


def _entry(blocks: Blocks, partitions: Partitions, home: int, raw: bytes, where: int, *, extended: bool) -> Node:
    """A file entry or extended file entry, and where the file lies."""
    kind, flags = raw[27], raw[34] & 7
    size = struct.unpack_from("<Q", raw, 56)[0]
    begin = 216 if extended else 176
    attributes, length = struct.unpack_from("<II", raw, begin - 8)
    begin += attributes
    streams = long_place(raw, 152) if extended else None
    if streams is not None and not streams.size:
        streams = None
    if flags == _EMBEDDED:
        pieces = iter([(where + begin, min(length, max(len(raw) - begin, 0)))])
    else:
        pieces = _allocated(blocks, partitions, home, raw[begin : begin + length], flags)
    return Node(kind, size, _cut(pieces, size, blocks.disk.size), streams)


def _allocated(blocks: Blocks, partitions: Partitions, home: int, raw: bytes, form: int) -> Iterator[tuple[int, int]]:
    """The pieces that allocation descriptors name; those in other blocks follow a descriptor of type 3."""
    layout, step = _FORMS[form] if form < len(_FORMS) else _FORMS[0]
    position, count = 0, 0
    while position + step <= len(raw):
        count += 1
        if count > _PIECES:
            raise Malformed("UDF: a file of too many pieces")
        blocks.budget.check_time()
        size, block, *other = struct.unpack_from(layout, raw, position)
        number = other[0] if other else home
        position += step
        kind, size = size >> 30, size & 0x3FFFFFFF
        partition = partitions[number] if number < len(partitions) else None
        if not size:
            return
        if partition is None:
            yield blocks.disk.size, size  # beyond the end: the content is cut there
        elif kind == 3:
            where = blocks.at(partitions, Place(number, block, size))
            head = blocks.disk.read(where, min(size, blocks.block)) if where is not None else b""
            if tag(head) != _ALLOCATION or len(head) < 24:
                return
            raw, position = head[24 : 24 + struct.unpack_from("<I", head, 20)[0]], 0
        elif kind:
            yield HOLE, size
        else:
            yield from partition.extents(block, size)


def _cut(extents: Iterator[tuple[int, int]], size: int, nowhere: int) -> Extents:
    """Pieces up to the size of the file; neighbours become one. What is lacking begins `nowhere`."""
    found: Extents = []
    for place, length in extents:
        length = min(length, size)
        if length <= 0:
            continue
        size -= length
        if found and _continues(found[-1], place):
            found[-1] = (found[-1][0], found[-1][1] + length)
        else:
            found.append((place, length))
        if len(found) > _PIECES:
            raise Malformed("UDF: a file of too many pieces")
        if not size:
            return found
    return [*found, (nowhere, size)] if size else found


def _continues(piece: tuple[int, int], place: int) -> bool:
    """Whether what begins at `place` goes on where a piece ends: a hole after a hole, data after data."""
    if HOLE in (piece[0], place):
        return piece[0] == place
    return sum(piece) == place
