"""LZW and run-length decoding as PDF and TIFF use them (ISO 32000-2, 7.4.4 and 7.4.5).

Own code: the standard library has neither, and both are loops over every byte. Output is bounded by the caller; broken data ends the decoding and
what was decoded so far is given.
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
