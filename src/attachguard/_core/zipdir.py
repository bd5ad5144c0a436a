"""The lists of members that a ZIP archive holds: central directory, local headers, and whatever else looks like either (APPNOTE.TXT 6.3.10).

A reader finds the end-of-central-directory record near the end of the file (4.3.16), by it the central directory (4.3.12), and by each of its
entries a local header (4.3.7) with the data behind it. The same facts stand in both places and readers differ in which they believe, so both are
read here and every disagreement is marked. Bytes that no entry of the directory covers are searched for further local headers, which a streaming
reader sees, and for further end records, which lead another reader to another directory. Where there is no end record the local headers are all
there is.

Own code and not `zipfile`: that one reads the directory only, believes it, and costs ten times as much per member.
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

from attachguard._core.zipend import LENGTH_DIFFERS, NO_DIRECTORY, NO_END, TWO_ENDS, find_end, readings

#: Marks of an entry: local header and directory say different things, or what they say cannot be.
NAME = 1
METHOD = 2
ENCRYPTION = 4
SIZES = 8
CHECKSUM = 16
DESCRIPTOR = 32
NO_LOCAL = 64
HIDDEN = 128
OVERLAP = 256
CUT = 512
#: Names by which only some readers know it: an Info-ZIP Unicode path in the local header, a UTF-8 bit in one of the two.
UNICODE = 1024
#: Several ZIP64 extra fields, or one that contradicts the plain fields.
ZIP64 = 2048

#: Notes about the archive as a whole, besides those of `zipend`.
MORE_ENTRIES = 128
COUNT_DIFFERS = 256
#: A signature of a directory in the midst of members, where a streaming reader stops.
STRAY = 2048
#: A local header where the stated offset leads, and another where it leads behind the prefix.
TWO_LOCALS = 4096

_U32_MAX = 0xFFFFFFFF
_NAME_MAX = 4096
#: How many members are looked for outside of the directory.
_HIDDEN_MAX = 256
_SEARCH_MAX = 100_000
#: How many places outside of members are searched for further end records.
_ENDS_MAX = 64


@cython.cfunc
@cython.inline
def _u16(view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t) -> cython.Py_ssize_t:
    return view[at] | (view[at + 1] << 8)


@cython.cfunc
@cython.inline
def _u32(view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t) -> cython.longlong:
    low: cython.longlong = view[at] | (view[at + 1] << 8) | (view[at + 2] << 16)
    high: cython.longlong = view[at + 3]
    return low | (high << 24)


@cython.cfunc
def _u64(view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t) -> cython.longlong:
    """A 64-bit number; what does not fit a signed one is beyond every file anyway and becomes -1."""
    high: cython.longlong = _u32(view, at + 4)
    if high > 0x3FFFFFFF:
        return -1
    return (high << 32) | _u32(view, at)


@cython.cfunc
@cython.inline
def _is(
    view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, third: cython.int, fourth: cython.int
) -> cython.bint:
    """Whether `PK` and two given bytes stand at a place that is inside the buffer."""
    return view[at] == 0x50 and view[at + 1] == 0x4B and view[at + 2] == third and view[at + 3] == fourth


@cython.cfunc
def _zip64(
    view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, end: cython.Py_ssize_t, skip: cython.Py_ssize_t
) -> cython.longlong:
    """Number `skip` of the ZIP64 extra field (4.5.3) in the extra data between `at` and `end`; -1 where there is none."""
    kind: cython.Py_ssize_t
    length: cython.Py_ssize_t
    while at + 4 <= end:
        kind = _u16(view, at)
        length = _u16(view, at + 2)
        at += 4
        if kind == 1:
            if 8 * (skip + 1) <= length and at + 8 * (skip + 1) <= end:
                return _u64(view, at + 8 * skip)
            return -1
        at += length
    return -1


@cython.cfunc
def _fields(view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.int:
    """Which of the extra fields that matter here stand in the extra data: 1 for ZIP64, 2 for several of those, 4 for a Unicode path."""
    kind: cython.Py_ssize_t
    found: cython.int = 0
    while at + 4 <= end:
        kind = _u16(view, at)
        if kind == 1:
            found |= 2 if found & 1 else 1
        elif kind == 0x7075:
            found |= 4
        at += 4 + _u16(view, at + 2)
    return found


@cython.cfunc
def _contradicts(
    view: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    packed: cython.longlong,
    unpacked: cython.longlong,
) -> cython.bint:
    """Whether a ZIP64 field states sizes where the plain fields, below their maximum, state other ones; zero says nothing."""
    wide: cython.longlong = _zip64(view, at, end, 0)
    if wide > 0 and wide != unpacked:
        return True
    wide = _zip64(view, at, end, 1)
    return wide > 0 and wide != packed


@cython.cfunc
def _describes(
    view: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    size: cython.Py_ssize_t,
    crc: cython.longlong,
    packed: cython.longlong,
    unpacked: cython.longlong,
) -> cython.bint:
    """Whether the data descriptor at a place says the same as the directory, in four or in eight bytes a size (4.3.9)."""
    if _u32(view, at + 4) != crc or _u32(view, at + 8) != packed & _U32_MAX:
        return False
    if _u32(view, at + 12) == unpacked & _U32_MAX:
        return True
    return at + 24 <= size and _u64(view, at + 8) == packed and _u64(view, at + 16) == unpacked


@cython.cfunc
def _compare(data: bytes, view: cython.const[cython.uchar][::1], header: cython.Py_ssize_t, entry: tuple) -> tuple:
    """What the local header of a directory entry says: (start of data, marks, None or its own name, flags, method, crc and sizes)."""
    size: cython.Py_ssize_t = len(data)
    name: bytes = entry[0]
    flags: cython.int = entry[1]
    method: cython.int = entry[2]
    crc: cython.longlong = entry[3]
    packed: cython.longlong = entry[4]
    unpacked: cython.longlong = entry[5]
    marks: cython.int = 0
    local_flags: cython.int = _u16(view, header + 6)
    local_method: cython.int = _u16(view, header + 8)
    local_crc: cython.longlong = _u32(view, header + 14)
    local_packed: cython.longlong = _u32(view, header + 18)
    local_unpacked: cython.longlong = _u32(view, header + 22)
    length: cython.Py_ssize_t = _u16(view, header + 26)
    extra: cython.Py_ssize_t = header + 30 + length
    start: cython.Py_ssize_t = extra + _u16(view, header + 28)
    streamed: cython.bint = local_flags & 8 != 0
    local_name: bytes = name
    fields: cython.int = 0
    if start > size:
        return -1, NO_LOCAL, None
    # 4.3.13 and bit 13: with an encrypted directory the local header is masked on purpose.
    if local_flags & 0x2000:
        return start, 0, None
    if length != len(name) or not data.startswith(name, header + 30):
        # Cut, because thousands of entries may point to one long name.
        local_name = data[header + 30 : min(extra, header + 30 + _NAME_MAX)]
        marks |= NAME
    if local_method != method:
        marks |= METHOD
    if (local_flags ^ flags) & 1:
        marks |= ENCRYPTION
    if (local_flags ^ flags) & 0x800 and not name.isascii():
        marks |= UNICODE
    if start > extra:
        fields = _fields(view, extra, start)
        if fields & 4:
            marks |= UNICODE
        if fields & 2:
            marks |= ZIP64
    if local_packed == _U32_MAX or local_unpacked == _U32_MAX:
        if _zip64(view, extra, start, 0) >= 0:
            local_unpacked = _zip64(view, extra, start, 0)
            local_packed = _zip64(view, extra, start, 1)
            if local_packed == -1:
                local_packed = packed
        elif streamed:
            local_unpacked = local_packed = 0
    elif (
        fields & 1
        and _contradicts(view, extra, start, local_packed, local_unpacked)
        and not (streamed and local_packed == 0)
    ):
        marks |= ZIP64
    # 4.4.4 bit 3: a writer that streams does not know the sizes yet; it writes zero, some write an estimate of zero in one field only.
    # A folder written as an empty deflate stream: two bytes in one header and none in the other mean the same.
    if (
        (local_packed != packed and not (streamed and local_packed == 0))
        or (local_unpacked != unpacked and not (streamed and local_unpacked == 0))
    ) and (unpacked != 0 or local_unpacked != 0 or packed > 2 or local_packed > 2 or not name.endswith(b"/")):
        marks |= SIZES
    if local_crc != crc and not (streamed and local_crc == 0):
        marks |= CHECKSUM
    # 4.3.9: the checksum, then sizes of four or of eight bytes each.
    if (
        streamed
        and start + packed + 16 <= size
        and _is(view, start + packed, 7, 8)
        and not _describes(view, start + packed, size, crc, packed, unpacked)
    ):
        marks |= DESCRIPTOR
    if marks:
        return start, marks, (local_name, local_flags, local_method, local_crc, local_packed, local_unpacked)
    return start, 0, None


@cython.cfunc
def _plausible(view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.bint:
    """Whether what starts with a local header's signature can be a local header."""
    method: cython.Py_ssize_t
    length: cython.Py_ssize_t
    place: cython.Py_ssize_t
    if at + 31 > size:
        return False
    method = _u16(view, at + 8)
    length = _u16(view, at + 26)
    if method > 19 and not 93 <= method <= 99:
        return False
    if view[at + 4] > 100 or length == 0 or length > _NAME_MAX or at + 30 + length > size:
        return False
    for place in range(at + 30, at + 30 + length):  # noqa: SIM110 - a generator would not compile to a loop
        if view[place] < 32:
            return False
    return True


