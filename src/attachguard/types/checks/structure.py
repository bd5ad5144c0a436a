"""Structure checks behind weak signatures: a few bytes of magic prove nothing, the fields around them do.

Each function looks at the head of some bytes whose first bytes fit and gives the id of the type, or an empty string. All reads are slices or are
guarded by length, so no content makes them raise. Sources: RFC 1950, RFC 8878, [MS-XLS], the POSIX
tar and cpio formats, the dBASE, Lotus, ARJ, ARC, LHA, LZMA-alone, COFF and Mach-O format notes.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from attachguard.later import later
from attachguard.readers.crypto import der_kinds as derkinds
from attachguard.readers.packed.inflate import ZLIB, inflate_up_to
from attachguard.types.checks.weak import begins


def little16(data: bytes, offset: int) -> int:
    """Two bytes, least first."""
    return int.from_bytes(data[offset : offset + 2], "little")


def little32(data: bytes, offset: int) -> int:
    """Four bytes, least first."""
    return int.from_bytes(data[offset : offset + 4], "little")


def big32(data: bytes, offset: int) -> int:
    """Four bytes, most first."""
    return int.from_bytes(data[offset : offset + 4], "big")


# -- archives ----------------------------------------------------------------------------------------------------------------


@begins(b"`\xea")
def arj(data: bytes) -> str:
    """ARJ: the size of the basic header, then a first header of plausible length."""
    basic = little16(data, 2)
    return "arj" if len(data) > 8 and 20 <= data[4] <= basic <= 2600 else ""


def lha(data: bytes) -> str:
    """LHA: a method name between dashes at offset 2, a header level at offset 20."""
    if data[6:7] != b"-" or data[2:5] not in (b"-lh", b"-lz", b"-pm") or len(data) < 21:
        return ""
    return "lha" if data[20] <= 3 else ""


@begins(b"\x1a")
def arc(data: bytes) -> str:
    """SEA ARC: a method, an 8.3 name closed by NUL, a packed size, a date that exists, and where the member ends the next one."""
    if len(data) < 29 or not 1 <= data[1] <= 11:
        return ""
    name, closed, _ = data[2:15].partition(b"\0")
    if not closed or not name or not name.isascii() or not name.decode("ascii").isprintable():
        return ""
    size, date, clock = struct.unpack_from("<IHH", data, 15)
    if not 1 <= date >> 5 & 15 <= 12 or not date & 31 or clock >> 11 > 23:
        return ""
    following = data[29 + size : 30 + size]
    return "arc" if not following or following == b"\x1a" else ""


@begins(b"ZOO ")
def zoo(data: bytes) -> str:
    """ZOO: the tag at offset 20."""
    return "zoo" if data[20:24] == b"\xdc\xa7\xc4\xfd" else ""


@begins(b"\xc7q", b"q\xc7")
def cpio_binary(data: bytes) -> str:
    """Old binary cpio in either byte order: a mode with a known file kind, a name of plausible length."""
    if len(data) < 26:
        return ""
    order = "<" if data[0] == 0xC7 else ">"
    mode, size = struct.unpack_from(order + "H", data, 6)[0], struct.unpack_from(order + "H", data, 20)[0]
    return "cpio" if mode >> 12 in (1, 2, 4, 6, 8, 10, 12) and 0 < size <= 1024 else ""


@begins(b"]\x00\x00")
def lzma_alone(data: bytes) -> str:
    """LZMA-alone: properties, a dictionary size of the usual form, an unpacked size that is unknown or sane."""
    if len(data) < 14 or data[13] != 0 or data[0] >= 225:
        return ""
    dictionary = little32(data, 1)
    usual = dictionary == 0xFFFFFFFF or (dictionary >= 4096 and dictionary & (dictionary - 1) in (0, dictionary >> 1))
    size = int.from_bytes(data[5:13], "little")
    return "lzma" if usual and (size == (1 << 64) - 1 or 0 < size < 1 << 38) else ""


@begins(b"x\x01", b"x^", b"x\x9c", b"x\xda")
def zlib_stream(data: bytes) -> str:
    """A raw zlib stream: the header's check (RFC 1950 §2.2), and data that do inflate."""
    if len(data) < 8 or (data[0] << 8 | data[1]) % 31 or data[1] & 0x20:
        return ""
    if data[-512:-508] == b"koly":
        return "dmg"
    return "zlib" if inflate_up_to(data[:2048], 64, wbits=ZLIB) else ""


