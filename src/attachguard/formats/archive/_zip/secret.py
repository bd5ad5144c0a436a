"""Encrypted members of ZIP archives: which scheme, and whether one of the passwords at hand opens them.

Traditional encryption (APPNOTE.TXT 6.1) and WinZip's AES (AE-1 and AE-2, https://www.winzip.com/en/support/aes-encryption/) are opened; PKWARE's
strong encryption (APPNOTE.TXT 7) is only recognised. The primitives of AES come from the cryptography package, loaded when a password is tried.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from attachguard._core import zipcrypto
from attachguard.errors import ChecksumFailed, Malformed
from attachguard.formats.archive.members import remedy
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.passwords import Candidates, untried
from attachguard.readers.zip.archive import DEFLATED, Directory, Entry, extra_field
from attachguard.readers.zip.content import unpack

#: Bytes of one member that a trial unpacks at most, and at first.
_TRIAL_BYTES: Final = 64 << 20
_FIRST_BYTES: Final = 4096
_OPENED: Final = ("ZipCrypto", "WinZip AES-")
_EXTRA_AES: Final = 0x9901
_SALT: Final = {1: 8, 2: 12, 3: 16}
_VERIFIER: Final = 2
_CODE: Final = 10
_ITERATIONS: Final = 1000
_BLOCKS: Final = 4096
#: The method that is left to libarchive, and what its member is called for that.
_PPMD: Final = 98
_ALONE: Final = "member"


class Opened:
    """What came of the encrypted members of an archive.

    Args:
        finding: the report of their encryption.
        passwords: the password of each member that could be opened, by its number; None for one that needs none.
        part: the archive.
        directory: what is in it.
    """

    __slots__ = ("_directory", "_part", "_passwords", "finding")

    def __init__(self, finding: Finding, passwords: dict[int, bytes | None], part: Part, directory: Directory) -> None:
        self.finding = finding
        self._passwords = passwords
        self._part = part
        self._directory = directory

    def content(self, entry: Entry) -> Iterator[bytes] | None:
        """The content of a member, or None where no password opens it."""
        if entry.number not in self._passwords:
            return None
        password = self._passwords[entry.number]
        view = memoryview(self._directory.data)[entry.start : entry.start + entry.packed]
        if password is None:
            entry.surprise = "is encrypted by its headers and is not"
            return unpack(view, entry)
        return _decrypted(self._part, view, entry, password)


def open_encrypted(part: Part, directory: Directory) -> Opened:
    """Try the passwords on the encrypted members and set the encryption state of the archive."""
    locked = [entry for entry in directory.entries if entry.scheme]
    files = sum(1 for entry in directory.entries if not entry.folder)
    schemes = ", ".join(scheme for scheme, _ in Counter(entry.scheme for entry in locked).most_common(3))
    passwords: dict[int, bytes | None] = {}
    origins: dict[str, None] = {}
    proven: list[bytes] = []
    for entry in locked:
        part.budget.check_time()
        if entry.start < 0:
            continue
        view = memoryview(directory.data)[entry.start : entry.start + entry.packed]
        if _is_plain(view, entry):
            passwords[entry.number] = None
            continue
        if not entry.scheme.startswith(_OPENED):
            continue
        # Members mostly share one password.
        found = next((each for each in proven if _fits(part, directory, entry, view, each)), None)
        if found is None:
            found = _search(part, directory, entry, view, origins)
            if found is not None:
                proven.append(found)
        if found is not None:
            passwords[entry.number] = found
    known = all(passwords.get(entry.number) is not None for entry in locked)
    detail = f"ZIP: {schemes}, {len(locked)} of {files} members"
    if known:
        finding = part.encrypted("known-password", f"{detail}, password from {' and '.join(origins)}")
    else:
        finding = part.encrypted("unknown-password", detail + untried(part))
    return Opened(finding, passwords, part, directory)


def _is_plain(view: memoryview, entry: Entry) -> bool:
    """Whether a member that says to be encrypted comes out as it should without any password; ciphertext fails within a few bytes."""
    if entry.scheme.startswith("WinZip") or not entry.checksum:
        return False
    total = 0
    try:
        for piece in unpack(view, entry):
            total += len(piece)
            if total > _TRIAL_BYTES:
                return False
        return not entry.surprise
    except Malformed:
        return False
    finally:
        entry.surprise, entry.sound = "", False


def _search(part: Part, directory: Directory, entry: Entry, view: memoryview, origins: dict[str, None]) -> bytes | None:
    """The password of a member, if it is at hand; where it came from is added to `origins`."""
    for candidate in part.context.get(Candidates).offer(part):
        for encoded in _encoded(candidate.word):
            if _fits(part, directory, entry, view, encoded):
                part.context.get(Candidates).opened(candidate)
                origins[candidate.origin] = None
                return encoded
    return None


def _encoded(password: str) -> Iterator[bytes]:
    """A password in bytes; the format does not say in which encoding, so those of Unix and of Windows in the West are tried."""
    utf8 = password.encode("utf-8", "replace")
    yield utf8
    if not utf8.isascii():
        for charset in ("cp1252", "cp437", "cp1250", "cp1254"):
            with suppress(UnicodeEncodeError):
                yield password.encode(charset)


def _fits(part: Part, directory: Directory, entry: Entry, view: memoryview, password: bytes) -> bool:
    """Whether a password opens a member, checked on its whole content where that is not too long."""
    if entry.scheme == "ZipCrypto":
        if len(view) < zipcrypto.HEADER:
            return False
        check = zipcrypto.decrypt(bytes(view[: zipcrypto.HEADER]), password, zipcrypto.HEADER)[-1]
        # 6.1.6: the high byte of the checksum; writers that stream do not know it yet and take that of the time.
        if check != entry.checksum >> 24 and check != directory.data[entry.place + 11]:
            return False
        if entry.method == DEFLATED and not _begins_well(view, password):
            return False
        return _unpacks(part, view, entry, password)
    keys = _aes_keys(entry, view, password)
    # One wrong password in 65,536 passes the verifier; the code over the content tells, or, where that is damaged, the content itself.
    return keys is not None and (_authentic(view, entry, keys[1]) or _unpacks(part, view, entry, password))


def _begins_well(view: memoryview, password: bytes) -> bool:
    """Whether the first bytes come out as deflate data: what a wrong password gives hardly ever does."""
    plain = zipcrypto.decrypt(bytes(view[:_FIRST_BYTES]), password, _FIRST_BYTES)
    try:
        zlib.decompressobj(-15).decompress(plain[zipcrypto.HEADER :], _FIRST_BYTES)
    except zlib.error:
        return False
    return True


def _unpacks(part: Part, view: memoryview, entry: Entry, password: bytes) -> bool:
    """Whether a password gives the content that the checksum promises."""
    try:
        total = 0
        for piece in _decrypted(part, view, entry, password):
            total += len(piece)
            if total > _TRIAL_BYTES:
                return True
    except Malformed:
        return False
    finally:
        entry.surprise = ""
    # AE-2 leaves the checksum out, and then only the code over the content can tell.
    return bool(entry.checksum)


def _decrypted(part: Part, view: memoryview, entry: Entry, password: bytes) -> Iterator[bytes]:
    if entry.scheme == "ZipCrypto":
        plain = zipcrypto.decrypt(bytes(view), password, len(view))
        yield from _content(part, memoryview(plain)[zipcrypto.HEADER :], entry, entry.method)
        return
    keys = _aes_keys(entry, view, password)
    if keys is None:
        raise Malformed("ZIP: the password does not open this member")
    strength, method = _aes_parameters(entry)
    body = view[_SALT[strength] + _VERIFIER : len(view) - _CODE]
    damaged = not _authentic(view, entry, keys[1])
    yield from _content(part, memoryview(_counter_mode(keys[0], body)), entry, method)
    if damaged:
        raise ChecksumFailed("ZIP: the authentication code of an encrypted member is wrong")


def _content(part: Part, plain: memoryview, entry: Entry, method: int) -> Iterator[bytes]:
    """What a decrypted member unpacks to."""
    if method != _PPMD:
        yield from unpack(plain, entry, method)
        return
    from attachguard.formats.archive.unpackers import unpacked

    checksum = 0
    # AE-2 leaves the checksum out, which libarchive would take for a wrong one.
    for found in unpacked(part, _alone(plain, entry), ("zip", "zip:ignorecrc32"), "", [_ALONE], (), "ZIP"):
        if isinstance(found, Finding) or found[1] is None:
            raise Malformed(f"ZIP: compression method PPMd cannot be unpacked here{remedy(part, 'zip', library=True)}")
        for piece in found[1]:
            checksum = zlib.crc32(piece, checksum)
            yield piece
    if entry.checksum and checksum != entry.checksum:
        raise ChecksumFailed("ZIP: the checksum of a member does not match its content")


def _alone(plain: memoryview, entry: Entry) -> bytes:
    """An archive with nothing but one member, packed with PPMd."""
    name = _ALONE.encode("ascii")
    head = struct.pack("<5H3I2H", 63, 0, _PPMD, 0, 0, entry.checksum, len(plain), entry.size, len(name), 0)
    local = b"PK\3\4" + head + name + plain
    directory = b"PK\1\2" + struct.pack("<H", 63) + head + bytes(14) + name
    return local + directory + b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 1, 1, len(directory), len(local), 0)


def _authentic(view: memoryview, entry: Entry, key: bytes) -> bool:
    """Whether the authentication code after the content of an AES member is right."""
    strength, _ = _aes_parameters(entry)
    body = view[_SALT[strength] + _VERIFIER : len(view) - _CODE]
    return bool(bytes(view[len(view) - _CODE :]) == hmac.digest(key, body, "sha1")[:_CODE])


def _aes_parameters(entry: Entry) -> tuple[int, int]:
    """Strength and true compression method from the AES extra field."""
    field = extra_field(entry.extra, _EXTRA_AES)
    return (field[4], field[5] | field[6] << 8) if len(field) >= 7 and field[4] in _SALT else (0, 0)


def _aes_keys(entry: Entry, view: memoryview, password: bytes) -> tuple[bytes, bytes] | None:
    """Keys for decryption and authentication; None where the verifier says that the password is wrong."""
    strength, _ = _aes_parameters(entry)
    if not strength or len(view) < _SALT[strength] + _VERIFIER + _CODE:
        return None
    salt, size = bytes(view[: _SALT[strength]]), 8 + 8 * strength
    derived = hashlib.pbkdf2_hmac("sha1", password, salt, _ITERATIONS, 2 * size + _VERIFIER)
    if derived[-_VERIFIER:] != view[len(salt) : len(salt) + _VERIFIER]:
        return None
    return derived[:size], derived[size : 2 * size]


def _counter_mode(key: bytes, data: memoryview) -> bytes:
    """AES in counter mode as WinZip counts: from one, the low byte first, which no library's counter mode does."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - single blocks make the key stream
    plain: list[bytes] = []
    count = 1
    for start in range(0, len(data), 16 * _BLOCKS):
        piece = data[start : start + 16 * _BLOCKS]
        blocks = (len(piece) + 15) // 16
        stream = encryptor.update(b"".join((count + step).to_bytes(16, "little") for step in range(blocks)))[
            : len(piece)
        ]
        count += blocks
        mixed = int.from_bytes(piece, "little") ^ int.from_bytes(stream, "little")
        plain.append(mixed.to_bytes(len(piece), "little"))
    return b"".join(plain)
