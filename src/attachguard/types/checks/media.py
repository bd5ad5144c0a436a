"""Structure checks behind weak signatures of images, sound and video; see `structure.py`.

Sources: ISO/IEC 14496-12 (ftyp), 11172-3 (MPEG audio frames), 13818-7 (ADTS), 13818-1 (transport stream), RFC 9559 (Matroska), [MS-EMF], [MS-WMF],
the QuickTime, Targa, PCX and Netpbm format notes.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

from attachguard.later import later
from attachguard.readers.packed.inflate import GZIP, inflate_up_to
from attachguard.types.checks.encodings import decode_wide
from attachguard.types.checks.roots import root_of
from attachguard.types.checks.structure import big32, little16, little32
from attachguard.types.checks.weak import begins

# -- RIFF, IFF and ISO base media ------------------------------------------------------------------------------------------

_RIFF: Final = {
    b"WAVE": "wav", b"AVI ": "avi", b"WEBP": "webp", b"ACON": "ani", b"sfbk": "sf2", b"RMID": "midi", b"QLCM": "qcp",
}  # fmt: skip
_IFF: Final = {b"AIFF": "aiff", b"AIFC": "aiff", b"8SVX": "aiff", b"ILBM": "ilbm", b"PBM ": "ilbm"}
_BRANDS: Final = {
    b"qt  ": "mov", b"heic": "heic", b"heix": "heic", b"heim": "heic", b"heis": "heic", b"hevc": "heic", b"hevx": "heic",
    b"mif1": "heic", b"msf1": "heic", b"avif": "avif", b"avis": "avif", b"M4A ": "m4a", b"M4B ": "m4a", b"M4P ": "m4a",
    b"F4A ": "m4a", b"F4B ": "m4a", b"jp2 ": "jp2", b"jpx ": "jp2", b"jpm ": "jp2", b"mjp2": "jp2", b"jxl ": "jxl", b"crx ": "cr3",
}  # fmt: skip
#: Atoms that open QuickTime files older than `ftyp`.
_ATOMS: Final = frozenset({b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})


@begins(b"RIFF", b"RF64")
def riff(data: bytes) -> str:
    """A RIFF or RF64 form by its form type."""
    return _RIFF.get(data[8:12]) or ("cdr" if data[8:11] in (b"CDR", b"cdr") else "")


@begins(b"FORM")
def iff(data: bytes) -> str:
    """An IFF `FORM` by its form type."""
    return _IFF.get(data[8:12], "")


def box(data: bytes) -> str:
    """ISO base media and QuickTime: a box size, then `ftyp` with its brand, or one of the older atoms."""
    kind = data[4:8]
    if kind == b"ftyp":
        brand = data[8:12]
        if brand in (b"mif1", b"msf1") and b"avi" in data[16:64]:
            return "avif"
        return _BRANDS.get(brand) or ("3gp" if brand[:2] == b"3g" else "mp4")
    if kind in _ATOMS and (data[12:16] in (b"mvhd", b"cmov", b"rmra") or kind != b"moov"):
        size = big32(data, 0)
        if kind in (b"mdat", b"moov") or (8 <= size < len(data) and data[size + 4 : size + 8] in _ATOMS):
            return "mov"
    if data.startswith(b"\x00\x00\x00\x0c"):
        if kind == b"jP  ":
            return "jp2"
        if kind == b"JXL ":
            return "jxl"
    return ""


@begins(b"\x1aE\xdf\xa3")
def ebml(data: bytes) -> str:
    """Matroska or WebM: the DocType element (RFC 8794 §11.2.4) near the start of the EBML header."""
    head = data[:4096]
    if b"\x42\x82\x84webm" in head:
        return "webm"
    return "mkv" if b"\x42\x82\x88matroska" in head or b"\x42\x82" not in head[:64] else ""


#: First octet of markup: a bracket, a blank, part of a byte order mark.
_MARKUP_STARTS: Final = (b"<", b" ", b"\t", b"\r", b"\n", b"\xef", b"\xff", b"\xfe", b"\0")


@begins(b"\x1f\x8b\x08")
def gzip(data: bytes) -> str:
    """gzip, or a drawing in it: the content that stands first decides (SVG 2 §D.1)."""
    try:
        first = zlib.decompressobj(GZIP).decompress(data[:256], 1)
    except zlib.error:
        return "gz"
    if first not in _MARKUP_STARTS:
        return "gz"
    start = inflate_up_to(data[:1024], 1024, wbits=GZIP).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
        start = decode_wide(start) or start
    _, root = root_of(start)
    return "svgz" if root is not None and root[2].lower() == b"svg" else "gz"


# -- MPEG audio and video ----------------------------------------------------------------------------------------------------

_BITRATES: Final = {
    (3, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES: Final = (44100, 48000, 32000)


def _frame_length(data: bytes, offset: int) -> int:
    """Length of the MPEG audio frame at `offset`, 0 where there is none (ISO/IEC 11172-3 §2.4.2.3)."""
    header = big32(data, offset)
    version, layer = header >> 19 & 3, header >> 17 & 3
    bitrate, rate = header >> 12 & 15, header >> 10 & 3
    if header >> 21 != 0x7FF or version == 1 or layer == 0 or bitrate in (0, 15) or rate == 3:
        return 0
    kilobits = _BITRATES[3 if version == 3 else 2, layer][bitrate - 1]
    frequency = _RATES[rate] // {3: 1, 2: 2, 0: 4}[version]
    padding = header >> 9 & 1
    if layer == 3:
        return (12 * kilobits * 1000 // frequency + padding) * 4
    slots = 72 if layer == 1 and version != 3 else 144
    return slots * kilobits * 1000 // frequency + padding


@begins(*(bytes((0xFF, second)) for second in range(0xE0, 0xFE)))
def mpeg_audio(data: bytes) -> str:
    """MP3 and its older layers, or AAC in ADTS: two frames where the first says the second is."""
    if data[1] & 0xF6 == 0xF0:
        length = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5 if len(data) > 6 else 0
        following = data[length : length + 2]
        return "aac" if length >= 7 and (not following or (following[1:] and following == data[:2])) else ""
    length = _frame_length(data, 0)
    if not length:
        return ""
    return "mp3" if _frame_length(data, length) or length >= len(data) > 64 else ""


@begins(b"ID3\2", b"ID3\3", b"ID3\4")
def behind_tag(data: bytes) -> str:
    """What follows an ID3 tag, whose size is written in seven bits an octet (ID3v2.4 section 3.1): AAC, FLAC and others have one, too."""
    if any(octet & 0x80 for octet in data[6:10]):
        return "mp3"
    size = 10 + (data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9])
    start = size + (10 if data[5] & 0x10 else 0)
    behind = data[start : start + 8192].lstrip(b"\0")
    if behind.startswith(b"fLaC"):
        return "flac"
    if behind.startswith(b"MAC "):
        return "ape"
    return "aac" if len(behind) > 7 and behind[0] == 0xFF and mpeg_audio(behind) == "aac" else "mp3"


@begins(b"G")
def transport_stream(data: bytes) -> str:
    """MPEG transport stream: a sync byte every 188 bytes (ISO/IEC 13818-1 §2.4.3.2)."""
    return "mts" if len(data) >= 188 * 3 and data[188] == data[376] == 0x47 and data[1] & 0x80 == 0 else ""


# -- images ------------------------------------------------------------------------------------------------------------------


@begins(b"BM")
def bmp(data: bytes) -> str:
    """BMP: reserved words zero, a known header size ([MS-WMF] §2.2.2, BITMAPFILEHEADER)."""
    if len(data) < 18 or data[6:10] != b"\0\0\0\0":
        return ""
    return "bmp" if little32(data, 14) in (12, 16, 40, 52, 56, 64, 108, 124) else ""


@begins(b"\x00\x00\x01\x00", b"\x00\x00\x02\x00")
def icon(data: bytes) -> str:
    """ICO and CUR: a directory whose first entry lies inside the file."""
    count = little16(data, 4)
    if not 0 < count < 1024 or len(data) < 22 or data[9] != 0:
        return ""
    size, offset = struct.unpack_from("<II", data, 14)
    if offset < 6 + 16 * count or size < 8 or offset > 1 << 24:
        return ""
    image = data[offset : offset + 4]
    if image and image not in (b"\x28\0\0\0", b"\x89PNG", b"\x0c\0\0\0"):
        return ""
    return "ico" if data[2] == 1 else "cur"


@begins(b"\n")
def pcx(data: bytes) -> str:
    """PCX: version, RLE, depth and planes in their ranges."""
    if len(data) < 128 or data[1] not in (0, 2, 3, 4, 5) or data[2] not in (0, 1) or data[3] not in (1, 2, 4, 8):
        return ""
    left, top, right, bottom = struct.unpack_from("<4H", data, 4)
    return "pcx" if right >= left and bottom >= top and data[64] == 0 and 1 <= data[65] <= 4 else ""


def targa(data: bytes) -> str:
    """Targa: the footer of version 2, or a header whose every field is in its range."""
    if data[-18:] == b"TRUEVISION-XFILE.\0":
        return "tga"
    if len(data) < 19 or data[1] > 1 or data[2] not in (1, 2, 3, 9, 10, 11) or data[16] not in (8, 15, 16, 24, 32):
        return ""
    mapped = data[2] in (1, 9)
    if mapped != (data[1] == 1) or (not mapped and data[3:8] != b"\0\0\0\0\0") or data[17] & 0xC0:
        return ""
    width, height = struct.unpack_from("<HH", data, 12)
    return "tga" if 0 < width <= 16384 and 0 < height <= 16384 and data[8:12] == b"\0\0\0\0" else ""


@begins(b"\x01\x00\x00\x00")
def emf(data: bytes) -> str:
    """EMF: the signature of EMR_HEADER at offset 40 ([MS-EMF] §2.3.4.2)."""
    return "emf" if data[40:44] == b" EMF" else ""


@begins(b"\x01\x00\t\x00", b"\x02\x00\t\x00")
def wmf(data: bytes) -> str:
    """WMF without placeable header: type, header size 9 words, version ([MS-WMF] §2.3.2.2)."""
    return "wmf" if data[2:4] == b"\x09\0" and data[4:6] in (b"\0\1", b"\0\3") else ""


_PNM: Final = later(rb"P([1-7])(?:[ \t\r\n]|#[^\n]{0,200}\n){1,20}(?:[0-9]{1,6}[ \t\r\n#]|WIDTH )")
_PNM_KINDS: Final = {b"1": "pbm", b"4": "pbm", b"2": "pgm", b"5": "pgm", b"3": "ppm", b"6": "ppm", b"7": "ppm"}


@begins(*(b"P" + bytes((digit,)) for digit in b"1234567"))
def netpbm(data: bytes) -> str:
    """PBM, PGM, PPM, PAM: the magic, blanks or comments, then the width in digits."""
    match = _PNM.match(data, 0, 4096)
    return _PNM_KINDS[match[1]] if match else ""
