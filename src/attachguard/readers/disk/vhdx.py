"""VHDX, the disk of Hyper-V and of Windows itself, as a place to read from.

Reference: [MS-VHDX] 2.2 and 2.5 to 2.6.

Why our own: Windows mounts a VHDX by a double click, so its files are judged on every machine, also where no 7-Zip is; what is needed is a table of
block numbers.
"""

from __future__ import annotations

import struct
import uuid
from typing import Final

from attachguard.errors import Elsewhere, Malformed
from attachguard.readers.disk.blocks import Disk

_SECTOR: Final = 512
#: Most bytes of a block.
_LARGEST: Final = 1 << 28
#: What reading at an offset beyond the end raises; the second, where the offset is more than a machine word.
_BEYOND: Final = (struct.error, OverflowError)

_REGIONS: Final = (192 << 10, 256 << 10)
_BAT: Final = uuid.UUID("2DC27766-F623-4200-9D64-115E9BFD4A08").bytes_le
_METADATA: Final = uuid.UUID("8B7CA206-4790-4B9A-B8FE-575F050F886E").bytes_le
_PARAMETERS: Final = uuid.UUID("CAA16737-FA36-4D43-B3B6-33F0AA44E76B").bytes_le
_DISK_SIZE: Final = uuid.UUID("2FA54224-CD1B-4876-B211-5DBED83BF4B8").bytes_le
_SECTOR_SIZE: Final = uuid.UUID("8141BF1D-A96F-4709-BA47-F233A8FAAB5F").bytes_le
_MOST_ENTRIES: Final = 2047
_PRESENT: Final = 6
_HAS_PARENT: Final = 2


class BlockDisk(Disk):
    """A disk in blocks that lie anywhere in the file.

    Args:
        data: the file.
        size: bytes of the disk.
        block: bytes of a block.
        table: offset of the table of blocks.
        ratio: number of block entries before one for a map of sectors.
    """

    def __init__(self, data: bytes, size: int, block: int, table: int, ratio: int) -> None:
        super().__init__(data, size)
        self._block = block
        self._table = table
        self._ratio = ratio

    def read(self, offset: int, count: int) -> bytes:
        """Bytes of the disk; fewer at its end."""
        pieces: list[bytes] = []
        end = min(offset + count, self.size)
        while offset < end:
            number, inside = divmod(offset, self._block)
            step = min(self._block - inside, end - offset)
            begin = self._begin(number)
            piece = b"" if begin is None else self.data[begin + inside : begin + inside + step]
            pieces.append(piece.ljust(step, b"\0"))
            offset += step
        return b"".join(pieces)

    def _begin(self, number: int) -> int | None:
        """Where a block lies in the file; None if it was never written."""
        try:
            entry: int = struct.unpack_from("<Q", self.data, self._table + 8 * (number + number // self._ratio))[0]
        except _BEYOND as error:
            raise Malformed("VHDX: the table of blocks is past the end") from error
        return entry >> 20 << 20 if entry & 7 >= _PRESENT else None

    def volume(self, offset: int) -> bytes | memoryview:
        """All bytes from an offset on."""
        return self.read(offset, self.size - offset)


def vhdx(data: bytes) -> Disk:
    """The disk in a VHDX file.

    Raises:
        Malformed: it is broken, or one of a kind that needs another file.
    """
    try:
        return _opened(data)
    except _BEYOND as error:
        raise Malformed("VHDX: a table is past the end") from error


def _opened(data: bytes) -> Disk:
    base = next((base for base in _REGIONS if data.startswith(b"regi", base)), None)
    if base is None:
        raise Malformed("VHDX: no table of regions")
    regions = _entries(data, base + 16, struct.unpack_from("<I", data, base + 8)[0], "<16sQ")
    if _BAT not in regions or not data.startswith(b"metadata", regions.get(_METADATA, len(data))):
        raise Malformed("VHDX: no table of blocks")
    table, metadata = regions[_BAT], regions[_METADATA]
    items = _entries(data, metadata + 32, struct.unpack_from("<H", data, metadata + 10)[0], "<16sI")
    if not {_PARAMETERS, _DISK_SIZE, _SECTOR_SIZE} <= set(items):
        raise Malformed("VHDX: metadata missing")
    block, flags = struct.unpack_from("<II", data, metadata + items[_PARAMETERS])
    size = struct.unpack_from("<Q", data, metadata + items[_DISK_SIZE])[0]
    sector = struct.unpack_from("<I", data, metadata + items[_SECTOR_SIZE])[0]
    if flags & _HAS_PARENT:
        raise Elsewhere("VHDX: a differencing disk, most of which is in another file")
    if not _SECTOR <= block <= _LARGEST or block % _SECTOR or sector not in (512, 4096):
        raise Malformed("VHDX: impossible sizes")
    # After so many entries of blocks stands one of a map of sectors.
    return BlockDisk(data, size, block, table, max((sector << 23) // block, 1))


def _entries(data: bytes, at: int, count: int, form: str) -> dict[bytes, int]:
    """Identifiers and offsets of a table of VHDX with 32 bytes an entry."""
    return dict(struct.unpack_from(form, data, at + 32 * number) for number in range(min(count, _MOST_ENTRIES)))