@cython.cfunc
def _stream_end(
    view: cython.const[cython.uchar][::1],
    data: bytes,
    start: cython.Py_ssize_t,
    stop: cython.Py_ssize_t,
    stored: cython.bint,
) -> cython.Py_ssize_t:
    """End of data whose size only a descriptor or the next header tells; in stored data headers may be those of an archive inside."""
    at: cython.Py_ssize_t = start
    while True:
        at = data.find(b"PK", at, stop)
        if at < 0 or at + 4 > stop:
            return stop
        if _is(view, at, 7, 8):
            if at + 16 <= stop and _u32(view, at + 8) == at - start:
                return at
        elif not stored and (_is(view, at, 1, 2) or (_is(view, at, 3, 4) and _plausible(view, at, stop))):
            return at
        at += 1


@cython.cfunc
def _locals(
    data: bytes,
    view: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    stop: cython.Py_ssize_t,
    reach: cython.Py_ssize_t,
    limit: cython.Py_ssize_t,
    found: list,
) -> cython.Py_ssize_t:
    """Append the local headers between two places as hidden entries, data up to `reach`; gives the place where the last one's data ends."""
    size: cython.Py_ssize_t = len(data)
    header: cython.Py_ssize_t
    start: cython.Py_ssize_t
    extra: cython.Py_ssize_t
    end: cython.Py_ssize_t
    flags: cython.int
    packed: cython.longlong
    unpacked: cython.longlong
    marks: cython.int
    tried: cython.int = 0
    while len(found) < limit and tried < _SEARCH_MAX:
        tried += 1
        header = data.find(b"PK\x03\x04", at, stop)
        if header < 0:
            break
        if not _plausible(view, header, size):
            at = header + 4
            continue
        flags = _u16(view, header + 6)
        extra = header + 30 + _u16(view, header + 26)
        start = min(size, extra + _u16(view, header + 28))
        packed = _u32(view, header + 18)
        unpacked = _u32(view, header + 22)
        marks = HIDDEN
        if packed == _U32_MAX or unpacked == _U32_MAX:
            if _zip64(view, extra, start, 0) >= 0:
                unpacked = _zip64(view, extra, start, 0)
                packed = max(0, _zip64(view, extra, start, 1))
            elif flags & 8:
                packed = unpacked = 0
        end = start + min(packed, size - start)
        if flags & 8 and packed == 0:
            end = _stream_end(view, data, start, max(start, reach), _u16(view, header + 8) == 0)
            packed = end - start
            if end + 16 <= size and _is(view, end, 7, 8):
                unpacked = _u32(view, end + 12)
        elif packed > size - start:
            marks |= CUT
        found.append(
            (
                data[header + 30 : extra], flags, _u16(view, header + 8), _u32(view, header + 14), packed, unpacked, header, start,
                0, 0, data[extra:start], marks, None,
            )
        )  # fmt: skip
        at = max(end, start, header + 30)
    return at


