"""XML signatures (W3C XML Signature 1.1; XAdES: ETSI EN 319 132) in packages and documents: ASiC, OpenDocument, Open XML, plain XML.

A signature lists references, each with the digest of a file of the package or of an element of the signature's own document, and signs the list.
A reference that differs is a failure. One that cannot be compared, because its transforms are not supported, leaves the answer open. Elements are
brought into canonical form by `lxml`, which is imported when the first XML signature arrives; document types and entities are refused before.
"""

from __future__ import annotations

import binascii
import copy
import hashlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from attachguard.errors import Malformed
from attachguard.readers import der
from attachguard.readers.certificate import read_certificate
from attachguard.signatures.asic import DIGEST_URIS
from attachguard.signatures.verify import NO_LIST, Outcome, verify_value

if TYPE_CHECKING:
    from attachguard.model import Signature
    from attachguard.readers.certificate import Certificate
    from attachguard.signatures.trust import TrustList

NAMESPACE: Final = b"http://www.w3.org/2000/09/xmldsig#"
_DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
_XADES: Final = "http://uri.etsi.org/01903/"
_ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
#: Canonical forms: exclusive or not, with comments or not.
_CANONICAL: Final = {
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": (False, False),
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": (False, True),
    "http://www.w3.org/2006/12/xml-c14n11": (False, False),
    "http://www.w3.org/2006/12/xml-c14n11#WithComments": (False, True),
    "http://www.w3.org/2001/10/xml-exc-c14n#": (True, False),
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments": (True, True),
}
_DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
#: Object identifier and digest by the URI of the signature method (RFC 6931); ECDSA values are two numbers side by side there.
_METHODS: Final = {
    _DSIG + "rsa-sha1": ("1.2.840.113549.1.1.5", "sha1"),
    _MORE + "rsa-sha256": ("1.2.840.113549.1.1.11", "sha256"),
    _MORE + "rsa-sha384": ("1.2.840.113549.1.1.12", "sha384"),
    _MORE + "rsa-sha512": ("1.2.840.113549.1.1.13", "sha512"),
    _MORE + "ecdsa-sha256": ("1.2.840.10045.4.3.2", "sha256"),
    _MORE + "ecdsa-sha384": ("1.2.840.10045.4.3.3", "sha384"),
    _MORE + "ecdsa-sha512": ("1.2.840.10045.4.3.4", "sha512"),
}
_LARGEST: Final = 8 << 20
_MOST_SIGNATURES: Final = 16
_MOST_REFERENCES: Final = 2000
_MOST_DEPTH: Final = 3

Resolve = Callable[[str], bytes | None]


class XmlSignature(NamedTuple):
    """One XML signature, checked.

    Args:
        outcome: its integrity.
        covered: names of the files whose digests are right.
        certificate: the signer's, as it came with the signature; None without.
        time: when it was signed, as claimed.
        advanced: whether it is XAdES.
        document: whether it covers the document it stands in.
    """

    outcome: Outcome
    covered: frozenset[str]
    certificate: Certificate | None
    time: str
    advanced: bool
    document: bool

    def record(self, kind: str, coverage: str, trust: TrustList | None) -> Signature:
        """What the report says about it."""
        from attachguard.model import Signature

        trusted, cause = "not-evaluated", NO_LIST
        if trust is not None:
            cause = "the integrity is not established"
            if self.outcome.integrity == "pass" and self.certificate is not None:
                trusted, cause = trust.evaluate(self.certificate, ())
        return Signature(
            format=kind,
            coverage=coverage,
            integrity=self.outcome.integrity,
            trust=trusted,
            signer=self.certificate.holder if self.certificate is not None else "",
            time=self.time,
            cause=self.outcome.cause,
            trust_cause=cause,
        )


class _Findings:
    """What checking the references of one signature has brought so far."""

    def __init__(self) -> None:
        self.covered: set[str] = set()
        self.differs = ""
        self.open = ""
        self.document = False
        self.left = _MOST_REFERENCES


