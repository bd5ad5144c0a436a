"""Disk images that are read here: FAT and NTFS volumes, raw disks with a partition table, and any of them in a virtual machine's disk.

References are in the readers: `readers.disk` for FAT, NTFS, VHD and VHDX, `partitions` for partition tables. Windows opens most of them with a
double click; disks of other virtual machines are left to 7-Zip (`opaque`).

Why our own: Windows opens these by a click, so they are read on every machine, also where no 7-Zip is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Elsewhere, Malformed
from attachguard.formats.archive.members import Member, announce, by_tools, remedy, shown
from attachguard.formats.disk.partitions import SECTOR, starts
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.disk import fat, ntfs
from attachguard.readers.disk.blocks import Disk, content, vhd
from attachguard.readers.disk.ntfsruns import unpacked
from attachguard.readers.disk.vhdx import vhdx
from attachguard.types.checks.structure import boot_sector

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"exfat", "fat", "img", "ntfs", "vhd", "vhdx"})
LIMITATIONS: Final = (
    "Of file systems FAT12, FAT16, FAT32 and NTFS are read, and partitions that hold a disc image.",
    "ext, HFS+ and APFS are read where 7-Zip is installed; other file systems are reported as unread.",
    "Files of NTFS that Windows has compressed by its overlay filter (WOF) are reported as unread.",
    "Deleted files and disks that need another file or a password are not read.",
)
EXTRACTS: Final = (
    "The files of FAT and NTFS volumes, named streams included, with or without a partition table, also inside VHD and "
    "VHDX images."
)
DETECTS: Final = (
    "BitLocker and LUKS, files encrypted by their owner, volumes with a file system that is not read here, damage."
)

_SYSTEMS: Final = {b"EXFAT   ": "exFAT", b"ReFS\0\0\0\0": "ReFS"}
_BITLOCKER: Final = b"-FVE-FS-"
#: Where the label stands in a boot sector, and how far into a broken image one is looked for.
_LABEL: Final = 3
_LOCK_REACH: Final = 64 << 20
#: Volumes that begin as FAT for older systems, and hold this identifier (BitLocker To Go).
_TO_GO: Final = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
_TO_GO_PLACE: Final = 0x1A8
_LUKS: Final = b"LUKS\xba\xbe"
#: Where the descriptors of ISO 9660 and UDF begin, and their magics.
_DISC: Final = 32769
_DISC_MAGICS: Final = (b"CD001", b"BEA01")
#: The stream in which Windows keeps what its overlay filter has compressed; the file itself is one hole.
_OVERLAY: Final = "/WofCompressedData"
_STEP: Final = 1 << 20
#: File systems that a program of the system may open: where their magic stands.
_FOREIGN: Final = (
    (1080, b"\x53\xef", "ext"),
    (1024, b"H+\0\4", "hfs"),
    (1024, b"HX\0\5", "hfs"),
    (32, b"NXSB", "apfs"),
)


def inspect(part: Part) -> Iterator[Fact]:
    """The files of every volume, and the volumes that cannot be read."""
    try:
        disk = vhdx(part.data) if part.is_a("vhdx") else vhd(part.data) if part.is_a("vhd") else Disk(part.data)
    except Elsewhere as error:
        yield part.finding("split-archive", str(error))
        return
    except Malformed:
        # What cannot be taken apart here may be mended by another program, and then is locked.
        place = part.data.find(_BITLOCKER, 0, _LOCK_REACH)
        if place >= 0 and place % SECTOR == _LABEL:
            yield part.encrypted("unknown-password", "BitLocker: encrypted volume")
        raise
    yield from announce(part, _members(part, disk), "disk image")


def _members(part: Part, disk: Disk) -> Iterator[Member | Finding]:
    # A volume may fill the disk, and then a boot sector stands where the table would be.
    places = [0] if _system(disk, 0) else starts(disk)
    # The partition table of a hybrid image is for booting; its files are read from the ISO 9660 tree.
    quiet = part.is_a("iso")
    if not places and not quiet:
        yield part.finding("no-volume", "disk image: no volume was found")
    most = 4 * part.budget.limits.parts
    broken: Malformed | None = None
    for number, place in enumerate(places, 1):
        try:
            for member in _volume(part, disk, place, number, quiet=quiet):
                most -= 1
                if most < 0:
                    raise Malformed("disk image: more files than any volume needs")
                yield member
        except Malformed as error:
            broken = broken or error
    if broken is not None:
        raise broken


def _system(disk: Disk, place: int) -> str:
    """The file system of the volume at a place, as far as its first sector tells it; empty where it does not."""
    boot = disk.read(place, SECTOR)
    if boot[3:11] == _BITLOCKER or boot[_TO_GO_PLACE : _TO_GO_PLACE + 16] == _TO_GO:
        return "BitLocker"
    if boot.startswith(_LUKS):
        return "LUKS"
    if boot[3:11] in _SYSTEMS:
        return _SYSTEMS[boot[3:11]]
    kind = boot_sector(boot)
    return kind if kind in ("fat", "ntfs") else ""


def _volume(part: Part, disk: Disk, place: int, number: int, *, quiet: bool) -> Iterator[Member | Finding]:
    system = _system(disk, place)
    if system == "fat":
        yield from _fat(part, disk, place)
    elif system == "ntfs":
        yield from _ntfs(part, disk, place)
    elif system in ("BitLocker", "LUKS"):
        yield part.encrypted("unknown-password", f"{system}: encrypted volume")
    elif quiet:
        return
    elif not system and disk.read(place + _DISC, 5) in _DISC_MAGICS:
        yield Member(f"partition {number}.iso", _raw(disk, place))
    else:
        yield from _foreign(part, disk, place, system)


def _foreign(part: Part, disk: Disk, place: int, system: str) -> Iterator[Member | Finding]:
    """The files of a volume whose file system is not read here, as a program of the system gives them."""
    kind = (
        "" if system else next((key for at, magic, key in _FOREIGN if disk.read(place + at, len(magic)) == magic), "")
    )
    some = False
    if kind and disk.size - place <= part.budget.limits.part_bytes:
        for found in by_tools(part, disk.volume(place), kind, f"disk image: {kind}"):
            some = True
            yield found
    if not some:
        words = f"disk image: volume with {system or kind or 'an unknown file system'}, not read here"
        yield part.finding("not-opened", words + (remedy(part, kind) if kind else ""))


def _raw(disk: Disk, place: int) -> Iterator[bytes]:
    """Everything from a place to the end of the disk."""
    while place < disk.size:
        yield disk.read(place, _STEP)
        place += _STEP


def _fat(part: Part, disk: Disk, place: int) -> Iterator[Member]:
    volume = fat.Volume(disk, place, part.budget)
    for file in volume.files():
        if file.folder:
            yield Member(file.name, None, "folder")
        else:
            yield Member(file.name, volume.content(file) if file.size else b"")


def _ntfs(part: Part, disk: Disk, place: int) -> Iterator[Member | Finding]:
    for stream in ntfs.Volume(disk, place, part.budget).streams():
        if stream.folder:
            yield Member(stream.path, None, "folder")
        elif stream.path.endswith(_OVERLAY):
            file = shown(stream.path.removesuffix(_OVERLAY))
            yield part.finding("unknown-method", f"NTFS: '{file}' is compressed by WOF, not read here")
        elif stream.encrypted:
            yield Member(stream.path, None, encrypted=True)
        elif stream.resident is not None:
            yield Member(stream.path, stream.resident)
        elif stream.unit:
            yield Member(stream.path, unpacked(disk, stream.extents, stream.size, stream.unit))
        else:
            yield Member(stream.path, content(disk, stream.extents))
