"""Structure checks behind the weak signatures of `rare.py`; see `structure.py`."""

from __future__ import annotations

import re
from typing import Final

from attachguard.types.identify.structure import big32, little16, little32


def sgi(data: bytes) -> str:
    """SGI image: storage, bytes a channel, one to three dimensions."""
    return "sgi" if len(data) >= 12 and data[2] <= 1 and data[3] in (1, 2) and data[4:6] in _DIMENSIONS else ""


_DIMENSIONS: Final = (b"\0\1", b"\0\2", b"\0\3")


def ac3(data: bytes) -> str:
    """AC-3: a known frame size, and the next frame where it ends (ETSI TS 102 366 §4.4.1)."""
    if len(data) < 8 or data[4] >> 6 == 3 or data[4] & 0x3F > 37 or data[5] >> 3 > 16:
        return ""
    rate, code = data[4] >> 6, data[4] & 0x3F
    kilobits = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)[code >> 1]
    words = (kilobits * 2, kilobits * 320 // 147 + (code & 1), kilobits * 3)[rate]
    following = data[2 * words : 2 * words + 2]
    return "ac3" if following in (b"\x0b\x77", b"") and len(data) > 64 else ""


def autodesk_studio(data: bytes) -> str:
    """3DS: the length of the main chunk, then its version or editor chunk."""
    return "3ds" if 16 < little32(data, 2) < 1 << 30 and data[6:8] in (b"\x02\0", b"\x3d\x3d") else ""


def squashed_disc(data: bytes) -> str:
    """CSO: header size and version behind the magic."""
    return "cso" if len(data) >= 24 and data[20] <= 2 and 0 < int.from_bytes(data[8:16], "little") < 1 << 40 else ""


def netcdf(data: bytes) -> str:
    """NetCDF classic, 64-bit offset, 64-bit data."""
    return "netcdf" if data[3:4] in (b"\1", b"\2", b"\5") else ""


def grib(data: bytes) -> str:
    """GRIB: the edition at offset 7."""
    return "grib" if data[7:8] in (b"\1", b"\2") else ""


def root(data: bytes) -> str:
    """ROOT: a version and the place of the first record."""
    return "root" if 10000 < big32(data, 4) < 2000000 and 64 <= big32(data, 8) < 1024 else ""


def stata(data: bytes) -> str:
    """Stata before version 13: byte order, file type 1, nothing."""
    return (
        "dta"
        if data[1:2] in (b"\1", b"\2") and data[2:4] == b"\1\0" and len(data) > 109 and little16(data, 4) > 0
        else ""
    )


def windows_resources(data: bytes) -> str:
    """Compiled Windows resources: an empty entry of 32 bytes first."""
    return "res" if data[4:16] == b"\x20\0\0\0\xff\xff\0\0\xff\xff\0\0" else ""


def terminal(data: bytes) -> str:
    """terminfo: six sizes that are plausible, then names of printable letters."""
    names = little16(data, 2)
    if len(data) < 20 or not 2 <= names <= 512 or little16(data, 4) > 64 or little16(data, 8) > 600:
        return ""
    text = data[12 : 12 + names - 1]
    return "terminfo" if text and all(32 <= letter < 127 for letter in text) else ""


def pcl(data: bytes) -> str:
    """PCL and PJL: an escape sequence of a printer in front."""
    return "pcl" if re.match(rb"\x1b(?:%-12345X|E\x1b[&(*%])", data) else ""


def wordperfect(data: bytes) -> str:
    """WordPerfect files: product 1, and the type of file; 16 hexadecimal is a graphic."""
    return "wpg" if data[8:10] == b"\1\x16" else "wpd"


def dv(data: bytes) -> str:
    """DV: header block of the first sequence, then its subcode blocks (IEC 61834)."""
    return "dv" if len(data) >= 480 and data[80] & 0xE0 == 0x20 and data[160] & 0xE0 == 0x20 else ""
