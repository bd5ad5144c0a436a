"""Encrypted and rights-managed Office Open XML: a compound file with the package inside, [MS-OFFCRYPTO] 2.3.4 and 2.2.

`EncryptionInfo` describes the scheme: agile (XML, version 4.4), standard (binary, x.2) or extensible (x.3). `EncryptedPackage` is the zip file,
encrypted. Excel opens files under its built-in password without asking, so that password hides content from scanners and from nobody else: it is
tried, and so are the passwords at hand. The verifier in the header is not asked, as there are files that contradict it and open all the same: a
password is right when it gives a zip file.

Why our own: msoffcrypto decrypts; which scheme it is and whether a password can be tried is read here without it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import struct
from collections.abc import Iterator
from typing import Final

from attachguard._core import spin
from attachguard.codes import EncryptionState
from attachguard.containers import compound as compounds
from attachguard.errors import Malformed
from attachguard.formats.office._office.crypt import (
    MAXIMUM_ROUNDS,
    MAXIMUM_SIZE,
    SENSELESS,
    first_that_opens,
    round_cost,
)
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.passwords import Candidates
from attachguard.readers.compound import file as compound
from attachguard.readers.compound.file import Compound
from attachguard.readers.crypto import aes

TYPES: Final = frozenset({"ooxml-enc", "ooxml-irm"})
LIMITATIONS: Final = ("Extensible encryption and certificate-only encryption are named, not opened.",)
EXTRACTS: Final = "The decrypted package, where a default or known password opens it."
DETECTS: Final = "Encryption and its scheme, rights management."

_ZIP: Final = b"PK\x03\x04"
_ELEMENT: Final = re.compile(rb"<(?:[A-Za-z0-9_]{1,16}:)?(keyData|encryptedKey)\s([^<>]{1,8192})>")
_ATTRIBUTE: Final = re.compile(rb"([A-Za-z]{1,32})\s?=\s?(?:\"([^\"]*)\"|'([^']*)')")
_PLAIN: Final = re.compile(r"[A-Za-z0-9-]{1,16}")
#: Most of an EncryptionInfo stream that is read.
_INFO_SIZE: Final = 1 << 16
_STANDARD_ROUNDS: Final = 50_000
#: What tells the key that encrypts the package's key from those of the verifier (2.3.4.11).
_BLOCK_KEY: Final = bytes.fromhex("146e0be7abacd0d6")
_DIGESTS: Final = ("sha1", "sha256", "sha384", "sha512")


def inspect(part: Part) -> Iterator[Part | Finding]:
    """The scheme, and the decrypted file where a known password opens it.

    Raises:
        Malformed: there is no package or no description of its encryption.
    """
    file = compounds.peek(part)
    if file is None:
        return
    root = file.root
    package = root.get("encryptedpackage")
    if part.is_a("ooxml-irm"):
        yield part.encrypted("unknown-key", "Office: rights management (IRM)")
        return
    info = root.get("encryptioninfo")
    if info is None or package is None:
        yield part.encrypted("unknown-password", "Office: encrypted, description missing")
        raise Malformed("encrypted Office file: EncryptionInfo or EncryptedPackage is missing")
    description = file.read(info, _INFO_SIZE)
    if len(description) < 8:
        yield part.encrypted("unknown-password", "Office: encrypted, description cut")
        raise Malformed("encrypted Office file: EncryptionInfo is cut")
    major, minor = struct.unpack_from("<HH", description)
    if (major, minor) == (4, 4):
        scheme: _Agile | _Standard = _Agile(description[8:])
    elif major in (2, 3, 4) and minor == 2:
        scheme = _Standard(description)
    elif major in (3, 4) and minor == 3:
        yield part.encrypted("unknown-password", "Office: extensible encryption")
        return
    else:
        yield part.encrypted("unsupported-scheme", f"Office: encryption version {major}.{minor}")
        return
    if not scheme.usable or package.size > MAXIMUM_SIZE:
        yield part.encrypted(scheme.state, scheme.name)
        return
    # Attachments that were copied from one another share their salt, and so do readings of one file.
    derived = part.context.get(Candidates).derived(("office", *scheme.lock))
    yield from first_that_opens(
        part,
        scheme.name,
        lambda password: _open(file, package, scheme, password, derived),
        cost=scheme.cost,
        derived=derived,
        prepare=lambda words: derived.update(zip(words, scheme.derive(words), strict=True)),
        width=spin.width(scheme.lock[0]),
    )


def _open(
    file: Compound, package: compound.Entry, scheme: _Agile | _Standard, password: str, derived: dict[str, bytes]
) -> bytes | None:
    """The decrypted package; None for a wrong password."""
    try:
        if password not in derived:
            (derived[password],) = scheme.derive([password])
        key = scheme.key(derived[password])
        # One segment tells whether the password is right.
        if not scheme.decrypt(key, file.read(package, 8 + 4096)).startswith(_ZIP):
            return None
        return scheme.decrypt(key, file.read(package))
    except SENSELESS:
        return None


class _Agile:
    """Agile encryption ([MS-OFFCRYPTO] 2.3.4.10): everything is in attributes of an XML document."""

    __slots__ = ("_data", "_digest", "_key", "_rounds", "_salt", "cost", "lock", "name", "state", "usable")

    def __init__(self, xml: bytes) -> None:
        found: dict[bytes, dict[str, str]] = {}
        for match in _ELEMENT.finditer(xml):
            attributes = {
                name.decode("ascii"): (double or single).decode("latin-1")
                for name, double, single in _ATTRIBUTE.findall(match[2])
            }
            # A certificate's key encryptor has an encryptedKey too, but no hash rounds.
            if match[1] == b"keyData" or "spinCount" in attributes:
                found.setdefault(match[1], attributes)
        self._data = found.get(b"keyData", {})
        self._key = found.get(b"encryptedKey", {})
        rounds = self._key.get("spinCount", "")
        self._rounds = int(rounds) if rounds.isdecimal() and len(rounds) < 9 else -1
        words = [self._data.get(name, "?") for name in ("cipherAlgorithm", "keyBits", "hashAlgorithm")]
        cipher, bits, digest = (word if _PLAIN.fullmatch(word) else "?" for word in words)
        self.name = f"Office: agile encryption, {cipher}-{bits}, {digest}"
        self.state: EncryptionState = "unknown-password" if self._key or not self._data else "unknown-key"
        self._digest = self._key.get("hashAlgorithm", "").lower().replace("-", "")
        self._salt = _base64(self._key.get("saltValue", ""))
        self.usable = bool(self._data) and 0 <= self._rounds <= MAXIMUM_ROUNDS and self._digest in _DIGESTS
        self.cost = self._rounds * round_cost(self._digest)
        self.lock = (self._digest, self._salt, self._rounds)

    def derive(self, words: list[str]) -> list[bytes]:
        """The costly part: all rounds over some passwords."""
        starts = [
            hashlib.new(self._digest, self._salt + word.encode("utf-16-le", "replace")).digest() for word in words
        ]
        return spin.spin_many(starts, self._rounds, self._digest)

    def key(self, derived: bytes) -> bytes:
        """The key of the package, which stands encrypted under one made from the password (2.3.4.13)."""
        size = int(self._key["keyBits"]) // 8
        outer = hashlib.new(self._digest, derived + _BLOCK_KEY).digest().ljust(size, b"\x36")[:size]
        value = _base64(self._key["encryptedKeyValue"])
        return aes.cbc(outer, self._salt[:16].ljust(16, b"\x36"), value)[: int(self._data.get("keyBits", "256")) // 8]

    def decrypt(self, key: bytes, data: bytes) -> bytes:
        from msoffcrypto.method.ecma376_agile import ECMA376Agile

        salt = _base64(self._data["saltValue"])
        # Whole cipher blocks only: a cut last segment must not lose the ones before it.
        whole = data[: len(data) - (len(data) - 8) % 16]
        return bytes(ECMA376Agile.decrypt(key, salt, self._data["hashAlgorithm"], io.BytesIO(whole)))


class _Standard:
    """Standard encryption ([MS-OFFCRYPTO] 2.3.4.5 to 2.3.4.9): AES in ECB mode, 50,000 rounds of SHA-1."""

    __slots__ = ("_header", "_salt", "cost", "lock", "name", "state", "usable")

    def __init__(self, info: bytes) -> None:
        self.state: EncryptionState = "unknown-password"
        self.name = "Office: standard encryption"
        self.cost = _STANDARD_ROUNDS * round_cost("sha1")
        self.usable = False
        self._salt = b""
        self._header: tuple[int, ...] = ()
        if len(info) < 12:
            return
        (header_size,) = struct.unpack_from("<I", info, 8)
        if 32 <= header_size <= len(info) - 12 - 20:
            self._header = struct.unpack_from("<IIIIII", info, 12)
            self._salt = info[12 + header_size + 4 : 12 + header_size + 20]
            self.name += f", AES-{min(self._header[4], 9999)}"
            self.usable = self._header[4] in (128, 192, 256)
        self.lock = ("sha1", self._salt, _STANDARD_ROUNDS)

    def derive(self, words: list[str]) -> list[bytes]:
        """The costly part: all rounds over some passwords."""
        salted = [self._salt + word.encode("utf-16-le", "replace") for word in words]
        starts = [hashlib.sha1(each, usedforsecurity=False).digest() for each in salted]
        return spin.spin_many(starts, _STANDARD_ROUNDS, "sha1")

    def key(self, derived: bytes) -> bytes:
        """The key, for block 0 of the document (2.3.4.7)."""
        last = hashlib.sha1(derived + bytes(4), usedforsecurity=False).digest().ljust(64, b"\0")
        halves = (bytes(byte ^ fill for byte in last) for fill in (0x36, 0x5C))
        return b"".join(hashlib.sha1(half, usedforsecurity=False).digest() for half in halves)[: self._header[4] // 8]

    def decrypt(self, key: bytes, data: bytes) -> bytes:
        from msoffcrypto.method.ecma376_standard import ECMA376Standard

        whole = data[: len(data) - (len(data) - 8) % 16]
        return bytes(ECMA376Standard.decrypt(key, io.BytesIO(whole)))


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:  # no base64, or letters beyond ASCII
        return b""
