"""How the members of an OpenDocument package are encrypted, as its manifest says (ODF 1.3 part 2, 4.8; LibreOffice's attributes for Argon2id)."""

from __future__ import annotations

import base64
import binascii
from typing import Final, NamedTuple

from attachguard.formats.office._office.opc import attributes
from attachguard.later import later

#: Rounds of PBKDF2 that are done for one password; LibreOffice writes 100,000.
_MOST_ROUNDS: Final = 2_000_000
#: About how many seconds one round takes.
_ROUND_COST: Final = 5e-7
#: KiB, passes and lanes of Argon2id; LibreOffice writes 65,536, 3 and 4. About how many seconds one KiB takes in a pass.
_MOST_MEMORY: Final = 1 << 18
_MOST_PASSES: Final = 16
_MOST_LANES: Final = 16
_ARGON_COST: Final = 6e-7
#: Modes of AES, and bytes of their initial vectors.
_MODES: Final = (("cbc", 16), ("gcm", 12))
_ELEMENT: Final = later(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(file-entry|encryption-data|algorithm|key-derivation|start-key-generation)\b([^<>]*)>"
)


class Lock(NamedTuple):
    """How one member is encrypted.

    Args:
        cipher: `blowfish cfb`, or `aes128-cbc` and its like with 192 and 256 bits and in GCM.
        vector: initial vector.
        salt: of the key derivation.
        rounds: of PBKDF2 or Argon2id.
        key_size: bytes of the key.
        start: digest that the password goes through first.
        digest: of the checksum.
        checksum: of the deflated content's beginning.
        memory: KiB that Argon2id takes; 0 for PBKDF2.
        lanes: of Argon2id.
    """

    cipher: str
    vector: bytes
    salt: bytes
    rounds: int
    key_size: int
    start: str
    digest: str
    checksum: bytes
    memory: int = 0
    lanes: int = 0

    @property
    def cost(self) -> float:
        """About how many seconds one password takes."""
        return self.rounds * (self.memory * _ARGON_COST if self.memory else _ROUND_COST)

    @property
    def sealed(self) -> bool:
        """Whether the cipher has a tag of its own and the manifest no checksum."""
        return self.cipher.endswith("-gcm")


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
    name = derivation.get("key-derivation-name", "").rpartition("#")[2].rpartition(":")[2].lower()
    count = {"pbkdf2": "iteration-count", "argon2id": "argon2-iterations"}.get(name, "")
    try:
        rounds, size = int(derivation.get(count, "")), int(derivation.get("key-size", "16"))
        memory, lanes = (int(derivation.get(f"argon2-{key}", "0")) for key in ("memory", "lanes"))
        vector = base64.b64decode(algorithm.get("initialisation-vector", ""))
        salt, checksum = base64.b64decode(derivation.get("salt", "")), base64.b64decode(data.get("checksum", ""))
    except (ValueError, binascii.Error):
        return None
    lock = Lock(cipher, vector, salt, rounds, size, first, digest, checksum, memory, lanes)
    return lock if _usable(lock, name) else None


def _usable(lock: Lock, derivation: str) -> bool:
    """Whether a lock is one that can be opened here, at a price that is paid for one password."""
    sizes = {"blowfish cfb": (range(4, 57), 8)}
    sizes |= {
        f"aes{8 * size}-{mode}": (range(size, size + 1), length) for size in (16, 24, 32) for mode, length in _MODES
    }
    known, length = sizes.get(lock.cipher, (range(0), 0))
    if lock.key_size not in known or len(lock.vector) != length or lock.start not in ("sha1", "sha256"):
        return False
    if not lock.digest and not lock.sealed:
        return False
    if derivation == "argon2id":
        few = 0 < lock.lanes <= _MOST_LANES and 0 < lock.rounds <= _MOST_PASSES
        return few and 8 * lock.lanes <= lock.memory <= _MOST_MEMORY and len(lock.salt) >= 8 and _has_argon()
    return not lock.memory and 0 < lock.rounds <= _MOST_ROUNDS


def _has_argon() -> bool:
    """Whether the cryptography package was built with Argon2 (OpenSSL 3.2)."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

        Argon2id(salt=bytes(16), length=32, iterations=1, lanes=1, memory_cost=8)
    except (ImportError, UnsupportedAlgorithm):
        return False
    return True
