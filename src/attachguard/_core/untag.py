"""Text drawn together: a blank for each run of blanks, and of a page for each tag, so that what is left is about what a reader sees.

A regular expression that drops the tags, and a split at blanks, take ten times as long, and the page of a newsletter is longer than all else in it.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython


def untag(text: bytes, tags: bool = True) -> bytes:  # noqa: FBT002  keywords cost more than the call
    """A text with a blank for each tag and for each run of blanks, in front of it and behind it as well.

    Args:
        text: in an encoding that contains ASCII. Blanks are those of ASCII, line ends and separators among them.
        tags: whether it is a page. A tag is what stands between `<` and the next `>`, with no other `<` between them.
    """
    view: cython.const[cython.uchar][::1] = text
    size: cython.Py_ssize_t = len(text)
    made = bytearray(size)
    target: cython.uchar[::1] = made
    count: cython.Py_ssize_t = 0
    #: Where what may be a tag has been copied to; -1 outside of one.
    opened: cython.Py_ssize_t = -1
    page: cython.bint = tags
    place: cython.Py_ssize_t
    byte: cython.uchar
    for place in range(size):
        byte = view[place]
        if byte <= 32:
            if byte >= 28 or (byte >= 9 and byte <= 13):
                byte = 32
        elif page:
            if byte == 60:  # <
                opened = count
            elif byte == 62 and opened >= 0:  # >
                count = opened
                opened = -1
                byte = 32
        if byte == 32 and count > 0 and target[count - 1] == 32:
            continue
        target[count] = byte
        count += 1
    return bytes(made[:count])
