"""SignedData of CMS (RFC 5652 section 5) taken apart: content, certificates, signers; CAdES (ETSI EN 319 122) is recognised by its attributes.

Why our own: the cryptography package makes CMS signatures and takes none apart.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.readers.crypto import der, oids
from attachguard.readers.crypto.certificate import Certificate, read_certificate
from attachguard.readers.crypto.der import Element
from attachguard.readers.crypto.envelope import identifier, read_algorithm

_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
#: Both forms of the attribute that binds the certificate, with the digest where none is named (RFC 5035); with it a signature is CAdES-BES at least.
_SIGNING_CERTIFICATE: Final = {"1.2.840.113549.1.9.16.2.12": "sha1", "1.2.840.113549.1.9.16.2.47": "sha256"}

#: `hashlib` names by object identifier.
DIGESTS: Final = {
    oids.MD5: "md5",
    oids.SHA1: "sha1",
    oids.SHA224: "sha224",
    oids.SHA256: "sha256",
    oids.SHA384: "sha384",
    oids.SHA512: "sha512",
    "2.16.840.1.101.3.4.2.8": "sha3_256",
    "2.16.840.1.101.3.4.2.9": "sha3_384",
    "2.16.840.1.101.3.4.2.10": "sha3_512",
}
#: Signers and certificates of one object that are looked at.
MOST_SIGNERS: Final = 16
_MOST_CERTIFICATES: Final = 64


class Signer(NamedTuple):
    """One SignerInfo (section 5.3).

    Args:
        issuer: DER of the issuer's name in the signer's certificate.
        serial: content octets of its serial number.
        key_id: its subject key identifier, where that names it.
        digest: `hashlib` name of the digest; empty for one that is not known.
        attributes: DER of the signed attributes as they are signed; empty without any.
        content_type: what the attributes say of the content; empty without.
        message_digest: digest of the content in the attributes; None without.
        time: when it was signed, as claimed; empty without.
        advanced: whether the certificate is bound into the attributes.
        bound: `hashlib` name and value of the digest that binds it; None where it is not bound, or by an unknown digest.
        algorithm: object identifier of the signature algorithm.
        parameters: DER of its parameters.
        value: the signature.
    """

    issuer: bytes
    serial: bytes
    key_id: bytes
    digest: str
    attributes: bytes
    content_type: str
    message_digest: bytes | None
    time: str
    advanced: bool
    bound: tuple[str, bytes] | None
    algorithm: str
    parameters: bytes
    value: bytes

    def certificate(self, found: tuple[Certificate, ...]) -> Certificate | None:
        """The signer's certificate among those that came with it."""
        for each in found:
            if (self.key_id and self.key_id == each.key_id) or (
                self.serial and (self.serial, self.issuer) == (each.serial, each.issuer)
            ):
                return each
        return None


class SignedData(NamedTuple):
    """What is signed and by whom.

    Args:
        content_type: object identifier of the content's type.
        content: the content where it is inside; None for a detached signature.
        certificates: those that came with it.
        signers: the first `MOST_SIGNERS`.
        more: whether there are further ones.
    """

    content_type: str
    content: Element | None
    certificates: tuple[Certificate, ...]
    signers: tuple[Signer, ...]
    more: bool


def read_cms(cms: bytes) -> SignedData:
    """The SignedData in a ContentInfo; raises `Malformed` if it is something else."""
    info = der.content_info(der.read(cms))
    if info is None or info[0] != der.SIGNED_DATA:
        raise Malformed("CMS: no signed data")
    return read_signed_data(info[1])


