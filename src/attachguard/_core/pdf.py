"""PDF token scanning (ISO 32000-2, 7.2 "Lexical conventions" and 7.3 "Objects").

One pass over a file finds every indirect object by its `N G obj` header, the way readers do when the cross-reference table is of no use, and says
which names of interest stand in it as real tokens: not in strings, comments or stream bodies, and with `#xx` escapes undone. Own code for speed: a
regular expression over every byte costs ten times as much, and a parser for each object of a clean file a hundred times.

Names are looked up by hash in a table of 65,536 class numbers that the caller builds with `name_hash`: a name of another class can collide, so a mark
means "parse this object", never "this is in it".
"""

from __future__ import annotations

from array import array

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

#: What each byte is to the scanner: 0 part of a token, 1 white space, 2 delimiter (7.2.3, tables 1 and 2).
_KINDS = bytes(1 if byte in b"\0\t\n\f\r " else 2 if byte in b"()<>[]{}/%" else 0 for byte in range(256))

#: Class number of the name `Length`, whose value is read where it is direct.
LENGTH_CLASS = 63

#: `N` of a record that is no object: a trailer dictionary, or an object whose header could not be read.
TRAILER = -1
NAMELESS = -2

# Fields of the state that a run over tokens leaves behind.
_MARKS = cython.declare(cython.int, 0)
_LENGTH_AT = cython.declare(cython.int, 1)
_ENDED_BY = cython.declare(cython.int, 2)
_UNCLOSED = cython.declare(cython.int, 3)
_HIDES = cython.declare(cython.int, 4)
_WORK = cython.declare(cython.int, 5)
_NUMBER = cython.declare(cython.int, 6)
_GENERATION = cython.declare(cython.int, 7)

# What ends a run.
_END = cython.declare(cython.int, 0)
_ENDOBJ = cython.declare(cython.int, 1)
_STREAM = cython.declare(cython.int, 2)
_OTHER = cython.declare(cython.int, 3)
_COMPLETE = cython.declare(cython.int, 4)

# FNV-1a with 32 bits, in a type wide enough that no step overflows; as literals they would be Python's integers.
_BASIS = cython.declare(cython.ulonglong, 2166136261)
_PRIME = cython.declare(cython.ulonglong, 16777619)
_MASK = cython.declare(cython.ulonglong, 0xFFFFFFFF)

#: Strings without an end that are taken back, in one file; from then on a parenthesis is passed over as if it were a blank.
_UNCLOSED_MAX = cython.declare(cython.int, 8)


def name_hash(name: bytes) -> int:
    """The hash under which a name (without slash, escapes undone) is looked up: FNV-1a, folded to 16 bits."""
    value: cython.ulonglong = _BASIS
    for byte in name:
        value = ((value ^ byte) * _PRIME) & _MASK
    return (value ^ (value >> 16)) & 0xFFFF


@cython.cfunc
@cython.inline
def _hex(byte: cython.int) -> cython.int:
    """Value of a hexadecimal digit, -1 for anything else."""
    if 48 <= byte <= 57:
        return byte - 48
    if 97 <= byte <= 102:
        return byte - 87
    if 65 <= byte <= 70:
        return byte - 55
    return -1


@cython.cfunc
def _header(
    view: cython.const[cython.uchar][::1],
    hit: cython.Py_ssize_t,
    lowest: cython.Py_ssize_t,
    kinds: cython.const[cython.uchar][::1],
    state: cython.longlong[::1],
) -> cython.bint:
    """Read the `N G` before an `obj` at `hit` backwards into the state; False where there is none."""
    at: cython.Py_ssize_t = hit - 1
    field: cython.int
    scale: cython.longlong
    number: cython.longlong
    begin: cython.Py_ssize_t
    for field in range(2):
        begin = at
        while at >= lowest and begin - at < 32 and kinds[view[at]] == 1:
            at -= 1
        if at == begin:
            return False
        scale = 1
        number = 0
        begin = at
        while at >= lowest and begin - at < 10 and 48 <= view[at] <= 57:
            number += (view[at] - 48) * scale
            scale *= 10
            at -= 1
        if at == begin:
            return False
        if field == 0:
            state[_GENERATION] = number
        else:
            state[_NUMBER] = number
    return True


@cython.cfunc
def _hides_header(
    view: cython.const[cython.uchar][::1],
    hit: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    lowest: cython.Py_ssize_t,
    kinds: cython.const[cython.uchar][::1],
    state: cython.longlong[::1],
) -> cython.bint:
    """Whether there is an `N G obj` with its last word at `hit`, where no object should begin: a reader that follows a table can start there."""
    if view[hit] != 111 or view[hit + 1] != 98:
        return False
    if hit + 3 < end and kinds[view[hit + 3]] == 0 and not 48 <= view[hit + 3] <= 57:
        return False
    return _header(view, hit, lowest, kinds, state)


