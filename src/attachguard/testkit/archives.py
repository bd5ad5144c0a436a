"""Archives, disk images and self-extracting archives with members by name."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

from attachguard.testkit.content import Content, octets

SECTOR = 2048
#: A Windows program that is only as much as makes one: DOS header, PE signature, the header of an x86-64 executable.
PROGRAM = (
    b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8".ljust(60, b"\0")
    + struct.pack("<I", 64)
    + b"PE\0\0"
    + struct.pack("<HHIIIHH", 0x8664, 0, 0, 0, 0, 0, 0x22)
    + bytes(200)
)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A ZIP archive, the same bytes each time."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0x20
            made.writestr(info, data)
    return target.getvalue()


def zip_(*, members: Mapping[str, Content]) -> bytes:
    """A ZIP archive.

    Args:
        members: contents by name.
    """
    return zipped({name: octets(data) for name, data in members.items()})


def program() -> bytes:
    """The head of a Windows program, which does nothing."""
    return PROGRAM


def sfx(*, command: str = "", members: Mapping[str, Content] | None = None, kind: str = "7z") -> bytes:
    """A self-extracting archive with the commands that it runs once it has unpacked itself.

    Args:
        command: what it runs.
        members: contents by name.
        kind: `7z` (settings between stub and archive) or `rar` (settings in the archive's comment).

    Raises:
        ValueError: there is no such kind.
    """
    body = zip_(members=members or {"brief.txt": "Guten Tag"})
    if kind == "7z":
        return PROGRAM + f';!@Install@!UTF-8!\r\nRunProgram="{command}"\r\n;!@InstallEnd@!'.encode() + body
    if kind == "rar":
        return PROGRAM + f"Path=%TEMP%\r\nSetup={command}\r\nSilent=1\r\nOverwrite=1\r\n".encode() + body
    raise ValueError(f"no such kind of self-extracting archive: {kind!r}; one of: 7z, rar")


def both(value: int) -> bytes:
    """A number as ISO 9660 writes it: in both orders of its bytes."""
    return struct.pack("<I", value) + struct.pack(">I", value)


def record(
    name: bytes, sector: int, size: int, *, folder: bool = False, hidden: bool = False, extra: bytes = b""
) -> bytes:
    """A directory record of ISO 9660; `extra` is its system use field."""
    flags = (2 if folder else 0) | (1 if hidden else 0)
    body = b"\0" + both(sector) + both(size) + bytes(7) + bytes([flags]) + bytes(6) + bytes([len(name)]) + name
    if len(name) % 2 == 0:
        body += b"\0"
    body += extra
    if len(body) % 2 == 0:
        body += b"\0"
    return bytes([len(body) + 1]) + body


def descriptor(kind: int, root: bytes, escape: bytes = b"") -> bytes:
    """A volume descriptor of ISO 9660 with the record of its root."""
    block = bytearray(SECTOR)
    block[:7] = bytes([kind]) + b"CD001\x01"
    block[88 : 88 + len(escape)] = escape
    block[128:132] = struct.pack("<H", SECTOR) + struct.pack(">H", SECTOR)
    block[156 : 156 + len(root)] = root
    return bytes(block)


def iso(*, members: Mapping[str, Content], hidden: bool = False) -> bytes:
    """A CD image (ISO 9660 with Joliet names).

    Args:
        members: contents by name, all in the root folder.
        hidden: whether all but the first member have the flag that hides them.
    """
    contents = {name: octets(data) for name, data in members.items()}
    folders = []
    for wide in (False, True):
        sector = 22
        table = record(b"\0", 20 + wide, SECTOR, folder=True) + record(b"\1", 20 + wide, SECTOR, folder=True)
        for number, (name, data) in enumerate(contents.items()):
            raw = name.encode("utf-16-be") if wide else name.upper().encode("ascii", "replace") + b";1"
            table += record(raw, sector, len(data), hidden=hidden and number > 0)
            sector += -(-len(data) // SECTOR)
        folders.append(table.ljust(SECTOR, b"\0"))
    head = bytes(16 * SECTOR) + descriptor(1, record(b"\0", 20, SECTOR, folder=True))
    head += descriptor(2, record(b"\0", 21, SECTOR, folder=True), b"%/E") + descriptor(255, b"")
    files = b"".join(data + bytes(-len(data) % SECTOR) for data in contents.values())
    return head.ljust(20 * SECTOR, b"\0") + b"".join(folders) + files


def img(*, members: Mapping[str, Content]) -> bytes:
    """A disk image with a FAT12 volume and no partition table.

    Args:
        members: contents by name, all in the root folder.
    """
    sector, tables, entries = 512, 9, 64
    contents = {name: octets(data) for name, data in members.items()}
    sectors = 1 + tables + entries * 32 // sector + sum(-(-len(data) // sector) for data in contents.values()) + 1
    boot = bytearray(sector)
    boot[:11] = b"\xeb\x3c\x90MSDOS5.0"
    struct.pack_into("<HBHBHHBH", boot, 11, sector, 1, 1, 1, entries, sectors, 0xF8, tables)
    boot[510:] = b"\x55\xaa"
    table, root, stored, cluster = bytearray(tables * sector), b"", b"", 2
    for number, (name, data) in enumerate(contents.items()):
        count = max(1, -(-len(data) // sector))
        for step in range(count):
            _set12(table, cluster + step, 0xFFF if step == count - 1 else cluster + step + 1)
        short = f"DATEI{number:03d}{name.rpartition('.')[2].upper()[:3]:3}".encode("ascii", "replace")
        root += _long_entries(name, short) + short + b"\x20" + bytes(8)
        root += struct.pack("<H4xHI", 0, cluster, len(data))
        stored += data.ljust(count * sector, b"\0")
        cluster += count
    return bytes(boot) + bytes(table) + root.ljust(entries * 32, b"\0") + stored + bytes(sector)


def _set12(table: bytearray, cluster: int, following: int) -> None:
    """One entry of a FAT12, twelve bits of it."""
    place = cluster * 3 // 2
    value = int.from_bytes(table[place : place + 2], "little") | following << (4 if cluster & 1 else 0)
    table[place : place + 2] = (value & 0xFFFF).to_bytes(2, "little")


def _long_entries(name: str, short: bytes) -> bytes:
    """The entries with a long name, last piece first, tied to the short one by its checksum."""
    check = 0
    for letter in short:
        check = ((check & 1) << 7 | check >> 1) + letter & 0xFF
    raw = name.encode("utf-16-le") + b"\0\0"
    pieces = [raw[start : start + 26].ljust(26, b"\xff") for start in range(0, len(raw), 26)]
    out = b""
    for number in range(len(pieces), 0, -1):
        piece = pieces[number - 1]
        last = 0x40 if number == len(pieces) else 0
        out += bytes([number | last]) + piece[:10] + b"\x0f\0" + bytes([check]) + piece[10:22] + b"\0\0" + piece[22:]
    return out


def vhd(*, sectors: list[Content]) -> bytes:
    """A fixed virtual disk (VHD) of raw sectors, with no file system that is known.

    Args:
        sectors: their contents, each filled up to 512 bytes.
    """
    footer = (b"conectix" + struct.pack(">IIQ", 2, 0x10000, 0xFFFFFFFFFFFFFFFF)).ljust(60, b"\0")
    footer = (footer + struct.pack(">I", 2)).ljust(512, b"\0")
    return b"".join(data + bytes(-len(data) % 512 or (0 if data else 512)) for data in map(octets, sectors)) + footer
