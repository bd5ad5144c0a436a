"""Where the volumes of a disk are: the partition table of PC DOS with its chain of logical drives, and the GPT.

References: the partition table in the first sector from offset 446 on (four entries of sixteen bytes); UEFI specification 2.10, chapter 5.

Why our own: two tables of fixed records need no library.
"""

from __future__ import annotations

import struct
from typing import Final

from attachguard.errors import Malformed
from attachguard.readers.disk.blocks import Disk

SECTOR: Final = 512
_PLACES: Final = (446, 462, 478, 494)
_PROTECTIVE: Final = 0xEE
_EXTENDED: Final = (0x05, 0x0F, 0x85)
_LOGICAL_DRIVES: Final = 64
_GPT_ENTRIES: Final = 128
#: Partitions without a file system, as they are stored: reserved by Microsoft, boot code of GRUB.
_BARE: Final = (
    bytes.fromhex("16e3c9e35c0bb84d817df92df00215ae"),
    bytes.fromhex("4861682149646f6e744e656564454649"),
)


def starts(disk: Disk) -> list[int]:
    """The offset of each volume, by the table in the first sector or by the GPT after it.

    Raises:
        Malformed: the GPT makes no sense.
    """
    first = disk.read(0, SECTOR)
    found: list[int] = []
    if len(first) < SECTOR or first[510:] != b"\x55\xaa":
        return found
    for kind, sector in _entries(first):
        if kind == _PROTECTIVE:
            # A hybrid table names partitions of the GPT once more.
            found += [place for place in _guid_partitions(disk) if place not in found]
        elif kind in _EXTENDED:
            found += [place for place in _logical_drives(disk, sector) if place not in found]
        elif sector * SECTOR < disk.size and sector * SECTOR not in found:
            found.append(sector * SECTOR)
    return found


def _entries(table: bytes) -> list[tuple[int, int]]:
    """Kind and first sector of each entry in use."""
    used = [(table[place + 4], struct.unpack_from("<I", table, place + 8)[0]) for place in _PLACES]
    return [(kind, sector) for kind, sector in used if kind and sector]


def _logical_drives(disk: Disk, extended: int) -> list[int]:
    """Each drive has a table of its own before it, whose second entry leads to the next one."""
    found: list[int] = []
    seen: set[int] = set()
    here = extended
    while here not in seen and len(found) < _LOGICAL_DRIVES:
        seen.add(here)
        table = disk.read(here * SECTOR, SECTOR)
        if len(table) < SECTOR or table[510:] != b"\x55\xaa":
            break
        following = here
        for kind, sector in _entries(table):
            if kind in _EXTENDED:
                following = extended + sector
            elif (here + sector) * SECTOR < disk.size:
                found.append((here + sector) * SECTOR)
        here = following
    return found


def _guid_partitions(disk: Disk) -> list[int]:
    """The volumes of the GPT: of the first one, or of its copy in the last sector."""
    header = disk.read(SECTOR, SECTOR)
    if not header.startswith(b"EFI PART"):
        header = disk.read((disk.size // SECTOR - 1) * SECTOR, SECTOR)
    if not header.startswith(b"EFI PART") or len(header) < SECTOR:
        return []
    place, count, size = struct.unpack_from("<QII", header, 72)
    found: list[int] = []
    if size < 128:
        raise Malformed("GPT: impossible size of an entry")
    for number in range(min(count, _GPT_ENTRIES)):
        entry = disk.read(place * SECTOR + number * size, 128)
        if len(entry) < 128:
            break
        start = struct.unpack_from("<Q", entry, 32)[0] * SECTOR
        if not entry[:16].strip(b"\0") or start >= disk.size or start in found:
            continue
        if entry[:16] not in _BARE or disk.read(start, SECTOR).strip(b"\0"):
            found.append(start)
    return found
