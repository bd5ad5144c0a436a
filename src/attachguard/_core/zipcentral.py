"""The central directory of a ZIP archive, and what the local header of each entry says otherwise (APPNOTE.TXT 6.3.10, 4.3.7 to 4.3.13, 4.5.3).

The same facts stand in both places and readers differ in which they believe, so every disagreement is marked. What legal writers do is none: a
streamed member has no sizes in its local header, ZIP64 sizes may stand in one of the two only.
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

from attachguard._core import zipmarks

_U32_MAX = 0xFFFFFFFF
_NAME_MAX = 4096


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


def contents(data: bytes, start: int, stop: int, wanted: int, most: int, head: int = 0) -> list[bytes]:
    """What stands in the extra fields of one kind (4.5.1).

    Args:
        data: what holds the extra data.
        start: where they begin.
        stop: where they end.
        wanted: the kind.
        most: so many are enough.
        head: bytes at the beginning of each that do not count: of fields that are alike after them the first is given, and none that is no longer.
    """
    view: cython.const[cython.uchar][::1] = data
    at: cython.Py_ssize_t = start
    end: cython.Py_ssize_t = min(stop, len(data))
    kind: cython.Py_ssize_t = wanted
    least: cython.Py_ssize_t = head
    length: cython.Py_ssize_t
    found: dict = {}
    while at + 4 <= end and len(found) < most:
        length = _u16(view, at + 2)
        if _u16(view, at) == kind and (length > least or least == 0):
            content = data[at + 4 : min(at + 4 + length, end)]
            found.setdefault(content[least:], content)
        at += 4 + length
    return list(found.values())


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
def _denies(
    view: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    size: cython.Py_ssize_t,
    crc: cython.longlong,
    packed: cython.longlong,
    unpacked: cython.longlong,
) -> cython.bint:
    """Whether the data descriptor at a place says otherwise than the directory, in four or in eight bytes a size (4.3.9).

    Its signature is optional; without it the checksum must be there, or it is none.
    """
    if _is(view, at, 7, 8):
        if _u32(view, at + 4) != crc:
            return True
    elif _u32(view, at) == crc and crc:
        at -= 4
    else:
        return False
    if _u32(view, at + 8) != packed & _U32_MAX:
        return True
    if _u32(view, at + 12) == unpacked & _U32_MAX:
        return False
    return at + 24 > size or _u64(view, at + 8) != packed or _u64(view, at + 16) != unpacked


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
        return -1, zipmarks.NO_LOCAL, None
    # 4.3.13 and bit 13: with an encrypted directory the local header is masked on purpose; one that can be read masks nothing.
    if local_flags & flags & 0x2000 and flags & 1:
        return start, 0, None
    if length != len(name) or not data.startswith(name, header + 30):
        # Cut, because thousands of entries may point to one long name.
        local_name = data[header + 30 : min(extra, header + 30 + _NAME_MAX)]
        marks |= zipmarks.NAME
    if local_method != method:
        marks |= zipmarks.METHOD
    if (local_flags ^ flags) & 1:
        marks |= zipmarks.ENCRYPTION
    if (local_flags ^ flags) & 0x800 and not name.isascii():
        marks |= zipmarks.UNICODE | zipmarks.FLAGS
    if start > extra:
        fields = _fields(view, extra, start)
        if fields & 4:
            marks |= zipmarks.UNICODE
        if fields & 2:
            marks |= zipmarks.ZIP64
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
        marks |= zipmarks.ZIP64
    # 4.4.4 bit 3: a writer that streams does not know the sizes yet; it writes zero, some write an estimate of zero in one field only.
    # A folder written as an empty deflate stream: two bytes in one header and none in the other mean the same.
    if (
        (local_packed != packed and not (streamed and local_packed == 0))
        or (local_unpacked != unpacked and not (streamed and local_unpacked == 0))
    ) and (unpacked != 0 or local_unpacked != 0 or packed > 2 or local_packed > 2 or not name.endswith(b"/")):
        marks |= zipmarks.SIZES
    if local_crc != crc and not (streamed and local_crc == 0):
        marks |= zipmarks.CHECKSUM
    if streamed and start + packed + 16 <= size and _denies(view, start + packed, size, crc, packed, unpacked):
        marks |= zipmarks.DESCRIPTOR
    if marks:
        return start, marks, (local_name, local_flags, local_method, local_crc, local_packed, local_unpacked)
    return start, 0, None


def wide(data: bytes, at: int, end: int) -> tuple[int, int]:
    """The first two numbers of the ZIP64 extra field between two places, size unpacked and packed; -1 for one that is not there."""
    view: cython.const[cython.uchar][::1] = data
    return _zip64(view, at, end, 0), _zip64(view, at, end, 1)


def directory(
    data: bytes,
    at: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    shift: cython.longlong,
    limit: cython.Py_ssize_t,
    entries: list,
    spans: list,
) -> tuple[int, int, int]:
    """The entries of one directory.

    Args:
        data: the file.
        at: where the directory begins.
        end: where it ends at the latest.
        shift: how far the offsets in it are off, because something was put in front of the archive.
        limit: how many entries to take.
        entries: where they are appended to, as `zipdir.read` describes them.
        spans: where the bytes that each covers are appended to: start of local header, end of data, number of the entry; or a place where
            another local header stands, -1, -1.

    Returns:
        How many there are, where they end, notes.
    """
    view: cython.const[cython.uchar][::1] = data
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
            notes |= zipmarks.MORE_ENTRIES
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
                notes |= zipmarks.TWO_LOCALS
                spans.append((offset, -1, -1))
        elif offset + 30 <= size and _is(view, offset, 3, 4):
            header = offset
        entry = (data[name_at:extra], flags, _u16(view, at + 10), _u32(view, at + 16), packed, unpacked)
        start = -1
        marks = zipmarks.NO_LOCAL
        local = None
        if header >= 0:
            start, marks, local = _compare(data, view, header, entry)
            if start >= 0:
                if packed > size - start:
                    marks |= zipmarks.CUT
                    spans.append((header, size, len(entries)))
                else:
                    spans.append((header, start + packed, len(entries)))
        if fields & 2 or (fields & 1 and number == 0 and _contradicts(view, extra, extra_end, packed, unpacked)):
            marks |= zipmarks.ZIP64
        entries.append(
            (*entry, header, start, _u32(view, at + 38), _u16(view, at + 4), data[extra:extra_end], marks, local)
        )
        at = extra_end + _u16(view, at + 32)
    return found, at, notes
