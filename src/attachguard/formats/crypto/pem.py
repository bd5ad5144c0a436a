"""PEM (RFC 7468, RFC 1421): DER objects as base64 between `-----BEGIN …-----` lines; and DER that came as bare base64.

Most of what stands here is keys and certificates, which are text. CMS objects are handed to their inspector by naming
the type; private keys under a password are encrypted content.

Why our own: the libraries read PEM as they write it; mail programs take much else.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.readers.crypto import der_kinds as derkinds
from attachguard.types.filetypes import filetype
from attachguard.types.identify import identify

TYPES: Final = frozenset({"pem", "txt"})
MARKS: Final = (b"-----BEGIN ", b"MI")
LIMITATIONS: Final = ("Private keys under a password are not opened.",)
EXTRACTS: Final = "The objects between the lines, in binary; files that are dressed up as a certificate."
DETECTS: Final = "Private keys, encrypted keys, damage to the armour."

_BEGIN: Final = re.compile(rb"^-----BEGIN ([A-Z0-9 #.-]{1,60})-----", re.MULTILINE)
_BARE: Final = re.compile(rb"\s{0,64}MI[A-Za-z0-9+/]{20}")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/=\s]+")
_CMS_LABELS: Final = frozenset({b"PKCS7", b"PKCS #7 SIGNED DATA", b"CMS"})
_BLOCKS_BETWEEN_CHECKS: Final = 1000
_HEAD: Final = 256
#: Bytes that more than a sample in a text has, and blocks of one file that are taken out.
_SAMPLE: Final = 64
_MOST_DISGUISED: Final = 20
#: What looking at a block takes, see `Budget.spare`.
_LOOKS: Final = 2
#: Base64 as the letters of a key begin.
_LETTERS: Final = re.compile(rb"\s{1,4}MI[A-Za-z0-9+/\s]{30}")


def inspect(part: Part) -> Iterator[Fact]:
    """CMS objects and encrypted private keys."""
    if not part.is_a("pem") and part.data.find(b"-----BEGIN ") < 0:
        if _BARE.match(part.data):
            kind = derkinds.sniff(part.once(der_content))
            if kind is not None:
                yield filetype(kind)
        return
    disguised = 0
    for number, begin in enumerate(_BEGIN.finditer(part.data)):
        if number % _BLOCKS_BETWEEN_CHECKS == 0:
            part.budget.check_time()
        label = begin[1]
        if label in _CMS_LABELS:
            kind = derkinds.sniff(part.once(der_content))
            if kind in ("pkcs7", "p7b"):
                yield filetype(kind)
            return
        lock = _lock(part.data, label, begin.end())
        if lock:
            yield part.encrypted("unknown-password", lock)
            return
        part.budget.look("blocks of PEM", _LOOKS)
        if disguised < _MOST_DISGUISED and _is_disguise(part.data, label, begin.end()):
            # `certutil -decode` writes whatever stands between the lines.
            disguised += 1
            yield part.child("decoded", partial(_block, part.data, begin.end()), role="embedded")


def _lock(data: bytes, label: bytes, at: int) -> str:
    """How the private key that starts here is encrypted; empty if it is not a key, or open."""
    if label == b"ENCRYPTED PRIVATE KEY":
        # Another program may decode what looks broken here; a sample in a text has no base64 in it.
        return "PEM: encrypted private key (PKCS#8)" if _is_der(data, at) or _LETTERS.match(data, at) else ""
    if label == b"OPENSSH PRIVATE KEY":
        # PROTOCOL.key of OpenSSH: magic, then the name of the cipher with its length; `none` is the one that hides nothing.
        key = _decode(data[at : at + _HEAD])
        cipher = key[19 : 19 + key[18]] if key.startswith(b"openssh-key-v1\0") and len(key) > 19 else b"none"
        return "PEM: encrypted OpenSSH private key" if cipher != b"none" else ""
    # RFC 1421 section 4.6.1.1; OpenSSL's own key format still uses it.
    locked = label.endswith(b"PRIVATE KEY") and b"Proc-Type: 4,ENCRYPTED" in data[at : at + _HEAD]
    return "PEM: encrypted private key" if locked else ""


def der_content(part: Part) -> bytes:
    """The DER or BER object that a part holds: as it is, in PEM, or as bare base64."""
    data = part.data
    if data[:1] == b"\x30" and not _BARE.match(data):
        return data
    begin = next((found for found in _BEGIN.finditer(data) if found[1] in _CMS_LABELS), None)
    if begin is not None:
        return _block(data, begin.end())
    if _BARE.match(data) and _BASE64.fullmatch(data):
        return _decode(data)
    return data


def _block(data: bytes, at: int) -> bytes:
    """What is written in base64 from a place on to the line that ends it."""
    end = data.find(b"-----END ", at)
    return _decode(data[at : end if end >= 0 else len(data)])


def _is_disguise(data: bytes, label: bytes, at: int) -> bool:
    """Whether a block that says to be a certificate holds no DER, but a file of some known type."""
    head = _decode(data[at : at + 2 * _HEAD].strip()[:_HEAD]) if b"CERTIFICATE" in label else b""
    return len(head) > _SAMPLE and head[0] != 0x30 and bool(identify(head, complete=False))


def _decode(text: bytes) -> bytes:
    """Base64 as far as it can be decoded."""
    text = text.translate(None, b" \t\r\n")
    try:
        return binascii.a2b_base64(text[: len(text) // 4 * 4])
    except binascii.Error:
        return b""


def _is_der(data: bytes, at: int) -> bool:
    """Whether the block that starts here holds a DER sequence, and not a sample text."""
    return _decode(data[at : at + _HEAD].strip()[:64])[:1] == b"\x30"
