"""Opens encrypted RAR 3 and 4 archives: AES-128 under 2^18 rounds of SHA-1, and nothing by which a password is told.

The checksum decides: of the first hidden header, of a stored member, or of a compressed one, which libarchive unpacks to prove a password.
Reference: `crypt3.cpp` of unrar. See `rarsecret` for what comes out.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import Final

from attachguard.errors import Malformed
from attachguard.formats.archive._rar.headers import MARKER_OLD
from attachguard.formats.archive._rar.secret import HEADERS, Copy, Keys
from attachguard.formats.archive.unpackers import tools_of, unpacked
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.crypto import aes

#: About how many seconds one derivation takes, and one whose key libarchive proves.
_COST, _PROOF_COST = 0.15, 0.2
#: Bytes that are unpacked for a proof.
_PROOF_BYTES: Final = 16 << 20
_ROUNDS: Final = 1 << 18

_BLOCK: Final = struct.Struct("<HBHH")
_FILE_HEAD, _SUB_HEAD, _MAIN_HEAD, _END_HEAD = 0x74, 0x7A, 0x73, 0x7B
_STORE: Final = 0x30
_ENCRYPTED, _SOLID = 0x04, 0x10
#: Parts of a member that goes on in another volume, and sizes of eight bytes.
_BEYOND: Final = 0x103


def open_old(part: Part, base: int) -> Copy:
    """A copy of a RAR 3 or 4 archive without the encryption of what a password at hand opens."""
    keys = Keys(part)
    data, position = part.data, base + len(MARKER_OLD)
    out = [MARKER_OLD]
    secret = ""
    for _ in range(HEADERS):
        part.budget.check_time()
        if secret:
            salt, start = data[position : position + 8], position + 8
            if start + 16 > len(data):
                break
            key = _derived_old(secret, salt)
            size = _BLOCK.unpack_from(aes.cbc(*key, data[start : start + 16]))[3]
            whole = -(-size // 16) * 16
            header = aes.cbc(*key, data[start : start + whole])[:size]
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
            found = keys.find("names", _COST, lambda word, at=position: _opens_names(data, at, word))  # type: ignore[misc]
            if found is None:
                return Copy(data[base:], ())
            secret = found
        elif kind == _FILE_HEAD and flags & _ENCRYPTED and size >= 32:
            header, content = _plain_old(part, header, content, flags, keys, secret)
        if kind != _SUB_HEAD:
            out += [header, content]
        if kind == _END_HEAD:
            keys.end = position
            break
        position += packed
    return Copy(b"".join(out), tuple(keys.origins), keys.end)


def _plain_old(part: Part, header: bytes, content: bytes, flags: int, keys: Keys, secret: str) -> tuple[bytes, bytes]:
    size, checksum, version, method = struct.unpack_from("<I1xI4xBB", header, 11)
    salt = _salt_old(header, flags)
    if salt is None or version < 29 or flags & _BEYOND:
        return header, content
    found: str | None = secret
    if method == _STORE:

        def fits(word: str) -> bool:
            return bool(zlib.crc32(aes.cbc(*_derived_old(word, salt), content)[:size]) == checksum)

        found = keys.find((salt, checksum), _COST, fits)
    elif not secret and size and not flags & _SOLID and tools_of(part).libarchive:
        found = keys.find((salt, checksum), _PROOF_COST, lambda word: _proves(part, header, content, word, salt))
    if not found:
        return header, content
    plain = aes.cbc(*_derived_old(found, salt), content)
    if method == _STORE:
        plain = plain[:size]
    return _open_header(header, plain), plain


def _open_header(header: bytes, plain: bytes) -> bytes:
    """The header of a file that is not encrypted any more."""
    head = bytearray(header)
    (flags,) = struct.unpack_from("<H", head, 3)
    struct.pack_into("<H", head, 3, flags & ~_ENCRYPTED)
    struct.pack_into("<I", head, 7, len(plain))
    return _summed(bytes(head))


def _proves(part: Part, header: bytes, content: bytes, word: str, salt: bytes) -> bool:
    """Whether libarchive unpacks a compressed member to its checksum."""
    key = _derived_old(word, salt)
    first = aes.cbc(*key, content[:16])[:1]
    # A first block of text begins a model of its own, and a first block of the other kind keeps no table of one before it.
    if not first or (not first[0] & 0x20 if first[0] & 0x80 else first[0] & 0x40):
        return False
    plain = aes.cbc(*key, content)
    (checksum,) = struct.unpack_from("<I", header, 16)
    main = _summed(b"\0\0" + struct.pack("<BHH", _MAIN_HEAD, 0, 13) + bytes(6))
    whole = b"".join([MARKER_OLD, main, _open_header(header, plain), plain])
    for found in unpacked(part, whole, ("rar",), "", ["member"], (), "RAR4"):
        if isinstance(found, Finding) or found[1] is None:
            return False
        total = value = 0
        try:
            for piece in found[1]:
                value = zlib.crc32(piece, value)
                total += len(piece)
                if total > _PROOF_BYTES:
                    return True
        except Malformed:
            return False
        return bool(value == checksum)
    return False


def _salt_old(header: bytes, flags: int) -> bytes | None:
    """The salt of a file, which follows its name (SALT_FLAG); empty where it has none, None where it is cut."""
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
    checksum, _, _, size = _BLOCK.unpack_from(aes.cbc(*key, data[start : start + 16]))
    if not _BLOCK.size <= size <= 1 << 16:
        return False
    header = aes.cbc(*key, data[start : start + -(-size // 16) * 16])[:size]
    return bool(zlib.crc32(header[2:]) & 0xFFFF == checksum and len(header) == size)


def _summed(header: bytes) -> bytes:
    return struct.pack("<H", zlib.crc32(header[2:]) & 0xFFFF) + header[2:]


def _derived_old(word: str, salt: bytes) -> tuple[bytes, bytes]:
    """Key and initial vector: SHA-1 over 2^18 records of password in UTF-16, salt, and a counter of three bytes; the vector is read on the way."""
    record = word.encode("utf-16-le", "surrogatepass") + salt + bytes(3)
    size, batch = len(record), _ROUNDS // 16
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
