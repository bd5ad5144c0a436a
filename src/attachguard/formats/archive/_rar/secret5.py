"""Opens encrypted RAR 5 archives: AES-256 under PBKDF2, with a value by which a password is told.

Reference: "RAR 5.0 archive format", encryption header and file encryption record. See `rarsecret` for what comes out.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats.archive._rar.headers import MARKER_NEW, NewReader
from attachguard.formats.archive._rar.secret import HEADERS, Copy, Keys
from attachguard.part import Part
from attachguard.readers.crypto import aes

#: RAR's own bound on the rounds, as a power of two.
_MOST_COUNT: Final = 24
#: About how many seconds one round takes.
_ROUND_COST: Final = 4e-7

_MAIN, _FILE, _SERVICE, _CRYPT, _END = 1, 2, 3, 4, 5
_EXTRA_CRYPT, _EXTRA_HASH = 1, 2


class _Lock(NamedTuple):
    """Settings of an encryption: rounds as a power of two, salt, initial vector of a file, what tells a password."""

    exponent: int
    salt: bytes
    vector: bytes
    check: bytes


def open_new(part: Part, base: int) -> Copy:
    """A copy of a RAR 5 archive without the encryption of what a password at hand opens.

    Raises:
        Malformed: its headers are broken.
    """
    keys = Keys(part)
    out = [MARKER_NEW]
    for header, data in _headers(part, base + len(MARKER_NEW), keys):
        reader = NewReader(header, 0, len(header))
        if reader.number() != _FILE:
            out += [_framed(header), data]
            continue
        plain = _plain_file(header, data, keys)
        out += [_framed(plain[0]), plain[1]] if plain is not None else [_framed(header), data]
    return Copy(b"".join(out), tuple(keys.origins), keys.end)


def _headers(part: Part, position: int, keys: Keys) -> Iterator[tuple[bytes, bytes]]:
    """Each header, from its type on, and the data after it; services and the encryption header are left out."""
    data = part.data
    key = b""
    for _ in range(HEADERS):
        part.budget.check_time()
        block, begin = data, position
        if key:
            if position + 32 > len(data):
                return
            vector, start = data[position : position + 16], position + 16
            size = _frame(aes.cbc(key, vector, data[start : start + 16]), 0)[1]
            whole = -(-size // 16) * 16
            block, begin = aes.cbc(key, vector, data[start : start + whole]), 0
            position = start + whole
        elif position + 7 > len(data):
            return
        first, end = _frame(block, begin)
        if end > len(block):
            raise Malformed("RAR5: archive ends early")
        position = position if key else end
        header = block[first:end]
        reader = NewReader(header, 0, len(header))
        kind, flags = reader.number(), reader.number()
        if flags & 1:
            reader.number()
        packed = reader.number() if flags & 2 else 0
        if kind == _CRYPT:
            lock = _lock(reader, with_vector=False)
            word = keys.find(lock, _cost(lock), lambda word, lock=lock: _fits(lock, word)) if lock else None  # type: ignore[misc]
            if lock is None or word is None:
                yield header, b""
                return
            key = _derived(lock, word)
            continue
        if kind != _SERVICE:
            yield header, data[position : position + packed]
        if kind == _END:
            keys.end = position
            return
        position += packed


def _frame(block: bytes, begin: int) -> tuple[int, int]:
    """Where a header starts after its CRC and size, and where it ends."""
    reader = NewReader(block, begin + 4, len(block))
    size = reader.number()
    if not 0 < size <= 1 << 21:
        raise Malformed("RAR5: header of impossible size")
    return reader.position, reader.position + size


def _plain_file(header: bytes, data: bytes, keys: Keys) -> tuple[bytes, bytes] | None:
    """A file's header and data without encryption; None where it has none or no password opens it."""
    reader = NewReader(header, 0, len(header))
    reader.number()
    flags = reader.number()
    extra_size = reader.number() if flags & 1 else 0
    if flags & 2:
        reader.number()
    file_flags, size, attributes = reader.number(), reader.number(), reader.number()
    time = reader.take(4 if file_flags & 2 else 0)
    reader.take(4 if file_flags & 4 else 0)
    method, host = reader.number(), reader.number()
    name = reader.take(reader.number())
    records, lock = _records(NewReader(header, max(reader.position, len(header) - extra_size), len(header)))
    word = (
        keys.find(lock._replace(vector=b""), _cost(lock), lambda word: _fits(lock, word)) if lock is not None else None
    )
    if lock is None or word is None or flags & 0x18:
        return None
    content = aes.cbc(_derived(lock, word), lock.vector, data)
    content = content[: _packed_size(content) if method >> 7 & 7 else size]
    # The checksum may be one that only the password's owner can compute; without it the copy says nothing wrong.
    body = [_number(file_flags & ~4), _number(size), _number(attributes), time, _number(method), _number(host)]
    body += [_number(len(name)), name]
    front = [_number(_FILE), _number(flags & ~1 | 2 | (1 if records else 0))]
    front += [_number(len(records))] if records else []
    return b"".join([*front, _number(len(content)), *body, records]), content


def _packed_size(content: bytes) -> int:
    """Where compressed data ends before the padding of its encryption: after the block that says it is the last."""
    position = 0
    while position + 3 <= len(content):
        flags = content[position]
        sizes = content[position + 2 : position + 3 + (flags >> 3 & 3)]
        position += 2 + len(sizes) + int.from_bytes(sizes, "little")
        if flags & 0x40:
            return min(position, len(content))
    return len(content)


def _records(reader: NewReader) -> tuple[bytes, _Lock | None]:
    """The extra area without encryption and hash, and the encryption."""
    kept: list[bytes] = []
    lock: _Lock | None = None
    while reader.position < reader.end:
        start = reader.position
        size = reader.number()
        following = reader.position + size
        if not size or following > reader.end:
            break
        kind = reader.number()
        if kind == _EXTRA_CRYPT:
            lock = _lock(reader, with_vector=True)
        elif kind != _EXTRA_HASH:
            kept.append(reader.data[start:following])
        reader.position = following
    return b"".join(kept), lock


def _lock(reader: NewReader, *, with_vector: bool) -> _Lock | None:
    version, flags = reader.number(), reader.number()
    count = reader.take(1)[0]
    salt = reader.take(16)
    vector = reader.take(16) if with_vector else b""
    if version or not flags & 1 or count > _MOST_COUNT:
        return None
    return _Lock(count, salt, vector, reader.take(12)[:8])


def _cost(lock: _Lock) -> float:
    return _ROUND_COST * (1 << lock.exponent)


def _fits(lock: _Lock, word: str) -> bool:
    """Whether the value that tells a password agrees: 32 rounds beyond the key, folded to eight bytes."""
    value = hashlib.pbkdf2_hmac("sha256", word.encode("utf-8", "replace"), lock.salt, (1 << lock.exponent) + 32, 32)
    folded = bytes(a ^ b ^ c ^ d for a, b, c, d in zip(value[:8], value[8:16], value[16:24], value[24:], strict=True))
    return folded == lock.check


def _derived(lock: _Lock, word: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", word.encode("utf-8", "replace"), lock.salt, 1 << lock.exponent, 32)


def _framed(header: bytes) -> bytes:
    """A header with size and CRC in front."""
    sized = _number(len(header)) + header
    return struct.pack("<I", zlib.crc32(sized)) + sized


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