@cython.cfunc
def _directory(
    data: bytes,
    view: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    shift: cython.longlong,
    limit: cython.Py_ssize_t,
    entries: list,
    spans: list,
) -> tuple:
    """Append the entries of one directory and the bytes that each covers; gives how many there are, where they end, and notes."""
    size: cython.Py_ssize_t = len(data)
    flags: cython.int
    packed: cython.longlong
    unpacked: cython.longlong
    offset: cython.longlong
    header: cython.Py_ssize_t
    start: cython.Py_ssize_t
    name_at: cython.Py_ssize_t
    extra: cython.Py_ssize_t
    extra_end: cython.Py_ssize_t
    number: cython.Py_ssize_t
    marks: cython.int
    fields: cython.int
    notes: cython.int = 0
    found: cython.Py_ssize_t = 0
    while at + 46 <= end and _is(view, at, 1, 2):
        if found >= limit:
            notes |= MORE_ENTRIES
            break
        found += 1
        flags = _u16(view, at + 8)
        packed = _u32(view, at + 20)
        unpacked = _u32(view, at + 24)
        offset = _u32(view, at + 42)
        name_at = at + 46
        extra = name_at + _u16(view, at + 28)
        extra_end = extra + _u16(view, at + 30)
        if extra > end:
            break
        if extra_end > end:
            extra_end = end
        number = 0
        fields = _fields(view, extra, extra_end) if extra_end > extra else 0
        if fields & 1:
            if unpacked == _U32_MAX and _zip64(view, extra, extra_end, number) >= 0:
                unpacked = _zip64(view, extra, extra_end, number)
                number += 1
            if packed == _U32_MAX and _zip64(view, extra, extra_end, number) >= 0:
                packed = _zip64(view, extra, extra_end, number)
                number += 1
            if offset == _U32_MAX and _zip64(view, extra, extra_end, number) >= 0:
                offset = _zip64(view, extra, extra_end, number)
                number += 1
        header = -1
        if offset + shift + 30 <= size and _is(view, offset + shift, 3, 4):
            header = offset + shift
            if shift and _is(view, offset, 3, 4):
                notes |= TWO_LOCALS
                spans.append((offset, -1, -1))
        elif offset + 30 <= size and _is(view, offset, 3, 4):
            header = offset
        entry = (data[name_at:extra], flags, _u16(view, at + 10), _u32(view, at + 16), packed, unpacked)
        start = -1
        marks = NO_LOCAL
        local = None
        if header >= 0:
            start, marks, local = _compare(data, view, header, entry)
            if start >= 0:
                if packed > size - start:
                    marks |= CUT
                    spans.append((header, size, len(entries)))
                else:
                    spans.append((header, start + packed, len(entries)))
        if fields & 2 or (fields & 1 and number == 0 and _contradicts(view, extra, extra_end, packed, unpacked)):
            marks |= ZIP64
        entries.append(
            (*entry, header, start, _u32(view, at + 38), _u16(view, at + 4), data[extra:extra_end], marks, local)
        )
        at = extra_end + _u16(view, at + 32)
    return found, at, notes


