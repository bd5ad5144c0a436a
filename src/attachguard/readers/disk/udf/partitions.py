"""The partitions of a UDF volume: blocks side by side, by a table, in packets that may have moved, or inside a file.

References: ECMA-167 (3rd edition) 3/10.7 (partition maps); OSTA Universal Disk Format 2.60, sections 2.2.8 to 2.2.13.
"""

from __future__ import annotations

import struct
from typing import Final

from attachguard.errors import Malformed
from attachguard.readers.disk.blocks import HOLE
from attachguard.readers.disk.udf.nodes import Blocks, Extents, Place, node

#: Most entries of the tables of virtual and sparable partitions.
_TABLE: Final = 1 << 20
#: The table of a virtual partition is in one of the last blocks (UDF 2.2.11).
_LAST_BLOCKS: Final = 16
_TABLE_NAME: Final = b"*UDF Virtual Alloc Tbl"
_TABLE_FILE: Final = 248


class Physical:
    """Blocks side by side.

    Args:
        start: offset of the first one.
        block: bytes of a block.
        moved: offsets of packets that lie elsewhere, by number of their first block (UDF 2.2.12); of `packet` blocks each.
    """

    def __init__(self, start: int, block: int, moved: dict[int, int] | None = None, packet: int = 1) -> None:
        self.start = start
        self.block = block
        self._moved = moved
        self._packet = packet

    def extents(self, block: int, size: int) -> Extents:
        """Where `size` bytes from a block on lie."""
        if not self._moved:
            return [(self.start + block * self.block, size)]
        found: Extents = []
        while size > 0 and len(found) < _TABLE:
            inside = block % self._packet
            step = min(size, (self._packet - inside) * self.block)
            moved = self._moved.get(block - inside)
            found.append((self.start + block * self.block if moved is None else moved + inside * self.block, step))
            block, size = block + step // self.block, size - step
        return found


class VirtualPartition(Physical):
    """Blocks of another partition, by a table (UDF 2.2.11): how a disc is changed that can only be written once."""

    def __init__(self, physical: Physical, table: tuple[int, ...]) -> None:
        super().__init__(physical.start, physical.block)
        self._table = table

    def extents(self, block: int, size: int) -> Extents:
        """Where `size` bytes from a block on lie."""
        blocks = self._table[block : block + (size + self.block - 1) // self.block]
        found: Extents = []
        for number in blocks:
            found.append((self.start + number * self.block, min(size, self.block)))
            size -= self.block
        return found


class MetadataPartition(Physical):
    """The blocks of a file that holds all folders (UDF 2.2.13)."""

    def __init__(self, physical: Physical, pieces: Extents) -> None:
        super().__init__(physical.start, physical.block)
        self._pieces = pieces

    def extents(self, block: int, size: int) -> Extents:
        """Where `size` bytes from a block on lie."""
        offset = block * self.block
        found: Extents = []
        for start, length in self._pieces:
            if size <= 0:
                break
            if offset < length:
                step = min(size, length - offset)
                found.append((start + offset, step))
                size -= step
                offset = 0
            else:
                offset -= length
        return found


def mapped(blocks: Blocks, start: int, sector: int, entry: bytes, firsts: dict[int, int]) -> Physical | None:
    """The partition that a map describes; None where its number is unknown.

    Args:
        blocks: the disk.
        start: offset of the volume.
        sector: bytes of a sector.
        entry: the map.
        firsts: the first sector of each partition, by number.

    Raises:
        Malformed: the table or file that it needs is not there.
    """
    name = entry[5:28] if len(entry) >= 64 and entry[0] == 2 else b""
    first = firsts.get(struct.unpack_from("<H", entry, 38 if name else 4)[0])
    if first is None:
        return None
    physical = Physical(start + first * sector, blocks.block)
    if name.startswith(b"*UDF Virtual Partition"):
        return VirtualPartition(physical, _virtual_table(blocks, physical))
    if name.startswith(b"*UDF Metadata Partition"):
        return _metadata(blocks, physical, struct.unpack_from("<2I", entry, 40))
    if name.startswith(b"*UDF Sparable Partition"):
        return _sparable(blocks, start, physical, entry)
    return physical


def _metadata(blocks: Blocks, physical: Physical, files: tuple[int, ...]) -> Physical:
    """The metadata file, or its mirror where the first is broken."""
    for block in files:
        found = node(blocks, [physical], Place(0, block, blocks.block))
        if found is not None and found.extents:
            return MetadataPartition(physical, [(place, size) for place, size in found.extents if place != HOLE])
    raise Malformed("UDF: no metadata file")


def _virtual_table(blocks: Blocks, physical: Physical) -> tuple[int, ...]:
    """The table in the last file that was written (UDF 2.2.11)."""
    last = (blocks.disk.size - physical.start - 1) // blocks.block
    for block in range(last, max(last - _LAST_BLOCKS, -1), -1):
        found = node(blocks, [physical], Place(0, block, blocks.block))
        if found is None or found.kind not in (0, _TABLE_FILE) or not found.extents:
            continue
        raw = blocks.read(found.extents, min(found.size, 4 * _TABLE))
        if found.kind == _TABLE_FILE:
            raw = raw[int.from_bytes(raw[:2], "little") :]
        elif raw[-35:].startswith(_TABLE_NAME):
            raw = raw[:-36]  # UDF 1.50: the name of the table and the place of the one before it follow
        else:
            continue
        return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) & ~3])
    raise Malformed("UDF: no table of virtual blocks")


def _sparable(blocks: Blocks, start: int, physical: Physical, entry: bytes) -> Physical:
    packet, tables = struct.unpack_from("<HB", entry, 40)
    moved: dict[int, int] = {}
    for number in range(min(tables, 4)):
        place = struct.unpack_from("<I", entry, 48 + 4 * number)[0]
        head = blocks.disk.read(start + place * blocks.block, 56)
        if len(head) < 56 or not head[17:].startswith(b"*UDF Sparing Table"):
            continue
        count = min(struct.unpack_from("<H", head, 48)[0], _TABLE)
        raw = blocks.disk.read(start + place * blocks.block + 56, 8 * count)
        # Unused entries are above any block (UDF 2.2.12).
        pairs = struct.iter_unpack("<II", raw[: len(raw) & ~7])
        moved = {original: start + place * blocks.block for original, place in pairs if original < 0xFFFFFFF0}
        break
    return Physical(physical.start, blocks.block, moved, packet or 1)
