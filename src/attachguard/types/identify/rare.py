"""Signatures of what is rarely mailed: raw and old pictures, music, models, measurements, volumes, packed streams, programs of virtual machines.

Data, kept apart from the common ones so that these stay readable; `signatures.py` joins both. Sources: the formats' own specifications where
published, else the format notes of the projects that read them.
"""

from __future__ import annotations

import re
from typing import Final

from attachguard.types.identify import rarechecks as checks
from attachguard.types.identify.structure import Check, little16

_BLP_KINDS: Final = (b"\0\0\0\0", b"\1\0\0\0")

#: First bytes, and what they prove or who checks the rest.
RARE: Final[tuple[tuple[bytes, str | Check], ...]] = (
    # documents
    (b"\xffWPC", checks.wordperfect),
    (b"\x1b", checks.pcl),
    # packed streams, archives, volumes
    (b"CISO", checks.squashed_disc),
    # programs
    (b"FOR1", lambda data: "beam" if data[8:12] == b"BEAM" else ""),
    (b"\0\0\0\0\x20\0\0\0", checks.windows_resources),
    # pictures and models
    (b"\1\xda", checks.sgi),
    (b"qoif", lambda data: "qoi" if len(data) >= 14 and data[12] in (3, 4) and data[13] <= 1 else ""),
    (b"FLIF", lambda data: "flif" if data[4:5] and data[4] & 0x0F in (1, 3, 4) else ""),
    (b"BLP1", lambda data: "blp" if data[4:8] in _BLP_KINDS else ""),
    (b"BLP2", lambda data: "blp" if data[4:8] in _BLP_KINDS else ""),
    (b"MM", checks.autodesk_studio),
    # sound and video
    (b"MP+", lambda data: "mpc" if data[3:4] and data[3] & 0x0F == 7 else ""),
    (b"\x0b\x77", checks.ac3),
    (b"\x1f\x07\0", checks.dv),
    # fonts
    (b"\x36\x04", lambda data: "psf" if len(data) > 4 and data[2] <= 5 and data[3] in (8, 14, 16) else ""),
    # tables and measurements
    (b"ORC", lambda data: "orc" if data[3:4] in (b"\x08", b"\x0a") and b"\0" in data[:4096] else ""),
    (b"CDF", checks.netcdf),
    (b"GRIB", checks.grib),
    (b"BUFR", lambda data: "bufr" if data[7:8] in (b"\2", b"\3", b"\4") else ""),
    (b"r", checks.stata),
    (b"s", checks.stata),
    (b"root\0", checks.root),
    (b"\x1a\x01", checks.terminal),
    (b"\x1e\x02", checks.terminal),
)

#: The length of a JSON header, then the header.
_WEIGHTS: Final = re.compile(rb"[\0-\xff]{3}[\0-\x05]\0\0\0\0\{\"[^\n]{1,300}\"(?:dtype|format)\"")

#: Magic further in, looked for only where the first bytes say nothing: offset, bytes, id.
FURTHER_IN: Final[tuple[tuple[int, bytes, str], ...]] = (
    (4, b"\xef\xcd\xab\x89", "ese"),
    (4, b"RHfs", "fli"),
    (4, b"\x11\xaf", "fli"),
    (4, b"\x12\xaf", "fli"),
    (8, b".FIT", "fit"),
    (8, b"KBXf", "kbx"),
    (12, b"\x62\x31\x05\0", "bdb"),
    (12, b"\x61\x15\x06\0", "bdb"),
    (12, b"\x53\x22\x04\0", "bdb"),
    (20, b"GIMP", "gbr"),
    (20, b"GPAT", "pat"),
    (32, b"NXSB", "apfs"),
    (44, b"SCRM", "s3m"),
    (60, b"TEXtREAd", "mobi"),
    (60, b".pdfADBE", "palmdoc"),
    (60, b"DataPlkr", "palmdoc"),
    (60, b"PNRdPPrs", "palmdoc"),
    (60, b"zTXTGPlm", "palmdoc"),
    (64, b"\x7f\x10\xda\xbe", "vdi"),
    (208, b"MAP ", "mrc"),
    (344, b"n+1\0", "nifti"),
    (522, b"\x00\x11\x02\xff", "pict"),
    (1024, b"H+\0\4", "hfs"),
    (1024, b"HX\0\5", "hfs"),
    (1024, b"BD\0", "hfs"),
    (1080, b"M.K.", "mod"),
    (1080, b"M!K!", "mod"),
    (1080, b"FLT4", "mod"),
    (1080, b"4CHN", "mod"),
    (1080, b"6CHN", "mod"),
    (1080, b"8CHN", "mod"),
    (1080, b"\x53\xef", "ext"),
    (65600, b"_BHRfS_M", "btrfs"),
)


def further_in(data: bytes) -> str:
    """Id of what stands at a fixed place behind bytes that say nothing themselves; empty where nothing does."""
    if _WEIGHTS.match(data):
        return "safetensors"
    for offset, magic, key in FURTHER_IN:
        if data.startswith(magic, offset):
            if key == "fli" and not (
                len(data) >= 16 and 0 < little16(data, 8) <= 4096 and 0 < little16(data, 10) <= 4096
            ):
                continue
            if key == "ext" and not (
                data[1082:1084] in (b"\0\0", b"\1\0", b"\2\0", b"\4\0") and data[:1024].count(0) > 900
            ):
                continue
            return key
    return ""