@cython.cfunc
def _stray(data: bytes, at: cython.Py_ssize_t, stop: cython.Py_ssize_t, ends: list) -> cython.int:
    """Note end records between two places where no member is; gives `STRAY` for a signature of a directory there."""
    place: cython.Py_ssize_t = at
    notes: cython.int = 0
    if stop - at < 22:
        return 0
    if data.find(b"PK\x01\x02", at, stop) >= 0:
        notes = STRAY
    while len(ends) < _ENDS_MAX:
        place = data.find(b"PK\x05\x06", place, stop)
        if place < 0:
            break
        ends.append(place)
        place += 4
        notes = STRAY
    return notes


def read(data: bytes, limit: int) -> tuple[list[tuple], int, int, int, int, int]:
    """All members of an archive.

    Args:
        data: the file; what stands before the archive and behind it does not matter.
        limit: how many members to look at.

    Returns:
        Entries, notes about the whole (see above), where the first entry's header is, place of the end record or -1, count of entries that it
        promises, count of entries that the directory holds. An entry is (name, flags, method, crc, packed size, unpacked size, place of local
        header or -1, place of data or -1, external attributes, version made by, extra data, marks, None or the local header's
        own (name, flags, method, crc, packed size, unpacked size)).
    """
    view: cython.const[cython.uchar][::1] = data
    size: cython.Py_ssize_t = len(data)
    end_record: cython.Py_ssize_t
    at: cython.Py_ssize_t
    end: cython.Py_ssize_t
    central: cython.Py_ssize_t
    start: cython.Py_ssize_t
    place: cython.Py_ssize_t
    found: cython.Py_ssize_t
    notes: cython.int
    more: cython.int
    count: cython.longlong
    if size < 22:
        return [], NO_END, 0, -1, 0, 0
    end_record, directories, notes = find_end(data)
    entries: list = []
    spans: list = []
    if not directories:
        _locals(data, view, 0, size, size, limit, entries)
        return entries, notes, (entries[0][6] if entries else 0), -1, 0, 0
    central, end, shift, count, length = directories[0]
    found, at, more = _directory(data, view, central, end, shift, limit, entries, spans)
    notes |= more
    if count != found and count & 0xFFFF != found & 0xFFFF and not notes & MORE_ENTRIES:
        notes |= COUNT_DIFFERS
    if notes & MORE_ENTRIES and count <= limit:
        notes |= COUNT_DIFFERS
    elif at - central != length and found and not notes & MORE_ENTRIES and data.startswith(b"PK", at):
        notes |= LENGTH_DIFFERS
    if found == 0 and count:
        notes |= NO_DIRECTORY
    first: cython.Py_ssize_t = central
    if notes & MORE_ENTRIES:
        return entries, notes, (min(spans)[0] if spans else central), end_record, count, found
    spans.sort()
    # What the directory does not cover: gaps between members, before the first, behind the last, behind the end record.
    hidden: list = []
    ends: list = []
    if spans:
        first = spans[0][0]
    place = 0
    for span in spans:
        start = span[0]
        if span[1] < 0:
            _locals(data, view, start, start + 4, size, _HIDDEN_MAX, hidden)
            continue
        if start < place:
            entry = entries[span[2]]
            entries[span[2]] = (*entry[:11], entry[11] | OVERLAP, entry[12])
        elif start - place > 21:
            notes |= _gap(data, view, place, start, hidden, ends)
        entry = entries[span[2]]
        # Between header and data, and behind the place where a streaming reader sees the end of the data.
        if entry[7] - start - 30 - len(entry[0]) > 34:
            _locals(data, view, start + 30, entry[7], size, _HIDDEN_MAX, hidden)
        if start >= place and span[1] > place:
            entry = _streamed(data, view, entry)
            entries[span[2]] = entry
            if entry[12] is not None and entry[12][4] < entry[4]:
                _locals(data, view, entry[7] + entry[12][4], span[1], size, _HIDDEN_MAX, hidden)
        if span[1] > place:
            place = span[1]
    if central - place > 21:
        notes |= _gap(data, view, place, central, hidden, ends)
    if found and data.find(b"PK\x03\x04", central, end_record) >= 0:
        _locals(data, view, central, end_record, size, _HIDDEN_MAX, hidden)
    if end_record - at > 21:
        notes |= _stray(data, at, end_record, ends) & ~STRAY
    if size - end_record > 43:
        notes |= _gap(data, view, end_record + 22, size, hidden, ends) & ~STRAY
    _others(data, view, directories[1:], ends, limit, entries, hidden)
    if ends:
        notes |= TWO_ENDS
    entries.extend(hidden)
    return entries, notes, first, end_record, count, found


