"""Tokens of PDF (ISO 32000-2, 7.2 "Lexical conventions" and 7.3 "Objects"): one run over the tokens of an object, and which names stand in it.

Names are looked up by hash in a table of 65,536 class numbers that the caller builds with `name_hash`: a name of another class can collide, so a mark
means "parse this object", never "this is in it".
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

if cython.compiled:
    from cython.cimports.attachguard._core.pdfheaders import (
        AT_ENDED_BY,
        AT_HIDES,
        AT_LENGTH_AT,
        AT_MARKS,
        AT_UNCLOSED,
        AT_WORK,
        hides_header,
    )
else:
    from attachguard._core.pdfheaders import (
        AT_ENDED_BY,
        AT_HIDES,
        AT_LENGTH_AT,
        AT_MARKS,
        AT_UNCLOSED,
        AT_WORK,
        hides_header,
    )

# What ends a run.
BY_NOTHING = 0
BY_ENDOBJ = 1
BY_STREAM = 2
BY_OTHER = 3
BY_COMPLETE = 4

# FNV-1a with 32 bits, in a type wide enough that no step overflows; as literals they would be Python's integers.
_BASIS = cython.declare(cython.ulonglong, 2166136261)
_PRIME = cython.declare(cython.ulonglong, 16777619)
_MASK = cython.declare(cython.ulonglong, 0xFFFFFFFF)

# What a string has that is more than text, as bits: parentheses among the bytes below 64, the backslash and the `j` of `obj` among the next 64.
_TELLING_LOW = cython.declare(cython.ulonglong, 1 << 40 | 1 << 41)
_TELLING_HIGH = cython.declare(cython.ulonglong, 1 << (92 - 64) | 1 << (106 - 64))

#: Marks of strings, beside those of names: of one that begins as a path on another host does, and of an address that is no ordinary one of the web.
SHARE = 1 << 60
UNUSUAL = 1 << 61
#: Class number of the name `URI`, whose value is looked at where it stands.
ADDRESS_CLASS = 62
_ADDRESS = cython.declare(cython.int, ADDRESS_CLASS)
_ORDINARY = (b"http:", b"https:", b"mailto:", b"tel:", b"www.", b"#")

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
    telling: cython.ulonglong
    begin: cython.Py_ssize_t = at
    while at < end:
        byte = view[at]
        at += 1
        telling = _TELLING_LOW if byte < 64 else _TELLING_HIGH if byte < 128 else 0
        if not (telling >> (byte & 63)) & 1:
            continue
        if byte == 92:  # a backslash takes its next byte with it
            at += 1
        elif byte == 40:
            depth += 1
        elif byte == 41:
            depth -= 1
            if depth == 0:
                return at
        elif (
            view[at - 2] == 98
            and at - begin > 6
            and not state[AT_HIDES]
            and kinds[view[at - 4]] == 1
            and hides_header(view, at - 3, end, begin, kinds, state)
        ):
            state[AT_HIDES] = 1
    return -1


@cython.cfunc
def _begins(
    view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, end: cython.Py_ssize_t, word: bytes
) -> cython.bint:
    """Whether a word in small letters stands at `at`, in letters of any size."""
    place: cython.Py_ssize_t
    letter: cython.int
    byte: cython.int
    if at + len(word) > end:
        return False
    for place in range(len(word)):
        letter = word[place]
        byte = view[at + place]
        if byte != letter and not (65 <= byte <= 90 and byte + 32 == letter):
            return False
    return True


@cython.cfunc
def _on_share(view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.bint:
    """Whether a literal string that opens before `at` begins as a path on another host does: with slashes, escaped backslashes, a scheme."""
    if at + 4 > end:
        return False
    if view[at] == 47:
        return view[at + 1] == 47
    if view[at] == 92:
        if view[at + 1] == 92:
            return view[at + 2] == 92 and view[at + 3] == 92
        at += 1  # one before a letter says nothing (7.3.4.2)
    return _begins(view, at, end, b"file:") or _begins(view, at, end, b"smb:")


@cython.cfunc
def _on_share_hex(
    view: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    kinds: cython.const[cython.uchar][::1],
) -> cython.bint:
    """As `_on_share`, for a hexadecimal string (7.3.4.3) of slashes or backslashes, in one octet each or in UTF-16."""
    value: cython.longlong = 0
    digits: cython.int = 0
    digit: cython.int
    while at < end and digits < 12:
        digit = _hex(view[at])
        if digit >= 0:
            value = value * 16 + digit
            digits += 1
            if digits == 4 and value != 0xFEFF:
                return value == 0x5C5C or value == 0x2F2F
        elif kinds[view[at]] != 1:
            return False
        at += 1
    return value == 0xFEFF005C005C or value == 0xFEFF002F002F


@cython.cfunc
def _ordinary(
    view: cython.const[cython.uchar][::1],
    at: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    kinds: cython.const[cython.uchar][::1],
) -> cython.bint:
    """Whether what follows the name `URI` is no address at all, or an ordinary one of the web in a literal string."""
    word: bytes
    while at < end and kinds[view[at]] == 1:
        at += 1
    if at >= end or view[at] != 40:
        # The value may be a hexadecimal string or a dictionary, a reference, or anything after a comment.
        return at >= end or not (view[at] == 60 or view[at] == 37 or 48 <= view[at] <= 57)
    at += 1
    while at < end and kinds[view[at]] == 1:
        at += 1
    for word in _ORDINARY:  # noqa: SIM110  a generator cannot hold what is typed here
        if _begins(view, at, end, word):
            return True
    return False


@cython.cfunc
def _keyword(view: cython.const[cython.uchar][::1], at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.int:
    """Which end of an object the token of `size` bytes at `at` is; `BY_NOTHING` for none."""
    first: cython.int = view[at]
    if size >= 6 and first == 101:  # endobj, also with the next header glued to it
        if (
            view[at + 1] == 110
            and view[at + 2] == 100
            and view[at + 3] == 111
            and view[at + 4] == 98
            and view[at + 5] == 106
        ):
            return BY_ENDOBJ
    elif size >= 6 and first == 115:  # stream, also with its data glued to it; startxref
        if (
            view[at + 1] == 116
            and view[at + 2] == 114
            and view[at + 3] == 101
            and view[at + 4] == 97
            and view[at + 5] == 109
        ):
            return BY_STREAM
        if size == 9 and view[at + 5] == 120 and view[at + 6] == 114 and view[at + 7] == 101 and view[at + 8] == 102:
            return BY_OTHER
    elif size == 3 and first == 111:  # obj: the object before it was not closed
        if view[at + 1] == 98 and view[at + 2] == 106:
            return BY_OTHER
    elif size == 4 and first == 120:  # xref
        if view[at + 1] == 114 and view[at + 2] == 101 and view[at + 3] == 102:
            return BY_OTHER
    elif size == 7 and first == 116 and view[at + 1] == 114 and view[at + 2] == 97 and view[at + 6] == 114:  # trailer
        return BY_OTHER
    return BY_NOTHING


@cython.cfunc
def run(
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
    escaped: cython.bint
    marks: cython.ulonglong = 0
    state[AT_LENGTH_AT] = -1
    state[AT_ENDED_BY] = BY_NOTHING
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
                if ended == BY_ENDOBJ:
                    at = begin + 6
                if ended in (BY_ENDOBJ, BY_OTHER) or (ended == BY_STREAM and closed and depth <= 0):
                    state[AT_ENDED_BY] = ended
                    state[AT_MARKS] |= marks
                    return at if ended == BY_ENDOBJ else begin
            closed = False
        elif byte == 47:
            at += 1
            value = _BASIS
            escaped = False
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
                        escaped = True
                value = ((value ^ cython.cast(cython.ulonglong, byte)) * _PRIME) & _MASK
                at += 1
            kind = slots[(value ^ (value >> 16)) & 0xFFFF]
            if kind:
                if kind == 63:
                    if depth == 1:
                        state[AT_LENGTH_AT] = at
                else:
                    marks |= cython.cast(cython.ulonglong, 1) << kind
                    if kind == _ADDRESS and (escaped or not _ordinary(view, at, end, kinds)):
                        marks |= UNUSUAL
            closed = False
        elif byte == 60:
            if at + 1 < end and view[at + 1] == 60:
                at += 2
                depth += 1
                continue
            at += 1
            if _on_share_hex(view, at, end, kinds):
                marks |= SHARE
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
            if _on_share(view, at, end):
                marks |= SHARE
            if state[AT_UNCLOSED] < _UNCLOSED_MAX:
                hides = state[AT_HIDES]
                after = _skip_string(view, at, end, kinds, state)
                state[AT_WORK] += (after if after >= 0 else end) - at
                if after >= 0:
                    at = after
                else:
                    # Taken back: what it ran over is read as objects after all.
                    state[AT_UNCLOSED] += 1
                    state[AT_HIDES] = hides
        elif byte == 37:
            begin = at
            while at < end and view[at] != 10 and view[at] != 13:
                if (
                    view[at] == 106
                    and view[at - 1] == 98
                    and not state[AT_HIDES]
                    and at - begin > 6
                    and hides_header(view, at - 2, end, begin, kinds, state)
                ):
                    state[AT_HIDES] = 1
                at += 1
            continue
        else:
            if byte == 91:
                brackets += 1
            elif byte == 93 and brackets > 0:
                brackets -= 1
            at += 1
        if single and depth <= 0 and brackets == 0:
            state[AT_ENDED_BY] = BY_COMPLETE
            break
    state[AT_MARKS] |= marks
    return at
