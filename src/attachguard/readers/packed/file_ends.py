"""Where files of common kinds end by their own structure, whatever follows.

References: ISO/IEC 10918-1 (JPEG), B.1; TIFF 6.0, section 2; PNG (ISO/IEC 15948), 5.3; GIF89a, 12 to 27; BMP file header; RIFF;
ISO/IEC 14496-12, 4.2; ISO 32000-2, 7.5.5; APPNOTE.TXT 4.3.16. What cannot be told is 0: then nothing is taken to follow.

Why our own: libraries read to the end that a file claims and do not say where that was.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final, Literal

from attachguard._core.needles import find

#: Segments, chunks or boxes that are stepped over, and blocks of a GIF, which are small.
_STEPS: Final = 1 << 14
_GIF_BLOCKS: Final = 1 << 16
_END_OF_IMAGE: Final = b"\xff\xd9"
_END_OF_ZIP: Final = b"PK\x05\x06"
_TEXT_END: Final = b"%%EOF"
#: Bytes of a value by its type; tags whose values are places or lengths of picture data, in pairs; tags that lead to further directories.
_TIFF_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_TIFF_PAIRS: Final = ((273, 279), (324, 325), (513, 514), (288, 289))
_TIFF_RUNS: Final = frozenset(tag for pair in _TIFF_PAIRS for tag in pair)
_TIFF_DIRECTORIES: Final = frozenset({330, 34665, 34853, 40965})
_TIFF_STEPS: Final = 1 << 18


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
            end = find(data, _END_OF_IMAGE, place, len(data))
            return end + 2 if end >= 0 else 0
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


def tiff(data: bytes) -> int:
    """Behind whatever the directories of its pictures point to: values, strips and tiles; big TIFF is not read."""
    order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
    if data[2:4] not in (b"*\0", b"\0*"):
        return 0

    def number(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], order)

    waiting, seen, end, steps = [number(4, 4)], set[int](), 8, 0
    while waiting:
        place = waiting.pop()
        if place in seen or not 8 <= place < len(data):
            continue
        seen.add(place)
        count = number(place, 2)
        end = max(end, place + 6 + 12 * count)
        runs: dict[int, list[int]] = {}
        for at in range(place + 2, place + 2 + 12 * count, 12):
            tag, size, values = number(at, 2), _TIFF_SIZES.get(number(at + 2, 2), 0), number(at + 4, 4)
            steps += 1 + (values if tag in _TIFF_RUNS else 0)
            if steps > _TIFF_STEPS:
                return 0
            begin = at + 8 if size * values <= 4 else number(at + 8, 4)
            end = max(end, begin + size * values)
            if tag in _TIFF_RUNS and size:
                runs[tag] = [number(begin + size * each, size) for each in range(values)]
            elif tag in _TIFF_DIRECTORIES and size:
                waiting += [number(begin + size * each, size) for each in range(min(values, 100))]
        for offsets, lengths in _TIFF_PAIRS:
            end = max([end, *(a + b for a, b in zip(runs.get(offsets, ()), runs.get(lengths, ()), strict=False))])
        waiting.append(number(place + 2 + 12 * count, 4))
    return end if len(seen) and end <= len(data) else 0


def icon(data: bytes) -> int:
    """Behind the last picture of the directory."""
    rows = (
        struct.unpack_from("<2L", data, at)
        for at in range(14, min(6 + 16 * int.from_bytes(data[4:6], "little"), len(data) - 15), 16)
    )
    return max((size + place for size, place in rows), default=0)


def text(data: bytes) -> int:
    """Text has no zeros: what has some holds other data, wherever they begin."""
    return 1 if b"\0" in data else 0


#: How to find the end of a file, by the id of its type.
ENDS: Final[dict[str, Callable[[bytes], int]]] = {
    "jpg": jpeg, "png": png, "gif": gif, "bmp": bmp, "webp": riff, "wav": riff, "avi": riff, "pdf": pdf, "zip": archive, "rtf": text, "ps": text,
    "tif": tiff, "ico": icon, "cur": icon, "mp4": boxes, "mov": boxes, "m4a": boxes, "3gp": boxes, "heic": boxes, "avif": boxes,
}  # fmt: skip
