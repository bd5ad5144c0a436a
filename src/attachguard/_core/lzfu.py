"""Compressed RTF as Outlook keeps message bodies (MS-OXRTFCP): an LZ77 variant with a 4096-octet window that starts out half known.

Own code: it is one small loop, and every byte of it is hostile.
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

#: What the window holds at the start (MS-OXRTFCP 2.1.2.1).
_DICTIONARY: bytes = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArial"
    rb"Times New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_HEADER: int = 16
_COMPRESSED: bytes = b"LZFu"
_STORED: bytes = b"MELA"


def expand(data: bytes) -> tuple[bytes, bool]:
    """The RTF inside a PR_RTF_COMPRESSED value.

    Args:
        data: the value, with its header of 16 octets.

    Returns:
        The RTF as far as it goes, and whether it came to its end. It is never more than nine times as long as the value.
    """
    magic = data[8:12]
    if magic == _STORED:
        raw = int.from_bytes(data[4:8], "little")
        return data[_HEADER : _HEADER + raw], len(data) >= _HEADER + raw
    if magic != _COMPRESSED:
        return b"", False
    source: cython.const[cython.uchar][::1] = data
    size: cython.Py_ssize_t = len(data)
    kept = bytearray(9 * size)
    target: cython.uchar[::1] = kept
    room: cython.Py_ssize_t = len(kept)
    start = bytearray(4096)
    start[: len(_DICTIONARY)] = _DICTIONARY
    window: cython.uchar[::1] = start
    write: cython.Py_ssize_t = len(_DICTIONARY)
    count: cython.Py_ssize_t = 0
    at: cython.Py_ssize_t = _HEADER
    control: cython.uint = 0
    bits: cython.int = 0
    read: cython.Py_ssize_t
    length: cython.Py_ssize_t
    byte: cython.uchar
    ended: cython.bint = False
    while at < size:
        if bits == 0:
            control = source[at]
            bits = 8
            at += 1
            continue
        bits -= 1
        if control & 1 == 0:
            byte = source[at]
            at += 1
            if count >= room:
                break
            target[count] = byte
            count += 1
            window[write] = byte
            write = (write + 1) & 4095
        else:
            if at + 1 >= size:
                break
            # Twelve bits of place, four of length less two, the high octet first (2.1.3.1.2).
            read = (source[at] << 4) | (source[at + 1] >> 4)
            length = (source[at + 1] & 15) + 2
            at += 2
            if read == write:
                ended = True
                break
            while length > 0 and count < room:
                byte = window[read]
                target[count] = byte
                count += 1
                window[write] = byte
                write = (write + 1) & 4095
                read = (read + 1) & 4095
                length -= 1
        control >>= 1
    return bytes(kept[:count]), ended
