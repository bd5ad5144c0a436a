"""Structure checks behind the weak signatures of what is rarely mailed: raw and old pictures, music, models, measurements; see `structure.py`."""

from __future__ import annotations

import re
from typing import Final

from attachguard.types.checks.structure import big32, little16, little32
from attachguard.types.checks.weak import begins


@begins(b"\x01\xda")
def sgi(data: bytes) -> str:
    """SGI image: storage, bytes a channel, one to three dimensions."""
    return "sgi" if len(data) >= 12 and data[2] <= 1 and data[3] in (1, 2) and data[4:6] in _DIMENSIONS else ""


_DIMENSIONS: Final = (b"\0\1", b"\0\2", b"\0\3")


@begins(b"\x0bw")
def ac3(data: bytes) -> str:
    """AC-3: a known frame size, and the next frame where it ends (ETSI TS 102 366 §4.4.1)."""
    if len(data) < 8 or data[4] >> 6 == 3 or data[4] & 0x3F > 37 or data[5] >> 3 > 16:
        return ""
    rate, code = data[4] >> 6, data[4] & 0x3F
    kilobits = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)[code >> 1]
    words = (kilobits * 2, kilobits * 320 // 147 + (code & 1), kilobits * 3)[rate]
    following = data[2 * words : 2 * words + 2]
    return "ac3" if following in (b"\x0b\x77", b"") and len(data) > 64 else ""


@begins(b"MM")
def autodesk_studio(data: bytes) -> str:
    """3DS: the length of the main chunk, then its version or editor chunk."""
    return "3ds" if 16 < little32(data, 2) < 1 << 30 and data[6:8] in (b"\x02\0", b"\x3d\x3d") else ""


@begins(b"CISO")
def squashed_disc(data: bytes) -> str:
    """CSO: header size and version after the magic."""
    return "cso" if len(data) >= 24 and data[20] <= 2 and 0 < int.from_bytes(data[8:16], "little") < 1 << 40 else ""


@begins(b"CDF")
def netcdf(data: bytes) -> str:
    """NetCDF classic, 64-bit offset, 64-bit data."""
    return "netcdf" if data[3:4] in (b"\1", b"\2", b"\5") else ""


@begins(b"GRIB")
def grib(data: bytes) -> str:
    """GRIB: the edition at offset 7."""
    return "grib" if data[7:8] in (b"\1", b"\2") else ""


@begins(b"root\x00")
def root(data: bytes) -> str:
    """ROOT: a version and the place of the first record."""
    return "root" if 10000 < big32(data, 4) < 2000000 and 64 <= big32(data, 8) < 1024 else ""


@begins(b"r", b"s")
def stata(data: bytes) -> str:
    """Stata before version 13: byte order, file type 1, nothing."""
    return (
        "dta"
        if data[1:2] in (b"\1", b"\2") and data[2:4] == b"\1\0" and len(data) > 109 and little16(data, 4) > 0
        else ""
    )


@begins(b"\x00\x00\x00\x00 \x00\x00\x00")
def windows_resources(data: bytes) -> str:
    """Compiled Windows resources: an empty entry of 32 bytes first."""
    return "res" if data[4:16] == b"\x20\0\0\0\xff\xff\0\0\xff\xff\0\0" else ""


@begins(b"\x1a\x01", b"\x1e\x02")
def terminal(data: bytes) -> str:
    """terminfo: six sizes that are plausible, then names of printable letters."""
    names = little16(data, 2)
    if len(data) < 20 or not 2 <= names <= 512 or little16(data, 4) > 64 or little16(data, 8) > 600:
        return ""
    text = data[12 : 12 + names - 1]
    return "terminfo" if text and all(32 <= letter < 127 for letter in text) else ""


@begins(b"\x1b")
def pcl(data: bytes) -> str:
    """PCL and PJL: an escape sequence of a printer in front."""
    return "pcl" if re.match(rb"\x1b(?:%-12345X|E\x1b[&(*%])", data) else ""


@begins(b"\xffWPC")
def wordperfect(data: bytes) -> str:
    """WordPerfect files: product 1, and the type of file; 16 hexadecimal is a graphic."""
    return "wpg" if data[8:10] == b"\1\x16" else "wpd"


@begins(b"\x1f\x07\x00")
def dv(data: bytes) -> str:
    """DV: header block of the first sequence, then its subcode blocks (IEC 61834)."""
    return "dv" if len(data) >= 480 and data[80] & 0xE0 == 0x20 and data[160] & 0xE0 == 0x20 else ""


@begins(b"FOR1")
def beam(data: bytes) -> str:
    """Compiled Erlang: the kind of the IFF form."""
    return "beam" if data[8:12] == b"BEAM" else ""


@begins(b"qoif")
def qoi(data: bytes) -> str:
    """QOI: three or four channels, one of two colour spaces."""
    return "qoi" if len(data) >= 14 and data[12] in (3, 4) and data[13] <= 1 else ""


@begins(b"FLIF")
def flif(data: bytes) -> str:
    """FLIF: one, three or four channels."""
    return "flif" if data[4:5] and data[4] & 0x0F in (1, 3, 4) else ""


@begins(b"BLP1", b"BLP2")
def blp(data: bytes) -> str:
    """BLP: JPEG or a palette."""
    return "blp" if data[4:8] in (b"\0\0\0\0", b"\1\0\0\0") else ""


@begins(b"MP+")
def mpc(data: bytes) -> str:
    """Musepack: stream version 7."""
    return "mpc" if data[3:4] and data[3] & 0x0F == 7 else ""


@begins(b"\x36\x04")
def psf(data: bytes) -> str:
    """PC Screen Font: a mode and a height of letters."""
    return "psf" if len(data) > 4 and data[2] <= 5 and data[3] in (8, 14, 16) else ""


@begins(b"ORC")
def orc(data: bytes) -> str:
    """ORC: the first stripe after the magic."""
    return "orc" if data[3:4] in (b"\x08", b"\x0a") and b"\0" in data[:4096] else ""


@begins(b"BUFR")
def bufr(data: bytes) -> str:
    """BUFR: the edition at offset 7."""
    return "bufr" if data[7:8] in (b"\2", b"\3", b"\4") else ""


def animation(data: bytes) -> str:
    """FLI and FLC: a width and a height."""
    return "fli" if len(data) >= 16 and 0 < little16(data, 8) <= 4096 and 0 < little16(data, 10) <= 4096 else ""


def linux_volume(data: bytes) -> str:
    """ext2 to ext4: a state, and an empty boot block before the superblock."""
    return "ext" if data[1082:1084] in (b"\0\0", b"\1\0", b"\2\0", b"\4\0") and data[:1024].count(0) > 900 else ""
