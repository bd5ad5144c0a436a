"""XML signatures (W3C XML Signature 1.1; XAdES: ETSI EN 319 132) in packages and documents: ASiC, OpenDocument, Open XML, plain XML.

A signature lists references, each with the digest of a file of the package or of an element of the signature's own document, and signs the list.
`references` compares them; here the list itself is checked against the certificate that came along.

Why our own: the packages for XML signatures check one document under a known key; here they come in packages from anybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.readers.crypto import der, oids
from attachguard.readers.crypto.certificate import read_certificate
from attachguard.signing import canonical
from attachguard.signing.asic import DIGEST_URIS
from attachguard.signing.canonical import form_of
from attachguard.signing.references import DSIG, LARGEST, Findings, References, Resolve, algorithm, decoded
from attachguard.signing.verify import BROKEN, OTHER_CERTIFICATE, Outcome, proves_nothing, pss_parameters, verify_value
from attachguard.signing.xmltree import Node, Tree, read_tree

if TYPE_CHECKING:
    from attachguard.model import Signature
    from attachguard.readers.crypto.certificate import Certificate
    from attachguard.signing.record import Trust

NAMESPACE: Final = DSIG.encode()
_XADES: Final = "http://uri.etsi.org/01903/"
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_PSS: Final = "http://www.w3.org/2007/05/xmldsig-more#"
#: Object identifier and digest by the URI of the signature method (RFC 6931, RFC 9231); ECDSA values are two numbers side by side there.
_METHODS: Final = {
    DSIG + "rsa-sha1": (oids.RSA_SHA1, "sha1"),
    _MORE + "rsa-sha224": (oids.RSA_SHA224, "sha224"),
    _MORE + "rsa-sha256": (oids.RSA_SHA256, "sha256"),
    _MORE + "rsa-sha384": (oids.RSA_SHA384, "sha384"),
    _MORE + "rsa-sha512": (oids.RSA_SHA512, "sha512"),
    **{f"{_PSS}{name}-rsa-MGF1": (oids.RSA_PSS, name) for name in ("sha1", "sha224", "sha256", "sha384", "sha512")},
    _MORE + "ecdsa-sha1": (oids.ECDSA_SHA1, "sha1"),
    _MORE + "ecdsa-sha256": (oids.ECDSA_SHA256, "sha256"),
    _MORE + "ecdsa-sha384": (oids.ECDSA_SHA384, "sha384"),
    _MORE + "ecdsa-sha512": (oids.ECDSA_SHA512, "sha512"),
    "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519": (oids.ED25519, "sha512"),
}  # fmt: skip
_MOST_SIGNATURES: Final = 16
_MOST_CERTIFICATES: Final = 16


class XmlSignature(NamedTuple):
    """One XML signature, checked.

    Args:
        outcome: its integrity.
        covered: names of the files whose digests are right.
        related: of files of relationships: which of them are covered.
        certificate: the signer's, as it came with the signature; None without.
        beside: the other certificates that came with it.
        time: when it was signed, as claimed.
        advanced: whether it is XAdES.
        document: whether it covers the document it is in.
    """

    outcome: Outcome
    covered: frozenset[str]
    related: dict[str, frozenset[str]]
    certificate: Certificate | None
    beside: tuple[Certificate, ...]
    time: str
    advanced: bool
    document: bool

    def record(self, kind: str, coverage: str, trust: Trust) -> Signature:
        """What the report says about it."""
        return trust.record(kind, coverage, self.outcome, self.certificate, self.beside, "", self.time)


def read_signatures(text: bytes, resolve: Resolve, tick: Callable[[], None]) -> list[XmlSignature]:
    """Every signature in an XML document, checked.

    Args:
        text: the document.
        resolve: gives the content of a file of the same package, None for what is not there.
        tick: called now and then; raises where time is over.

    Raises:
        Malformed: it is no XML that may be read here.
    """
    if len(text) > LARGEST:
        raise Malformed("XML signature: larger than any signature is")
    tree = read_tree(text, tick)
    found: list[Node] = []
    for node in tree.root.walk():
        if node.is_a(DSIG, "Signature"):
            found.append(node)
            if len(found) == _MOST_SIGNATURES:
                break
    return [_check(signature, tree, resolve, tick) for signature in found]


def _check(signature: Node, tree: Tree, resolve: Resolve, tick: Callable[[], None]) -> XmlSignature:
    info = signature.first(DSIG, "SignedInfo")
    certificates = _certificates(signature)
    bound = _bound(signature)
    references = References(signature, tree, resolve, tick)
    outcome = Outcome("not-evaluated", "the signature has no list of what it signs")
    signer = next(
        (each for each in certificates if bound and _fits(each, bound)), certificates[0] if certificates else None
    )
    if info is not None:
        references.compare(info.every(DSIG, "Reference"))
        outcome = _outcome(signature, info, signer, references.findings)
        if outcome.integrity == "pass" and bound and signer is not None and not _fits(signer, bound):
            outcome = Outcome("fail", OTHER_CERTIFICATE)
    nodes = list(signature.walk())
    time = next((each.text() for each in nodes if each.local == "SigningTime"), "").strip()[:40]
    return XmlSignature(
        outcome=outcome,
        covered=frozenset(references.findings.covered),
        related=references.findings.related,
        certificate=signer,
        beside=tuple(each for each in certificates if each is not signer),
        time=time if time.isascii() and time.isprintable() else "",
        advanced=any(each.space.startswith(_XADES) for each in nodes),
        document=references.findings.document,
    )


def _outcome(signature: Node, info: Node, certificate: Certificate | None, findings: Findings) -> Outcome:
    if findings.differs:
        return Outcome("fail", findings.differs)
    if findings.open:
        return Outcome("not-evaluated", findings.open)
    if certificate is None:
        return Outcome("not-evaluated", "the signer's certificate is not inside")
    canonicalization = info.first(DSIG, "CanonicalizationMethod")
    form = form_of(canonicalization) if canonicalization is not None else None
    octets = canonical.element(info, form) if form is not None else None
    method = _METHODS.get(algorithm(info.first(DSIG, "SignatureMethod")))
    holder = signature.first(DSIG, "SignatureValue")
    value = decoded(holder.text()) if holder is not None else None
    if octets is None or method is None or value is None:
        return Outcome("not-evaluated", "the signature algorithm or canonical form is not supported")
    oid, digest = method
    parameters = b""
    if oid.startswith("1.2.840.10045."):
        half = len(value) // 2
        value = der.build(der.SEQUENCE, b"".join(_integer(each) for each in (value[:half], value[half:])))
    elif oid == oids.RSA_PSS:
        parameters = pss_parameters(digest)  # RFC 6931 section 2.3.10: mask by the same digest, salt of its length
    answer = verify_value(certificate.key, oid, parameters, digest, value, b"", octets)
    weak = BROKEN.get(digest, findings.weak)
    return proves_nothing(weak) if answer.integrity == "pass" and weak else answer


def _certificates(signature: Node) -> list[Certificate]:
    """Certificates that came with a signature, those of its KeyInfo first."""
    info = signature.first(DSIG, "KeyInfo")
    nodes = [each for each in info.walk() if each.is_a(DSIG, "X509Certificate")] if info is not None else []
    nodes += [each for each in signature.walk() if each.local == "EncapsulatedX509Certificate"]
    found: list[Certificate] = []
    for node in nodes[:_MOST_CERTIFICATES]:
        try:
            found.append(read_certificate(decoded(node.text()) or b""))
        except Malformed:
            continue
    return found


def _bound(signature: Node) -> list[tuple[str, bytes]]:
    """Digests of the certificate that XAdES binds into what is signed (EN 319 132-1, 5.2.2); the signer's stands first."""
    for node in signature.walk():
        if node.local in ("SigningCertificate", "SigningCertificateV2") and node.space.startswith(_XADES):
            first = next(node.elements(), None)
            method = next((each for each in first.walk() if each.is_a(DSIG, "DigestMethod")), None) if first else None
            value = next((each for each in first.walk() if each.is_a(DSIG, "DigestValue")), None) if first else None
            digest = decoded(value.text()) if value is not None else None
            name = DIGEST_URIS.get(algorithm(method), "")
            if name and digest:
                return [(name, digest)]
    return []


def _fits(certificate: Certificate, bound: list[tuple[str, bytes]]) -> bool:
    return all(hashlib.new(name, certificate.encoded, usedforsecurity=False).digest() == value for name, value in bound)


def _integer(value: bytes) -> bytes:
    plain = value.lstrip(b"\0") or b"\0"
    return der.build(der.INTEGER, b"\0" + plain if plain[0] & 0x80 else plain)
