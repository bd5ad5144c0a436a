"""Whether a password fits an encrypted PDF, from its encryption dictionary alone (ISO 32000-2, 7.6.4).

Revisions 2 to 4 derive a key with MD5 and test it with RC4, revision 5 and 6 compare hashes; AES, which the hash of revision 6 is made of, is loaded
when such a file is tried.

Why our own: qpdf answers the same question by opening the whole file anew for every password.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard._core.rc4 import rc4
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.syntax import Value
from attachguard.readers.crypto import aes

#: What passwords are filled up with (7.6.4.3.2, step a).
_PADDING: Final = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
#: Longest password of revisions 5 and 6, in bytes of UTF-8 (7.6.4.3.3).
_LONGEST: Final = 127
#: Versions and revisions of the handler that go together.
_USUAL: Final = frozenset(((1, 2), (2, 3), (4, 4), (5, 5), (5, 6)))
#: What getting at a key takes, in looks of ten microseconds: two hashes of algorithm 2.B, or some seventy of MD5 and RC4.
_SLOW_KEY, _KEY = 300, 10
#: Bytes of the key of the file under a password of theirs (7.6.4.4.7).
_SEALED: Final = 32
#: Rounds that the hash of revision 6 may go on for; it ends after 64 plus what its data says, and hardly ever needs 100 more.
_MOST_ROUNDS: Final = 2048
#: Bytes exclusive-or a number, for the twenty turns of algorithm 5.
_TURNS: Final = tuple(bytes(byte ^ number for byte in range(256)) for number in range(20))


class Lock(NamedTuple):
    """What the standard security handler stores to test a password by (table 21).

    Args:
        revision: of the handler.
        owner: entry `O`.
        user: entry `U`.
        permissions: entry `P` as four bytes.
        size: bytes of the key.
        ident: first half of the file's identifier.
        plain_metadata: whether the metadata is left unencrypted.
        sealed: entry `UE`, the key of the file under the user's password, since revision 5.
        usual: whether version, revision and length go together as they should, and every trailer names this handler; where not, readers differ.
    """

    revision: int
    owner: bytes
    user: bytes
    permissions: bytes
    size: int
    ident: bytes
    plain_metadata: bool
    sealed: bytes
    usual: bool

    @property
    def looks(self) -> int:
        """What getting at the key takes, see `Budget.spare`."""
        return _SLOW_KEY if self.revision == 6 else _KEY

    def fits(self, password: bytes) -> bool:
        """Whether this is the user's or the owner's password."""
        if self.revision >= 5:
            password = password[:_LONGEST]
            return self._hashed(password, self.user[32:40], b"") == self.user[:32] or (
                self._hashed(password, self.owner[32:40], self.user[:48]) == self.owner[:32]
            )
        return bool(self._old_key(password) or self._old_key(self._user_of(password)))

    def key(self, password: bytes) -> bytes:
        """The key of the file, if this is the user's password; empty otherwise (algorithms 2 and 2.A)."""
        if self.revision < 5:
            return self._old_key(password)
        password = password[:_LONGEST]
        if len(self.sealed) < _SEALED or self._hashed(password, self.user[32:40], b"") != self.user[:32]:
            return b""
        return aes.cbc(self._hashed(password, self.user[40:48], b""), bytes(aes.BLOCK), self.sealed[:_SEALED])

    def _old_key(self, password: bytes) -> bytes:
        """The key up to revision 4, where the password gives the right one (algorithms 2, 4, 5 and 6)."""
        seed = _padded(password) + self.owner[:32] + self.permissions + self.ident
        if self.revision >= 4 and self.plain_metadata:
            seed += b"\xff\xff\xff\xff"
        key = hashlib.md5(seed, usedforsecurity=False).digest()
        if self.revision == 2:
            key = key[: self.size]
            return key if rc4(key, _PADDING) == self.user[:32] else b""
        for _ in range(50):
            key = hashlib.md5(key[: self.size], usedforsecurity=False).digest()
        key = key[: self.size]
        value = hashlib.md5(_PADDING + self.ident, usedforsecurity=False).digest()
        for number in range(20):
            value = rc4(_turned(key, number), value)
        return key if value == self.user[:16] else b""

    def _user_of(self, password: bytes) -> bytes:
        """The user's password, if this one is the owner's (algorithm 7)."""
        key = hashlib.md5(_padded(password), usedforsecurity=False).digest()
        if self.revision == 2:
            return rc4(key[: self.size], self.owner[:32])
        for _ in range(50):
            key = hashlib.md5(key, usedforsecurity=False).digest()
        key = key[: self.size]
        value = self.owner[:32]
        for number in reversed(range(20)):
            value = rc4(_turned(key, number), value)
        return value

    def _hashed(self, password: bytes, salt: bytes, user: bytes) -> bytes:
        """Algorithm 2.B; revision 5 has only its first step."""
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        value = hashlib.sha256(password + salt + user).digest()
        if self.revision == 5:
            return value
        for number in range(_MOST_ROUNDS):
            block = (password + value + user) * 64
            encryptor = Cipher(algorithms.AES(value[:16]), modes.CBC(value[16:32])).encryptor()
            mixed = encryptor.update(block) + encryptor.finalize()
            digest = ("sha256", "sha384", "sha512")[sum(mixed[:16]) % 3]
            value = hashlib.new(digest, mixed).digest()
            if number >= 63 and mixed[-1] <= number - 31:
                break
        return value[:32]


