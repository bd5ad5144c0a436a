"""Long encoded runs in text: base64, lists of character codes, percent signs.

Regular expressions find the same at a fiftieth of the speed, and a page of script is megabytes of short words (see the benchmark of HTML pages).
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

#: Kinds of runs.
BASE64 = 1
CODES = 2
PERCENT = 3

_WORD = 1
_LIST = 2
_HEX = 4


def _classes() -> bytes:
    table = bytearray(256)
    for byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-":
        table[byte] |= _WORD
    for byte in b"0123456789abcdefABCDEFxX, \t\r\n":
        table[byte] |= _LIST
    for byte in b"0123456789abcdefABCDEF":
        table[byte] |= _HEX
    return bytes(table)


_CLASS: bytes = _classes()


def find(
    data: cython.const[cython.uchar][::1],
    letters: cython.Py_ssize_t,
    codes: cython.Py_ssize_t,
    percents: cython.Py_ssize_t,
    most: cython.Py_ssize_t,
) -> list[tuple[int, int, int]]:
    r"""Runs as (kind, start, end), in order.

    A run of base64 may be broken by line ends, also by such as script writes them (`\n` in letters); its padding belongs to it. A list of codes is
    only recognised by its commas: the caller checks the numbers.

    Args:
        data: the text.
        letters: shortest run of base64.
        codes: fewest commas in a list.
        percents: shortest run of percent-encoded bytes.
        most: where to stop.
    """
    table: cython.const[cython.uchar][::1] = _CLASS
    size: cython.Py_ssize_t = len(data)
    i: cython.Py_ssize_t = 0
    j: cython.Py_ssize_t
    end: cython.Py_ssize_t
    count: cython.Py_ssize_t
    # A list is looked for once per stretch of list characters, not again at each word in it.
    list_end: cython.Py_ssize_t = 0
    c: cython.int
    found: list = []
    while i < size and len(found) < most:
        c = data[i]
        if 48 <= c <= 57 and i >= list_end:
            j = i
            count = 0
            end = i
            while j < size and table[data[j]] & 2:
                if data[j] == 44:
                    count += 1
                elif table[data[j]] & 4:
                    end = j + 1
                j += 1
            list_end = j
            if count >= codes:
                found.append((CODES, i, end))
                i = j
                continue
        if table[c] & 1:
            j = i
            count = 0
            end = i
            while j < size:
                c = data[j]
                if table[c] & 1:
                    count += 1
                    j += 1
                    end = j
                elif c == 10 or c == 13:
                    j += 1
                elif c == 92 and j + 1 < size and (data[j + 1] == 110 or data[j + 1] == 114):
                    j += 2
                else:
                    break
            if count >= letters:
                while end < size and end < j + 2 and data[end] == 61:
                    end += 1
                found.append((BASE64, i, end))
            i = max(end, j)
        elif c == 37:
            j = i
            count = 0
            while j + 2 < size and data[j] == 37 and table[data[j + 1]] & 4 and table[data[j + 2]] & 4:
                count += 1
                j += 3
            if count >= percents:
                found.append((PERCENT, i, j))
            i = j if j > i else i + 1
        else:
            i += 1
    return found


def codes(
    data: cython.const[cython.uchar][::1], start: cython.Py_ssize_t, end: cython.Py_ssize_t, fewest: cython.Py_ssize_t
) -> bytes:
    """The octets that a list of numbers between commas writes, decimal or hexadecimal (`0x4d`), as far as it is one.

    Args:
        data: the text.
        start: where the first number begins.
        end: where to stop.
        fewest: shorter lists are nothing.

    Returns:
        The octets; none where the list is too short, or where a number is no octet.
    """
    table: cython.const[cython.uchar][::1] = _CLASS
    stop: cython.Py_ssize_t = min(end, len(data))
    place: cython.Py_ssize_t = start
    behind: cython.Py_ssize_t
    count: cython.Py_ssize_t = 0
    value: cython.int
    digits: cython.int
    found = bytearray(max(0, stop - start) // 2 + 1)
    target: cython.uchar[::1] = found
    while place < stop:
        value = 0
        digits = 0
        if place + 2 < stop and data[place] == 48 and data[place + 1] | 32 == 120 and table[data[place + 2]] & 4:
            place += 2
            while digits < 2 and place < stop and table[data[place]] & 4:
                value = value * 16 + (data[place] - 48 if data[place] < 58 else (data[place] | 32) - 87)
                digits += 1
                place += 1
        else:
            while digits < 3 and place < stop and 48 <= data[place] <= 57:
                value = value * 10 + data[place] - 48
                digits += 1
                place += 1
        if digits == 0:
            break
        if value > 255:
            return b""
        target[count] = value
        count += 1
        behind = place
        while behind < stop and (data[behind] == 32 or 9 <= data[behind] <= 13):
            behind += 1
        if behind >= stop or data[behind] != 44:
            break
        behind += 1
        while behind < stop and (data[behind] == 32 or 9 <= data[behind] <= 13):
            behind += 1
        place = behind
    return bytes(found[:count]) if count >= fewest else b""