@begins(*(bytes((first, 0x2A, 0x4D, 0x18)) for first in range(0x50, 0x60)))
def skippable_frame(data: bytes) -> str:
    """LZ4 and Zstandard share skippable frames: what follows them decides (RFC 8878 §3.1.2)."""
    offset = 0
    for _ in range(16):
        if data[offset + 1 : offset + 4] != b"\x2a\x4d\x18" or data[offset] & 0xF0 != 0x50:
            break
        offset += 8 + little32(data, offset + 4)
    return {b"\x04\x22\x4d\x18": "lz4", b"\x28\xb5\x2f\xfd": "zst"}.get(data[offset : offset + 4], "")


@begins(b"BZh")
def bzip2(data: bytes) -> str:
    """bzip2: a level digit, then the magic of a block or of the end of the stream."""
    return "bz2" if data[3:4] in b"123456789" and data[4:10] in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90") else ""


@begins(b"070701", b"070702", b"070707")
def cpio_text(data: bytes) -> str:
    """Portable cpio: the header is digits throughout."""
    return "cpio" if re.match(rb"0707(?:0[12][0-9A-Fa-f]{104}|07[0-7]{70})", data) else ""


@begins(b"SIT!", b"StuffIt")
def stuffit(data: bytes) -> str:
    """StuffIt: the second signature at offset 10."""
    return "sit" if data[10:14] == b"rLau" or data.startswith(b"StuffIt (c)1997") else ""


_OCTAL: Final = later(rb"[ \0]*([0-7]{1,7})[ \0]")


def old_tar(data: bytes) -> str:
    """The tar before POSIX has no magic: the header's checksum decides (sum of its bytes, the checksum field as blanks)."""
    stored = _OCTAL.match(data, 148, 156)
    if len(data) < 512 or not stored:
        return ""
    total = sum(data[:148]) + 8 * 32 + sum(data[156:512])
    return "tar" if total == int(stored[1], 8) and data[0] else ""


def late_tar(data: bytes) -> bool:
    """Whether a header of tar follows blocks that are not headers: `tar` skips to it."""
    return any(old_tar(data[at : at + 512]) for at in range(512, min(len(data), 1 << 16), 512))


# -- programs ----------------------------------------------------------------------------------------------------------------

_PRINTABLE: Final = bytes((9, 10, 13, *range(32, 127), *range(128, 256)))
_NEWER_HEADERS: Final = {b"NE": "ne", b"LE": "le", b"LX": "le"}


@begins(b"MZ", b"ZM")
def dos(data: bytes) -> str:
    """DOS and Windows programs: `MZ` before something that is not prose; the offset at 60 leads to the newer header, if any."""
    if len(data) > 64:
        place = little32(data, 60)
        magic = data[place : place + 4]
        if magic == b"PE\0\0":
            return "pe"
        if place >= 64 and magic[:2] in _NEWER_HEADERS:
            return _NEWER_HEADERS[magic[:2]]
    # Bytes in the last page of 512, size of the header in paragraphs: what cannot be is no program but data that begin with these letters.
    if little16(data, 2) > 511 or (little16(data, 4) and little16(data, 8) > 32 * little16(data, 4)):
        return ""
    return "mz" if len(data) > 2 and data[2:64].translate(None, _PRINTABLE) else ""


