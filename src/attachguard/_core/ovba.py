"""Decompression of VBA project streams ([MS-OVBA] 2.4.1): source text and the `dir` stream are stored as chunks of literals and back references.

Own code, because the decoder of oletools takes half a second for a megabyte and has no bound on what it gives; this one is on the path of every
file with macros.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

#: What one chunk may hold once it is decompressed ([MS-OVBA] 2.4.1.1.1).
_CHUNK = 4096


def decompress(data: cython.const[cython.uchar][::1], start: cython.Py_ssize_t, limit: cython.Py_ssize_t) -> bytes:
    """Decompress the container that begins at `start`.

    Broken containers give what could be read: Office itself ignores the signature bits of a chunk header, and a chunk that refers to text before
    its beginning ends there. The end of the data ends the container; there is no end mark.

    Args:
        data: a stream that holds a compressed container.
        start: where its signature byte (0x01) is.
        limit: most bytes to give.

    Returns:
        The decompressed bytes; empty where there is no container.
    """
    size: cython.Py_ssize_t = len(data)
    place: cython.Py_ssize_t = start + 1
    out: bytearray = bytearray()
    chunk: bytearray = bytearray(_CHUNK)
    text: cython.uchar[::1] = chunk
    end: cython.Py_ssize_t
    have: cython.Py_ssize_t
    header: cython.uint
    flags: cython.uint
    token: cython.uint
    bit: cython.int
    bits: cython.int
    offset: cython.Py_ssize_t
    length: cython.Py_ssize_t
    if start < 0 or start >= size or data[start] != 1:
        return b""
    while place + 2 <= size and len(out) < limit:
        header = data[place] | (cython.cast(cython.uint, data[place + 1]) << 8)
        end = place + (header & 0x0FFF) + 3
        if end > size:
            end = size
        place += 2
        have = 0
        if not header & 0x8000:
            # A raw chunk is always 4096 bytes, whatever its header says (2.4.1.3.3).
            end = place + _CHUNK
            if end > size:
                end = size
            while place < end:
                text[have] = data[place]
                have += 1
                place += 1
        bits = 4
        while place < end and have < _CHUNK:
            flags = data[place]
            place += 1
            for bit in range(8):
                if place >= end or have >= _CHUNK:
                    break
                if not (flags >> bit) & 1:
                    text[have] = data[place]
                    have += 1
                    place += 1
                    continue
                if place + 1 >= end:
                    place = end
                    break
                token = data[place] | (cython.cast(cython.uint, data[place + 1]) << 8)
                place += 2
                # CopyToken help (2.4.1.3.19.1): the fuller the chunk, the more bits go to the offset and the fewer to the length.
                while (1 << bits) < have:
                    bits += 1
                offset = (token >> (16 - bits)) + 1
                length = (token & (0xFFFF >> bits)) + 3
                if offset > have:
                    place = end
                    break
                if length > _CHUNK - have:
                    length = _CHUNK - have
                for _ in range(length):
                    text[have] = text[have - offset]
                    have += 1
        out += memoryview(chunk)[:have]
        place = end
    return bytes(memoryview(out)[:limit])
