"""Integrity of one signer's signature: digest of the covered octets, then the signature value under the certificate's key.

The digest needs nothing but `hashlib`: where it differs, the content was changed after it was signed. The value needs `cryptography`.

Why our own: the cryptography package checks the value; which octets it covers and which algorithms still count is decided here.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from attachguard.codes import Answered
from attachguard.errors import Malformed
from attachguard.readers.crypto import der, oids
from attachguard.readers.crypto.certificate import Certificate
from attachguard.readers.crypto.envelope import read_algorithm
from attachguard.signing.cms import DIGESTS, Signer

if TYPE_CHECKING:
    from attachguard.signing.ledger import Content

_RSA: Final = oids.RSA
_PSS: Final = oids.RSA_PSS
_ED25519: Final = oids.ED25519
#: Signature algorithms that name their digest.
_WITH_DIGEST: Final = {
    "1.2.840.113549.1.1.4": "md5",
    oids.RSA_SHA1: "sha1",
    oids.RSA_SHA224: "sha224",
    oids.RSA_SHA256: "sha256",
    oids.RSA_SHA384: "sha384",
    oids.RSA_SHA512: "sha512",
    oids.ECDSA_SHA1: "sha1",
    "1.2.840.10045.4.3.1": "sha224",
    oids.ECDSA_SHA256: "sha256",
    oids.ECDSA_SHA384: "sha384",
    oids.ECDSA_SHA512: "sha512",
    "2.16.840.1.101.3.4.3.10": "sha3_256",
    "2.16.840.1.101.3.4.3.11": "sha3_384",
    "2.16.840.1.101.3.4.3.12": "sha3_512",
    "2.16.840.1.101.3.4.3.14": "sha3_256",
    "2.16.840.1.101.3.4.3.15": "sha3_384",
    "2.16.840.1.101.3.4.3.16": "sha3_512",
}
#: Digests for which anyone can make two contents with one value.
BROKEN: Final = {"md5": "MD5", "sha1": "SHA-1"}
OTHER_CERTIFICATE: Final = "the certificate is not the one that was signed along"
_MASK: Final = "1.2.840.113549.1.1.8"


class Outcome(NamedTuple):
    """Integrity of one signature.

    Args:
        integrity: `pass`, `fail` or `not-evaluated`.
        cause: why, in plain words; empty for `pass`.
    """

    integrity: Answered
    cause: str


def check(signer: Signer, certificate: Certificate | None, content: Content | None) -> Outcome:
    """Whether the content is what was signed."""
    if content is None:
        return Outcome("not-evaluated", "the signed content is not at hand")
    if not signer.digest:
        return Outcome("not-evaluated", "the digest algorithm is not known")
    digest = content.digest(signer.digest)
    if digest is None:
        return Outcome("not-evaluated", f"the content is no longer at hand for a digest by {signer.digest.upper()}")
    if signer.attributes:
        if signer.message_digest is None:
            return Outcome("fail", "no digest among the signed attributes")
        if signer.message_digest != digest:
            return Outcome("fail", "the digest of the content differs from the signed one")
    if certificate is None:
        return Outcome("not-evaluated", "the signer's certificate is not inside")
    if (
        signer.bound
        and hashlib.new(signer.bound[0], certificate.encoded, usedforsecurity=False).digest() != signer.bound[1]
    ):
        return Outcome("fail", OTHER_CERTIFICATE)
    answer = verify_value(
        certificate.key, signer.algorithm, signer.parameters, signer.digest, signer.value, digest, signer.attributes
    )
    weak = BROKEN.get(signer.digest) or BROKEN.get(_WITH_DIGEST.get(signer.algorithm, ""), "")
    return proves_nothing(weak) if answer.integrity == "pass" and weak else answer


def proves_nothing(digest: str) -> Outcome:
    """What a signature is worth that rests on a digest for which anyone can make two contents."""
    return Outcome("not-evaluated", f"{digest} proves nothing any more")


def verify_value(
    key_info: bytes, algorithm: str, parameters: bytes, digest_name: str, value: bytes, digest: bytes, message: bytes
) -> Outcome:
    """Whether a signature value fits a public key.

    Args:
        key_info: DER of the SubjectPublicKeyInfo.
        algorithm: object identifier of the signature algorithm.
        parameters: DER of its parameters.
        digest_name: `hashlib` name of the digest where the algorithm does not name one.
        value: the signature value.
        digest: digest of what is signed, where `message` is empty.
        message: what is signed itself.
    """
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_der_public_key
    except ImportError:
        return Outcome("not-evaluated", "the signature value needs the package cryptography")
    try:
        _verify(load_der_public_key(key_info), algorithm, parameters, digest_name, value, digest, message)
    except InvalidSignature:
        return Outcome("fail", "the signature value does not fit the certificate")
    except (UnsupportedAlgorithm, _Unknown, Malformed, ValueError, TypeError):
        return Outcome("not-evaluated", "the signature algorithm or key is not supported")
    return Outcome("pass", "")


class _Unknown(Exception):
    """An algorithm that is not known here."""


def _verify(
    key: Any, algorithm: str, parameters: bytes, digest_name: str, value: bytes, digest: bytes, message: bytes
) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

    if isinstance(key, ed25519.Ed25519PublicKey) and algorithm == _ED25519 and message:
        key.verify(value, message)
        return
    name = _WITH_DIGEST.get(algorithm, digest_name)
    scheme: Any = None
    if algorithm == _PSS:
        name, scheme = _pss(parameters)
    elif isinstance(key, rsa.RSAPublicKey) and (algorithm == _RSA or algorithm in _WITH_DIGEST):
        scheme = padding.PKCS1v15()
    hashing = _hash(name)
    data, how = (message, hashing) if message else (digest, utils.Prehashed(hashing))
    if not message and len(digest) != hashing.digest_size:
        raise _Unknown
    if isinstance(key, rsa.RSAPublicKey) and scheme is not None:
        key.verify(value, data, scheme, how)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(value, data, ec.ECDSA(how))
    else:
        raise _Unknown


def _hash(name: str) -> Any:
    from cryptography.hazmat.primitives import hashes

    known: dict[str, Any] = {
        "md5": hashes.MD5,
        "sha1": hashes.SHA1,
        "sha224": hashes.SHA224,
        "sha256": hashes.SHA256,
        "sha384": hashes.SHA384,
        "sha512": hashes.SHA512,
        "sha3_256": hashes.SHA3_256,
        "sha3_384": hashes.SHA3_384,
        "sha3_512": hashes.SHA3_512,
    }
    if name not in known:
        raise _Unknown
    return known[name]()


def pss_parameters(digest: str) -> bytes:
    """DER of RSASSA-PSS-params for one digest throughout, the salt as long as its value."""
    oid = next((key for key, name in DIGESTS.items() if name == digest), "")
    hashing = der.build(der.SEQUENCE, der.object_identifier(oid))
    mask = der.build(der.SEQUENCE, der.object_identifier(_MASK) + hashing)
    size = der.build(der.INTEGER, bytes((hashlib.new(digest, usedforsecurity=False).digest_size,)))
    fields = ((der.CONTEXT_0, hashing), (der.CONTEXT_1, mask), (0xA2, size))
    return der.build(der.SEQUENCE, b"".join(der.build(tag, value) for tag, value in fields))


def _pss(parameters: bytes) -> tuple[str, Any]:
    """RSASSA-PSS-params ::= SEQUENCE { [0] hash, [1] mask generation, [2] salt length }, SHA-1 and 20 where absent (RFC 4055 section 3.1)."""
    from cryptography.hazmat.primitives.asymmetric import padding

    digest = mask = oids.SHA1
    salt = 20
    for member in der.read(parameters).child_list(4) if parameters else ():
        inner = next(member.children(), None)
        if inner is None:
            continue
        if member.tag == der.CONTEXT_0:
            digest = read_algorithm(inner)[0]
        elif member.tag == der.CONTEXT_1:
            more = read_algorithm(inner)[1]
            mask = read_algorithm(der.read(more))[0] if more else mask
        elif inner.tag == der.INTEGER:
            salt = inner.integer()
    if digest not in DIGESTS or mask not in DIGESTS or not 0 <= salt <= 512:
        raise _Unknown
    return DIGESTS[digest], padding.PSS(padding.MGF1(_hash(DIGESTS[mask])), salt)
