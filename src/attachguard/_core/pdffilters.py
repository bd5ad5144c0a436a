"""LZW, run-length and base-85 decoding as PDF uses them (ISO 32000-2, 7.4.3 to 7.4.5), and its literal strings (7.3.4.2).

Own code: the standard library has not the first two, its base-85 is a loop in Python that breaks at the first mistake, and all of them look at every
byte. Output is bounded by the caller; broken data ends the decoding and what was decoded so far is given.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

_CLEAR = cython.declare(cython.int, 256)
_EOD = cython.declare(cython.int, 257)
_TABLE_SIZE = cython.declare(cython.int, 4096)


def lzw(raw: bytes, limit: int, early: int = 1) -> bytes:
    """Decode LZW data (7.4.4).

    Args:
        raw: the encoded bytes.
        limit: bytes of output after which to stop.
        early: the `EarlyChange` parameter: 1 where codes grow one entry early.
    """
    view: cython.const[cython.uchar][::1] = raw
    table: list = [bytes((value,)) for value in range(256)] + [b"", b""]
    pieces: list = []
    have: cython.Py_ssize_t = 0
    most: cython.Py_ssize_t = limit
    at: cython.Py_ssize_t = 0
    end: cython.Py_ssize_t = len(raw)
    bits: cython.uint = 0  # never more than 19 of them count
    count: cython.int = 0
    width: cython.int = 9
    code: cython.int
    size: cython.int = 258
    shift: cython.int = early
    previous: bytes = b""
    entry: bytes
    while at < end and have < most:
        while count < width and at < end:
            bits = ((bits & 0xFFFF) << 8) | view[at]
            count += 8
            at += 1
        if count < width:
            break
        code = (bits >> (count - width)) & ((1 << width) - 1)
        count -= width
        if code == _CLEAR:
            del table[258:]
            size = 258
            width = 9
            previous = b""
            continue
        if code == _EOD:
            break
        if code < size:
            entry = table[code]
        elif code == size and previous:
            entry = previous + previous[:1]
        else:
            break
        pieces.append(entry)
        have += len(entry)
        if previous and size < _TABLE_SIZE:
            table.append(previous + entry[:1])
            size += 1
        previous = entry
        if size + shift >= 2048:
            width = 12
        elif size + shift >= 1024:
            width = 11
        elif size + shift >= 512:
            width = 10
    return b"".join(pieces)[:limit]


def run_length(raw: bytes, limit: int) -> bytes:
    """Decode run-length data (7.4.5).

    Args:
        raw: the encoded bytes.
        limit: bytes of output after which to stop.
    """
    view: cython.const[cython.uchar][::1] = raw
    pieces: list = []
    have: cython.Py_ssize_t = 0
    most: cython.Py_ssize_t = limit
    at: cython.Py_ssize_t = 0
    end: cython.Py_ssize_t = len(raw)
    length: cython.int
    while at < end and have < most:
        length = view[at]
        at += 1
        if length == 128:
            break
        if length < 128:
            pieces.append(raw[at : at + length + 1])
            at += length + 1
            have += length + 1
        else:
            if at >= end:
                break
            pieces.append(raw[at : at + 1] * (257 - length))
            at += 1
            have += 257 - length
    return b"".join(pieces)[:limit]


def ascii85(raw: bytes, limit: int) -> bytes:
    """Decode base-85 data (7.4.3) up to `~` or the first group that cannot be; bytes outside the alphabet are passed over.

    Args:
        raw: the encoded bytes.
        limit: bytes of output after which to stop.
    """
    view: cython.const[cython.uchar][::1] = raw
    end: cython.Py_ssize_t = len(raw)
    # A `z` stands for four bytes of zeros, so it is the only letter that expands.
    room: cython.Py_ssize_t = min(limit, 4 * end) + 4
    made: bytearray = bytearray(room)
    out: cython.uchar[::1] = made
    have: cython.Py_ssize_t = 0
    at: cython.Py_ssize_t = 0
    value: cython.ulonglong = 0
    count: cython.int = 0
    letter: cython.int
    place: cython.int
    _place: cython.int
    while at < end and have + 4 <= room:
        letter = view[at]
        at += 1
        if letter == 126:
            break
        if letter == 122:
            if count:
                break
            have += 4
            continue
        if letter < 33 or letter > 117:
            continue
        value = value * 85 + (letter - 33)
        count += 1
        if count == 5:
            if value > 0xFFFFFFFF:
                count = 0
                break
            for place in range(4):
                out[have + place] = (value >> (24 - 8 * place)) & 255
            have += 4
            value = 0
            count = 0
    if count > 1 and have + 4 <= room:
        # A last group of n letters gives n - 1 bytes, as if the highest letters followed.
        for _place in range(5 - count):
            value = value * 85 + 84
        if value <= 0xFFFFFFFF:
            for place in range(count - 1):
                out[have + place] = (value >> (24 - 8 * place)) & 255
            have += count - 1
    return bytes(memoryview(made)[: min(have, limit)])


def literal(data: bytes, begin: int, stop: int) -> tuple[bytes, int]:
    """The literal string whose `(` is before `begin`, escapes undone, and the position after it; without an end it is taken up to `stop`."""
    view: cython.const[cython.uchar][::1] = data
    end: cython.Py_ssize_t = min(stop, len(data))
    at: cython.Py_ssize_t = begin
    close: cython.Py_ssize_t = end
    after: cython.Py_ssize_t = end
    depth: cython.Py_ssize_t = 1
    special: cython.bint = False
    sign: cython.int
    while at < end:
        sign = view[at]
        if sign == 92:
            special = True
            at += 1
        elif sign == 13:
            special = True
        elif sign == 40:
            depth += 1
        elif sign == 41:
            depth -= 1
            if depth == 0:
                close = at
                after = at + 1
                break
        at += 1
    if not special:
        return data[begin:close], after
    made: bytearray = bytearray(close - begin)
    out: cython.uchar[::1] = made
    have: cython.Py_ssize_t = 0
    value: cython.int
    digits: cython.int
    at = begin
    while at < close:
        sign = view[at]
        at += 1
        if sign == 13:
            # An end of line is one LF, however it is written.
            if at < close and view[at] == 10:
                at += 1
            out[have] = 10
            have += 1
            continue
        if sign != 92:
            out[have] = sign
            have += 1
            continue
        if at >= close:
            break
        sign = view[at]
        at += 1
        if 48 <= sign <= 55:
            value = sign - 48
            digits = 1
            while digits < 3 and at < close and 48 <= view[at] <= 55:
                value = value * 8 + (view[at] - 48)
                digits += 1
                at += 1
            out[have] = value & 255
        elif sign == 13 or sign == 10:
            if sign == 13 and at < close and view[at] == 10:
                at += 1
            continue
        elif sign == 110:
            out[have] = 10
        elif sign == 114:
            out[have] = 13
        elif sign == 116:
            out[have] = 9
        elif sign == 98:
            out[have] = 8
        elif sign == 102:
            out[have] = 12
        else:
            out[have] = sign
        have += 1
    return bytes(memoryview(made)[:have]), after


def undo_up(data: bytes, row: int) -> bytes:
    """Undo the PNG predictor "up" in those rows that have it, and leave out the byte before each row that says so (7.4.4.4).

    Args:
        data: the rows, each after the number of its predictor.
        row: bytes of a row.
    """
    view: cython.const[cython.uchar][::1] = data
    size: cython.Py_ssize_t = len(data)
    width: cython.Py_ssize_t = row
    kept = bytearray(size)
    target: cython.uchar[::1] = kept
    at: cython.Py_ssize_t = 0
    written: cython.Py_ssize_t = 0
    end: cython.Py_ssize_t
    up: cython.bint
    while at < size:
        # The first row has none above it, which counts as zeros.
        up = view[at] == 2 and written >= width
        at += 1
        end = min(size, at + width)
        while at < end:
            target[written] = (view[at] + target[written - width]) & 255 if up else view[at]
            written += 1
            at += 1
    return bytes(kept[:written])
