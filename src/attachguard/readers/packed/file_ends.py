"""Where files of common kinds end by their own structure, whatever follows.

References: ISO/IEC 10918-1 (JPEG), B.1; PNG (ISO/IEC 15948), 5.3; GIF89a, 12 to 27; BMP file header; RIFF; ISO/IEC 14496-12, 4.2; ISO 32000-2, 7.5.5;
APPNOTE.TXT 4.3.16. What cannot be told is 0: then nothing is taken to follow.

Why our own: libraries read to the end that a file claims and do not say where that was.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import Final

#: Segments, chunks or boxes that are stepped over, and blocks of a GIF, which are small.
_STEPS: Final = 1 << 14
_GIF_BLOCKS: Final = 1 << 16
# A search for two bytes by `bytes.find` takes several times as long.
_END_OF_IMAGE: Final = re.compile(rb"\xff\xd9")
_END_OF_ZIP: Final = b"PK\x05\x06"
_TEXT_END: Final = b"%%EOF"


def jpeg(data: bytes) -> int:
    """Segments with their lengths, then coded data in which a marker is never followed by what it holds."""
    place = 2
    for _ in range(_STEPS):
        if data[place : place + 1] != b"\xff" or place + 4 > len(data):
            return 0
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xDA:
            found = _END_OF_IMAGE.search(data, place)
            return found.end() if found else 0
    return 0


def png(data: bytes) -> int:
    """Chunks: length, type, content, checksum; the last one is `IEND`."""
    place = 8
    for _ in range(_STEPS):
        if place + 12 > len(data):
            return 0
        kind = data[place + 4 : place + 8]
        place += 12 + int.from_bytes(data[place : place + 4], "big")
        if kind == b"IEND":
            return place
    return 0


def gif(data: bytes) -> int:
    """Blocks with an introducer, each a row of sub-blocks that ends with an empty one; then the trailer."""
    if len(data) < 13:
        return 0
    place = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    left = _GIF_BLOCKS
    while left > 0 and place < len(data):
        introducer = data[place]
        if introducer == 0x3B:
            return place + 1
        if introducer == 0x21:
            place += 2
        elif introducer == 0x2C and place + 10 < len(data):
            packed = data[place + 9]
            place += 11 + (3 << (packed & 7) + 1 if packed & 0x80 else 0)
        else:
            return 0
        while left > 0 and place < len(data) and data[place]:
            place += 1 + data[place]
            left -= 1
        place += 1
        left -= 1
    return 0


def bmp(data: bytes) -> int:
    """The size in the header."""
    return int.from_bytes(data[2:6], "little")


def riff(data: bytes) -> int:
    """The size in the header, padded."""
    size = int.from_bytes(data[4:8], "little")
    return 8 + size + size % 2


def boxes(data: bytes) -> int:
    """Boxes one after the other; one without a size goes to the end."""
    place = 0
    for _ in range(_STEPS):
        head = data[place : place + 16]
        if len(head) < 8 or not head[4:8].isascii() or not head[4:8].strip(b"\0"):
            return place
        size = int.from_bytes(head[:4], "big")
        if size == 1 and len(head) == 16:
            size = int.from_bytes(head[8:], "big")
        if size < 8 or place + size > len(data):
            # Not a box: something else is here, or the last one has no end.
            return place if size else 0
        place += size
    return 0


def pdf(data: bytes) -> int:
    """Behind the last end mark."""
    place = data.rfind(_TEXT_END)
    return place + len(_TEXT_END) if place >= 0 else 0


def archive(data: bytes) -> int:
    """Behind the last end record of a ZIP and its comment."""
    place = data.rfind(_END_OF_ZIP, max(0, len(data) - (1 << 24)))
    if place < 0 or place + 22 > len(data):
        return 0
    return place + 22 + int(struct.unpack_from("<H", data, place + 20)[0])


def text(data: bytes) -> int:
    """Text has no zeros: what has some holds other data, wherever they begin."""
    return 1 if b"\0" in data else 0


#: How to find the end of a file, by the id of its type.
ENDS: Final[dict[str, Callable[[bytes], int]]] = {
    "jpg": jpeg, "png": png, "gif": gif, "bmp": bmp, "webp": riff, "wav": riff, "avi": riff, "pdf": pdf, "zip": archive, "rtf": text, "ps": text,
    "mp4": boxes, "mov": boxes, "m4a": boxes, "3gp": boxes, "heic": boxes, "avif": boxes,
}  # fmt: skip
