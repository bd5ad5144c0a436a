"""CMS / PKCS#7 (RFC 5652, RFC 2315): signatures, S/MIME objects, certificate bundles; time stamp replies (RFC 3161).

A ContentInfo names its content type. Signed data says who signed and may hold the signed content itself ("opaque"):
that is unwrapped and judged like anything else. Enveloped data can be read by the holder of a recipient's key only.
Compressed, digested and authenticated data hold readable content. The object may come in DER, in BER (streaming signers
write it), as PEM, or as bare base64.

Why our own: the cryptography package refuses what is damaged or unusual, which is what matters here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.codes import EncryptionState
from attachguard.errors import Malformed
from attachguard.formats.crypto.pem import der_content
from attachguard.inspector import Fact
from attachguard.model import Signature
from attachguard.part import Part, Source
from attachguard.readers.crypto import der, oids
from attachguard.readers.crypto.der import Element
from attachguard.readers.crypto.envelope import Recipient, read_recipients
from attachguard.readers.packed.inflate import ZLIB, inflate
from attachguard.signing import noted
from attachguard.signing.cms import read_signed_data
from attachguard.signing.ledger import Content, Ledger
from attachguard.signing.record import NOT_INTACT, judge
from attachguard.signing.smime import KeyAnswer
from attachguard.signing.smime.opening import Opener, told
from attachguard.types.extension import split_name
from attachguard.types.filetypes import filetype, wrappers

TYPES: Final = frozenset({"pkcs7", "p7b", "tsr"})
LIMITATIONS: Final = (
    "Enveloped data is opened only with a key that the operator has given.",
    "Time stamps and Authenticode signatures are seen, what they are about is not compared.",
    "Only the first object of a PEM file with several is looked into.",
)
EXTRACTS: Final = "The content that a signature or a compressed object holds."
DETECTS: Final = (
    "Signed, encrypted and certificates-only objects, time stamps, how many signers there are, S/MIME encryption."
)

_DATA: Final = oids.DATA
_SIGNED: Final = der.SIGNED_DATA
_ENVELOPED: Final = oids.ENVELOPED_DATA
_SIGNED_ENVELOPED: Final = "1.2.840.113549.1.7.4"
_DIGESTED: Final = "1.2.840.113549.1.7.5"
_ENCRYPTED: Final = oids.ENCRYPTED_DATA
_AUTHENTICATED: Final = "1.2.840.113549.1.9.16.1.2"
_COMPRESSED: Final = "1.2.840.113549.1.9.16.1.9"
_AUTH_ENVELOPED: Final = "1.2.840.113549.1.9.16.1.23"
_TIME_STAMP: Final = "1.2.840.113549.1.9.16.1.4"
_CERTIFICATE_TRUST_LIST: Final = "1.3.6.1.4.1.311.10.1"
_AUTHENTICODE: Final = "1.3.6.1.4.1.311.2.1.4"

#: Content types that are further CMS structures, and so are looked into here.
_NESTED: Final = frozenset(
    {_SIGNED, _ENVELOPED, _SIGNED_ENVELOPED, _DIGESTED, _ENCRYPTED, _AUTHENTICATED, _COMPRESSED, _AUTH_ENVELOPED}
)
_TITLES: Final = {
    _TIME_STAMP: "time stamp",
    _CERTIFICATE_TRUST_LIST: "certificate trust list",
    _AUTHENTICODE: "Authenticode",
}

#: Content encryption and digest algorithms by their object identifiers.
ALGORITHMS: Final = {
    "1.2.840.113549.3.2": "RC2",
    "1.2.840.113549.3.4": "RC4",
    oids.DES_EDE3_CBC: "3DES",
    "1.3.14.3.2.7": "DES",
    "1.2.840.113533.7.66.10": "CAST5",
    "1.2.840.113549.1.9.16.3.18": "ChaCha20-Poly1305",
    **{
        f"2.16.840.1.101.3.4.1.{20 * row + column}": f"AES-{bits}-{mode}"
        for row, bits in enumerate((128, 192, 256))
        for column, mode in ((2, "CBC"), (6, "GCM"), (7, "CCM"))
    },
    "1.2.840.113549.1.5.13": "PBES2",
    "1.2.840.113549.1.12.1.1": "PBE RC4-128",
    "1.2.840.113549.1.12.1.2": "PBE RC4-40",
    "1.2.840.113549.1.12.1.3": "PBE 3DES",
    "1.2.840.113549.1.12.1.4": "PBE 2-key 3DES",
    "1.2.840.113549.1.12.1.5": "PBE RC2-128",
    "1.2.840.113549.1.12.1.6": "PBE RC2-40",
}
_PASSWORD_BASED: Final = ("1.2.840.113549.1.5.", "1.2.840.113549.1.12.1.")
#: RecipientInfo alternatives (RFC 5652 section 6.2) by tag; passwords have a kind of their own.
_PASSWORD_RECIPIENT: Final = 0xA3

_MAIL_TYPES: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_CONTENT_TYPES: Final = ("1.2.840.113549.1.7.", "1.2.840.113549.1.9.16.1.", "1.3.6.1.4.1.311.")

#: What reading and verifying one object takes, and as many bytes of it, see `Budget.spare`.
_LOOKS: Final = 80
_LOOK_BYTES: Final = 200
_MAX_DEPTH: Final = 6
_MAX_COUNT: Final = 1000
#: Recipients of an envelope that a finding names.
_SHOWN_RECIPIENTS: Final = 4
_MIME_HEADER: Final = re.compile(rb"\s{0,8}(?:content-[a-z-]{3,40}|mime-version)[ \t]{0,8}:", re.IGNORECASE)


def inspect(part: Part) -> Iterator[Fact]:
    """Signatures, encryption and unwrapped content."""
    data = part.once(der_content)
    part.budget.look("CMS objects", _LOOKS + len(data) // _LOOK_BYTES)
    root = der.read(data)
    if part.is_a("tsr"):
        answer = root.child_list(2)
        if len(answer) == 2:
            root = answer[1]
    info = der.content_info(root)
    if info is None:
        raise Malformed("CMS: no content type")
    yield from _content(part, *info, 0)
    if root.cut:
        raise Malformed("CMS: the object is cut short")


def _content(part: Part, oid: str, content: Element, depth: int) -> Iterator[Fact]:
    """What a content of some type says."""
    if depth > _MAX_DEPTH:
        raise Malformed("CMS: nested too deep")
    if oid == _SIGNED:
        yield from _signed(part, content, depth)
    elif oid in (_ENVELOPED, _AUTH_ENVELOPED, _SIGNED_ENVELOPED):
        yield from _enveloped(part, oid, content, depth)
    elif oid == _ENCRYPTED:
        kind, password = _cipher(content.child_list())
        state: EncryptionState = "unknown-password" if password else "unknown-key"
        yield part.encrypted(state, f"CMS: encrypted data{kind}")
    elif oid in (_DIGESTED, _AUTHENTICATED, _COMPRESSED):
        inner = next((found for found in content.child_list() if found.tag == der.SEQUENCE and _typed(found)), None)
        if inner is None:
            raise Malformed("CMS: no content inside")
        yield from _inside(part, inner, depth, compressed=oid == _COMPRESSED)
    elif oid == _DATA:
        yield _child(part, content)
    else:
        yield part.finding("not-opened", f"CMS: content type {oid[:60]}")


def _signed(part: Part, content: Element, depth: int) -> Iterator[Fact]:
    """SignedData (RFC 5652 section 5.1): version, digests, content, [certificates], [lists], signers."""
    members = content.child_list()
    place = next((number for number, found in enumerate(members) if found.tag == der.SEQUENCE), -1)
    if place < 0:
        raise Malformed("CMS: signed data without content")
    inner = members[place]
    last = members[-1] if len(members) > place + 1 and members[-1].tag == der.SET else None
    signers = _count(last) if last is not None else 0
    parts = inner.child_list(2)
    kind = _TITLES.get(parts[0].oid() if parts else "", "")
    if signers:
        whose = "1 signer" if signers == 1 else f"{signers} signers"
        what = kind or ("content inside" if len(parts) > 1 else "detached")
        yield part.signature("signature-cms", f"CMS: signed, {whose}, {what}")
    elif len(parts) < 2 and last is not None:
        yield filetype("p7b")
    yield from _inside(part, inner, depth, compressed=False)
    if signers:
        yield from _integrity(part, content, kind, depth)
    if last is None:
        raise Malformed("CMS: signed data ends before its signers")


def _integrity(part: Part, content: Element, kind: str, depth: int) -> Iterator[Fact]:
    """Whether the signatures hold; a detached one whose content may still come waits for it."""
    try:
        signed = read_signed_data(content)
    except Malformed as error:
        yield from noted(part, Signature(format="CMS", cause=str(error).removeprefix("CMS: "), trust_cause=NOT_INTACT))
        raise
    covered = part.context.get(Ledger).covered.get(part)
    inside = signed.content
    if inside is None and covered is None and not kind and not depth:
        part.context.get(Ledger).wait(part, part.once(der_content))
        return
    for signer in signed.signers:
        family = "CAdES" if signer.advanced else "CMS"
        if kind:
            shown = kind
        elif covered is not None and inside is None:
            shown = "S/MIME-clear"
        else:
            shown = "S/MIME-opaque" if part.declared in _MAIL_TYPES else f"{family}-attached"
        if inside is not None:
            # PKCS#7 1.5 put other things than octet strings here; what of them is digested is recognised by their own standards.
            plain = inside.tag in (der.OCTET_STRING, der.CONSTRUCTED_OCTET_STRING)
            covered = Content(list(inside.octets())) if plain else None
        yield from noted(part, judge(shown, signer, signed, covered, "whole", part.context.get(Ledger).trust))
    if signed.more:
        yield part.finding("signature-not-verified", "CMS: more signers than are looked at")


def _inside(part: Part, inner: Element, depth: int, *, compressed: bool) -> Iterator[Fact]:
    """EncapsulatedContentInfo (section 5.2): content type and, unless detached, the content under [0]."""
    members = inner.child_list(2)
    if len(members) < 2 or members[1].tag != der.CONTEXT_0:
        return
    content = next(members[1].children(), None)
    oid = members[0].oid()
    if content is None or oid in _TITLES:
        return
    if content.tag not in (der.OCTET_STRING, der.CONSTRUCTED_OCTET_STRING):
        # PKCS#7 1.5 put any type here as it is.
        if oid in _NESTED:
            yield from _content(part, oid, content, depth + 1)
        return
    if oid in _NESTED and not compressed:
        yield from _content(part, oid, der.read(b"".join(content.octets())), depth + 1)
    else:
        yield _child(part, content, compressed=compressed)


def _child(part: Part, content: Element, *, compressed: bool = False) -> Part:
    """The readable content, under the object's name without its own extension."""
    name = _inner_name(part)
    if compressed:
        return part.child(name, _unzip(content), role="embedded")
    return _entity(part, name, next(content.octets(), b""), content.octets())


