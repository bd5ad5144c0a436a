"""Opens OpenPGP messages that are encrypted with a passphrase (RFC 9580 sections 3.7, 5.3, 5.7 and 5.13.1).

A passphrase becomes a key through a string-to-key specifier, which is what costs time; two repeated bytes at the beginning of the data tell a wrong
one, the digest at its end proves the right one. AEAD (version 2 of the data packet), Argon2 and Twofish are not opened.

Why our own: no library does it in memory without a key ring; ciphers come from the cryptography package, loaded when a passphrase is tried.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from attachguard.part import Part
from attachguard.passwords import Candidate, Candidates
from attachguard.readers.crypto.pgppackets import (
    ENCRYPTED,
    ENCRYPTED_INTEGRITY,
    PASSWORD_SESSION,
    all_packets,
    packet_at,
)

#: Hash algorithms (9.5), and size of block and key of the ciphers (9.3) in bytes.
_HASHES: Final = {
    1: "md5",
    2: "sha1",
    8: "sha256",
    9: "sha384",
    10: "sha512",
    11: "sha224",
    12: "sha3_256",
    14: "sha3_512",
}
_CIPHERS: Final = {
    2: ("TripleDES", 8, 24), 3: ("CAST5", 8, 16), 4: ("Blowfish", 8, 16), 7: ("AES", 16, 16), 8: ("AES", 16, 24), 9: ("AES", 16, 32),
    11: ("Camellia", 16, 16), 12: ("Camellia", 16, 24), 13: ("Camellia", 16, 32),
}  # fmt: skip
_SIMPLE, _SALTED, _ITERATED = 0, 1, 3
#: About how many seconds it takes to hash one byte.
_BYTE_COST: Final = 1.5e-9
_STEP: Final = 1 << 16
#: Encrypted content that is opened, and passphrases of one message that are looked at.
_MOST: Final = 96 << 20
_LOCKS: Final = 4
#: The packet with the digest at the end: its header and its size with that (5.13.1).
_DIGEST_HEAD: Final = b"\xd3\x14"
_DIGEST_SIZE: Final = 22


class _Lock(NamedTuple):
    """A symmetric-key encrypted session key packet: cipher, hash, salt, octets to hash, the session key where it is not the derived key itself."""

    cipher: int
    digest: str
    salt: bytes
    octets: int
    session: bytes


def open_message(part: Part, data: bytes) -> tuple[bytes, Candidate] | None:
    """The packets inside an encrypted message and the passphrase that opened it; None where none did.

    Args:
        part: whose passwords and budget are used.
        data: the message, without armour.
    """
    locks: list[_Lock] = []
    for packet in all_packets(data):
        if packet.tag == PASSWORD_SESSION and len(locks) < _LOCKS:
            locks += _locks(packet.body(data))
        elif packet.tag in (ENCRYPTED, ENCRYPTED_INTEGRITY):
            body = packet.body(data)
            whole = packet.tag == ENCRYPTED_INTEGRITY
            if locks and len(body) <= _MOST and not (whole and body[:1] != b"\1"):
                return _search(part, locks, body[1:] if whole else body, whole=whole)
            return None
    return None


def _search(part: Part, locks: list[_Lock], body: bytes, *, whole: bool) -> tuple[bytes, Candidate] | None:
    """Try the passwords at hand; `whole` says that the data ends with a digest."""
    memory = [
        part.context.get(Candidates).derived(("pgp", lock.digest, lock.salt, lock.octets, lock.cipher))
        for lock in locks
    ]
    cost = sum(lock.octets for lock in locks) * _BYTE_COST
    for candidate in part.context.get(Candidates).offer(part, cost, memory[0]):
        for lock, known in zip(locks, memory, strict=True):
            if candidate.word not in known:
                known[candidate.word] = _derived(lock, candidate.word.encode("utf-8", "replace"))
            for cipher, key in _session(lock, known[candidate.word]):
                content = _decrypted(cipher, key, body, whole=whole)
                if content is not None:
                    part.context.get(Candidates).opened(candidate)
                    part.budget.charge(len(content))
                    return content, candidate
    return None


def _locks(body: bytes) -> Iterator[_Lock]:
    """The packet, where it is one that can be opened (5.3.1, 3.7.1)."""
    if len(body) < 4 or body[0] != 4 or body[1] not in _CIPHERS or body[3] not in _HASHES:
        return
    kind, digest = body[2], _HASHES[body[3]]
    if kind == _SIMPLE:
        yield _Lock(body[1], digest, b"", 0, body[4:])
    elif kind == _SALTED and len(body) >= 12:
        yield _Lock(body[1], digest, body[4:12], 0, body[12:])
    elif kind == _ITERATED and len(body) >= 13:
        count = (16 + (body[12] & 15)) << ((body[12] >> 4) + 6)
        yield _Lock(body[1], digest, body[4:12], count, body[13:])


def _derived(lock: _Lock, word: bytes) -> bytes:
    """The key: digests over salt and passphrase, repeated up to the count, the second one after a zero byte and so on."""
    record = lock.salt + word
    count = max(lock.octets, len(record))
    block = record * (_STEP // max(1, len(record)) + 1)
    size = _CIPHERS[lock.cipher][2]
    key = b""
    while len(key) < size:
        digest = hashlib.new(lock.digest, bytes(len(key) // max(1, hashlib.new(lock.digest).digest_size)))
        left = count
        while left > 0 and record:
            digest.update(block if left >= len(block) else block[:left])
            left -= len(block)
        key += digest.digest()
    return key[:size]


def _session(lock: _Lock, key: bytes) -> Iterator[tuple[int, bytes]]:
    """Cipher and key of the data: the derived key, or what it decrypts to."""
    if not lock.session:
        yield lock.cipher, key
        return
    plain = _cfb(lock.cipher, key, bytes(_CIPHERS[lock.cipher][1]), lock.session)
    if plain[0] in _CIPHERS and len(plain) == 1 + _CIPHERS[plain[0]][2]:
        yield plain[0], plain[1:]


def _decrypted(cipher: int, key: bytes, body: bytes, *, whole: bool) -> bytes | None:
    """The packets inside; None under a wrong key."""
    block = _CIPHERS[cipher][1]
    head = _cfb(cipher, key, bytes(block), body[: block + 2])
    if len(head) < block + 2 or head[-2:] != head[-4:-2]:
        return None
    if not whole:
        # Without a digest the cipher starts anew after the random bytes (13.9 of RFC 4880).
        content = _cfb(cipher, key, body[2 : block + 2], body[block + 2 :])
        return content if packet_at(content, 0) is not None else None
    plain = _cfb(cipher, key, bytes(block), body)
    digest = hashlib.sha1(plain[:-20], usedforsecurity=False).digest()
    if plain[-_DIGEST_SIZE:-20] != _DIGEST_HEAD or plain[-20:] != digest:
        return None
    return plain[block + 2 : -_DIGEST_SIZE]


def _cfb(cipher: int, key: bytes, vector: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.decrepit.ciphers import algorithms as old
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

    name = _CIPHERS[cipher][0]
    make: Any = getattr(algorithms if name == "AES" else old, name)
    decryptor = Cipher(make(key), CFB(vector)).decryptor()
    return decryptor.update(data) + decryptor.finalize()
