"""Objects of a PDF (ISO 32000-2, 7.3.10): one pass over a file finds each by its `N G obj` header, the way readers do when the table is of no use.

It says which names of interest stand in each as real tokens: not in strings, comments or stream bodies, and with `#xx` escapes undone. Own code for
speed: a regular expression over every byte costs ten times as much, and a parser for each object of a clean file a hundred times.
"""

from __future__ import annotations

from array import array

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

from attachguard._core.pdfheaders import KINDS, has_header
from attachguard._core.pdftokens import ADDRESS_CLASS, SHARE, UNUSUAL, name_hash

if cython.compiled:
    from cython.cimports.attachguard._core.needles import find
    from cython.cimports.attachguard._core.pdfheaders import (
        AT_ENDED_BY,
        AT_GENERATION,
        AT_HIDES,
        AT_LENGTH_AT,
        AT_MARKS,
        AT_NUMBER,
        AT_WORK,
        header,
    )
    from cython.cimports.attachguard._core.pdftokens import BY_ENDOBJ, BY_STREAM, run
else:
    from attachguard._core.needles import find
    from attachguard._core.pdfheaders import (
        AT_ENDED_BY,
        AT_GENERATION,
        AT_HIDES,
        AT_LENGTH_AT,
        AT_MARKS,
        AT_NUMBER,
        AT_WORK,
        header,
    )
    from attachguard._core.pdftokens import BY_ENDOBJ, BY_STREAM, run

__all__ = [
    "ADDRESS_CLASS", "LENGTH_CLASS", "NAMELESS", "SHARE", "TRAILER", "UNUSUAL", "index", "members", "name_hash",
]  # fmt: skip

#: Class number of the name `Length`, whose value is read where it is direct.
LENGTH_CLASS = 63

#: `N` of a record that is no object: a trailer dictionary, or an object whose header could not be read.
TRAILER = -1
NAMELESS = -2


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
    raw: bytes, slots: bytes, *, hidden: bool = False, most: cython.Py_ssize_t = 500000
) -> tuple[list[int], bool]:
    """Find the objects and trailers of a file.

    Args:
        raw: the file.
        slots: class number (1–59, 0 for none) by `name_hash`; `ADDRESS_CLASS` for `URI`, `LENGTH_CLASS` for `Length`.
        hidden: whether to look for objects inside strings, comments and streams as well.
        most: records after which to stop.

    Returns:
        Seven integers a record: object number (`TRAILER`, `NAMELESS`), generation, start and end of the value, start and end of the stream's bytes
        (-1, -1 where there is none), marks (bit `1 << class`, `SHARE`, `UNUSUAL`). Then whether there is more than this order of reading shows:
        headers inside strings, comments or streams, or more records than `most`.
    """
    view: cython.const[cython.uchar][::1] = raw
    table: cython.const[cython.uchar][::1] = slots
    kinds: cython.const[cython.uchar][::1] = KINDS
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
        hit = find(raw, b"obj", at, end)
        stop = end if hit < 0 else hit
        # Trailers stand between objects (7.5.5).
        place = find(raw, b"trailer", at, stop)
        while place >= 0 and records < most:
            state[AT_MARKS] = 0
            body = run(view, place + 7, end, table, kinds, state, False)
            found += (TRAILER, 0, place + 7, body, -1, -1, state[AT_MARKS])
            records += 1
            place = find(raw, b"trailer", max(body, place + 7), stop)
        if hit < 0:
            break
        at = hit + 3
        if (hit >= 3 and view[hit - 1] == 100 and view[hit - 2] == 110 and view[hit - 3] == 101) or (
            at < end and kinds[view[at]] == 0 and not 48 <= view[at] <= 57
        ):
            continue
        if header(view, hit, lowest, kinds, state):
            number = state[AT_NUMBER]
            generation = state[AT_GENERATION]
        elif hit > lowest and kinds[view[hit - 1]] == 0:
            continue
        else:
            number = NAMELESS
            generation = 0
        body = at
        lowest = at
        state[AT_MARKS] = 0
        stop = run(view, at, end, table, kinds, state, False)
        work += stop - at
        data = -1
        data_end = -1
        at = stop
        if state[AT_ENDED_BY] == BY_STREAM:
            # 7.3.8.1: the keyword is followed by CR LF or LF; a lone CR is met.
            data = stop + 6
            if data < end and view[data] == 13:
                data += 1
            if data < end and view[data] == 10:
                data += 1
            length = -1
            if state[AT_LENGTH_AT] >= 0:
                length = _declared_length(view, state[AT_LENGTH_AT], stop, kinds)
            if 0 <= length <= end - data and _ends_at(raw, view, data + length, end):
                data_end = data + length
            else:
                data_end = find(raw, b"endstream", data, end) if data < last_endstream else -1
                if data_end < 0:
                    last_endstream = min(last_endstream, data)
                    data_end = find(raw, b"endobj", data, end)
                    if data_end < 0:
                        data_end = end
            if not more and find(raw, b"obj", data, data_end) >= 0:
                more = has_header(raw, data, data_end)
            at = data_end
            lowest = data_end
        elif state[AT_ENDED_BY] != BY_ENDOBJ and at <= body:
            at = body
        found += (number, generation, body, stop, data, data_end, state[AT_MARKS])
        records += 1
        if hidden:
            # Everything is an object then, wherever it stands; each value is read once from its own start, within bounds.
            at = body
            lowest = 0
            work += max(0, data_end - data)
            if work > 4 * end + 65536:
                more = True
                break
    return found, bool(more or state[AT_HIDES] or records >= most)


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
    kinds: cython.const[cython.uchar][::1] = KINDS
    state: cython.longlong[::1] = array("q", [0, 0, 0, 0, 0, 0, 0, 0])
    marks: list = []
    end: cython.Py_ssize_t = len(raw)
    begin: cython.Py_ssize_t
    work: cython.longlong = 0
    for offset in offsets:
        begin = min(max(offset, 0), end)
        state[AT_MARKS] = 0
        work += run(view, begin, end, table, kinds, state, True) - begin
        marks.append(state[AT_MARKS])
        if work + state[AT_WORK] > 4 * end + 65536:
            return marks, True
    return marks, False
