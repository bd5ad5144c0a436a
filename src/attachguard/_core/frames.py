"""Frames that begin with their length: those of a mail on its way through a milter, dozens of them, most no longer than a field of the header.

In plain Python, taking them apart is a fifth of what a gateway does with a small mail beside the scan.
"""

from __future__ import annotations

from collections.abc import Callable

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython


def split(
    data: bytes,
    known: bytes,
    most: cython.Py_ssize_t,
    bulk: cython.Py_ssize_t,
    most_bulk: cython.Py_ssize_t,
    cut: Callable[[bytes, int, int], bytes | memoryview],
) -> tuple[list[tuple[bytes, bytes | memoryview]], int, int]:
    """Take frames from the beginning: a length in four octets, which counts what follows, a letter, and the content.

    Args:
        data: the octets.
        known: the letters there are.
        most: how long a frame may be at most.
        bulk: the letter of frames with content in bulk.
        most_bulk: how long those may be.
        cut: gives their content, from data, start and end.

    Returns:
        The frames as letter and content; where the first one begins that is not whole; how many octets that one needs at least.

    Raises:
        ValueError: a frame is too long, or its letter is not known.
    """
    frames: list[tuple[bytes, bytes | memoryview]] = []
    size: cython.Py_ssize_t = len(data)
    place: cython.Py_ssize_t = 0
    length: cython.Py_ssize_t
    end: cython.Py_ssize_t
    letter: cython.uchar
    octets: cython.const[cython.uchar][::1] = data
    while size - place >= 5:
        length = (
            (cython.cast(cython.Py_ssize_t, octets[place]) << 24)
            | (cython.cast(cython.Py_ssize_t, octets[place + 1]) << 16)
            | (cython.cast(cython.Py_ssize_t, octets[place + 2]) << 8)
            | octets[place + 3]
        )
        letter = octets[place + 4]
        if length == 0 or length > (most_bulk if letter == bulk else most) or letter not in known:
            raise ValueError
        end = place + 4 + length
        if end > size:
            return frames, place, end - place
        frames.append(
            (data[place + 4 : place + 5], cut(data, place + 5, end) if letter == bulk else data[place + 5 : end])
        )
        place = end
    return frames, place, 5