def _entity(part: Part, name: str, head: bytes, source: Source) -> Part:
    """A child that may be a MIME entity."""
    # S/MIME signs a MIME entity (RFC 8551 section 3.1); its header of content fields alone looks like any text, so the
    # name has to say what it is.
    mime = _MIME_HEADER.match(head) is not None
    declared = "message/rfc822" if mime else None
    child = part.child(f"{name or 'message'}.eml" if mime else name, source, role="embedded", declared=declared)
    child.signed = part.signed
    return child


def _decrypted(part: Part, content: bytes) -> Part:
    return _entity(part, _inner_name(part), content[:64], content)


def _inner_name(part: Part) -> str:
    stem, suffix = split_name(part.name)
    return stem if suffix in wrappers("pkcs7") else ""


def _unzip(content: Element) -> Iterator[bytes]:
    """CompressedData (RFC 3274): zlib is the only algorithm there is."""
    yield from inflate(b"".join(content.octets()), wbits=ZLIB)


def _enveloped(part: Part, oid: str, content: Element, depth: int) -> Iterator[Fact]:
    """EnvelopedData, AuthEnvelopedData (RFC 5652 section 6.1, RFC 5083): version, [originator], recipients, content."""
    members = content.child_list()
    recipients = next((found for found in members if found.tag == der.SET), None)
    tags = [found.tag for found in recipients.child_list(_MAX_COUNT)] if recipients is not None else []
    kind, _ = _cipher(members)
    whom = "1 recipient" if len(tags) == 1 else f"{len(tags)} recipients"
    by_password = bool(tags) and all(tag == _PASSWORD_RECIPIENT for tag in tags)
    if by_password or recipients is None:
        state: EncryptionState = "unknown-password" if by_password else "unknown-key"
        yield part.encrypted(state, f"CMS: enveloped{kind}, {whom}{' by password' if by_password else ''}")
        return
    answer = KeyAnswer("unknown")
    wanted = tuple(read_recipients(recipients))
    opener = part.context.find(Opener)
    if opener is not None:
        cms = part.once(der_content)
        if depth:
            cms = der.build(der.SEQUENCE, der.object_identifier(oid) + der.build(der.CONTEXT_0, content.encoded()))
        answer = opener.open(wanted, cms)
    for finding in told(part, answer, f"CMS: enveloped{kind}", whom):
        # Who publishes a certificate wants such mail: what no key opens is kept apart from what is locked, and says whose key is missing.
        if finding.kind == "encrypted-unknown-key":
            yield part.finding("smime-unknown-key", finding.detail + _missing(wanted))
        elif finding.kind == "encryption-scheme-not-supported":
            yield part.finding("smime-algorithm", finding.detail)
        else:
            yield finding
    if answer.state == "held":
        yield _decrypted(part, answer.content)


