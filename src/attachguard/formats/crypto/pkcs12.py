"""PKCS#12 key stores (RFC 7292): certificates and private keys, most of them under a password.

The store is integrity-protected with a password of its own choosing, usually the one that its keys are encrypted with. Whether one of the
passwords at hand, or none at all, is the right one can therefore be distinguished from the MAC, without decrypting anything. What is inside is keys
and certificates, never a document, so nothing is unpacked.

Why our own: the cryptography package says only that a store did not open; whether it is locked, and by what, is read here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats.crypto.cms import ALGORITHMS
from attachguard.formats.crypto.pem import der_content
from attachguard.inspector import Fact
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.passwords import Candidates, source_of, untried
from attachguard.readers.crypto import der, oids
from attachguard.readers.crypto.der import Element

TYPES: Final = frozenset({"p12"})
LIMITATIONS: Final = ("Passwords are tried on the store's MAC; a store without one counts as unknown.",)
EXTRACTS: Final = "The certificates, where a default or known password opens the store."
DETECTS: Final = "Private keys, the password scheme, default passwords."

_DATA: Final = oids.DATA
_ENCRYPTED: Final = oids.ENCRYPTED_DATA
_ENVELOPED: Final = oids.ENVELOPED_DATA
_BAG: Final = "1.2.840.113549.1.12.10.1."
_KEY_BAG, _SHROUDED_BAG, _CERTIFICATE_BAG, _NESTED_BAG = _BAG + "1", _BAG + "2", _BAG + "3", _BAG + "6"
_PBMAC1: Final = "1.2.840.113549.1.5.14"

_DIGESTS: Final = {
    oids.SHA1: "sha1",
    oids.MD5: "md5",
    oids.SHA224: "sha224",
    oids.SHA256: "sha256",
    oids.SHA384: "sha384",
    oids.SHA512: "sha512",
    # HMAC with these, in PBMAC1 (RFC 9579)
    "1.2.840.113549.2.7": "sha1",
    "1.2.840.113549.2.8": "sha224",
    "1.2.840.113549.2.9": "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}

_MAX_BAGS: Final = 1000
_MAX_SALT: Final = 1024
#: Hash rounds spent on all passwords together; programs use 1 to 10,000 for one.
_MAX_ROUNDS: Final = 300_000
#: The same for PBKDF2, which runs in C.
_MAX_FAST_ROUNDS: Final = 3_000_000


class _Store(NamedTuple):
    """What is in a store, as far as it can be seen."""

    ciphers: list[str]
    keys: int
    certificates: int


def inspect(part: Part) -> Iterator[Fact]:
    """Whether a password is needed, and whether it is at hand."""
    root = der.read(part.once(der_content))
    members = root.child_list(4)
    if len(members) < 2:
        raise Malformed("PKCS#12: no content")
    safe = b"".join(_octets(members[1]))
    store = _survey(safe)
    if store.ciphers:
        held = [_counted(store.keys, "key")] if store.keys else []
        held += [_counted(store.certificates, "certificate")] if store.certificates else []
        detail = "PKCS#12: " + ", ".join([*sorted(set(store.ciphers)), *held])
        mac = members[2] if len(members) > 2 else None
        yield _state(part, mac, safe, detail)
    if root.cut:
        raise Malformed("PKCS#12: the store is cut short")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _octets(info: Element) -> Iterator[bytes]:
    """Octets of a ContentInfo of type data."""
    children = info.child_list(2)
    if len(children) == 2 and children[0].oid() == _DATA:
        content = next(children[1].children(), None)
        if content is not None:
            yield from content.octets()


def _survey(safe: bytes) -> _Store:
    """AuthenticatedSafe ::= SEQUENCE OF ContentInfo, each plain, encrypted or enveloped (RFC 7292 section 4.1)."""
    store = _Store([], 0, 0)
    if not safe:
        # Signed or enveloped as a whole: nobody has seen one, but it is not readable either.
        return _Store(["public-key form"], 0, 0)
    for info in der.read(safe).child_list(_MAX_BAGS):
        kind = info.child_list(2)
        oid = kind[0].oid() if kind else ""
        if oid == _DATA:
            content = b"".join(_octets(info))
            if content:
                store = _bags(der.read(content), store, 0)
        elif oid in (_ENCRYPTED, _ENVELOPED):
            store.ciphers.append(_cipher(info))
    return store


def _bags(contents: Element, store: _Store, depth: int) -> _Store:
    """SafeContents ::= SEQUENCE OF SafeBag { id, [0] value, attributes } (section 4.2)."""
    for bag in contents.child_list(_MAX_BAGS):
        members = bag.child_list(2)
        if len(members) < 2:
            continue
        oid = members[0].oid()
        value = next(members[1].children(), None)
        if oid == _SHROUDED_BAG:
            # EncryptedPrivateKeyInfo ::= SEQUENCE { algorithm, data }
            algorithm = next(value.children(), None) if value is not None else None
            store.ciphers.append(_name(algorithm))
        if oid in (_KEY_BAG, _SHROUDED_BAG):
            store = store._replace(keys=store.keys + 1)
        elif oid == _CERTIFICATE_BAG:
            store = store._replace(certificates=store.certificates + 1)
        elif oid == _NESTED_BAG and value is not None and depth < 4:
            store = _bags(value, store, depth + 1)
    return store


def _cipher(info: Element) -> str:
    """Cipher of an EncryptedData: version, { type, algorithm, content }."""
    wrapper = info.child_list(2)
    data = next(wrapper[1].children(), None) if len(wrapper) == 2 else None
    fields = data.child_list(2) if data is not None else []
    content = fields[1].child_list(2) if len(fields) == 2 else []
    return _name(content[1] if len(content) == 2 else None)


def _name(algorithm: Element | None) -> str:
    first = next(algorithm.children(), None) if algorithm is not None else None
    return ALGORITHMS.get(first.oid() if first is not None else "", "encrypted")


def _state(part: Part, mac: Element | None, safe: bytes, detail: str) -> Finding:
    """Encryption state: by the first password that the MAC accepts."""
    check = _mac_check(mac, safe) if mac is not None else None
    if check is not None:
        if check("", terminated=True) or check("", terminated=False):
            return part.encrypted("opens-without-password", detail)
        for candidate in part.context.get(Candidates).offer(part):
            if check(candidate.word, terminated=True):
                part.context.get(Candidates).opened(candidate)
                return part.encrypted("known-password", f"{detail}, {source_of(candidate)}")
    return part.encrypted("unknown-password", detail + untried(part))


class _Check:
    """Tries passwords on a store's MAC, within a bound of work."""

    def __init__(self, digest: str, expected: bytes, salt: bytes, rounds: int, safe: bytes) -> None:
        self.digest = digest
        self.expected = expected
        self.salt = salt
        self.rounds = rounds
        self.safe = safe
        self.left = _MAX_ROUNDS

    def __call__(self, password: str, *, terminated: bool) -> bool:
        """Whether the password is right; without its two zero octets where it is not `terminated`, as some programs write none at all."""
        self.left -= self.rounds
        if self.left < 0:
            return False
        secret = password.encode("utf-16-be", "surrogatepass") + (b"\0\0" if terminated else b"")
        key = derive(self.digest, secret, self.salt, self.rounds, hashlib.new(self.digest).digest_size)
        return hmac.compare_digest(hmac.digest(key, self.safe, self.digest), self.expected)


