"""Disks of virtual machines as places to read from: VHDX, VMDK (one sparse file), QCOW2 and VDI.

References: [MS-VHDX] 2.2 and 2.5 to 2.6; Virtual Disk Format 5.0 (VMware), "Hosted Sparse Extents" and "Stream-Optimized Compressed Sparse Extents";
docs/interop/qcow2.txt of QEMU; VDICore.h of VirtualBox. Own code, because what is needed of each is a table of block numbers; kinds that need another
file, a password or another decoder are left to programs of the system.
"""

from __future__ import annotations

import struct
import uuid
import zlib
from collections.abc import Callable
from typing import Final

from attachguard.errors import Elsewhere, Malformed
from attachguard.readers.disk.blocks import Disk

_SECTOR: Final = 512
#: Most bytes of a block; that of VHDX may be 256 MiB.
_LARGEST: Final = 1 << 28

Place = Callable[[int], int | bytes | None]
#: What reading at an offset beyond the end raises; the second, where the offset is more than a machine word.
_BEYOND: Final = (struct.error, OverflowError)


class BlockDisk(Disk):
    """A disk in blocks that lie anywhere in a file.

    Args:
        data: the file.
        size: bytes of the disk.
        block: bytes of a block.
        place: says of a block where it begins in the file, or what it holds where it is packed; None where it was never written.

    Raises:
        Malformed: the size of a block makes no sense.
    """

    def __init__(self, data: bytes, size: int, block: int, place: Place) -> None:
        if not _SECTOR <= block <= _LARGEST or block % _SECTOR:
            raise Malformed("disk image: blocks of impossible size")
        super().__init__(data, size)
        self._block = block
        self._place = place
        self._last: tuple[int, int | bytes | None] = (-1, None)

    def read(self, offset: int, count: int) -> bytes:
        """Bytes of the disk; fewer at its end."""
        pieces: list[bytes] = []
        end = min(offset + count, self.size)
        while offset < end:
            number, inside = divmod(offset, self._block)
            step = min(self._block - inside, end - offset)
            if self._last[0] != number:
                self._last = (number, self._found(number))
            place = self._last[1]
            begin, held = (place + inside, self.data) if isinstance(place, int) else (inside, place or b"")
            piece = held[begin : begin + step]
            pieces.append(piece.ljust(step, b"\0"))
            offset += step
        return b"".join(pieces)

    def _found(self, number: int) -> int | bytes | None:
        try:
            return self._place(number)
        except _BEYOND as error:
            raise Malformed("disk image: a table of blocks lies beyond the end") from error

    def volume(self, offset: int) -> bytes | memoryview:
        """All bytes from an offset on."""
        return self.read(offset, self.size - offset)


def virtual(data: bytes, kind: str) -> Disk:
    """The disk in an image of a virtual machine.

    Args:
        data: the file.
        kind: id of its type: `vhdx`, `vmdk`, `qcow` or `vdi`.

    Raises:
        Malformed: it is broken, or of a variety that is not read here.
    """
    try:
        return _READERS[kind](data)
    except _BEYOND as error:
        raise Malformed(f"{kind}: a table lies beyond the end") from error


# -- VHDX -------------------------------------------------------------------------------------------------------------------

_REGIONS: Final = (192 << 10, 256 << 10)
_BAT: Final = uuid.UUID("2DC27766-F623-4200-9D64-115E9BFD4A08").bytes_le
_METADATA: Final = uuid.UUID("8B7CA206-4790-4B9A-B8FE-575F050F886E").bytes_le
_PARAMETERS: Final = uuid.UUID("CAA16737-FA36-4D43-B3B6-33F0AA44E76B").bytes_le
_DISK_SIZE: Final = uuid.UUID("2FA54224-CD1B-4876-B211-5DBED83BF4B8").bytes_le
_SECTOR_SIZE: Final = uuid.UUID("8141BF1D-A96F-4709-BA47-F233A8FAAB5F").bytes_le
_MOST_ENTRIES: Final = 2047
_PRESENT: Final = 6
_HAS_PARENT: Final = 2


