"""Disk images that are read here: FAT volumes, raw disks with a partition table, and either of them inside a VHD file.

References: FAT32 File System Specification 1.03 (`readers.fat`); the partition table of PC DOS, in the first sector from offset 446 on; UEFI
specification 2.10, chapter 5 (GPT); Virtual Hard Disk Image Format Specification (`readers.blocks`). Windows opens all of them with a double click.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.formats._archive.members import Member, announce
from attachguard.identify.structure import boot_sector
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.blocks import Disk, vhd
from attachguard.readers.fat import Volume

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"fat", "img", "vhd"})
LIMITATIONS: Final = (
    "Of file systems only FAT12, FAT16 and FAT32 are read; NTFS, exFAT and those of Unix are reported as unread.",
    "Logical drives of an extended partition, deleted files and differencing VHD disks are not read.",
)
EXTRACTS: Final = "The files of FAT volumes, with or without a partition table, also inside VHD images."
DETECTS: Final = "Volumes with a file system that is not read here, damage."

_SECTOR: Final = 512
_PROTECTIVE: Final = 0xEE
_GPT_ENTRIES: Final = 128
_SYSTEMS: Final = {b"NTFS    ": "NTFS", b"EXFAT   ": "exFAT", b"-FVE-FS-": "BitLocker"}


def inspect(part: Part) -> Iterator[Fact]:
    """The files of every volume, and the volumes that cannot be read."""
    disk = vhd(part.data) if part.is_a("vhd") else Disk(part.data)
    yield from announce(part, _members(part, disk), "disk image")


def _members(part: Part, disk: Disk) -> Iterator[Member | Finding]:
    first = disk.read(0, _SECTOR)
    # A volume may fill the disk, and then a boot sector stands where the table would be.
    starts = [0] if boot_sector(first) == "fat" or first[3:11] in _SYSTEMS else _partitions(disk, first)
    # The partition table of a hybrid image is for booting; its files are read from the ISO 9660 tree.
    quiet = part.is_a("iso")
    if not starts and not quiet:
        yield part.finding("uninspectable-content", "disk image: no volume was found")
    most = 4 * part.budget.limits.parts
    for start in starts:
        boot = disk.read(start, _SECTOR)
        if boot_sector(boot) != "fat" or boot[3:11] in _SYSTEMS:
            if not quiet:
                system = _SYSTEMS.get(boot[3:11], "an unknown file system")
                yield part.finding("uninspectable-content", f"disk image: volume with {system}, not read here")
            continue
        volume = Volume(disk, start, part.budget)
        for file in volume.files():
            most -= 1
            if most < 0:
                raise Malformed("FAT: more files than any volume needs")
            if file.folder:
                yield Member(file.name, None, "folder")
            else:
                yield Member(file.name, volume.content(file) if file.size else b"")


def _partitions(disk: Disk, first: bytes) -> list[int]:
    """Where the volumes start, by the table in the first sector or by the GPT behind it."""
    if first[510:512] != b"\x55\xaa":
        return []
    starts: list[int] = []
    for place in (446, 462, 478, 494):
        kind, sector = first[place + 4], struct.unpack_from("<I", first, place + 8)[0]
        if kind == _PROTECTIVE:
            return _guid_partitions(disk)
        if kind and sector and sector * _SECTOR < disk.size and sector * _SECTOR not in starts:
            starts.append(sector * _SECTOR)
    return starts


def _guid_partitions(disk: Disk) -> list[int]:
    header = disk.read(_SECTOR, _SECTOR)
    if not header.startswith(b"EFI PART") or len(header) < _SECTOR:
        return []
    place, count, size = struct.unpack_from("<QII", header, 72)
    starts: list[int] = []
    if size < 128:
        raise Malformed("GPT: impossible size of an entry")
    for number in range(min(count, _GPT_ENTRIES)):
        entry = disk.read(place * _SECTOR + number * size, 128)
        if len(entry) < 128:
            break
        sector = struct.unpack_from("<Q", entry, 32)[0]
        if entry[:16].strip(b"\0") and sector * _SECTOR < disk.size and sector * _SECTOR not in starts:
            starts.append(sector * _SECTOR)
    return starts