def _mac_check(mac: Element, safe: bytes) -> Callable[..., bool] | None:
    """MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 } (section 4)."""
    members = mac.child_list(3)
    info = members[0].child_list(2) if members else []
    algorithm = info[0].child_list(2) if info else []
    if len(members) < 2 or len(info) < 2 or not algorithm:
        return None
    expected, salt = info[1].content(), members[1].content()
    rounds = members[2].integer() if len(members) > 2 else 1
    oid = algorithm[0].oid()
    if oid == _PBMAC1:
        return _pbmac1(algorithm[1], expected, safe) if len(algorithm) == 2 else None
    digest = _DIGESTS.get(oid)
    if digest is None or rounds < 1 or len(salt) > _MAX_SALT:
        return None
    return _Check(digest, expected, salt, rounds, safe)


def _pbmac1(parameters: Element, expected: bytes, safe: bytes) -> Callable[..., bool] | None:
    """PBMAC1 (RFC 9579, RFC 8018 section 7.1): { PBKDF2 { salt, rounds, [length], prf }, HMAC }."""
    pair = parameters.child_list(2)
    derivation = pair[0].child_list(2) if len(pair) == 2 else []
    fields = derivation[1].child_list(4) if len(derivation) == 2 else []
    scheme = next(pair[1].children(), None) if len(pair) == 2 else None
    if len(fields) < 3 or scheme is None:
        return None
    function = next(fields[-1].children(), None)
    prf = _DIGESTS.get(function.oid() if function is not None else "")
    digest = _DIGESTS.get(scheme.oid())
    salt, rounds, length = fields[0].content(), fields[1].integer(), fields[2].integer()
    if prf is None or digest is None or len(salt) > _MAX_SALT or not 0 < length <= 64 or rounds < 1:
        return None
    left = [_MAX_FAST_ROUNDS]

    def check(password: str, *, terminated: bool) -> bool:
        left[0] -= rounds
        if left[0] < 0 or not terminated:
            return False
        key = hashlib.pbkdf2_hmac(prf, password.encode("utf-8", "surrogatepass"), salt, rounds, length)
        return hmac.compare_digest(hmac.digest(key, safe, digest), expected)

    return check


def derive(digest: str, secret: bytes, salt: bytes, rounds: int, size: int) -> bytes:
    """MAC key from a password (RFC 7292 appendix B.2 with ID 3); `size` is at most one digest, so one block does."""
    block = hashlib.new(digest).block_size
    seed = b"\3" * block + _fill(salt, block) + _fill(secret, block)
    value = hashlib.new(digest, seed).digest()
    for _ in range(rounds - 1):
        value = hashlib.new(digest, value).digest()
    return value[:size]


def _fill(text: bytes, block: int) -> bytes:
    """The text repeated to a multiple of the block size; nothing stays nothing."""
    size = -(-len(text) // block) * block
    return (text * (size // len(text) + 1))[:size] if text else b""
