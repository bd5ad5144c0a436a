"""The end of a ZIP archive: which of its end records leads to a directory (APPNOTE.TXT 6.3.10, 4.3.14 to 4.3.16).

Readers search backwards for the signature and take the first record that suits them. A comment may hold another record, a prefix shifts all offsets,
ZIP64 repeats the figures in a record of its own: each of these lets two readers find two directories, so each is noted.
"""

import struct

#: Notes about the archive.
NO_END = 1
NO_DIRECTORY = 2
TWO_ENDS = 4
TWO_DIRECTORIES = 8
SPLIT = 16
ZIP64_DIFFERS = 32
COMMENT_CUT = 64

_END = struct.Struct("<4x4H2IH")
_END64 = struct.Struct("<32x3Q")
_LOCATOR = struct.Struct("<8xQ")
_ENTRY_SIZE = 46
_U16_MAX = 0xFFFF
_U32_MAX = 0xFFFFFFFF
_COUNT_MAX = 1 << 62
#: How many end records are tried.
_TRIED_MAX = 8


def find_end(data: bytes) -> tuple[int, int, int, int, int, int]:
    """The end record that leads to a directory.

    Args:
        data: the file.

    Returns:
        Place of the record, start and end of the directory, how far offsets are shifted, count of entries, notes. Without a directory all places
        are -1.

    """
    place = len(data)
    notes = 0
    found = False
    for _ in range(_TRIED_MAX):
        place = data.rfind(b"PK\x05\x06", 0, place)
        if place < 0:
            break
        if place + _END.size > len(data):
            continue
        found = True
        answer = _try_end(data, place)
        if answer is not None:
            start, end, shift, count, more = answer
            return place, start, end, shift, min(count, _COUNT_MAX), notes | more
        notes = TWO_ENDS
    return -1, -1, -1, 0, 0, NO_DIRECTORY if found else NO_END


def _try_end(data: bytes, place: int) -> tuple[int, int, int, int, int] | None:
    """Start and end of the directory of one end record, shift, count, notes; None where it leads to none."""
    disk, directory_disk, _, count, length, offset, comment = _END.unpack_from(data, place)
    notes = 0
    if disk != directory_disk or 0 < disk < _U16_MAX:
        notes |= SPLIT
    if place + _END.size + comment > len(data):
        notes |= COMMENT_CUT
    end = place
    record = _find_zip64(data, place)
    if record >= 0:
        end = record
        large = _END64.unpack_from(data, record)
        # A classic field that is not at its maximum is meant as it stands.
        if any(
            small not in (maximum, wide)
            for small, wide, maximum in zip((count, length, offset), large, (_U16_MAX, _U32_MAX, _U32_MAX), strict=True)
        ):
            notes |= ZIP64_DIFFERS
        count, length, offset = large
    if count == 0 and length == 0:
        # An empty archive is legal; it counts only where nothing better stands before it.
        return (end, end, 0, 0, notes) if offset == place or data.rfind(b"PK\x05\x06", 0, place) < 0 else None
    by_offset = offset + _ENTRY_SIZE <= end and data.startswith(b"PK\x01\x02", offset)
    start = end - length
    if length >= _ENTRY_SIZE and start >= 0 and data.startswith(b"PK\x01\x02", start):
        if by_offset and offset < start:
            notes |= TWO_DIRECTORIES
        return start, end, max(0, start - offset), count, notes
    return (offset, end, 0, count, notes) if by_offset else None


def _find_zip64(data: bytes, place: int) -> int:
    """Place of the ZIP64 end record; -1 where there is none. Its locator stands right before the end record."""
    if place < 76 or not data.startswith(b"PK\x06\x07", place - 20):
        return -1
    record: int = _LOCATOR.unpack_from(data, place - 20)[0]
    if record > place - 76 or not data.startswith(b"PK\x06\x06", record):
        record = place - 76  # the offset is off by a prefix; without extensible data the record ends at the locator
    return record if data.startswith(b"PK\x06\x06", record) else -1
