"""Local headers of a ZIP archive, found where they stand: what a streaming reader and a recovery tool go by (APPNOTE.TXT 6.3.10, 4.3.7)."""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

from attachguard._core import zipmarks
from attachguard._core.zipcentral import wide

if cython.compiled:
    from cython.cimports.libc.string import memchr

_U32_MAX = 0xFFFFFFFF
_NAME_MAX = 4096
#: Bytes of a local header without its name.
_HEADER = 30


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
@cython.inline
def _is(
    view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, third: cython.int, fourth: cython.int
) -> cython.bint:
    """Whether `PK` and two given bytes stand at a place that is inside the buffer."""
    return view[at] == 0x50 and view[at + 1] == 0x4B and view[at + 2] == third and view[at + 3] == fourth


@cython.cfunc
def _pair(data: bytes, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """The next `PK` between two places inside of the file, or -1."""
    base: cython.p_const_char
    hit: cython.p_const_char
    if not cython.compiled:
        return data.find(b"PK", at, stop)
    if stop > len(data):
        stop = len(data)
    if at < 0:
        return -1
    # All data of all archives pass through here, and this is ten times as fast as `bytes.find`.
    base = data
    while at + 1 < stop:
        hit = cython.cast(cython.p_const_char, memchr(base + at, 0x50, stop - at - 1))
        if hit == cython.NULL:
            return -1
        at = hit - base
        if base[at + 1] == 0x4B:
            return at
        at += 1
    return -1


@cython.cfunc
def _plausible(view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.bint:
    """Whether what starts with a local header's signature can be a local header: a method that somebody reads, and a name."""
    method: cython.Py_ssize_t
    length: cython.Py_ssize_t
    place: cython.Py_ssize_t
    odd: cython.Py_ssize_t = 0
    if at + 31 > size:
        return False
    method = _u16(view, at + 8)
    length = _u16(view, at + 26)
    if method > 20 and not 93 <= method <= 99:
        return False
    if length == 0 or length > _NAME_MAX or at + 30 + length > size:
        return False
    for place in range(at + 30, at + 30 + length):
        # Readers take control characters, too; but a name of nothing else is none.
        if view[place] < 32:
            odd += 1
            if odd * (2 if length <= 64 else 16) > length:
                return False
    return True


@cython.cfunc
def _next(
    data: bytes, view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, stop: cython.Py_ssize_t
) -> cython.Py_ssize_t:
    """The next plausible local header whose signature stands between two places, or -1."""
    size: cython.Py_ssize_t = len(data)
    while True:
        at = _pair(data, at, stop)
        if at < 0 or at + 4 > stop:
            return -1
        if _is(view, at, 3, 4) and _plausible(view, at, size):
            return at
        at += 2


@cython.cfunc
def _stream_end(
    data: bytes,
    view: cython.const[cython.uchar][::1],
    start: cython.Py_ssize_t,
    stop: cython.Py_ssize_t,
    stored: cython.bint,
) -> cython.Py_ssize_t:
    """End of data whose size only a descriptor or the next header tells; in stored data headers may be those of an archive inside."""
    at: cython.Py_ssize_t = start
    while True:
        at = _pair(data, at, stop)
        if at < 0 or at + 4 > stop:
            return stop
        if _is(view, at, 7, 8):
            if at + 16 <= stop and _u32(view, at + 8) == at - start:
                return at
        elif not stored and (_is(view, at, 1, 2) or (_is(view, at, 3, 4) and _plausible(view, at, stop))):
            return at
        at += 2


@cython.cfunc
def _entry(
    data: bytes, view: cython.const[cython.uchar][::1], header: cython.Py_ssize_t, reach: cython.Py_ssize_t
) -> tuple:
    """What one local header says, as an entry; its data end at `reach` where nothing tells their size."""
    size: cython.Py_ssize_t = len(data)
    flags: cython.int = _u16(view, header + 6)
    extra: cython.Py_ssize_t = header + 30 + _u16(view, header + 26)
    start: cython.Py_ssize_t = min(size, extra + _u16(view, header + 28))
    packed: cython.longlong = _u32(view, header + 18)
    unpacked: cython.longlong = _u32(view, header + 22)
    end: cython.Py_ssize_t
    marks: cython.int = zipmarks.HIDDEN
    if packed == _U32_MAX or unpacked == _U32_MAX:
        large = wide(data, extra, start)
        if large[0] >= 0:
            unpacked = large[0]
            packed = max(0, large[1])
        elif flags & 8:
            packed = unpacked = 0
    if flags & 8 and packed == 0:
        end = _stream_end(data, view, start, max(start, reach), _u16(view, header + 8) == 0)
        packed = end - start
        if end + 16 <= size and _is(view, end, 7, 8):
            unpacked = _u32(view, end + 12)
    elif packed > size - start:
        marks |= zipmarks.CUT
    return (
        data[header + 30 : extra], flags, _u16(view, header + 8), _u32(view, header + 14), packed, unpacked, header, start, 0, 0,
        data[extra:start], marks, None,
    )  # fmt: skip


def search(
    data: bytes,
    at: cython.Py_ssize_t,
    stop: cython.Py_ssize_t,
    reach: cython.Py_ssize_t,
    limit: cython.Py_ssize_t,
    found: list,
) -> bool:
    """Append the local headers between two places as hidden entries, one behind the data of the other.

    Args:
        data: the file.
        at: where to begin.
        stop: where the last signature ends at the latest.
        reach: where data end whose size nothing tells.
        limit: how many entries there may be.
        found: where they are appended to.

    Returns:
        Whether there are more.
    """
    view: cython.const[cython.uchar][::1] = data
    size: cython.Py_ssize_t = len(data)
    header: cython.Py_ssize_t
    while True:
        header = _next(data, view, at, stop)
        if header < 0:
            return False
        if len(found) >= limit:
            return True
        entry = _entry(data, view, header, reach)
        found.append(entry)
        at = max(header + 30, entry[7] + min(entry[4], size - entry[7]))


def inside(data: bytes, at: int, stop: int, limit: int) -> tuple[list[tuple], bool]:
    """Every local header between two places, whatever stands in whose data, as hidden entries; and whether there are more than `limit`."""
    view: cython.const[cython.uchar][::1] = data
    place: cython.Py_ssize_t = at
    found: list = []
    while True:
        place = _next(data, view, place, stop)
        if place < 0 or len(found) >= limit:
            return found, place >= 0
        found.append(_entry(data, view, place, len(data)))
        place += 30


def holders(data: bytes, entries: list, spans: list, others: list) -> tuple[list[int], list[tuple], list[int]]:
    """Which members hold further local headers: a search for signatures finds those, and a reader whom a size leads astray.

    Args:
        data: the file.
        entries: the members.
        spans: where each stands, in order: start of local header, end of data, number of the entry.
        others: members whose local headers do not count either.

    Returns:
        Numbers of the entries that hold some in their data; start and end of places that do, in or right in front of a local header; places
        of end records in data whose comment would reach to the very end of the file.
    """
    view: cython.const[cython.uchar][::1] = data
    size: cython.Py_ssize_t = len(data)
    at: cython.Py_ssize_t
    start: cython.Py_ssize_t
    inner: cython.Py_ssize_t
    stop: cython.Py_ssize_t
    place: cython.Py_ssize_t = 0
    holds: cython.bint
    outside: cython.bint
    found: list = []
    fronts: list = []
    ends: list = []
    headers: set = set()
    for span in spans:
        if span[2] < 0:
            continue
        start = span[0]
        # A signature may begin in front of the data, or in them, and end behind.
        inner = entries[span[2]][7] - 3
        stop = min(span[1] + 3, size)
        # Wider gaps are searched by themselves.
        at = place if start - place <= _HEADER else start + 4
        place = max(place, span[1])
        holds = outside = False
        while True:
            at = _pair(data, at, stop)
            if at < 0 or at + 4 > stop:
                break
            if _is(view, at, 3, 4):
                if at != start and not (holds if at >= inner else outside) and _plausible(view, at, size):
                    headers = headers or {entry[6] for entry in [*entries, *others]}
                    if at not in headers:
                        if at >= inner:
                            holds = True
                        else:
                            outside = True
                            fronts.append((at, inner + 3))
            elif at >= inner and _is(view, at, 5, 6) and at + 22 <= size and at + 22 + _u16(view, at + 20) == size:
                ends.append(at)
            at += 2
        if holds:
            found.append(span[2])
    return found, fronts, ends


def streamed(data: bytes, entry: tuple) -> tuple:
    """The entry, marked if a streaming reader sees its stored data end earlier: where something looks like the descriptor."""
    view: cython.const[cython.uchar][::1] = data
    start: cython.Py_ssize_t = entry[7]
    packed: cython.Py_ssize_t = min(len(data) - start, entry[4])
    header: cython.Py_ssize_t = entry[6]
    end: cython.Py_ssize_t
    flags: cython.int = _u16(view, header + 6)
    if not packed or flags & 9 != 8 or _u16(view, header + 8) != 0 or _u32(view, header + 18) not in (0, _U32_MAX):
        return entry
    end = _stream_end(data, view, start, start + packed, True)
    if end == start + packed:
        return entry
    own = entry[12] or entry[:6]
    return (*entry[:11], entry[11] | zipmarks.DESCRIPTOR, (*own[:4], end - start, end - start))
