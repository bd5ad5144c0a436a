"""Decrypting CMS envelopes with a private key (RFC 5652, RFC 3370, RFC 4055, RFC 5753, RFC 5084).

The only part of S/MIME that needs `cryptography`.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF

from attachguard.errors import Malformed
from attachguard.readers.crypto import der, oids
from attachguard.readers.crypto.envelope import Envelope, Recipient, read_algorithm, read_envelope
from attachguard.signing.smime import KeyAnswer

_RSA: Final = oids.RSA
_OAEP: Final = "1.2.840.113549.1.1.7"
_HASHES: Final[dict[str, Callable[[], hashes.HashAlgorithm]]] = {
    oids.SHA1: hashes.SHA1,
    oids.SHA224: hashes.SHA224,
    oids.SHA256: hashes.SHA256,
    oids.SHA384: hashes.SHA384,
    oids.SHA512: hashes.SHA512,
}
#: dhSinglePass-stdDH with the X9.63 derivation, by its hash (RFC 5753 section 7.1.4).
_AGREEMENTS: Final[dict[str, Callable[[], hashes.HashAlgorithm]]] = {
    "1.3.133.16.840.63.0.2": hashes.SHA1,
    "1.3.132.1.11.0": hashes.SHA224,
    "1.3.132.1.11.1": hashes.SHA256,
    "1.3.132.1.11.2": hashes.SHA384,
    "1.3.132.1.11.3": hashes.SHA512,
}
#: AES key wrap by the octets of the wrapping key (RFC 3565).
_WRAPS: Final = {"2.16.840.1.101.3.4.1.5": 16, "2.16.840.1.101.3.4.1.25": 24, "2.16.840.1.101.3.4.1.45": 32}
_CBC: Final = {"2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.22": 24, "2.16.840.1.101.3.4.1.42": 32}
_GCM: Final = {"2.16.840.1.101.3.4.1.6": 16, "2.16.840.1.101.3.4.1.26": 24, "2.16.840.1.101.3.4.1.46": 32}
_TRIPLE_DES: Final = oids.DES_EDE3_CBC
_KEY_SIZES: Final = {**_CBC, **_GCM, _TRIPLE_DES: 24}
_SHORTEST_TAG: Final = 12


class _Unsupported(Exception):
    """An algorithm that is not known here."""


def decrypt(ours: Iterable[tuple[Callable[[], Any], Recipient]], cms: bytes, deadline: float) -> KeyAnswer:
    """What is inside an envelope.

    Args:
        ours: the recipients whose keys are held, each with a function that loads the key.
        cms: the ContentInfo.
        deadline: monotonic time after which nothing more is tried.
    """
    try:
        envelope = read_envelope(cms)
    except Malformed:
        return KeyAnswer("failed")
    size = _KEY_SIZES.get(envelope.algorithm)
    if size is None:
        return KeyAnswer("unsupported")
    state = "failed"
    for load, recipient in ours:
        if time.monotonic() > deadline:
            break
        try:
            key = _content_key(load(), recipient, size)
            return KeyAnswer("held", _content(envelope, key))
        except (_Unsupported, UnsupportedAlgorithm):
            state = "unsupported"
        except (ValueError, TypeError, Malformed, InvalidTag, keywrap.InvalidUnwrap):
            continue
    return KeyAnswer(state)


def _content_key(key: Any, recipient: Recipient, size: int) -> bytes:
    """The content-encryption key that a recipient's entry gives."""
    if recipient.kind == "transport" and isinstance(key, rsa.RSAPrivateKey):
        return _transported(key, recipient, size)
    if recipient.kind == "agreement" and isinstance(key, ec.EllipticCurvePrivateKey):
        return _agreed(key, recipient)
    raise _Unsupported


def _transported(key: rsa.RSAPrivateKey, recipient: Recipient, size: int) -> bytes:
    if recipient.algorithm == _OAEP:
        return key.decrypt(recipient.encrypted_key, _oaep(recipient.parameters))
    if recipient.algorithm != _RSA:
        raise _Unsupported
    # RFC 3218 section 2.3.2: a broken padding must look like a wrong key, or answers to many mails give the key away.
    substitute = os.urandom(size)
    try:
        found = key.decrypt(recipient.encrypted_key, padding.PKCS1v15())
    except ValueError:
        return substitute
    return found if len(found) == size else substitute


