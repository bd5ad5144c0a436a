"""Opens encrypted OpenDocument packages (ODF 1.3 part 2, 3.4 and 4.8): a copy of the package is made in memory whose members are not encrypted.

Each member has its own salt, vector and checksum in the manifest; the checksum covers the first 1024 bytes of the deflated content, so that a
password is told by decrypting that much of one member. Own code, because no library opens them; Blowfish and AES come from the cryptography package,
loaded when a password is tried.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final, NamedTuple
from xml.sax.saxutils import quoteattr

from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats._office.opc import attributes
from attachguard.part import Part
from attachguard.passwords import Candidate
from attachguard.readers.inflate import inflate
from attachguard.readers.ziparchive import Directory, Entry
from attachguard.readers.zipcontent import read_member

#: Bytes of a member that its checksum covers.
_SUMMED: Final = 1024
#: Rounds of PBKDF2 that are done for one password; LibreOffice writes 100,000.
_MOST_ROUNDS: Final = 2_000_000
#: About how many seconds one round takes.
_ROUND_COST: Final = 5e-7
#: Members that are decrypted, and bytes that the copy may hold.
_MEMBERS: Final = 2000
_COPY_BYTES: Final = 96 << 20
_ELEMENT: Final = re.compile(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(file-entry|encryption-data|algorithm|key-derivation|start-key-generation)\b([^<>]*)>"
)


class Lock(NamedTuple):
    """How one member is encrypted.

    Args:
        cipher: `blowfish cfb`, `aes128-cbc`, `aes192-cbc` or `aes256-cbc`.
        vector: initial vector.
        salt: of the key derivation.
        rounds: of PBKDF2.
        key_size: bytes of the key.
        start: digest that the password goes through first.
        digest: of the checksum.
        checksum: of the deflated content's beginning.
    """

    cipher: str
    vector: bytes
    salt: bytes
    rounds: int
    key_size: int
    start: str
    digest: str
    checksum: bytes


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
    for candidate in part.passwords.offer(part, lock.rounds * _ROUND_COST):
        if _fits(lock, view, _key(lock, candidate.word)):
            part.passwords.opened(candidate)
            return Copy(_copied(part, directory, locks, types, candidate.word), candidate)
    return None


def read_locks(manifest: bytes) -> dict[str, Lock]:
    """How each encrypted member is encrypted, by path; only those that can be opened here."""
    locks: dict[str, Lock] = {}
    values: dict[bytes, dict[str, str]] = {}
    path = ""

    def conclude() -> None:
        lock = _lock(values) if b"encryption-data" in values else None
        if lock is not None:
            locks[path] = lock

    for element, rest in _ELEMENT.findall(manifest):
        if element == b"file-entry":
            conclude()
            values = {}
            path = attributes(rest).get("full-path", "")
        else:
            values[element] = attributes(rest)
    conclude()
    return locks


def _lock(values: dict[bytes, dict[str, str]]) -> Lock | None:
    data, algorithm = values[b"encryption-data"], values.get(b"algorithm", {})
    derivation, start = values.get(b"key-derivation", {}), values.get(b"start-key-generation", {})
    cipher = algorithm.get("algorithm-name", "").rpartition("#")[2].lower()
    cipher = "blowfish cfb" if cipher == "blowfish" else cipher
    summed = data.get("checksum-type", "").rpartition("#")[2].lower().replace("/", "-")
    digest = {"sha1-1k": "sha1", "sha256-1k": "sha256"}.get(summed, "")
    first = start.get("start-key-generation-name", "SHA1").rpartition("#")[2].lower()
    if derivation.get("key-derivation-name", "").rpartition("#")[2].lower() != "pbkdf2" or not digest:
        return None
    try:
        rounds, size = int(derivation.get("iteration-count", "")), int(derivation.get("key-size", "16"))
        vector = base64.b64decode(algorithm.get("initialisation-vector", ""))
        salt, checksum = base64.b64decode(derivation.get("salt", "")), base64.b64decode(data.get("checksum", ""))
    except (ValueError, binascii.Error):
        return None
    sizes = {"blowfish cfb": range(4, 57), "aes128-cbc": (16,), "aes192-cbc": (24,), "aes256-cbc": (32,)}
    if size not in sizes.get(cipher, ()) or len(vector) != (8 if cipher == "blowfish cfb" else 16):
        return None
    if not 0 < rounds <= _MOST_ROUNDS or first not in ("sha1", "sha256"):
        return None
    return Lock(cipher, vector, salt, rounds, size, first, digest, checksum)


def _key(lock: Lock, word: str) -> bytes:
    start = hashlib.new(lock.start, word.encode("utf-8", "replace")).digest()
    return hashlib.pbkdf2_hmac("sha1", start, lock.salt, lock.rounds, lock.key_size)


def _fits(lock: Lock, view: memoryview, key: bytes) -> bool:
    """Whether the first bytes have the checksum of the manifest."""
    short = len(view) <= _SUMMED + 16
    plain = _decrypted(lock, view if short else view[:_SUMMED], key)
    plain = _unpadded(lock, plain) if short else plain
    return hashlib.new(lock.digest, plain[:_SUMMED]).digest() == lock.checksum


def _decrypted(lock: Lock, data: memoryview, key: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if lock.cipher == "blowfish cfb":
        from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
        from cryptography.hazmat.decrepit.ciphers.modes import CFB

        feedback = Cipher(Blowfish(key), CFB(lock.vector)).decryptor()
        return feedback.update(data) + feedback.finalize()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(lock.vector)).decryptor()
    return decryptor.update(data[: len(data) // 16 * 16]) + decryptor.finalize()


def _unpadded(lock: Lock, plain: bytes) -> bytes:
    """Without the padding of CBC: its last byte says how many bytes it has."""
    if lock.cipher == "blowfish cfb" or not plain:
        return plain
    return plain[: -plain[-1]] if 0 < plain[-1] <= 16 else plain


def _copied(part: Part, directory: Directory, locks: dict[str, Lock], types: dict[str, str], word: str) -> bytes:
    """The package written anew, its members stored as they are and a manifest that knows of no encryption."""
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
        for piece in inflate(_unpadded(lock, _decrypted(lock, view, key))):
            part.budget.charge(len(piece))
            pieces.append(piece)
            total += len(piece)
            if total > most:
                break
    except Malformed as error:
        entry.damage = str(error)
    return b"".join(pieces)


def _manifest(types: dict[str, str]) -> Iterator[bytes]:
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">\n'
    for path, kind in types.items():
        line = f"<manifest:file-entry manifest:full-path={quoteattr(path)} manifest:media-type={quoteattr(kind)}/>\n"
        yield line.encode("utf-8", "replace")
    yield b"</manifest:manifest>\n"