def _missing(recipients: tuple[Recipient, ...]) -> str:
    """For which certificates a key is missing, in words."""
    shown = "; ".join(recipient.certificate() for recipient in recipients[:_SHOWN_RECIPIENTS])
    more = len(recipients) - _SHOWN_RECIPIENTS
    return (f", no key for {shown}" if shown else "") + (f" and {more} more" if more > 0 else "")


def _cipher(members: list[Element]) -> tuple[str, bool]:
    """Name of the cipher with a comma in front, empty when unknown, and whether a password is the key.

    EncryptedContentInfo ::= SEQUENCE { contentType, algorithm, [0] content OPTIONAL }.
    """
    for member in members:
        if member.tag != der.SEQUENCE or not _typed(member):
            continue
        info = member.child_list(2)
        algorithm = next(info[1].children(), None) if len(info) > 1 else None
        oid = algorithm.oid() if algorithm is not None else ""
        name = ALGORITHMS.get(oid, "")
        return f", {name}" if name else "", oid.startswith(_PASSWORD_BASED)
    return "", False


def _typed(element: Element) -> bool:
    """Whether a sequence begins with a content type of CMS."""
    first = next(element.children(), None)
    return first is not None and first.oid().startswith(
        ("1.2.840.113549.1.7.", "1.2.840.113549.1.9.16.1.", "1.3.6.1.4.1.311.")
    )


def _count(element: Element) -> int:
    return len(element.child_list(_MAX_COUNT))