def read_signed_data(element: Element) -> SignedData:
    """Taken apart; raises `Malformed`, also for what other readers may take for something else: no length may be wrong, no value stand over."""
    if not der.sound(element):
        raise Malformed("CMS: a length reaches past its end")
    members = element.child_list()
    place = next((number for number, found in enumerate(members) if found.tag == der.SEQUENCE), -1)
    if place < 0 or members[-1].tag != der.SET:
        raise Malformed("CMS: signed data without content or signers")
    inner = members[place].child_list(2)
    wrapped = inner[1].child_list(2) if len(inner) > 1 and inner[1].tag == der.CONTEXT_0 else []
    if len(wrapped) > 1:
        raise Malformed("CMS: two contents in one")
    content = wrapped[0] if wrapped else None
    certificates: list[Certificate] = []
    for member in members[place + 1 :]:
        if member.tag == der.CONTEXT_0:
            certificates += [found for found in map(_certificate, member.child_list(_MOST_CERTIFICATES)) if found]
    infos = members[-1].child_list(MOST_SIGNERS + 1)
    return SignedData(
        inner[0].oid() if inner else "",
        content,
        tuple(certificates),
        tuple(_signer(info) for info in infos[:MOST_SIGNERS]),
        len(infos) > MOST_SIGNERS,
    )


def _certificate(element: Element) -> Certificate | None:
    try:
        return read_certificate(element.encoded())
    except Malformed:
        return None  # an attribute certificate, or damage: then the signer has none


def _signer(info: Element) -> Signer:
    members = info.child_list(8)
    if len(members) < 5:
        raise Malformed("CMS: signer cut short")
    signed = members[3] if members[3].tag == der.CONTEXT_0 else None
    rest = members[4:] if signed is not None else members[3:]
    if len(rest) < 2:
        raise Malformed("CMS: signer cut short")
    algorithm, parameters = read_algorithm(rest[0])
    values = _attributes(signed) if signed is not None else {}
    digest = values.get(_MESSAGE_DIGEST)
    kind = values.get(_CONTENT_TYPE)
    return Signer(
        *identifier(members[1]),
        digest=DIGESTS.get(read_algorithm(members[2])[0], ""),
        # Section 5.4: digested is the DER with the tag of a SET OF, not the implicit one.
        attributes=b"\x31" + signed.encoded()[1:] if signed is not None else b"",
        content_type=kind.oid() if kind is not None else "",
        message_digest=b"".join(digest.octets()) if digest is not None else None,
        time=der.moment(values.get(_SIGNING_TIME)),
        advanced=not _SIGNING_CERTIFICATE.keys().isdisjoint(values),
        bound=_bound(values),
        algorithm=algorithm,
        parameters=parameters,
        value=b"".join(rest[1].octets()),
    )


def _attributes(signed: Element) -> dict[str, Element]:
    """First value of each attribute. Raises `Malformed` where one appears twice: readers differ in which they take."""
    found: dict[str, Element] = {}
    for attribute in signed.child_list(100):
        pair = attribute.child_list(2)
        value = next(pair[1].children(), None) if len(pair) == 2 else None
        if value is not None:
            oid = pair[0].oid()
            if oid in found and (oid in (_MESSAGE_DIGEST, _CONTENT_TYPE) or oid in _SIGNING_CERTIFICATE):
                raise Malformed("CMS: a signed attribute appears twice")
            found.setdefault(oid, value)
    return found


def _bound(values: dict[str, Element]) -> tuple[str, bytes] | None:
    """The digest of the signer's certificate among the signed attributes.

    SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF SEQUENCE { algorithm DEFAULT SHA-256, digest, issuer and serial OPTIONAL }, … }; the first
    one is the signer's; the older form has no algorithm, its digest is SHA-1 (RFC 5035 sections 3 and 4).
    """
    for oid, usual in reversed(_SIGNING_CERTIFICATE.items()):
        listed = next(values[oid].children(), None) if oid in values else None
        first = next(listed.children(), None) if listed is not None else None
        members = first.child_list(3) if first is not None else []
        if members and members[0].tag == der.OCTET_STRING:
            return usual, members[0].content()
        if len(members) > 1 and members[1].tag == der.OCTET_STRING:
            name = DIGESTS.get(read_algorithm(members[0])[0], "")
            return (name, members[1].content()) if name else None
    return None
