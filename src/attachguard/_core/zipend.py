"""The end of a ZIP archive: which of its end records leads to a directory (APPNOTE.TXT 6.3.10, 4.3.14 to 4.3.16).

Readers search backwards for the signature and take the first record that suits them. A comment may hold another record, a prefix shifts all offsets,
ZIP64 repeats the figures in a record of its own, a directory can be found by its offset or by its size: each of these lets two readers find two
directories, so every reading is given and each way to another one is noted.
"""

import struct

from attachguard._core import zipmarks

_END = struct.Struct("<4x4H2IH")
_END64 = struct.Struct("<24xQ3Q")
_LOCATOR = struct.Struct("<8xQ")
_ENTRY_SIZE = 46
_U16_MAX = 0xFFFF
_U32_MAX = 0xFFFFFFFF
_COUNT_MAX = 1 << 62
#: How many end records are tried.
_TRIED_MAX = 32
#: How far in front of the end record its ZIP64 relatives are looked for.
_SEARCH_64 = 1 << 16

#: Start and end of a directory, how far its offsets are shifted, how many entries and bytes it is said to have.
Reading = tuple[int, int, int, int, int]


def find_end(data: bytes) -> tuple[int, list[Reading], int]:
    """The last end record that leads to a directory.

    Args:
        data: the file.

    Returns:
        Place of the record or -1, its readings, notes.
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
        answers, more = readings(data, place)
        if answers:
            return place, answers, notes | more
        notes = zipmarks.TWO_ENDS
    else:
        return -1, [], zipmarks.NO_DIRECTORY | zipmarks.TWO_ENDS
    return -1, [], zipmarks.NO_DIRECTORY if found else zipmarks.NO_END


def readings(data: bytes, place: int) -> tuple[list[Reading], int]:
    """The directories that one end record leads to, the most common reading first, and notes.

    Args:
        data: the file.
        place: of the record; there is room for one.
    """
    disk, directory_disk, here, count, length, offset, comment = _END.unpack_from(data, place)
    notes = 0
    if disk != directory_disk or 0 < disk < _U16_MAX:
        notes |= zipmarks.SPLIT
    elif here != count:
        notes |= zipmarks.DISK_COUNT
    if place + _END.size + comment > len(data):
        notes |= zipmarks.COMMENT_CUT
    found: list[Reading] = []
    records = _zip64_records(data, place, length)
    if len({_END64.unpack_from(data, record) for record in records}) > 1:
        notes |= zipmarks.ZIP64_DIFFERS
    for record in records:
        here, *large = _END64.unpack_from(data, record)
        if here != large[0] and not notes & zipmarks.SPLIT:
            notes |= zipmarks.DISK_COUNT
        # A classic field that is not at its maximum is meant as it stands.
        if any(
            small not in (maximum, wide)
            for small, wide, maximum in zip((count, length, offset), large, (_U16_MAX, _U32_MAX, _U32_MAX), strict=True)
        ):
            notes |= zipmarks.ZIP64_DIFFERS
        notes |= _directories(data, place, record, large[0], large[1], large[2], found)
    if not records or notes & zipmarks.ZIP64_DIFFERS:
        notes |= _directories(data, place, place, count, length, offset, found)
    return found, notes


def _directories(data: bytes, place: int, end: int, count: int, length: int, offset: int, found: list[Reading]) -> int:
    """Add the directories that one set of figures leads to; gives notes."""
    count = min(count, _COUNT_MAX)
    length = min(length, _COUNT_MAX)
    if count == 0 and length == 0:
        # An empty archive is legal; it counts only where nothing better stands before it.
        if offset in (place, end) or data.rfind(b"PK\x05\x06", 0, place) < 0:
            found.append((end, end, 0, 0, 0))
        return 0
    by_offset = offset + _ENTRY_SIZE <= end and data.startswith(b"PK\x01\x02", offset)
    start = end - length
    by_size = length >= _ENTRY_SIZE and start >= 0 and data.startswith(b"PK\x01\x02", start)
    known = [reading[0] for reading in found]
    if by_size and start not in known:
        found.append((start, end, max(0, start - offset), count, length))
    if by_offset and (not by_size or offset != start) and offset not in known:
        found.append((offset, end, 0, count, length))
    return zipmarks.TWO_DIRECTORIES if by_size and by_offset and offset != start else 0


def _zip64_records(data: bytes, place: int, length: int) -> list[int]:
    """Places of the ZIP64 end records that a reader may find, the one that most find first.

    The locator stands right before the end record, the record it leads to right before the locator. Some readers search for either.
    """
    locator = place - 20
    if place < 76:
        return []
    if not data.startswith(b"PK\x06\x07", locator):
        # Between directory and end record nothing else belongs; further in front a member may be an archive with records of its own.
        nearest = place - min(length, _SEARCH_64)
        if nearest < 0 or not data.startswith(b"PK\x01\x02", nearest):
            nearest = max(0, place - _SEARCH_64)
        locator = data.rfind(b"PK\x06", nearest, place)
        if locator < 0 or locator < data.rfind(b"PK\x01\x02", nearest, place):
            return []
        if data.startswith(b"PK\x06\x06", locator):
            return [locator] if locator + 56 <= place else []
        if not data.startswith(b"PK\x06\x07", locator) or locator + 20 > place:
            return []
    found: list[int] = []
    stated: int = _LOCATOR.unpack_from(data, locator)[0]
    # The offset is off by a prefix; without extensible data the record ends at the locator.
    for record in (stated, locator - 56, data.rfind(b"PK\x06\x06", max(0, locator - _SEARCH_64), locator)):
        if 0 <= record <= locator - 56 and record not in found and data.startswith(b"PK\x06\x06", record):
            found.append(record)
    return found