@cython.cfunc
def _streamed(data: bytes, view: cython.const[cython.uchar][::1], entry: tuple) -> tuple:
    """The entry, marked if a streaming reader sees its stored data end earlier: where something looks like the descriptor."""
    start: cython.Py_ssize_t = entry[7]
    packed: cython.Py_ssize_t = min(len(data) - start, entry[4])
    header: cython.Py_ssize_t = entry[6]
    end: cython.Py_ssize_t
    flags: cython.int = _u16(view, header + 6)
    if not packed or flags & 9 != 8 or _u16(view, header + 8) != 0 or _u32(view, header + 18) not in (0, _U32_MAX):
        return entry
    end = _stream_end(view, data, start, start + packed, True)
    if end == start + packed:
        return entry
    own = entry[12] or entry[:6]
    return (*entry[:11], entry[11] | DESCRIPTOR, (*own[:4], end - start, end - start))


@cython.cfunc
def _gap(
    data: bytes,
    view: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    stop: cython.Py_ssize_t,
    hidden: list,
    ends: list,
) -> cython.int:
    """Look for members and end records where no member of the directory is; gives notes."""
    if stop - at > 30 and len(hidden) < _HIDDEN_MAX:
        # A header may begin in the last bytes of the member in front.
        _locals(data, view, max(0, at - 29), stop, stop, _HIDDEN_MAX, hidden)
    return _stray(data, at, stop, ends)


@cython.cfunc
def _others(
    data: bytes,
    view: cython.const[cython.uchar][::1],
    directories: list,
    ends: list,
    limit: cython.Py_ssize_t,
    entries: list,
    hidden: list,
) -> cython.void:
    """Add the members that only other directories name to the hidden ones; these are named better there than by their local headers."""
    size: cython.Py_ssize_t = len(data)
    place: cython.Py_ssize_t
    for place in ends:
        if place + 22 <= size:
            directories += readings(data, place)[0]
    if not directories and not hidden:
        return
    known: set = {(entry[6], entry[0], entry[2], entry[4]) for entry in entries}
    places: set = {entry[6] for entry in entries}
    named: list = []
    for directory in directories[:_ENDS_MAX]:
        if len(named) >= _HIDDEN_MAX:
            break
        _directory(data, view, directory[0], directory[1], directory[2], min(limit, _HIDDEN_MAX), named, [])
    kept: list = []
    for entry in [*named, *hidden]:
        key = (entry[6], entry[0], entry[2], entry[4])
        if key in known or (entry[11] & HIDDEN and entry[6] in places and entry[6] >= 0 and entry[12] is None):
            continue
        known.add(key)
        places.add(entry[6])
        kept.append((*entry[:11], entry[11] | HIDDEN, entry[12]))
    hidden[:] = kept
