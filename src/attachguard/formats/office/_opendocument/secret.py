"""Opens encrypted OpenDocument packages (ODF 1.3 part 2, 3.4 and 4.8): a copy of the package is made in memory whose members are not encrypted.

Each member has its own salt, vector and checksum in the manifest; the checksum covers the first 1024 bytes of the deflated content, so that a
password is recognised by decrypting that much of one member. Since version 24.2 LibreOffice encrypts the package as one member, under AES-GCM,
whose tag tells a password, and Argon2id.

Why our own: no library opens them; Blowfish and AES come from the cryptography package, loaded when a password is tried.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.containers.zip import read_member
from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats.office._opendocument.locks import Lock, read_locks
from attachguard.part import Part
from attachguard.passwords import Candidate, Candidates
from attachguard.readers.crypto import aes
from attachguard.readers.packed.inflate import inflate
from attachguard.readers.zip.archive import Directory, Entry

#: Bytes of a member that its checksum covers.
_SUMMED: Final = 1024
#: The member that holds the whole document.
_PACKAGE: Final = "encrypted-package"
#: Members that are decrypted, and bytes that the copy may hold.
_MEMBERS: Final = 2000
_COPY_BYTES: Final = 96 << 20


class Copy(NamedTuple):
    """A package without its encryption, and the password that opened it."""

    data: bytes
    candidate: Candidate


def unlock(part: Part, directory: Directory, manifest: bytes, types: dict[str, str]) -> Copy | None:
    """The package without its encryption, if a password at hand opens it.

    Args:
        part: the package.
        directory: its members.
        manifest: the text of `META-INF/manifest.xml`.
        types: media type of each member, by path.

    Raises:
        LimitExceeded: it unpacks to too much.
    """
    locks = read_locks(manifest)
    entries = {entry.name: entry for entry in directory.entries if entry.name in locks and entry.start >= 0}
    if not entries or len(entries) > _MEMBERS:
        return None
    # The smallest member tells a password with the least work.
    name, entry = min(entries.items(), key=lambda each: (each[1].packed, each[0]))
    lock, view = locks[name], memoryview(directory.data)[entry.start : entry.start + entry.packed]
    for candidate in part.context.get(Candidates).offer(part, lock.cost):
        if _fits(lock, view, _key(lock, candidate.word)):
            part.context.get(Candidates).opened(candidate)
            return Copy(_copied(part, directory, locks, types, candidate.word), candidate)
    return None


def _key(lock: Lock, word: str) -> bytes:
    start = hashlib.new(lock.start, word.encode("utf-8", "replace")).digest()
    if not lock.memory:
        return hashlib.pbkdf2_hmac("sha1", start, lock.salt, lock.rounds, lock.key_size)
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    argon = Argon2id(
        salt=lock.salt, length=lock.key_size, iterations=lock.rounds, lanes=lock.lanes, memory_cost=lock.memory
    )
    return bytes(argon.derive(start))


def _fits(lock: Lock, view: memoryview, key: bytes) -> bool:
    """Whether the first bytes have the checksum of the manifest."""
    if lock.sealed:
        try:
            _decrypted(lock, view, key)
        except Malformed:
            return False
        return True
    short = len(view) <= _SUMMED + 16
    plain = _decrypted(lock, view if short else view[:_SUMMED], key)
    plain = _unpadded(lock, plain) if short else plain
    return hashlib.new(lock.digest, plain[:_SUMMED]).digest() == lock.checksum


def _decrypted(lock: Lock, data: memoryview, key: bytes) -> bytes:
    if lock.cipher == "blowfish cfb":
        from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
        from cryptography.hazmat.decrepit.ciphers.modes import CFB
        from cryptography.hazmat.primitives.ciphers import Cipher

        feedback = Cipher(Blowfish(key), CFB(lock.vector)).decryptor()
        return feedback.update(data) + feedback.finalize()
    if lock.sealed:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        # The vector precedes the content too, as in XML Encryption 1.1 (5.2.4).
        begin = len(lock.vector) if data[: len(lock.vector)] == lock.vector else 0
        try:
            return AESGCM(key).decrypt(lock.vector, data[begin:], None)
        except (InvalidTag, ValueError) as error:
            raise Malformed("ODF: the tag of an encrypted member is wrong") from error
    return aes.cbc(key, lock.vector, data)


def _unpadded(lock: Lock, plain: bytes) -> bytes:
    """Without the padding of CBC: its last byte says how many bytes it has."""
    if not lock.cipher.endswith("-cbc") or not plain:
        return plain
    return plain[: -plain[-1]] if 0 < plain[-1] <= 16 else plain


def _copied(part: Part, directory: Directory, locks: dict[str, Lock], types: dict[str, str], word: str) -> bytes:
    """The package written anew, its members stored as they are and a manifest that knows of no encryption; or the package that is a member."""
    package = next((entry for entry in directory.entries if entry.name == _PACKAGE), None)
    if package is not None and _PACKAGE in locks:
        sealed = locks[_PACKAGE]
        return _content(part, directory, package, sealed, _key(sealed, word), _COPY_BYTES)
    target = io.BytesIO()
    left = min(_COPY_BYTES, max(part.budget.limits.ratio_floor, part.budget.limits.ratio * len(part.data)))
    keys: dict[tuple[bytes, int], bytes] = {}
    written: set[str] = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as writer:
        for entry in sorted(directory.entries, key=lambda each: each.name != "mimetype"):
            part.budget.check_time()
            name = entry.name
            if entry.folder or name in written or name.lower() == "meta-inf/manifest.xml":
                continue
            lock = locks.get(name)
            if lock is not None and entry.start >= 0:
                key = keys.get((lock.salt, lock.rounds))
                if key is None:
                    key = keys[lock.salt, lock.rounds] = _key(lock, word)
                content = _content(part, directory, entry, lock, key, left)
            else:
                content = read_member(part, entry, left)
            left -= len(content)
            if left <= 0:
                raise LimitExceeded("ratio", "an encrypted document unpacks to more than is looked at")
            written.add(name)
            writer.writestr(zipfile.ZipInfo(name), content)
        writer.writestr(zipfile.ZipInfo("META-INF/manifest.xml"), b"".join(_manifest(types)))
    return target.getvalue()


def _content(part: Part, directory: Directory, entry: Entry, lock: Lock, key: bytes, most: int) -> bytes:
    """A member's content, as far as it can be had."""
    view = memoryview(directory.data)[entry.start : entry.start + entry.packed]
    pieces: list[bytes] = []
    total = 0
    try:
        plain = _unpadded(lock, _decrypted(lock, view, key))
        if plain.startswith(b"PK\3\4") and entry.name == _PACKAGE:
            return plain  # the one member that need not be deflated
        for piece in inflate(plain):
            part.budget.charge(len(piece))
            pieces.append(piece)
            total += len(piece)
            if total > most:
                break
    except Malformed as error:
        entry.damage = str(error)
    return b"".join(pieces)


def _manifest(types: dict[str, str]) -> Iterator[bytes]:
    from xml.sax.saxutils import quoteattr  # its package loads urllib, http, ssl and email

    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">\n'
    for path, kind in types.items():
        line = f"<manifest:file-entry manifest:full-path={quoteattr(path)} manifest:media-type={quoteattr(kind)}/>\n"
        yield line.encode("utf-8", "replace")
    yield b"</manifest:manifest>\n"
