"""Opens encrypted RAR archives: a copy of the archive is made in memory in which neither names nor members are encrypted.

RAR 5 keeps a value by which a password is told ("RAR 5.0 archive format", encryption header and file encryption record; AES-256 under PBKDF2). RAR 3
and 4 have none (`crypt3.cpp` of unrar; AES-128 under 2^18 rounds of SHA-1): there the checksum of the first hidden header or of a stored member
decides, and members that are compressed under visible names stay locked. Own code, because no library decrypts without the program; AES itself comes
from the cryptography package, loaded when a password is tried.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats._archive.rarlist import MARKER_NEW, MARKER_OLD, NewReader
from attachguard.part import Part
from attachguard.passwords import Candidate

#: RAR's own bound on the rounds of version 5, as a power of two.
_MOST_COUNT: Final = 24
#: About how many seconds one round takes, and one derivation of version 3.
_ROUND_COST: Final = 4e-7
_OLD_COST: Final = 0.15
_OLD_ROUNDS: Final = 1 << 18
_HEADERS: Final = 20_000

_MAIN, _FILE, _SERVICE, _CRYPT, _END = 1, 2, 3, 4, 5
_EXTRA_CRYPT, _EXTRA_HASH = 1, 2


class Copy(NamedTuple):
    """An archive without its encryption.

    Args:
        data: the archive; what no password opens is as it was.
        origins: where the passwords came from.
        end: where the archive ends in the part's own data; 0 where it has no end mark.
    """

    data: bytes
    origins: tuple[str, ...]
    end: int = 0


class _Lock(NamedTuple):
    """Settings of version 5: rounds as a power of two, salt, initial vector of a file, what tells a password."""

    exponent: int
    salt: bytes
    vector: bytes
    check: bytes


class _Keys:
    """Passwords for the locks of one archive, each lock asked once.

    Args:
        part: the archive.
    """

    def __init__(self, part: Part) -> None:
        self._part = part
        self._proven: list[Candidate] = []
        self._known: dict[object, Candidate | None] = {}
        self.origins: dict[str, None] = {}
        self.end = 0

    def find(self, lock: object, cost: float, fits: Callable[[str], bool]) -> str | None:
        """The password of a lock, if it is at hand."""
        if lock not in self._known:
            found = next((each for each in self._proven if fits(each.word)), None)
            if found is None:
                found = next((each for each in self._part.passwords.offer(self._part, cost) if fits(each.word)), None)
                if found is not None:
                    self._part.passwords.opened(found)
                    self._proven.append(found)
                    self.origins[found.origin] = None
            self._known[lock] = found
        candidate = self._known[lock]
        return candidate.word if candidate is not None else None


# -- version 5 ------------------------------------------------------------------------------------------------------------


def open_new(part: Part, base: int) -> Copy:
    """A copy of a RAR 5 archive without the encryption of what a password at hand opens.

    Raises:
        Malformed: its headers are broken.
    """
    keys = _Keys(part)
    out = [MARKER_NEW]
    for header, data in _headers(part, base + len(MARKER_NEW), keys):
        reader = NewReader(header, 0, len(header))
        if reader.number() != _FILE:
            out += [_framed(header), data]
            continue
        plain = _plain_file(header, data, keys)
        out += [_framed(plain[0]), plain[1]] if plain is not None else [_framed(header), data]
    return Copy(b"".join(out), tuple(keys.origins), keys.end)


def _headers(part: Part, position: int, keys: _Keys) -> Iterator[tuple[bytes, bytes]]:
    """Each header, from its type on, and the data behind it; services and the encryption header are left out."""
    data = part.data
    key = b""
    for _ in range(_HEADERS):
        part.budget.check_time()
        block, begin = data, position
        if key:
            if position + 32 > len(data):
                return
            vector, start = data[position : position + 16], position + 16
            size = _frame(_aes(key, vector, data[start : start + 16]), 0)[1]
            whole = -(-size // 16) * 16
            block, begin = _aes(key, vector, data[start : start + whole]), 0
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
    """Where a header starts behind its CRC and size, and where it ends."""
    reader = NewReader(block, begin + 4, len(block))
    size = reader.number()
    if not 0 < size <= 1 << 21:
        raise Malformed("RAR5: header of impossible size")
    return reader.position, reader.position + size


def _plain_file(header: bytes, data: bytes, keys: _Keys) -> tuple[bytes, bytes] | None:
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
    content = _aes(_derived(lock, word), lock.vector, data)
    content = content[: _packed_size(content) if method >> 7 & 7 else size]
    # The checksum may be one that only the password's owner can compute; without it the copy says nothing wrong.
    body = [_number(file_flags & ~4), _number(size), _number(attributes), time, _number(method), _number(host)]
    body += [_number(len(name)), name]
    front = [_number(_FILE), _number(flags & ~1 | 2 | (1 if records else 0))]
    front += [_number(len(records))] if records else []
    return b"".join([*front, _number(len(content)), *body, records]), content


def _packed_size(content: bytes) -> int:
    """Where compressed data ends in front of the padding of its encryption: behind the block that says it is the last."""
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


# -- versions 3 and 4 -----------------------------------------------------------------------------------------------------

_BLOCK: Final = struct.Struct("<HBHH")
_FILE_HEAD, _SUB_HEAD, _MAIN_HEAD, _END_HEAD = 0x74, 0x7A, 0x73, 0x7B
_STORE: Final = 0x30


def open_old(part: Part, base: int) -> Copy:
    """A copy of a RAR 3 or 4 archive without the encryption of what a password at hand opens; see `open_new`."""
    keys = _Keys(part)
    data, position = part.data, base + len(MARKER_OLD)
    out = [MARKER_OLD]
    secret = ""
    for _ in range(_HEADERS):
        part.budget.check_time()
        if secret:
            salt, start = data[position : position + 8], position + 8
            if start + 16 > len(data):
                break
            key = _derived_old(secret, salt)
            size = _BLOCK.unpack_from(_aes(*key, data[start : start + 16]))[3]
            whole = -(-size // 16) * 16
            header = _aes(*key, data[start : start + whole])[:size]
            position = start + whole
        else:
            if position + _BLOCK.size > len(data):
                break
            size = _BLOCK.unpack_from(data, position)[3]
            header = data[position : position + size]
            position += size
        if size < _BLOCK.size or len(header) < size:
            raise Malformed("RAR: header of impossible size")
        _, kind, flags, _ = _BLOCK.unpack_from(header)
        packed = struct.unpack_from("<I", header, 7)[0] if (flags & 0x8000 or kind == _FILE_HEAD) and size >= 11 else 0
        content = data[position : position + packed]
        if kind == _MAIN_HEAD and flags & 0x80:
            header = _summed(header[:3] + struct.pack("<H", flags & ~0x80) + header[5:])
            found = keys.find("names", _OLD_COST, lambda word, at=position: _opens_names(data, at, word))  # type: ignore[misc]
            if found is None:
                return Copy(data[base:], ())
            secret = found
        elif kind == _FILE_HEAD and flags & 4 and size >= 32:
            header, content = _plain_old(header, content, flags, keys, secret)
        if kind != _SUB_HEAD:
            out += [header, content]
        if kind == _END_HEAD:
            keys.end = position
            break
        position += packed
    return Copy(b"".join(out), tuple(keys.origins), keys.end)


def _plain_old(header: bytes, content: bytes, flags: int, keys: _Keys, secret: str) -> tuple[bytes, bytes]:
    size, checksum, version, method = struct.unpack_from("<I1xI4xBB", header, 11)
    salt = _salt_old(header, flags)
    if salt is None or version < 29 or flags & 0x103:
        return header, content
    if method == _STORE:

        def fits(word: str) -> bool:
            return bool(zlib.crc32(_aes(*_derived_old(word, salt), content)[:size]) == checksum)

        found = keys.find((salt, checksum), _OLD_COST, fits)
    else:
        found = secret or None
    if found is None:
        return header, content
    plain = _aes(*_derived_old(found, salt), content)
    if method == _STORE:
        plain = plain[:size]
    head = bytearray(header)
    struct.pack_into("<H", head, 3, flags & ~4)
    struct.pack_into("<I", head, 7, len(plain))
    return _summed(bytes(head)), plain


def _salt_old(header: bytes, flags: int) -> bytes | None:
    """The salt of a file, which stands behind its name (SALT_FLAG); empty where it has none, None where it is cut."""
    if not flags & 0x400:
        return b""
    at = 32 + (8 if flags & 0x100 else 0) + struct.unpack_from("<H", header, 26)[0]
    salt = header[at : at + 8]
    return salt if len(salt) == 8 else None


def _opens_names(data: bytes, position: int, word: str) -> bool:
    """Whether the first hidden header has the checksum that it says it has."""
    start = position + 8
    if start + 16 > len(data):
        return False
    key = _derived_old(word, data[position:start])
    checksum, _, _, size = _BLOCK.unpack_from(_aes(*key, data[start : start + 16]))
    if not _BLOCK.size <= size <= 1 << 16:
        return False
    header = _aes(*key, data[start : start + -(-size // 16) * 16])[:size]
    return bool(zlib.crc32(header[2:]) & 0xFFFF == checksum and len(header) == size)


def _summed(header: bytes) -> bytes:
    return struct.pack("<H", zlib.crc32(header[2:]) & 0xFFFF) + header[2:]


def _derived_old(word: str, salt: bytes) -> tuple[bytes, bytes]:
    """Key and initial vector: SHA-1 over 2^18 records of password in UTF-16, salt, and a counter of three bytes; the vector is read on the way."""
    record = word.encode("utf-16-le", "surrogatepass") + salt + bytes(3)
    size, batch = len(record), _OLD_ROUNDS // 16
    block = bytearray(record * batch)
    low = bytes(range(256))
    block[size - 3 :: size] = low * (batch // 256)
    digest = hashlib.sha1(usedforsecurity=False)
    vector = bytearray()
    for number in range(16):
        first = number * batch >> 8
        high = [divmod(first + step, 256) for step in range(batch // 256)]
        block[size - 2 :: size] = b"".join(bytes([middle]) * 256 for _, middle in high)
        block[size - 1 :: size] = b"".join(bytes([top]) * 256 for top, _ in high)
        digest.update(memoryview(block)[:size])
        vector.append(digest.digest()[19])
        digest.update(memoryview(block)[size:])
    key = digest.digest()[:16]
    # Four words, each with its bytes turned round.
    return b"".join(key[at : at + 4][::-1] for at in (0, 4, 8, 12)), bytes(vector)


def _aes(key: bytes, vector: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return decryptor.update(data[: len(data) // 16 * 16]) + decryptor.finalize()
