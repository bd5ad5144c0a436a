"""What kind of DER or BER file some bytes are, seen from their structure: CMS, PKCS#12, certificates, requests, lists, time stamps, OCSP, keys.

Why our own: a look at the first few elements is wanted, for which a library parses the whole of every candidate.
"""

from __future__ import annotations

from typing import Final

from attachguard.errors import Malformed
from attachguard.readers.crypto.der import (
    BIT_STRING,
    CONTEXT_0,
    GENERALIZED_TIME,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    PKCS7,
    SEQUENCE,
    SET,
    SIGNED_DATA,
    UTC_TIME,
    Element,
    content_info,
    read,
)

_ENUMERATED: Final = 0x0A
#: Kinds of answers of OCSP (RFC 6960 section 4.2.1).
_OCSP: Final = "1.3.6.1.5.5.7.48.1"
#: What encrypts a private key with a password: PKCS#5 and PKCS#12 (RFC 8018, RFC 7292 appendix C).
_KEY_CIPHERS: Final = ("1.2.840.113549.1.5.", "1.2.840.113549.1.12.1.")


def sniff(data: bytes) -> str | None:
    """What kind of DER or BER file this is: `pkcs7`, `p7b`, `p12`, `p8`, `crt`, `acrt`, `csr`, `crl`, `tsr`, `orq`, `ors`, `derkey`, or None.

    Only the structure decides; a file that is cut short is still known by its beginning.
    """
    if len(data) < 16 or data[0] != SEQUENCE:
        return None
    try:
        root = read(data)
        first = next(root.children(), None)
        if first is None:
            return None
        if first.tag == OBJECT_IDENTIFIER:
            return _content_info(root)
        if first.tag == INTEGER:
            return _key_store(root) or _key(root)
        if first.tag == _ENUMERATED:
            return _answer(root)
        if first.tag == SEQUENCE:
            return _signed_structure(root, first)
    except Malformed:
        return None
    return None


def _content_info(root: Element) -> str | None:
    info = content_info(root)
    if info is None:
        return None
    oid, content = info
    return "p7b" if oid == SIGNED_DATA and _is_bundle(content) else "pkcs7"


def _is_bundle(signed_data: Element) -> bool:
    """Whether a SignedData only carries certificates: no content and no signer (RFC 5652 section 5.2)."""
    try:
        members = signed_data.child_list()
    except Malformed:
        return False
    if len(members) < 4 or members[2].tag != SEQUENCE or members[-1].tag != SET:
        return False
    has_content = len(members[2].child_list(2)) > 1
    return not has_content and next(members[-1].children(), None) is None


def _key_store(root: Element) -> str | None:
    """PFX ::= SEQUENCE { version INTEGER (3), authSafe ContentInfo, macData OPTIONAL } (RFC 7292 section 4)."""
    members = root.children()
    version = next(members)
    safe = next(members, None)
    if version.integer() != 3 or safe is None or safe.tag != SEQUENCE:
        return None
    kind = next(safe.children(), None)
    return "p12" if kind is not None and kind.oid() in (PKCS7 + "1", SIGNED_DATA) else None


def _key(root: Element) -> str | None:
    """A key in the clear: PKCS#8 (RFC 5958 section 2), PKCS#1 (RFC 8017 appendix A.1), DSA as OpenSSL writes it, or SEC 1 (RFC 5915)."""
    members = root.child_list(10)
    tags = [member.tag for member in members]
    version = members[0].integer()
    if version in (0, 1) and tags[1:3] == [SEQUENCE, OCTET_STRING] and _starts_with_oid(members[1]):
        return "derkey"
    if version == 1 and tags[1:3] == [OCTET_STRING, CONTEXT_0] and _starts_with_oid(members[2]):
        return "derkey"
    # A public key has two numbers, that of DSA six, a private one nine.
    return "derkey" if tags in (2 * [INTEGER], 6 * [INTEGER], 9 * [INTEGER]) else None


def _answer(root: Element) -> str | None:
    """OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] OPTIONAL } (RFC 6960 section 4.2.1)."""
    members = root.child_list(3)
    if len(members) != 2 or members[1].tag != CONTEXT_0:
        return None
    held = next(members[1].children(), None)
    kind = next(held.children(), None) if held is not None and held.tag == SEQUENCE else None
    return "ors" if kind is not None and kind.oid().startswith(_OCSP) else None


