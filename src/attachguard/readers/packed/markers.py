"""Where a RAR or 7z archive begins that has something before it: its marker, proved by the header after it.

Both archivers look for their marker after whatever stands first (a program, a picture), and both go on looking where what follows is not a header.
So do we: the six bytes alone occur in many a table of file types and in decoys.

References: 7zFormat.txt of the LZMA SDK (SignatureHeader); technote.txt of RAR 3 and 4 (MAIN_HEAD); "RAR 5.0 archive format" (general block).

Why our own: libraries find no archive with something before it, or believe the first marker.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

SEVEN_ZIP: Final = b"7z\xbc\xaf\x27\x1c"
RAR: Final = b"Rar!\x1a\x07"
_RAR_MAIN_HEAD: Final = 0x73
#: Types of the first RAR 5 block: main header, or the one that announces encrypted headers.
_RAR5_FIRST: Final = (1, 4)
#: Occurrences that are proved. A file with more of them is built to hide one: then the next counts as it is, and its reader says what is wrong.
_TRIES: Final = 1 << 16


def seven_zip(data: bytes, begin: int = 0, end: int | None = None) -> int:
    """Offset of the first 7z signature header whose checksum holds, in `[begin, end)`; -1 without one."""
    return _first(data, SEVEN_ZIP, _is_seven_zip, begin, end)


def rar(data: bytes, begin: int = 0, end: int | None = None) -> int:
    """Offset of the first RAR marker with a first header after it, in `[begin, end)`; -1 without one."""
    return _first(data, RAR, _is_rar, begin, end)


def _first(data: bytes, marker: bytes, holds: Callable[[bytes, int], bool], begin: int, end: int | None) -> int:
    place = begin - 1
    for _ in range(_TRIES):
        place = data.find(marker, place + 1, end)
        if place < 0 or holds(data, place):
            return place
    return data.find(marker, place + 1, end)


def _is_seven_zip(data: bytes, place: int) -> bool:
    stated = int.from_bytes(data[place + 8 : place + 12], "little")
    return len(data) >= place + 32 and zlib.crc32(data[place + 12 : place + 32]) == stated


def _is_rar(data: bytes, place: int) -> bool:
    head = data[place + 6 : place + 18]
    if len(head) < 12:
        return False
    if head[0] == 0:
        return head[3] == _RAR_MAIN_HEAD
    if head[:2] != b"\x01\0":
        return False
    # Behind the checksum: the size as a number of one to three bytes, then the type.
    at = 6
    while at < 8 and head[at] & 0x80:
        at += 1
    return head[at + 1] in _RAR5_FIRST
