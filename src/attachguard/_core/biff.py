"""Walking BIFF records ([MS-XLS] 2.1.4): a workbook stream is a row of records, each a number, a length and that many bytes.

Own code for speed: a workbook of a few megabytes holds some hundred thousand records, of which a handful matter here.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

#: EOF ends a substream ([MS-XLS] 2.4.103).
_EOF = 0x000A


def records(
    data: cython.const[cython.uchar][::1], start: cython.Py_ssize_t, wanted: bytes, most: cython.Py_ssize_t
) -> list:
    """The records of one substream whose number is wanted.

    Args:
        data: the workbook stream.
        start: where the substream begins.
        wanted: one byte for each record number from 0 on, not zero where that record is wanted.
        most: most records to give.

    Returns:
        Triples of record number, place of its content, length of its content, all inside the data. Nested substreams (charts) are passed through.
    """
    size: cython.Py_ssize_t = len(data)
    place: cython.Py_ssize_t = start
    found: list = []
    table: cython.const[cython.uchar][::1] = wanted
    numbers: cython.Py_ssize_t = len(table)
    depth: cython.Py_ssize_t = 0
    number: cython.uint
    length: cython.Py_ssize_t
    taken: cython.Py_ssize_t = 0
    if place < 0:
        return found
    while place + 4 <= size and taken < most:
        number = data[place] | (cython.cast(cython.uint, data[place + 1]) << 8)
        length = data[place + 2] | (cython.cast(cython.Py_ssize_t, data[place + 3]) << 8)
        place += 4
        if length > size - place:
            length = size - place
        if number < numbers and table[number]:
            found.append((number, place, length))
            taken += 1
        if number == 0x0809 or number == 0x0409 or number == 0x0209 or number == 0x0009:
            depth += 1
        elif number == _EOF:
            depth -= 1
            if depth <= 0:
                break
        place += length
    return found
