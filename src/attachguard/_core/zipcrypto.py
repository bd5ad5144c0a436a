"""The traditional encryption of ZIP archives (APPNOTE.TXT 6.1): three 32-bit keys, turned by every byte of the content.

Own code because the only library that has it is `zipfile`, where it is a Python loop of about one megabyte a second.
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

import zlib

#: Bytes of random data in front of the content (6.1.3).
HEADER = 12


def _table() -> bytes:
    """The CRC-32 table, taken from zlib: one step from register 0 over each byte value."""
    return b"".join(
        ((zlib.crc32(bytes([byte]), 0xFFFFFFFF) ^ 0xFFFFFFFF) & 0xFFFFFFFF).to_bytes(4, "little") for byte in range(256)
    )


_TABLE: bytes = _table()


def decrypt(data: bytes, password: bytes, limit: cython.Py_ssize_t) -> bytes:
    """Decrypt the data of a member, its header included.

    Args:
        data: encrypted header and content.
        password: the password in the encoding that its user's system had.
        limit: how many bytes to decrypt.

    Returns:
        Decrypted header and content; the last byte of the header lets a wrong password be told in 255 of 256 cases (6.1.6).

    """
    source: cython.const[cython.uchar][::1] = data
    table: cython.const[cython.uchar][::1] = _TABLE
    size: cython.Py_ssize_t = min(len(data), limit)
    plain = bytearray(size)
    target: cython.uchar[::1] = plain
    crc: cython.uint[256] = [0] * 256
    place: cython.Py_ssize_t
    for place in range(256):
        crc[place] = (
            cython.cast(cython.uint, table[4 * place])
            | (cython.cast(cython.uint, table[4 * place + 1]) << 8)
            | (cython.cast(cython.uint, table[4 * place + 2]) << 16)
            | (cython.cast(cython.uint, table[4 * place + 3]) << 24)
        )
    key0: cython.ulonglong = 0x12345678
    key1: cython.ulonglong = 0x23456789
    key2: cython.ulonglong = 0x34567890
    step: cython.ulonglong
    byte: cython.uint
    secret: cython.const[cython.uchar][::1] = password
    length: cython.Py_ssize_t = len(password)
    for place in range(-length, size):
        if place < 0:
            byte = secret[place + length]
        else:
            step = (key2 | 2) & 0xFFFF
            byte = source[place] ^ ((step * (step ^ 1)) >> 8) & 0xFF
            target[place] = byte
        key0 = (key0 >> 8) ^ crc[(key0 ^ byte) & 0xFF]
        key1 = ((key1 + (key0 & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        key2 = (key2 >> 8) ^ crc[(key2 ^ (key1 >> 24)) & 0xFF]
    return bytes(plain)