@cython.cfunc
def _skip_string(
    view: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    kinds: cython.const[cython.uchar][::1],
    state: cython.longlong[::1],
) -> cython.Py_ssize_t:
    """Position after a literal string (7.3.4.2) that opens before `at`; -1 where it never closes."""
    depth: cython.int = 1
    byte: cython.int
    begin: cython.Py_ssize_t = at
    while at < end:
        byte = view[at]
        at += 1
        if byte == 92:  # a backslash takes its next byte with it
            at += 1
        elif byte == 40:
            depth += 1
        elif byte == 41:
            depth -= 1
            if depth == 0:
                return at
        elif byte == 106 and at - begin > 6 and _hides_header(view, at - 3, end, begin, kinds, state):
            state[_HIDES] = 1
    return -1


@cython.cfunc
def _keyword(view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.int:
    """Which end of an object the token of `size` bytes at `at` is; `_END` for none."""
    first: cython.int = view[at]
    if size >= 6 and first == 101:  # endobj, also with the next header glued to it
        if (
            view[at + 1] == 110
            and view[at + 2] == 100
            and view[at + 3] == 111
            and view[at + 4] == 98
            and view[at + 5] == 106
        ):
            return _ENDOBJ
    elif size >= 6 and first == 115:  # stream, also with its data glued to it; startxref
        if (
            view[at + 1] == 116
            and view[at + 2] == 114
            and view[at + 3] == 101
            and view[at + 4] == 97
            and view[at + 5] == 109
        ):
            return _STREAM
        if size == 9 and view[at + 5] == 120 and view[at + 6] == 114 and view[at + 7] == 101 and view[at + 8] == 102:
            return _OTHER
    elif size == 3 and first == 111:  # obj: the object before it was not closed
        if view[at + 1] == 98 and view[at + 2] == 106:
            return _OTHER
    elif size == 4 and first == 120:  # xref
        if view[at + 1] == 114 and view[at + 2] == 101 and view[at + 3] == 102:
            return _OTHER
    elif size == 7 and first == 116 and view[at + 1] == 114 and view[at + 2] == 97 and view[at + 6] == 114:  # trailer
        return _OTHER
    return _END


@cython.cfunc
def _run(
    view: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    slots: cython.const[cython.uchar][::1],
    kinds: cython.const[cython.uchar][::1],
    state: cython.longlong[::1],
    single: cython.bint,
) -> cython.Py_ssize_t:
    """Read tokens up to the end of an object; `single` stops after one complete value.

    Returns where it stopped: before the keyword that ended it, after `endobj`. Leaves the marks, the place of `/Length`'s value, and what ended it.
    """
    depth: cython.int = 0
    brackets: cython.int = 0
    byte: cython.int
    kind: cython.int
    value: cython.ulonglong
    high: cython.int
    low: cython.int
    ended: cython.int
    begin: cython.Py_ssize_t
    after: cython.Py_ssize_t
    hides: cython.longlong
    closed: cython.bint = False
    marks: cython.ulonglong = 0
    state[_LENGTH_AT] = -1
    state[_ENDED_BY] = _END
    while at < end:
        byte = view[at]
        kind = kinds[byte]
        if kind == 1:
            at += 1
            continue
        if kind == 0:
            begin = at
            at += 1
            while at < end and kinds[view[at]] == 0:
                at += 1
            if byte >= 97:  # no keyword begins with anything but a small letter
                ended = _keyword(view, begin, at - begin)
                if ended == _ENDOBJ:
                    at = begin + 6
                if ended in (_ENDOBJ, _OTHER) or (ended == _STREAM and closed and depth <= 0):
                    state[_ENDED_BY] = ended
                    state[_MARKS] |= marks
                    return at if ended == _ENDOBJ else begin
            closed = False
        elif byte == 47:
            at += 1
            value = _BASIS
            while at < end:
                byte = view[at]
                if kinds[byte] != 0:
                    break
                if byte == 35 and at + 2 < end:
                    high = _hex(view[at + 1])
                    low = _hex(view[at + 2])
                    if high >= 0 and low >= 0:
                        byte = high * 16 + low
                        at += 2
                value = ((value ^ cython.cast(cython.ulonglong, byte)) * _PRIME) & _MASK
                at += 1
            kind = slots[(value ^ (value >> 16)) & 0xFFFF]
            if kind:
                if kind == 63:
                    if depth == 1:
                        state[_LENGTH_AT] = at
                else:
                    marks |= cython.cast(cython.ulonglong, 1) << kind
            closed = False
        elif byte == 60:
            if at + 1 < end and view[at + 1] == 60:
                at += 2
                depth += 1
                continue
            at += 1
            while at < end and view[at] != 62:
                # A string that was never closed must not swallow what follows (7.3.4.3: digits and white space only).
                if view[at] == 60 or view[at] == 47:
                    break
                at += 1
            if at < end and view[at] == 62:
                at += 1
        elif byte == 62:
            if at + 1 < end and view[at + 1] == 62:
                at += 2
                depth -= 1
                closed = True
                if depth < 0:
                    depth = 0
            else:
                at += 1
                continue
        elif byte == 40:
            at += 1
            if state[_UNCLOSED] < _UNCLOSED_MAX:
                hides = state[_HIDES]
                after = _skip_string(view, at, end, kinds, state)
                state[_WORK] += (after if after >= 0 else end) - at
                if after >= 0:
                    at = after
                else:
                    # Taken back: what it ran over is read as objects after all.
                    state[_UNCLOSED] += 1
                    state[_HIDES] = hides
        elif byte == 37:
            begin = at
            while at < end and view[at] != 10 and view[at] != 13:
                if view[at] == 106 and at - begin > 6 and _hides_header(view, at - 2, end, begin, kinds, state):
                    state[_HIDES] = 1
                at += 1
            continue
        else:
            if byte == 91:
                brackets += 1
            elif byte == 93 and brackets > 0:
                brackets -= 1
            at += 1
        if single and depth <= 0 and brackets == 0:
            state[_ENDED_BY] = _COMPLETE
            break
    state[_MARKS] |= marks
    return at


@cython.cfunc
def _declared_length(
    view: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    kinds: cython.const[cython.uchar][::1],
) -> cython.Py_ssize_t:
    """The direct integer at `at`; -1 where the value is a reference or no number."""
    value: cython.Py_ssize_t = 0
    begin: cython.Py_ssize_t
    while at < end and kinds[view[at]] == 1:
        at += 1
    begin = at
    while at < end and at - begin < 15 and 48 <= view[at] <= 57:
        value = value * 10 + (view[at] - 48)
        at += 1
    if at == begin:
        return -1
    while at < end and kinds[view[at]] == 1:
        at += 1
    # `7 0 R` is a reference; what follows a direct length is a name or the end of the dictionary.
    if at < end and 48 <= view[at] <= 57:
        return -1
    return value


@cython.cfunc
def _ends_at(
    raw: bytes, view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, end: cython.Py_ssize_t
) -> cython.bint:
    """Whether `endstream` follows `at` after at most an end of line."""
    _step: cython.int
    for _step in range(3):
        if at + 9 > end:
            return False
        if view[at] == 101:
            return raw[at : at + 9] == b"endstream"
        if view[at] != 10 and view[at] != 13:
            return False
        at += 1
    return False


def index(
    raw: bytes, slots: bytes, *, hidden: bool = False, most: cython.Py_ssize_t = 1000000
) -> tuple[list[int], bool]:
    """Find the objects and trailers of a file.

    Args:
        raw: the file.
        slots: class number (1–62, 0 for none) by `name_hash`; `LENGTH_CLASS` for `Length`.
        hidden: whether to look for objects inside strings, comments and streams as well.
        most: records after which to stop.

    Returns:
        Seven integers a record: object number (`TRAILER`, `NAMELESS`), generation, start and end of the value, start and end of the stream's bytes
        (-1, -1 where there is none), marks (bit `1 << class`). Then whether there is more than this order of reading shows: headers inside strings,
        comments or streams, or more records than `most`.
    """
    view: cython.const[cython.uchar][::1] = raw
    table: cython.const[cython.uchar][::1] = slots
    kinds: cython.const[cython.uchar][::1] = _KINDS
    state: cython.longlong[::1] = array("q", [0, 0, 0, 0, 0, 0, 0, 0])
    found: list = []
    end: cython.Py_ssize_t = len(raw)
    at: cython.Py_ssize_t = 0
    hit: cython.Py_ssize_t
    stop: cython.Py_ssize_t
    place: cython.Py_ssize_t
    lowest: cython.Py_ssize_t = 0
    body: cython.Py_ssize_t
    length: cython.Py_ssize_t
    data: cython.Py_ssize_t
    data_end: cython.Py_ssize_t
    number: cython.longlong
    generation: cython.longlong
    records: cython.Py_ssize_t = 0
    more: cython.bint = False
    last_endstream: cython.Py_ssize_t = end  # beyond this there is no `endstream`
    work: cython.longlong = 0
    while records < most:
        hit = raw.find(b"obj", at)
        stop = end if hit < 0 else hit
        # Trailers stand between objects (7.5.5).
        place = raw.find(b"trailer", at, stop)
        while place >= 0 and records < most:
            state[_MARKS] = 0
            body = _run(view, place + 7, end, table, kinds, state, False)
            found += (TRAILER, 0, place + 7, body, -1, -1, state[_MARKS])
            records += 1
            place = raw.find(b"trailer", max(body, place + 7), stop)
        if hit < 0:
            break
        at = hit + 3
        if (hit >= 3 and view[hit - 1] == 100 and view[hit - 2] == 110 and view[hit - 3] == 101) or (
            at < end and kinds[view[at]] == 0 and not 48 <= view[at] <= 57
        ):
            continue
        if _header(view, hit, lowest, kinds, state):
            number = state[_NUMBER]
            generation = state[_GENERATION]
        elif hit > lowest and kinds[view[hit - 1]] == 0:
            continue
        else:
            number = NAMELESS
            generation = 0
        body = at
        lowest = at
        state[_MARKS] = 0
        stop = _run(view, at, end, table, kinds, state, False)
        work += stop - at
        data = -1
        data_end = -1
        at = stop
        if state[_ENDED_BY] == _STREAM:
            # 7.3.8.1: the keyword is followed by CR LF or LF; a lone CR is met.
            data = stop + 6
            if data < end and view[data] == 13:
                data += 1
            if data < end and view[data] == 10:
                data += 1
            length = -1
            if state[_LENGTH_AT] >= 0:
                length = _declared_length(view, state[_LENGTH_AT], stop, kinds)
            if 0 <= length <= end - data and _ends_at(raw, view, data + length, end):
                data_end = data + length
            else:
                data_end = raw.find(b"endstream", data) if data < last_endstream else -1
                if data_end < 0:
                    last_endstream = min(last_endstream, data)
                    data_end = raw.find(b"endobj", data)
                    if data_end < 0:
                        data_end = end
            if not more and raw.find(b"obj", data, data_end) >= 0:
                more = _has_header(raw, data, data_end)
            at = data_end
            lowest = data_end
        elif state[_ENDED_BY] != _ENDOBJ and at <= body:
            at = body
        found += (number, generation, body, stop, data, data_end, state[_MARKS])
        records += 1
        if hidden:
            # Everything is an object then, wherever it stands; each value is read once from its own start, within bounds.
            at = body
            lowest = 0
            work += max(0, data_end - data)
            if work > 4 * end + 65536:
                more = True
                break
    return found, bool(more or state[_HIDES] or records >= most)


def _has_header(raw: bytes, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> bool:
    """Whether an `N G obj` header stands in this stretch."""
    view: cython.const[cython.uchar][::1] = raw
    kinds: cython.const[cython.uchar][::1] = _KINDS
    state: cython.longlong[::1] = array("q", [0, 0, 0, 0, 0, 0, 0, 0])
    hit: cython.Py_ssize_t = raw.find(b"obj", at, end)
    while hit >= 0:
        if _hides_header(view, hit, end, at, kinds, state):
            return True
        hit = raw.find(b"obj", hit + 3, end)
    return False


def members(raw: bytes, offsets: list[int], slots: bytes) -> tuple[list[int], bool]:
    """Marks of each object of a decoded object stream (7.5.7).

    Args:
        raw: the decoded stream.
        offsets: where each object begins.
        slots: as for `index`.

    Returns:
        The marks in the order of `offsets`, and whether reading was cut short: objects laid over one another to cost time.
    """
    view: cython.const[cython.uchar][::1] = raw
    table: cython.const[cython.uchar][::1] = slots
    kinds: cython.const[cython.uchar][::1] = _KINDS
    state: cython.longlong[::1] = array("q", [0, 0, 0, 0, 0, 0, 0, 0])
    marks: list = []
    end: cython.Py_ssize_t = len(raw)
    begin: cython.Py_ssize_t
    work: cython.longlong = 0
    for offset in offsets:
        begin = min(max(offset, 0), end)
        state[_MARKS] = 0
        work += _run(view, begin, end, table, kinds, state, True) - begin
        marks.append(state[_MARKS])
        if work + state[_WORK] > 4 * end + 65536:
            return marks, True
    return marks, False
