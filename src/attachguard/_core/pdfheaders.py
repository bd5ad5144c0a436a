"""Headers of objects, `N G obj` (ISO 32000-2, 7.3.10), read backwards from their last word, and what the passes over tokens tell one another.

C types and functions that other modules of the core use are declared in the `.pxd` file beside this one; uncompiled, it plays no part.
"""

from __future__ import annotations

from array import array

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

if cython.compiled:
    from cython.cimports.attachguard._core.needles import find
else:
    from attachguard._core.needles import find

#: What each byte is to the scanner: 0 part of a token, 1 white space, 2 delimiter (7.2.3, tables 1 and 2).
KINDS = bytes(1 if byte in b"\0\t\n\f\r " else 2 if byte in b"()<>[]{}/%" else 0 for byte in range(256))

# Fields of the state that a run over tokens leaves behind.
AT_MARKS = 0
AT_LENGTH_AT = 1
AT_ENDED_BY = 2
AT_UNCLOSED = 3
AT_HIDES = 4
AT_WORK = 5
AT_NUMBER = 6
AT_GENERATION = 7


@cython.cfunc
def header(
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
            state[AT_GENERATION] = number
        else:
            state[AT_NUMBER] = number
    return True


@cython.cfunc
def hides_header(
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
    return header(view, hit, lowest, kinds, state)


def has_header(raw: bytes, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> bool:
    """Whether an `N G obj` header stands in this stretch."""
    view: cython.const[cython.uchar][::1] = raw
    kinds: cython.const[cython.uchar][::1] = KINDS
    state: cython.longlong[::1] = array("q", [0, 0, 0, 0, 0, 0, 0, 0])
    hit: cython.Py_ssize_t = find(raw, b"obj", at, end)
    while hit >= 0:
        if hides_header(view, hit, end, at, kinds, state):
            return True
        hit = find(raw, b"obj", hit + 3, end)
    return False