def _vhdx(data: bytes) -> Disk:
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
    if not block or sector not in (512, 4096):
        raise Malformed("VHDX: impossible sizes")
    # After so many entries of blocks stands one of a map of sectors.
    ratio = max((sector << 23) // block, 1)

    def place(number: int) -> int | None:
        entry = struct.unpack_from("<Q", data, table + 8 * (number + number // ratio))[0]
        return entry >> 20 << 20 if entry & 7 >= _PRESENT else None

    return BlockDisk(data, size, block, place)


def _entries(data: bytes, at: int, count: int, form: str) -> dict[bytes, int]:
    """Identifiers and offsets of a table of VHDX with 32 bytes an entry."""
    return dict(struct.unpack_from(form, data, at + 32 * number) for number in range(min(count, _MOST_ENTRIES)))


# -- VMDK -------------------------------------------------------------------------------------------------------------------

_VMDK: Final = struct.Struct("<4sIIQQQQIQQQ5xH")
_AT_END: Final = (1 << 64) - 1
_COMPRESSED: Final = 1 << 16
#: A place that says "zeros", where the flag says that it does.
_ZERO, _ZERO_GRAINS = 1, 4


def _vmdk(data: bytes) -> Disk:
    if not data.startswith(b"KDMV"):
        raise Malformed("VMDK: not one sparse file")
    fields = _VMDK.unpack_from(data)
    if fields[9] == _AT_END and len(data) > 2 * _SECTOR:
        fields = _VMDK.unpack_from(data, len(data) - 2 * _SECTOR)  # the footer repeats the header
    _, _, flags, capacity, grain, _, _, entries, _, directory, _, method = fields
    if not 0 < entries <= 1 << 16 or not 0 < grain <= 1 << 16 or directory == _AT_END:
        raise Malformed("VMDK: impossible sizes")

    def place(number: int) -> int | bytes | None:
        table = struct.unpack_from("<I", data, directory * _SECTOR + 4 * (number // entries))[0]
        sector = struct.unpack_from("<I", data, table * _SECTOR + 4 * (number % entries))[0] if table else 0
        if not sector or (sector == _ZERO and flags & _ZERO_GRAINS):
            return None
        begin: int = sector * _SECTOR
        if not (flags & _COMPRESSED and method):
            return begin
        size = struct.unpack_from("<I", data, begin + 8)[0]
        return _inflated(data[begin + 12 : begin + 12 + size], 15, grain * _SECTOR)

    return BlockDisk(data, capacity * _SECTOR, grain * _SECTOR, place)


def _inflated(packed: bytes, bits: int, most: int) -> bytes:
    try:
        return zlib.decompressobj(bits).decompress(packed, most)
    except zlib.error as error:
        raise Malformed("disk image: a packed block is broken") from error


# -- QCOW2 ------------------------------------------------------------------------------------------------------------------

_QCOW: Final = struct.Struct(">4sIQIIQIIQ")
_OFFSET: Final = 0x00FF_FFFF_FFFF_FE00
_PACKED, _EMPTY = 1 << 62, 1
#: Features that change what the tables mean: data in another file, another compression, subclusters.
_FOREIGN: Final = 0b11100


def _qcow(data: bytes) -> Disk:
    _, version, backing, _, bits, size, secret, count, first = _QCOW.unpack_from(data)
    features = struct.unpack_from(">Q", data, 72)[0] if version == 3 else 0
    if version not in (2, 3) or backing or secret or features & _FOREIGN or not 9 <= bits <= 21:
        raise Malformed("QCOW: of a kind that is not read here")
    per_table = 1 << bits - 3

    def place(number: int) -> int | bytes | None:
        if number // per_table >= count:
            return None
        table = struct.unpack_from(">Q", data, first + 8 * (number // per_table))[0] & _OFFSET
        entry = struct.unpack_from(">Q", data, table + 8 * (number % per_table))[0] if table else 0
        if entry & _PACKED:
            wide = 62 - (bits - 8)
            begin = entry & (1 << wide) - 1
            sectors = ((entry & _PACKED - 1) >> wide) + 1
            return _inflated(data[begin : begin + sectors * _SECTOR - begin % _SECTOR], -12, 1 << bits)
        return entry & _OFFSET if entry & _OFFSET and not entry & _EMPTY else None

    return BlockDisk(data, size, 1 << bits, place)


# -- VDI --------------------------------------------------------------------------------------------------------------------

_VDI: Final = struct.Struct("<II20xQII")
_DYNAMIC, _FIXED = 1, 2
_UNUSED: Final = 0xFFFF_FFFE


def _vdi(data: bytes) -> Disk:
    kind = struct.unpack_from("<I", data, 76)[0]
    table, begin, size, block, extra = _VDI.unpack_from(data, 340)
    if kind not in (_DYNAMIC, _FIXED) or extra:
        raise Malformed("VDI: of a kind that is not read here")

    def place(number: int) -> int | None:
        entry = struct.unpack_from("<I", data, table + 4 * number)[0]
        return begin + entry * block if entry < _UNUSED else None

    return BlockDisk(data, size, block, place)


_READERS: Final[dict[str, Callable[[bytes], Disk]]] = {"vhdx": _vhdx, "vmdk": _vmdk, "qcow": _qcow, "vdi": _vdi}