def _question(first: Element) -> str | None:
    """TBSRequest ::= SEQUENCE { [0] version, [1] requestor, requestList SEQUENCE OF Request, [2] } (RFC 6960 section 4.1.1)."""
    questions = next((member for member in first.child_list(4) if member.tag == SEQUENCE), None)
    request = next(questions.children(), None) if questions is not None else None
    certificate = next(request.children(), None) if request is not None and request.tag == SEQUENCE else None
    if certificate is None or certificate.tag != SEQUENCE:
        return None
    members = certificate.child_list(5)
    if [member.tag for member in members] != [SEQUENCE, OCTET_STRING, OCTET_STRING, INTEGER]:
        return None
    return "orq" if _starts_with_oid(members[0]) else None


def _signed_structure(root: Element, first: Element) -> str | None:
    """Certificate, request and list have one outer shape: SEQUENCE { what is signed, algorithm, signature }."""
    outer = root.child_list(3)
    inner = first.child_list(8)
    if not inner:
        return None
    # EncryptedPrivateKeyInfo ::= SEQUENCE { encryptionAlgorithm, encryptedData OCTET STRING } (RFC 5958 section 3)
    if (
        inner[0].oid().startswith(_KEY_CIPHERS)
        and len(outer) <= 2
        and all(member.tag == OCTET_STRING for member in outer[1:])
    ):
        return "p8"
    if len(outer) == 2 and inner[0].integer() in range(6) and outer[1].tag == SEQUENCE:
        # TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo } (RFC 3161 section 2.4.2)
        return "tsr" if content_info(outer[1]) is not None else None
    # SubjectPublicKeyInfo ::= SEQUENCE { algorithm, subjectPublicKey BIT STRING } (RFC 5280 section 4.1)
    if len(outer) == 2 and outer[1].tag == BIT_STRING and inner[0].oid():
        return "derkey"
    question = _question(first)
    if question is not None:
        return question
    # Where the file is cut short, what is signed may be all there is.
    if len(outer) > 1 and not (outer[1].tag == SEQUENCE and _starts_with_oid(outer[1])):
        return None
    if len(outer) > 2 and outer[2].tag != BIT_STRING:
        return None
    return _signed_content(inner)


def _signed_content(inner: list[Element]) -> str | None:
    tags = [element.tag for element in inner]
    # TBSCertificate (RFC 5280 section 4.1): [version] serial algorithm issuer validity subject key
    shift = 1 if tags[0] == CONTEXT_0 else 0
    certificate = [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE]
    if tags[shift : shift + 5] == certificate and _starts_with_oid(inner[shift + 1]):
        validity = inner[shift + 3].child_list(2)
        if len(validity) == 2 and validity[0].tag in (UTC_TIME, GENERALIZED_TIME):
            return "crt"
    # AttributeCertificateInfo (RFC 5755 section 4.1): version 1, holder, issuer [0], algorithm, serial, validity
    attributes = [INTEGER, SEQUENCE, CONTEXT_0, SEQUENCE, INTEGER, SEQUENCE]
    if tags[:6] == attributes and _starts_with_oid(inner[3]):
        validity = inner[5].child_list(2)
        return "acrt" if [each.tag for each in validity] == [GENERALIZED_TIME, GENERALIZED_TIME] else None
    # TBSCertList (RFC 5280 section 5.1): [version] algorithm issuer thisUpdate
    shift = 1 if tags[0] == INTEGER else 0
    names = [SEQUENCE, SEQUENCE]
    if tags[shift : shift + 3] in ([*names, UTC_TIME], [*names, GENERALIZED_TIME]):
        return "crl" if _starts_with_oid(inner[shift]) else None
    # CertificationRequestInfo (RFC 2986 section 4.1): version 0, subject, key, attributes
    if tags[:3] == [INTEGER, SEQUENCE, SEQUENCE] and inner[0].integer() == 0:
        key = inner[2].child_list(2)
        if len(key) == 2 and key[0].tag == SEQUENCE and _starts_with_oid(key[0]) and key[1].tag == BIT_STRING:
            return "csr"
    return None


def _starts_with_oid(element: Element) -> bool:
    first = next(element.children(), None)
    return first is not None and first.oid() != ""