def read_lock(document: Document, handler: dict[str, Value]) -> Lock | None:
    """What tests a password in this file; None where the dictionary has not what is needed."""
    values = {
        key: document.resolve(handler.get(key)) for key in ("R", "V", "O", "U", "UE", "P", "Length", "EncryptMetadata")
    }
    revision, owner, user, permissions = values["R"], values["O"], values["U"], values["P"]
    if not isinstance(revision, int) or not isinstance(owner, bytes) or not isinstance(user, bytes):
        return None
    if revision not in (2, 3, 4, 5, 6) or not isinstance(permissions, int):
        return None
    if len(owner) < (48 if revision >= 5 else 32) or len(user) < (48 if revision >= 5 else 32):
        return None
    length = values["Length"]
    version = values["V"] if isinstance(values["V"], int) else 0
    bits = 40 if revision == 2 else 128 if version == 4 else length if isinstance(length, int) else 40
    usual = (version, revision) in _USUAL and document.agrees(handler)
    if version == 2:
        usual = usual and isinstance(length, int) and 40 <= bits <= 128 and bits % 8 == 0
    if not 40 <= bits <= 128:
        bits = 128
    ident = next(_identifiers(document), b"")
    return Lock(
        revision,
        owner,
        user,
        (permissions & 0xFFFFFFFF).to_bytes(4, "little"),
        bits // 8,
        ident,
        values["EncryptMetadata"] is False,
        values["UE"] if isinstance(values["UE"], bytes) else b"",
        usual,
    )


def _identifiers(document: Document) -> Iterator[bytes]:
    for trailer in document.trailers():
        pair = document.resolve(trailer.get("ID"))
        first = document.resolve(pair[0]) if isinstance(pair, list) and pair else None
        if isinstance(first, bytes):
            yield first


def encoded(password: str, revision: int) -> Iterator[bytes]:
    """A password in bytes: UTF-8 since revision 5; before, what Windows has for what people type, and what programs wrote instead."""
    utf8 = password.encode("utf-8", "replace")
    if revision >= 5 or utf8.isascii():
        yield utf8
        return
    for charset in ("cp1252", "cp1250", "cp1254"):
        try:
            yield password.encode(charset)
        except UnicodeEncodeError:
            continue
    yield utf8


def _padded(password: bytes) -> bytes:
    return (password + _PADDING)[:32]


def _turned(key: bytes, number: int) -> bytes:
    return key.translate(_TURNS[number])