@begins(b"\xca\xfe\xba\xbe")
def java_or_macho(data: bytes) -> str:
    """`CA FE BA BE` opens Java classes (a version from 45 up) and fat Mach-O files (a small number of architectures)."""
    value = big32(data, 4)
    if len(data) < 8:
        return ""
    if 45 <= (value & 0xFFFF) < 200 and value >> 16 in (0, 3, 0xFFFF):
        return "class"
    return "macho" if 0 < value < 45 else ""


@begins(b"L\x01", b"d\x86", b"d\xaa", b"\xc4\x01")
def coff(data: bytes) -> str:
    """COFF object: no optional header, sections, a symbol table inside the file."""
    if len(data) < 60:
        return ""
    sections, _, symbols, count, optional, _ = struct.unpack_from("<HIIIHH", data, 2)
    if not 0 < sections <= 4096 or optional != 0 or count > 1 << 22 or symbols < 20 + 40 * sections:
        return ""
    return "coff" if data[20:21] in (b".", b"/", b"_") else ""


def python_bytecode(data: bytes) -> str:
    """Compiled Python: a version word, CR LF, then a marshalled code object where that version has it."""
    if len(data) < 9:
        return ""
    version = little16(data, 0)
    place = 8 if version > 20000 or version < 3190 else 12 if version < 3392 else 16
    known = 3000 <= version < 3900 or 20121 <= version <= 62218
    return "pyc" if known and data[place : place + 1] in (b"\xe3", b"c", b"\x63") else ""


@begins(b"\x80")
def pickle(data: bytes) -> str:
    """Python pickle of protocol 2 to 5: PROTO, an opcode that may follow it, STOP at the end."""
    if len(data) < 4 or not 2 <= data[1] <= 5 or not data.endswith(b"."):
        return ""
    if data[1] >= 4:
        return "pickle" if data[2] == 0x95 or len(data) < 8 else ""
    return "pickle" if data[2:3] in b"}])(cXUKMGNIJL\x85\x8a\x88\x89" else ""


# -- data, documents ---------------------------------------------------------------------------------------------------------


@begins(*(bytes((first,)) for first in (0x02, 0x03, 0x30, 0x31, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5)))
def dbase(data: bytes) -> str:
    """dBASE: a date, a header of 32 bytes a field closed by CR, records of plausible size."""
    if len(data) < 65 or not 1 <= data[2] <= 12 or not 1 <= data[3] <= 31:
        return ""
    header, record = struct.unpack_from("<HH", data, 8)
    if header < 65 or record < 2 or header > 32 * 2048 + 300:
        return ""
    kinds = b"CDFILMNGTBYOPVWX0+@Q"
    # Visual FoxPro's first octet is also that of every DER file, whose length octets may look like a date.
    if data[0] == 0x30 and derkinds.sniff(data) is not None:
        return ""
    return "dbf" if data[43] in kinds and 33 <= data[32] < 127 else ""


@begins(b"\x00\x00\x02\x00", b"\x00\x00\x1a\x00")
def lotus(data: bytes) -> str:
    """Lotus 1-2-3, Symphony and Quattro: the BOF record (type 0, length 2 or 26) and its version word."""
    length, version = little16(data, 2), little16(data, 4)
    if length == 2:
        if version in (0x0404, 0x0405, 0x0406):
            return "wk"
        return "qpw" if version in (0x1001, 0x1002, 0x1007, 0x5120) else ""
    return "wk" if length == 26 and version in (0x1000, 0x1002, 0x1003, 0x1004, 0x1005) else ""


@begins(b"\t\x00\x04\x00", b"\t\x02\x06\x00", b"\t\x04\x06\x00", b"\t\x08\x08\x00", b"\t\x08\x10\x00")
def biff(data: bytes) -> str:
    """A bare Excel stream: BOF of BIFF2 to BIFF8 with a sheet kind in its place ([MS-XLS] §2.4.21)."""
    kind = little16(data, 6)
    return (
        "biff"
        if len(data) >= 8 and little16(data, 2) in (4, 6, 8, 16) and kind in (5, 6, 0x10, 0x20, 0x40, 0x100)
        else ""
    )