def _oaep(parameters: bytes) -> padding.OAEP:
    """RSAES-OAEP-params ::= SEQUENCE { [0] hash, [1] mask generation, [2] label source }, SHA-1 where absent (RFC 4055 section 4.1)."""
    digest = mask = oids.SHA1
    label = b""
    for member in der.read(parameters).child_list(3) if parameters else ():
        inner = next(member.children(), None)
        if inner is None:
            continue
        algorithm, more = read_algorithm(inner)
        if member.tag == der.CONTEXT_0:
            digest = algorithm
        elif member.tag == der.CONTEXT_1:
            mask = read_algorithm(der.read(more))[0] if more else mask
        else:
            label = der.read(more).content() if more else b""
    if digest not in _HASHES or mask not in _HASHES:
        raise _Unsupported
    return padding.OAEP(padding.MGF1(_HASHES[mask]()), _HASHES[digest](), label or None)


def _agreed(key: ec.EllipticCurvePrivateKey, recipient: Recipient) -> bytes:
    """ECDH with the sender's ephemeral key, X9.63 derivation, AES key wrap (RFC 5753 sections 3.1 and 7.2)."""
    digest = _AGREEMENTS.get(recipient.algorithm)
    wrap = read_algorithm(der.read(recipient.parameters))[0] if recipient.parameters else ""
    size = _WRAPS.get(wrap)
    if digest is None or size is None:
        raise _Unsupported
    originator = der.read(recipient.originator).child_list(2) if recipient.originator else []
    if len(originator) < 2 or originator[1].tag != der.BIT_STRING:
        raise _Unsupported  # a static key of the sender
    # Raises ValueError for a point that is not on the curve.
    public = ec.EllipticCurvePublicKey.from_encoded_point(key.curve, originator[1].content()[1:])
    material = recipient.user_keying
    shared = der.build(
        0x30,
        recipient.parameters
        + (der.build(0xA0, der.build(0x04, material)) if material is not None else b"")
        + der.build(0xA2, der.build(0x04, (8 * size).to_bytes(4, "big"))),
    )
    wrapping = X963KDF(algorithm=digest(), length=size, sharedinfo=shared).derive(key.exchange(ec.ECDH(), public))
    return keywrap.aes_key_unwrap(wrapping, recipient.encrypted_key)


def _content(envelope: Envelope, key: bytes) -> bytes:
    """The plain content; raises `ValueError` or `InvalidTag` where the key is wrong or the content was changed."""
    if len(key) != _KEY_SIZES[envelope.algorithm]:
        raise ValueError("a key of the wrong length")
    if envelope.algorithm in _GCM:
        # GCMParameters ::= SEQUENCE { nonce, length of the tag DEFAULT 12 } (RFC 5084 section 3.2): a shortened tag does not count.
        members = der.read(envelope.parameters).child_list(2) if envelope.parameters else []
        length = members[1].integer() if len(members) > 1 else _SHORTEST_TAG
        if not members or len(envelope.tag) != length or length < _SHORTEST_TAG:
            raise ValueError("no nonce or tag")
        return _gcm(key, members[0].content(), envelope)
    vector = der.read(envelope.parameters).content() if envelope.parameters else b""
    cipher = _block_cipher(envelope.algorithm, key)
    decryptor = Cipher(cipher, modes.CBC(vector)).decryptor()
    plain = decryptor.update(envelope.content) + decryptor.finalize()
    # RFC 5652 section 6.3: as many octets as are missing to a whole block, each of this value.
    count = plain[-1] if plain else 0
    block = cipher.block_size // 8
    if not 0 < count <= block or not hmac.compare_digest(plain[-count:], bytes((count,)) * count):
        raise ValueError("broken padding")
    return plain[:-count]


def _block_cipher(algorithm: str, key: bytes) -> Any:
    if algorithm != _TRIPLE_DES:
        return algorithms.AES(key)
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES

    return TripleDES(key)


def _gcm(key: bytes, nonce: bytes, envelope: Envelope) -> bytes:
    if len(envelope.tag) == 16:
        return AESGCM(key).decrypt(nonce, envelope.content + envelope.tag, envelope.authenticated or None)
    decryptor = Cipher(algorithms.AES(key), modes.GCM(nonce, envelope.tag, min_tag_length=_SHORTEST_TAG)).decryptor()
    decryptor.authenticate_additional_data(envelope.authenticated)
    return decryptor.update(envelope.content) + decryptor.finalize()
