"""Disks as places to read from: a raw image, and the fixed and dynamic forms of VHD.

Reference: Virtual Hard Disk Image Format Specification (Microsoft, 2006), sections "Hard Disk Footer Format" and "Dynamic Disk Header Format".

Why our own: what is needed of it is a table of block numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from attachguard.errors import Elsewhere, Malformed

#: Where a hole of a file begins: nowhere on the disk.
HOLE: Final = -1
_STEP: Final = 1 << 20
_FOOTER: Final = 512
_FIXED, _DYNAMIC = 2, 3
_UNUSED: Final = 0xFFFFFFFF


class Disk:
    """A raw image.

    Args:
        data: the bytes that hold it.
        size: bytes of the disk; those of `data` where it is not given.
    """

    def __init__(self, data: bytes, size: int | None = None) -> None:
        self.data = data
        self.size = len(data) if size is None else size

    def read(self, offset: int, count: int) -> bytes:
        """Bytes of the disk; fewer at its end."""
        return self.data[offset : min(offset + count, self.size)]

    def volume(self, offset: int) -> bytes | memoryview:
        """All bytes from an offset on."""
        return memoryview(self.data)[offset : self.size]


def content(disk: Disk, extents: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """The bytes of a file, holes as zeros.

    Args:
        disk: where it lies.
        extents: offset and bytes of each piece of it; a hole begins at `HOLE`.

    Raises:
        Malformed: they are not all there.
    """
    for place, size in extents:
        for begin in range(0, size, _STEP):
            step = min(_STEP, size - begin)
            piece = bytes(step) if place == HOLE else disk.read(place + begin, step)
            yield piece
            if len(piece) < step:
                raise Malformed("disk image: a file ends early")


class SparseDisk(Disk):
    """A dynamic VHD: blocks that were never written are not in the file and read as zeros.

    Args:
        data: the file.
        table: number of the first sector of each block.
        block: bytes of a block.
    """

    def __init__(self, data: bytes, table: tuple[int, ...], block: int) -> None:
        super().__init__(data, len(table) * block)
        self._table = table
        self._block = block
        # A map of the sectors in use precedes each block.
        self._map = -(-block // 512 // 8 // 512) * 512 or 512

    def read(self, offset: int, count: int) -> bytes:
        """Bytes of the disk; fewer at its end."""
        pieces: list[bytes] = []
        end = min(offset + count, self.size)
        while offset < end:
            number, inside = divmod(offset, self._block)
            step = min(self._block - inside, end - offset)
            sector = self._table[number]
            begin = sector * 512 + self._map + inside
            piece = b"" if sector == _UNUSED else self.data[begin : begin + step]
            pieces.append(piece.ljust(step, b"\0"))
            offset += step
        return b"".join(pieces)

    def volume(self, offset: int) -> bytes | memoryview:
        """All bytes from an offset on."""
        return self.read(offset, self.size - offset)


def vhd(data: bytes) -> Disk:
    """The disk in a VHD file.

    Raises:
        Malformed: it has no sound footer, or is one of a kind that needs another file.
    """
    footer = data[-_FOOTER:] if data[-_FOOTER:].startswith(b"conectix") else data[:_FOOTER]
    if not footer.startswith(b"conectix") or len(footer) < _FOOTER:
        raise Malformed("VHD: no footer")
    kind = struct.unpack_from(">I", footer, 60)[0]
    if kind == _FIXED:
        return Disk(data, len(data) - _FOOTER)
    if kind != _DYNAMIC:
        raise Elsewhere("VHD: a differencing disk, most of which is in another file")
    place = struct.unpack_from(">Q", footer, 16)[0]
    header = data[place : place + 1024]
    if len(header) < 1024 or not header.startswith(b"cxsparse"):
        raise Malformed("VHD: no header of a dynamic disk")
    table_place = struct.unpack_from(">Q", header, 16)[0]
    entries, block = struct.unpack_from(">II", header, 28)
    if block % 512 or not block or table_place + 4 * entries > len(data):
        raise Malformed("VHD: the table of blocks is past the end")
    return SparseDisk(data, struct.unpack_from(f">{entries}I", data, table_place), block)
