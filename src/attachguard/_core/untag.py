"""The text of a page, roughly: what stands outside of its tags, blanks drawn together.

A regular expression that drops the tags, and a split at blanks, take ten times as long, and the page of a newsletter is longer than all else in it.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython


def untag(page: bytes) -> bytes:
    """A page with a blank for each tag and for each run of blanks.

    Args:
        page: markup in an encoding that contains ASCII. A tag is what stands between `<` and the next `>`, with no other `<` between them.
    """
    view: cython.const[cython.uchar][::1] = page
    size: cython.Py_ssize_t = len(page)
    made = bytearray(size)
    target: cython.uchar[::1] = made
    count: cython.Py_ssize_t = 0
    #: Where what may be a tag has been copied to; -1 outside of one.
    opened: cython.Py_ssize_t = -1
    place: cython.Py_ssize_t
    byte: cython.uchar
    for place in range(size):
        byte = view[place]
        if byte == 60:  # <
            opened = count
        elif byte == 62 and opened >= 0:  # >
            count = opened
            opened = -1
            byte = 32
        elif byte == 9 or byte == 10 or byte == 13:
            byte = 32
        if byte == 32 and count > 0 and target[count - 1] == 32:
            continue
        target[count] = byte
        count += 1
    return bytes(made[:count])
