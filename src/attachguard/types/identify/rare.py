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
    (b"\xdb\xa5\x2d\x00", "word2"),
    (b"\x9b\xa5\x21\x00", "word2"),
    (b"WordPro", "lwp"),
    (b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5\xbd\x31\xef\xe7\xfe\x74\xb7\x1d", "indd"),
    (b"\0\0IIXPR", "qxd"),
    (b"\0\0MMXPR", "qxd"),
    (b"<MakerFile ", "frame"),
    (b"<MakerDictionary ", "frame"),
    (b"\xf7\x02\x01\x83\x92\xc0\x1c\x3b", "dvi"),
    (b"\x1b", checks.pcl),
    (b"ITOLITLS", "lit"),
    (b"L\0R\0F\0\0\0", "lrf"),
    (b"\x1a\0\0\4\0\0", "nsf"),
    (b"\0\1\0\0MSISAM Database", "money"),
    # packed streams, archives, volumes
    (b"\x89LZO\0\r\n\x1a\n", "lzop"),
    (b"LRZI\0", "lrzip"),
    (b"RZIP\2", "rzip"),
    (b"BZ3v1", "bz3"),
    (b"\xff\6\0\0sNaPpY", "snappy"),
    *((b"bvx" + kind, "lzfse") for kind in (b"1", b"2", b"-", b"n")),
    (b"SZDD\x88\xf0\x27\x33", "szdd"),
    (b"KWAJ\x88\xf0\x27\xd1", "szdd"),
    (b"SZ \x88\xf0\x27\x33\xd1", "szdd"),
    (b"\x1f\x1e", "pack"),
    (b"7kSt\xa0\x31\x83\xd3", "zpaq"),
    (b"PAR2\0PKT", "par2"),
    (b"EVF\x09\x0d\x0a\xff\0", "e01"),
    (b"LVF\x09\x0d\x0a\xff\0", "e01"),
    (b"EVF2\x0d\x0a\x81\0", "e01"),
    (b"\0\0\0\x7b", "dar"),
    (b"\x45\x3d\xcd\x28", "cramfs"),
    (b"\x28\xcd\x3d\x45", "cramfs"),
    (b"-rom1fs-", "romfs"),
    (b"XFSB\0\0", "xfs"),
    (b"sprs\0\0\0", "sparseimage"),
    (b"\0" + b"\xff" * 10 + b"\0", "mdf"),
    (b"CISO", checks.squashed_disc),
    (b"MComprHD", "chd"),
    (b"ISc(", "iscab"),
    # keys
    (b"\xce\xce\xce\xce\0\0\0\2", "jceks"),
    (b"kych\0\1\0\0", "keychain"),
    # programs
    (b"BC\xc0\xde", "llvm"),
    (b"\xde\xc0\x17\x0b", "llvm"),
    (b"book\0\0\0\0mark\0\0\0\0", "alias"),
    (b"JM\1\0PK\x03\x04", "jmod"),
    (b"FOR1", lambda data: "beam" if data[8:12] == b"BEAM" else ""),
    (b"\0\0\0\0\x20\0\0\0", checks.windows_resources),
    (b"Microsoft C/C++ MSF 7.00\r\n\x1a", "pdb"),
    (b"Microsoft C/C++ program database 2.00\r\n\x1a", "pdb"),
    # pictures and models
    (b"\1\xda", checks.sgi),
    (b"\x59\xa6\x6a\x95", "ras"),
    (b"SDPX", "dpx"),
    (b"XPDS", "dpx"),
    (b"\x80\x2a\x5f\xd7", "cin"),
    (b"qoif", lambda data: "qoi" if len(data) >= 14 and data[12] in (3, 4) and data[13] <= 1 else ""),
    (b"BPG\xfb", "bpg"),
    (b"FLIF", lambda data: "flif" if data[4:5] and data[4] & 0x0F in (1, 3, 4) else ""),
    (b"II\xbc\x01", "jxr"),
    (b"II\xbc\x00", "jxr"),
    (b"\x8aMNG\r\n\x1a\n", "mng"),
    (b"\x8bJNG\r\n\x1a\n", "jng"),
    (b"II*\0\x10\0\0\0CR\2\0", "cr2"),
    (b"II\x1a\0\0\0HEAPCCDR", "crw"),
    (b"IIRO\x08\0", "orf"),
    (b"IIRS\x08\0", "orf"),
    (b"MMOR\0\0\0\x08", "orf"),
    (b"IIU\0\x18\0\0\0", "rw2"),
    (b"IIU\0\x08\0\0\0", "rw2"),
    (b"FUJIFILMCCD-RAW ", "raf"),
    (b"FOVb", "x3f"),
    (b"Paint Shop Pro Image File\n\x1a", "psp"),
    (b"~BK\0", "psp"),
    (b"id=ImageMagick", "miff"),
    (b"\xb1\x68\xde\x3a", "dcx"),
    (b"EP\x2a\0", "mdi"),
    (b"\xabKTX 11\xbb\r\n\x1a\n", "ktx"),
    (b"\xabKTX 20\xbb\r\n\x1a\n", "ktx"),
    (b"\x13\xab\xa1\x5c", "astc"),
    (b"BEGMF ", "cgm"),
    (b"NITF02.", "nitf"),
    (b"NSIF01.", "nitf"),
    (b"#FIG ", "fig"),
    (b"\xff\xd8\xff\xf7", "jls"),
    (b"BLP1", lambda data: "blp" if data[4:8] in _BLP_KINDS else ""),
    (b"BLP2", lambda data: "blp" if data[4:8] in _BLP_KINDS else ""),
    (b"\x08\x09\xfe\x02", "dgn"),
    (b"\xc8\x09\xfe\x02", "dgn"),
    (b"DRACO\2", "drc"),
    (b"\xff\xfe\xff\x0eS\0k\0e\0t\0c\0h\0U\0p\0", "skp"),
    (b"BLENDER-v", "blend"),
    (b"BLENDER_v", "blend"),
    (b"Kaydara FBX Binary  \0", "fbx"),
    (b"ply\nformat ", "ply"),
    (b"ply\r\nformat ", "ply"),
    (b"MM", checks.autodesk_studio),
    (b"LASF", "las"),
    # sound and video
    (b"Creative Voice File\x1a", "voc"),
    (b"wvpk", "wv"),
    (b"MPCK", "mpc"),
    (b"MP+", lambda data: "mpc" if data[3:4] and data[3] & 0x0F == 7 else ""),
    (b"TTA1", "tta"),
    (b"TTA2", "tta"),
    (b"tBaK", "tak"),
    (b"\x0b\x77", checks.ac3),
    (b"\x7f\xfe\x80\x01", "dts"),
    (b"\xfe\x7f\x01\x80", "dts"),
    (b"DSD \x1c\0\0\0", "dsf"),
    (b"FRM8\0\0", "dff"),
    (b"riff\x2e\x91\xcf\x11", "w64"),
    (b".ra\xfd\0", "ra"),
    (b"ajkg", "shn"),
    (b"Extended Module: ", "xm"),
    (b"IMPM", "it"),
    (b"NIST_1A\n", "sph"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02", "mxf"),
    (b"DKIF\0\0", "ivf"),
    (b"YUV4MPEG2 ", "y4m"),
    (b"SMK2", "smk"),
    (b"SMK4", "smk"),
    *((b"BIK" + kind, "bik") for kind in (b"b", b"f", b"g", b"h", b"i", b"k")),
    *((b"KB2" + kind, "bik") for kind in (b"a", b"d", b"f", b"g", b"h", b"i", b"j", b"k")),
    (b"\xb7\xd8\x00\x20\x37\x49\xda\x11", "wtv"),
    (b"\x1f\x07\0", checks.dv),
    (b"NSVf", "nsv"),
    # fonts
    (b"\1fcp", "pcf"),
    (b"\x36\x04", lambda data: "psf" if len(data) > 4 and data[2] <= 5 and data[3] in (8, 14, 16) else ""),
    (b"\x72\xb5\x4a\x86", "psf"),
    # tables and measurements
    (b"Obj\1", "avro"),
    (b"ORC", lambda data: "orc" if data[3:4] in (b"\x08", b"\x0a") and b"\0" in data[:4096] else ""),
    (b"ARROW1\0\0", "arrow"),
    (b"FEA1\0", "arrow"),
    (b"CDF", checks.netcdf),
    (b"\x0e\x03\x13\x01", "hdf4"),
    (b"GRIB", checks.grib),
    (b"BUFR", lambda data: "bufr" if data[7:8] in (b"\2", b"\3", b"\4") else ""),
    (b"MATLAB 5.0 MAT-file", "mat"),
    (b"$FL2@(#)", "sav"),
    (b"$FL3@(#)", "sav"),
    (bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\0\x09\xc7\x31\x8c", "sas"),
    (b"HEADER RECORD*******LIB", "xpt"),
    (b"<stata_dta>", "dta"),
    (b"r", checks.stata),
    (b"s", checks.stata),
    *((b"RD" + kind, "rdata") for kind in (b"X2\n", b"X3\n", b"A2\n", b"A3\n", b"B3\n")),
    (b"GGUF", "gguf"),
    (b"NRRD000", "nrrd"),
    (b"root\0", checks.root),
    (b"ZISRAWFILE\0", "czi"),
    (b"\0\0\0\x0d\x0a\x09OSMHeader", "pbf"),
    (b"\0\0\0\x0e\x0a\x09OSMHeader", "pbf"),
    (b"EHFA_HEADER_TAG", "erdas"),
    (b"\x13\x57\x9a\xce", "gdbm"),
    (b"\xce\x9a\x57\x13", "gdbm"),
    (b"\x01\x0f\0\0", "mssql"),
    (b"\x30\0\0\0LfLe", "evt"),
    (b"LPKSHHRH", "journal"),
    (b"snoop\0\0\0\0\0\0\2", "snoop"),
    (b"TZif", "tzif"),
    (b"MDMP\x93\xa7", "dmp"),
    (b"\x1a\x01", checks.terminal),
    (b"\x1e\x02", checks.terminal),
    (b"\x3c\xb8\x64\x18\xca\xef\x9c\x95", "qm"),
    (b"\0\0\0\1Bud1", "ds_store"),
    (b"PReg\1\0\0\0", "pol"),
    (b"\xff\xff\0\0\7\0\0\0\4\0\0\0\1\0\1\0", "jmp"),
    (b"NES\x1a", "nes"),
    (b"IWAD", "wad"),
    (b"PWAD", "wad"),
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
