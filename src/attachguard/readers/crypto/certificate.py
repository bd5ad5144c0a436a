"""X.509 certificates (RFC 5280) as far as S/MIME and signatures need them: who issued which number to whom, and for which key.

Why our own: certificates come with the mail: the usual library refuses many that mail programs accept, and costs tens of milliseconds to import.
Nothing is believed here; who needs a proof checks signatures.
"""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.later import later
from attachguard.readers.crypto import der
from attachguard.readers.crypto.der import Element

_SUBJECT_KEY_ID: Final = "2.5.29.14"
_EXTENSIONS: Final = 0xA3
#: Attributes of a name that say who it is, the best first: common name, organisation, e-mail address.
_NAMING: Final = ("2.5.4.3", "2.5.4.10", "1.2.840.113549.1.9.1")
#: Character sets of the string types; the other ones are close to ASCII.
_CHARSETS: Final = {0x0C: "utf-8", 0x1E: "utf-16-be", 0x1C: "utf-32-be"}
_SHOWN: Final = 80
_PEM: Final = later(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----\s([A-Za-z0-9+/=\s]{1,400000})-----END \1-----")
_MOST_BLOCKS: Final = 20_000


class Certificate(NamedTuple):
    """What a certificate says.

    Args:
        encoded: the certificate.
        issuer: DER of the issuer's name.
        serial: content octets of the serial number.
        subject: DER of the name it was issued to.
        key: DER of the SubjectPublicKeyInfo.
        key_id: the subject key identifier, or the SHA-1 of the key where no extension gives one (section 4.2.1.2).
        until: the end of its validity in the form of ISO 8601; empty where that cannot be read.
    """

    encoded: bytes
    issuer: bytes
    serial: bytes
    subject: bytes
    key: bytes
    key_id: bytes
    until: str = ""

    @property
    def holder(self) -> str:
        """Whom it was issued to, in a few printable words."""
        return name_in_words(self.subject)


def read_certificate(encoded: bytes) -> Certificate:
    """The certificate that some DER is; raises `Malformed`."""
    root = der.read(encoded)
    inner = next(root.children(), None)
    members = inner.child_list(12) if inner is not None else []
    shift = 1 if members and members[0].tag == der.CONTEXT_0 else 0
    fields = members[shift : shift + 6]
    tags = [member.tag for member in fields]
    if root.cut or tags != [der.INTEGER, *[der.SEQUENCE] * 5]:
        raise Malformed("X.509: no certificate")
    serial, _algorithm, issuer, validity, subject, key = fields
    key_id = _key_id(members[shift + 6 :])
    if not key_id:
        parts = key.child_list(2)
        key_id = hashlib.sha1(parts[1].content()[1:] if len(parts) == 2 else b"", usedforsecurity=False).digest()
    dates = validity.child_list(2)
    return Certificate(
        root.encoded(), issuer.encoded(), serial.content(), subject.encoded(), key.encoded(), key_id,
        der.moment(dates[1]) if len(dates) == 2 else "",
    )  # fmt: skip


def _key_id(members: list[Element]) -> bytes:
    value = _extension(members, _SUBJECT_KEY_ID)
    return der.read(value).content() if value else b""


def extension(encoded: bytes, oid: str) -> bytes:
    """DER of the value of a certificate's extension (RFC 5280 section 4.2); empty without it, or where it cannot be read.

    Args:
        encoded: the certificate.
        oid: which extension.
    """
    try:
        inner = next(der.read(encoded).children(), None)
        return _extension(inner.child_list(12), oid) if inner is not None else b""
    except Malformed:
        return b""


def _extension(members: list[Element], oid: str) -> bytes:
    for member in members:
        if member.tag != _EXTENSIONS:
            continue
        for outer in member.children():
            for each in outer.child_list(100):
                found = each.child_list(3)
                if len(found) > 1 and found[0].oid() == oid and found[-1].tag == der.OCTET_STRING:
                    return found[-1].content()
    return b""


def name_in_words(encoded: bytes) -> str:
    """What a distinguished name calls somebody: common name, else organisation, else address; empty where it has none of them."""
    found: dict[str, str] = {}
    try:
        for relative in der.read(encoded).child_list(50):
            for attribute in relative.child_list(10):
                pair = attribute.child_list(2)
                if len(pair) == 2:
                    text = pair[1].content()[: 4 * _SHOWN].decode(_CHARSETS.get(pair[1].tag, "latin-1"), "replace")
                    found.setdefault(pair[0].oid(), text)
    except Malformed:
        return ""
    words = next((found[key] for key in _NAMING if key in found), "")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in words[:_SHOWN])


def pem_blocks(text: bytes) -> Iterator[tuple[str, bytes]]:
    """Label and content of each PEM block (RFC 7468) of an operator's file; broken blocks are left out."""
    for number, block in enumerate(_PEM.finditer(text)):
        if number >= _MOST_BLOCKS:
            return
        try:
            yield block[1].decode("ascii"), binascii.a2b_base64(block[2])
        except binascii.Error:
            continue