def read_signatures(text: bytes, resolve: Resolve) -> list[XmlSignature]:
    """Every signature in an XML document, checked.

    Args:
        text: the document.
        resolve: gives the content of a file of the same package, None for what is not there.

    Raises:
        Malformed: it is no XML that may be read here.
    """
    try:
        from lxml import etree
    except ImportError as error:
        raise Malformed("XML signature: its canonical form needs the package lxml") from error

    if len(text) > _LARGEST:
        raise Malformed("XML signature: larger than any signature is")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed("XML signature: no well-formed XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("XML signature: a document type, which could change what is signed")
    found = [] if root.tag != _DS + "Signature" else [root]
    found += [each for each, _ in zip(root.iterfind(f".//{_DS}Signature"), range(_MOST_SIGNATURES), strict=False)]
    return [_check(signature, root, resolve) for signature in found[:_MOST_SIGNATURES]]


def _check(signature: Any, root: Any, resolve: Resolve) -> XmlSignature:
    info = signature.find(_DS + "SignedInfo")
    findings = _Findings()
    certificate = _certificate(signature)
    outcome = Outcome("not-evaluated", "the signature has no list of what it signs")
    if info is not None:
        _references(info.findall(_DS + "Reference"), signature, root, resolve, findings, 0)
        outcome = _outcome(signature, info, certificate, findings)
    time = next((each.text or "" for each in signature.iter("{*}SigningTime")), "").strip()[:40]
    return XmlSignature(
        outcome=outcome,
        covered=frozenset(findings.covered),
        certificate=certificate,
        time=time if time.isascii() and time.isprintable() else "",
        advanced=any(str(each.tag).startswith("{" + _XADES) for each in signature.iter() if isinstance(each.tag, str)),
        document=findings.document,
    )


def _outcome(signature: Any, info: Any, certificate: Certificate | None, findings: _Findings) -> Outcome:
    if findings.differs:
        return Outcome("fail", f"the digest of {findings.differs} differs from the signed one")
    if findings.open:
        return Outcome("not-evaluated", findings.open)
    if certificate is None:
        return Outcome("not-evaluated", "the signer's certificate is not inside")
    canonical = _canonical(info, _algorithm(info.find(_DS + "CanonicalizationMethod")))
    method = _METHODS.get(_algorithm(info.find(_DS + "SignatureMethod")))
    value = _decoded(signature.findtext(_DS + "SignatureValue"))
    if canonical is None or method is None or value is None:
        return Outcome("not-evaluated", "the signature algorithm or canonical form is not supported")
    oid, digest = method
    if oid.startswith("1.2.840.10045."):
        half = len(value) // 2
        value = der.build(der.SEQUENCE, b"".join(_integer(each) for each in (value[:half], value[half:])))
    answer = verify_value(certificate.key, oid, b"", digest, value, b"", canonical)
    if answer.integrity == "pass" and digest == "sha1":
        return Outcome("not-evaluated", "SHA-1 proves nothing any more")
    return answer


def _references(
    references: Iterable[Any], signature: Any, root: Any, resolve: Resolve, findings: _Findings, depth: int
) -> None:
    """Compare each reference with what it names; a manifest that is signed has references of its own."""
    for reference in references:
        findings.left -= 1
        if findings.left < 0:
            findings.open = findings.open or "more references than are compared"
            return
        uri = reference.get("URI", "")
        transforms = [_algorithm(each) for each in reference.iterfind(f"{_DS}Transforms/{_DS}Transform")]
        digest = DIGEST_URIS.get(_algorithm(reference.find(_DS + "DigestMethod")), "")
        claimed = _decoded(reference.findtext(_DS + "DigestValue"))
        inside = not uri or uri.startswith("#")
        name = unquote(uri.partition("?")[0]).lstrip("/")
        if inside:
            target = _target(uri, signature, root)
            content = _element(target, transforms, signature, root)
        else:
            target, content = None, _file(name, transforms, resolve)
        if content is None or not digest or claimed is None:
            what = "an element" if inside else f"the file {_shown(name)}"
            findings.open = findings.open or f"{what} could not be compared"
        elif hashlib.new(digest, content, usedforsecurity=False).digest() != claimed:
            findings.differs = findings.differs or ("what is signed" if inside else f"the file {_shown(name)}")
        elif not inside:
            findings.covered.add(name)
        elif target is not None:
            findings.document = findings.document or target is root
            if depth < _MOST_DEPTH:
                manifests = [target] if target.tag == _DS + "Manifest" else target.iterfind(_DS + "Manifest")
                for manifest in manifests:
                    _references(manifest.findall(_DS + "Reference"), signature, root, resolve, findings, depth + 1)


def _target(uri: str, signature: Any, root: Any) -> Any:
    """The element that a reference names; None where there is none, or more than one: that is how signatures are wrapped around other content."""
    if not uri:
        return root
    wanted = uri[1:]
    matching = [
        each
        for each in root.iter()
        if isinstance(each.tag, str) and wanted in (each.get("Id"), each.get("ID"), each.get("id"))
    ]
    del signature
    return matching[0] if len(matching) == 1 else None


def _element(target: Any, transforms: list[str], signature: Any, root: Any) -> bytes | None:
    """The octets of an element after its transforms; None where one of them is not supported."""
    form = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    enveloped = False
    for transform in transforms:
        if transform == _ENVELOPED:
            enveloped = True
        elif transform in _CANONICAL:
            form = transform
        else:
            return None
    if target is None:
        return None
    if not enveloped:
        return _canonical(target, form)
    # The signature itself is left out of what it signs.
    path = root.getroottree().getelementpath(signature)
    if target is not root or path == ".":
        return None
    rest = copy.deepcopy(root)
    gone = rest.find(path)
    if gone is None:
        return None
    before, parent = gone.getprevious(), gone.getparent()
    if gone.tail:
        if before is not None:
            before.tail = (before.tail or "") + gone.tail
        else:
            parent.text = (parent.text or "") + gone.tail
    parent.remove(gone)
    return _canonical(rest, form)


def _file(name: str, transforms: list[str], resolve: Resolve) -> bytes | None:
    """The octets of a file of the package after its transforms; None where it is not there or a transform is not supported."""
    content = resolve(name)
    if content is None or not transforms:
        return content
    if any(transform not in _CANONICAL for transform in transforms) or len(content) > _LARGEST:
        return None
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return _canonical(root, transforms[-1])


def _canonical(element: Any, algorithm: str) -> bytes | None:
    """Canonical form of an element with the name spaces of its place; None where it is not certain to come out the same."""
    from lxml import etree

    if algorithm not in _CANONICAL:
        return None
    exclusive, comments = _CANONICAL[algorithm]
    if element.getparent() is None:
        tree = element.getroottree()
        written: bytes = etree.tostring(tree, method="c14n", exclusive=exclusive, with_comments=comments)
        return written
    spaces = element.nsmap
    inherited = any(
        str(key).startswith("{http://www.w3.org/XML") for each in element.iterancestors() for key in each.attrib
    )
    if len(set(spaces.values())) < len(spaces) or (inherited and not exclusive):
        return None
    apex = etree.Element(element.tag, attrib=dict(element.attrib), nsmap=spaces)
    apex.text = element.text
    apex.extend(copy.deepcopy(each) for each in element)
    result: bytes = etree.tostring(apex, method="c14n", exclusive=exclusive, with_comments=comments)
    return result


def _certificate(signature: Any) -> Certificate | None:
    encoded = _decoded(next((each.text for each in signature.iter(_DS + "X509Certificate")), None))
    if not encoded:
        return None
    try:
        return read_certificate(encoded)
    except Malformed:
        return None


def _algorithm(element: Any) -> str:
    # Name spaces that are included by name in an exclusive form: the plain form would come out different.
    if element is None or any(each.get("PrefixList") for each in element):
        return ""
    return str(element.get("Algorithm", ""))


def _decoded(text: str | None) -> bytes | None:
    try:
        return binascii.a2b_base64(text) if text and text.isascii() else None
    except binascii.Error:
        return None


def _integer(value: bytes) -> bytes:
    plain = value.lstrip(b"\0") or b"\0"
    return der.build(der.INTEGER, b"\0" + plain if plain[0] & 0x80 else plain)


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name[-60:])
