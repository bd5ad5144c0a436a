"""CMS EnvelopedData and AuthEnvelopedData (RFC 5652 section 6, RFC 5083): for whom some content is encrypted, and how.

Each recipient stands for one way to the content-encryption key: a key transported under the public key of a certificate, or one agreed upon
with it (RFC 5753). Nothing is decrypted here.

Why our own: the cryptography package reads no recipients from an envelope that it cannot open.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.readers.crypto import der
from attachguard.readers.crypto.certificate import name_in_words
from attachguard.readers.crypto.der import Element

#: Alternatives of RecipientInfo by tag (section 6.2).
_TRANSPORT: Final = der.SEQUENCE
_AGREEMENT: Final = der.CONTEXT_1
#: Recipients of one envelope that are looked at.
MOST_RECIPIENTS: Final = 1000
#: Octets of a serial number or key identifier that are shown; RFC 5280 allows 20.
_SHOWN: Final = 32


class Recipient(NamedTuple):
    """One way to the content-encryption key.

    Args:
        kind: `transport` or `agreement`.
        issuer: DER of the issuer's name in the recipient's certificate; empty where a key identifier names it.
        serial: content octets of that certificate's serial number.
        key_id: subject key identifier; empty where issuer and serial name it.
        algorithm: object identifier of the key transport or key agreement.
        parameters: DER of the algorithm's parameters; empty without any.
        encrypted_key: the content-encryption key, encrypted.
        originator: DER of the sender's ephemeral public key (OriginatorPublicKey under [1]); for agreement.
        user_keying: user keying material; for agreement.
    """

    kind: str
    issuer: bytes
    serial: bytes
    key_id: bytes
    algorithm: str
    parameters: bytes
    encrypted_key: bytes
    originator: bytes = b""
    user_keying: bytes | None = None

    def is_for(self, issuer: bytes, serial: bytes, key_id: bytes) -> bool:
        """Whether a certificate with this issuer, serial number and key identifier is meant."""
        if self.key_id:
            return self.key_id == key_id
        return bool(self.serial) and self.serial == serial and self.issuer == issuer

    def certificate(self) -> str:
        """The certificate that is meant, in words: issuer and serial number, or key identifier."""
        if self.key_id:
            return f"key identifier {self.key_id[:_SHOWN].hex()}"
        return f"issuer {name_in_words(self.issuer)}, serial {self.serial[:_SHOWN].hex() or 'none'}"


class Envelope(NamedTuple):
    """What is encrypted, and how.

    Args:
        recipients: those that a certificate names.
        content_type: object identifier of what is inside.
        algorithm: object identifier of the content encryption.
        parameters: DER of its parameters; empty without any.
        content: the encrypted content.
        authenticated: the authenticated attributes as they count for the tag; empty without any.
        tag: the message authentication code; empty where the content has none.
    """

    recipients: tuple[Recipient, ...]
    content_type: str
    algorithm: str
    parameters: bytes
    content: bytes
    authenticated: bytes
    tag: bytes


def read_envelope(cms: bytes) -> Envelope:
    """The envelope in a ContentInfo; raises `Malformed`."""
    root = der.read(cms)
    info = der.content_info(root)
    if info is None or root.cut:
        raise Malformed("CMS: no content type, or cut short")
    members = info[1].child_list()
    recipients = next((found for found in members if found.tag == der.SET), None)
    inner = next((found for found in members if found.tag == der.SEQUENCE), None)
    parts = inner.child_list(3) if inner is not None else []
    if recipients is None or len(parts) < 3 or parts[2].tag not in (der.IMPLICIT_0, der.CONTEXT_0):
        raise Malformed("CMS: enveloped data without content")
    algorithm, parameters = read_algorithm(parts[1])
    attributes = next((found for found in members if found.tag == der.CONTEXT_1), None)
    tag = next((found for found in members if found.tag == der.OCTET_STRING), None)
    return Envelope(
        recipients=tuple(read_recipients(recipients)),
        content_type=parts[0].oid(),
        algorithm=algorithm,
        parameters=parameters,
        content=b"".join(parts[2].octets()),
        # RFC 5083 section 2.2: what counts is the DER with the tag of a SET OF.
        authenticated=b"\x31" + attributes.encoded()[1:] if attributes is not None and tag is not None else b"",
        tag=tag.content() if tag is not None else b"",
    )


def read_algorithm(element: Element) -> tuple[str, bytes]:
    """Object identifier and DER of the parameters of an AlgorithmIdentifier."""
    members = element.child_list(2)
    return members[0].oid() if members else "", members[1].encoded() if len(members) > 1 else b""


def read_recipients(infos: Element) -> Iterator[Recipient]:
    """The recipients that certificates name; those by password or by a key known beforehand are left out. Raises `Malformed`."""
    count = 0
    for info in infos.child_list(MOST_RECIPIENTS):
        found = _transport(info) if info.tag == _TRANSPORT else _agreement(info) if info.tag == _AGREEMENT else ()
        for recipient in found:
            count += 1
            if count > MOST_RECIPIENTS:
                return
            yield recipient


def _transport(info: Element) -> Iterator[Recipient]:
    """KeyTransRecipientInfo ::= SEQUENCE { version, rid, keyEncryptionAlgorithm, encryptedKey } (section 6.2.1)."""
    members = info.child_list(5)
    if len(members) < 4:
        return
    algorithm, parameters = read_algorithm(members[2])
    yield Recipient("transport", *identifier(members[1]), algorithm, parameters, b"".join(members[3].octets()))


def _agreement(info: Element) -> Iterator[Recipient]:
    """KeyAgreeRecipientInfo (section 6.2.2): version, [0] originator, [1] material OPTIONAL, algorithm, encrypted keys."""
    members = info.child_list(6)
    plain = [member for member in members[1:] if member.tag == der.SEQUENCE]
    if len(members) < 4 or len(plain) < 2 or members[1].tag != der.CONTEXT_0:
        return
    originator = next(members[1].children(), None)
    material = next((member for member in members[2:] if member.tag == der.CONTEXT_1), None)
    given = next(material.children(), None) if material is not None else None
    algorithm, parameters = read_algorithm(plain[0])
    for keys in plain[1].child_list(MOST_RECIPIENTS):
        pair = keys.child_list(2)
        if len(pair) == 2:
            yield Recipient(
                "agreement",
                *identifier(pair[0]),
                algorithm,
                parameters,
                b"".join(pair[1].octets()),
                originator.encoded() if originator is not None else b"",
                b"".join(given.octets()) if given is not None else None,
            )


def identifier(element: Element) -> tuple[bytes, bytes, bytes]:
    """Issuer, serial number and key identifier of the certificate that is meant: either the first two, or the last (section 6.2.1).

    Key agreement writes the key identifier as [0] { identifier, date, other }, key transport and signers as a bare [0].
    """
    if element.tag == der.SEQUENCE:
        members = element.child_list(2)
        if len(members) == 2 and members[1].tag == der.INTEGER:
            return members[0].encoded(), members[1].content(), b""
    elif element.tag == der.IMPLICIT_0:
        return b"", b"", element.content()
    elif element.tag == der.CONTEXT_0:
        first = next(element.children(), None)
        if first is not None:
            return b"", b"", first.content()
    return b"", b"", b""