_PDF_IN_POSTSCRIPT: Final = re.compile(rb"%!PS-Adobe-[\d.]{1,9} PDF-")


@begins(b"%!PS")
def postscript(data: bytes) -> str:
    """PostScript; with `PDF-` in the header's line it is a PDF, which Acrobat opens (PDF Reference 1.7, H.3, note 13)."""
    return "pdf" if _PDF_IN_POSTSCRIPT.match(data) else "ps"


@begins(b"1\xbe", b"2\xbe")
def write(data: bytes) -> str:
    """Windows Write: magic, zero type, the tool word."""
    return "wri" if data[2:6] == b"\0\0\0\xab" else ""


@begins(b"\x00\x01\x00\x00")
def jet(data: bytes) -> str:
    """Access: the engine's name at offset 4."""
    if data[4:19] == b"Standard Jet DB":
        return "mdb"
    if data[4:19] == b"Standard ACE DB":
        return "accdb"
    return truetype(data)


def truetype(data: bytes) -> str:
    """TrueType: a table count with its search range, then tags of printable letters."""
    count = big32(data, 4) >> 16
    tag = data[12:16]
    return "ttf" if 0 < count < 256 and len(tag) == 4 and all(32 <= letter < 127 for letter in tag) else ""


@begins(b"d")
def torrent(data: bytes) -> str:
    """BitTorrent metadata: a bencoded dictionary with an `info` key."""
    return "torrent" if re.match(rb"d[0-9]{1,3}:[a-z]", data) and b"4:infod" in data[:65536] else ""


@begins(b"MAC ")
def monkey(data: bytes) -> str:
    """Monkey's Audio: a version between 1.50 and 9.99."""
    return "ape" if 1500 <= little16(data, 4) < 9999 else ""


@begins(b"icns")
def apple_icons(data: bytes) -> str:
    """Apple icons: the length of the file after the magic."""
    return "icns" if len(data) >= 8 and 8 < big32(data, 4) < 1 << 27 else ""


@begins(b"\x00\x00'\n")
def shapefile(data: bytes) -> str:
    """ESRI shapefile: version 1000 in little-endian order at offset 28."""
    return "shp" if data[28:32] == b"\xe8\x03\0\0" else ""


@begins(b"FWS", b"CWS", b"ZWS")
def flash(data: bytes) -> str:
    """Flash: a version and a length that fit."""
    return "swf" if len(data) >= 8 and 1 <= data[3] <= 60 and 8 < little32(data, 4) < 1 << 28 else ""


@begins(b"\n\r\r\n")
def capture(data: bytes) -> str:
    """pcapng: the byte-order magic in the section header block."""
    return "pcap" if data[8:12] in (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a") else ""


#: What formats write before the fields of a boot sector; BitLocker's volumes say no more than that they are locked.
_VOLUMES: Final = {b"NTFS    ": "ntfs", b"EXFAT   ": "exfat", b"-FVE-FS-": "img"}


@begins(b"\xeb", b"\xe9", b"3\xc0", b"\xfa")
def boot_sector(data: bytes) -> str:
    """The boot sector of a volume, or a partition table: the signature 55 AA at 510 and what stands before it."""
    if data[510:512] != b"\x55\xaa":
        return ""
    if data[3:11] in _VOLUMES:
        return _VOLUMES[data[3:11]]
    sector = little16(data, 11)
    if sector in (512, 1024, 2048, 4096) and data[13] in (1, 2, 4, 8, 16, 32, 64, 128) and data[16] in (1, 2):
        return "fat"
    flags = [data[offset] for offset in (446, 462, 478, 494)]
    used = any(data[offset + 4] and any(data[offset + 8 : offset + 12]) for offset in (446, 462, 478, 494))
    return "img" if used and all(flag in (0, 0x80) for flag in flags) else ""
