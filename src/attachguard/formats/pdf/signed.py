"""PDF signatures: what their byte ranges cover, and whether that is what was signed (ISO 32000-2, 12.8; PAdES: ETSI EN 319 142)."""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from attachguard.errors import Malformed
from attachguard.formats.pdf.actions import clean
from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.syntax import Name, Value
from attachguard.inspector import Fact
from attachguard.later import later
from attachguard.model import Signature
from attachguard.part import Part
from attachguard.readers.crypto import der
from attachguard.signing import noted
from attachguard.signing.cms import DIGESTS, SignedData, read_cms
from attachguard.signing.ledger import Content, Ledger
from attachguard.signing.record import judge

#: Signatures reported of one file, and those whose digests are computed: each may cover all of it.
_LISTED: Final = 50
_DIGESTED: Final = 10
#: Hexadecimal digits of one signature that are read; signatures with all their certificates and lists stay below.
_LONGEST: Final = 4 << 20
_BLANK: Final = b"\0\t\n\f\r "
_NOT_HEX: Final = re.compile(rb"[^0-9A-Fa-f]")
#: D:YYYYMMDDHHmmSSOHH'mm (7.9.4)
_DATE: Final = later(rb"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z|([+-]\d\d)'?(\d\d)?)?")
_DETACHED: Final = frozenset({"adbe.pkcs7.detached", "ETSI.CAdES.detached"})
_STAMP: Final = "ETSI.RFC3161"
_SHA1: Final = "adbe.pkcs7.sha1"


def signatures(part: Part, document: Document, found: list[dict[str, Value]]) -> Iterator[Fact]:
    """Each signature, what it covers, and whether it holds; a finding where none of them covers the whole file.

    Args:
        part: the PDF as it came: byte ranges count in it.
        document: its objects.
        found: signature dictionaries.
    """
    size = len(part.data)
    # White space after the last %%EOF says nothing.
    content_end = len(part.data.rstrip(_BLANK)) if found else 0
    whole = False
    told = 0
    for entries in found:
        part.budget.check_time()
        ranges = document.resolve(entries["ByteRange"])
        numbers = [document.resolve(item) for item in ranges[:64]] if isinstance(ranges, list) else []
        if len(numbers) < 4 or len(numbers) % 2 or not all(isinstance(item, int) and item >= 0 for item in numbers):
            continue
        covers = numbers[0] == 0 and numbers[-2] + numbers[-1] >= content_end and _gaps_are_contents(part.data, numbers)
        covers = covers and numbers[-2] + numbers[-1] <= size
        whole = whole or covers
        kind = document.resolve(entries.get("SubFilter"))
        family = "PAdES" if kind in ("ETSI.CAdES.detached", _STAMP) else "PDF signature"
        told += 1
        if told <= _LISTED:
            scheme = clean(kind) if isinstance(kind, Name) else "no SubFilter"
            yield part.signature(
                "signature-pdf", f"{family}: {scheme}, covers {'the whole file' if covers else 'the file partially'}"
            )
            coverage = "whole" if covers else "partial"
            yield from _integrity(part, document, entries, numbers, coverage, digested=told <= _DIGESTED)
    if told and not whole:
        yield part.finding("signature-partial-coverage", "PDF: no signature covers the file to its end")


def _integrity(
    part: Part, document: Document, entries: dict[str, Value], numbers: list[int], coverage: str, *, digested: bool
) -> Iterator[Fact]:
    kind = document.resolve(entries.get("SubFilter"))
    family = "PDF time stamp" if kind == _STAMP else "PAdES" if kind == "ETSI.CAdES.detached" else "PDF signature"
    unread = Signature(
        format=family, coverage=coverage, trust_cause="the signature cannot be read", time=_claimed(document, entries)
    )
    if not digested:
        yield from noted(part, msgspec.structs.replace(unread, cause="more signatures than are checked"))
        return
    if sum(numbers[1::2]) > len(part.data):
        yield from noted(part, msgspec.structs.replace(unread, cause="the byte ranges reach past the file or overlap"))
        return
    if kind not in _DETACHED and kind not in (_STAMP, _SHA1):
        yield from noted(part, msgspec.structs.replace(unread, cause="the scheme of the signature is not supported"))
        return
    try:
        signed = read_cms(_contents(part.data, numbers))
    except Malformed:
        yield from noted(part, msgspec.structs.replace(unread, cause="there is no signature where it should stand"))
        return
    view = memoryview(part.data)
    covered = Content([view[at : at + count] for at, count in zip(numbers[::2], numbers[1::2], strict=True)])
    if kind != _STAMP and kind != _SHA1:
        content: Content | None = covered
    elif signed.content is not None and _holds(signed, covered, stamp=kind == _STAMP):
        content = Content([b"".join(signed.content.octets())])
    else:
        cause = "the digest of the content differs from the signed one"
        yield from noted(part, msgspec.structs.replace(unread, integrity="fail", cause=cause))
        return
    for signer in signed.signers:
        answer = judge(family, signer, signed, content, coverage, part.context.get(Ledger).trust)
        yield from noted(part, answer if answer.time else msgspec.structs.replace(answer, time=unread.time))
    if not signed.signers:
        yield from noted(part, msgspec.structs.replace(unread, cause="a signature without a signer"))


def _holds(signed: SignedData, covered: Content, *, stamp: bool) -> bool:
    """Whether the content inside a signature is the digest of the byte ranges.

    A time stamp has it as TSTInfo ::= SEQUENCE { version, policy, SEQUENCE { algorithm, digest }, … } (RFC 3161 section 2.4.2),
    adbe.pkcs7.sha1 as it is (ISO 32000-1, 12.8.3.3.1).
    """
    inside = b"".join(signed.content.octets()) if signed.content is not None else b""
    if not stamp:
        return inside == covered.digest("sha1")
    try:
        members = der.read(inside).child_list(3)
        imprint = members[2].child_list(2) if len(members) == 3 else []
        algorithm = next(imprint[0].children(), None) if len(imprint) == 2 else None
        name = DIGESTS.get(algorithm.oid(), "") if algorithm is not None else ""
        return name in hashlib.algorithms_available and imprint[1].content() == covered.digest(name)
    except Malformed:
        return False


def _contents(data: bytes, numbers: list[int]) -> bytes:
    """The signature: the hexadecimal string that the byte ranges leave out."""
    start, end = numbers[0] + numbers[1], numbers[2]
    gap = data[start : min(end, start + _LONGEST)]
    digits = _NOT_HEX.sub(b"", gap)
    return binascii.a2b_hex(digits[: len(digits) // 2 * 2])


def _claimed(document: Document, entries: dict[str, Value]) -> str:
    """The time of signing that the dictionary gives, in the form of ISO 8601; empty where it gives none."""
    value = document.resolve(entries.get("M"))
    match = _DATE.match(value) if isinstance(value, bytes) else None
    if match is None:
        return ""
    year, month, day, hour, minute, second, offset, minutes = (
        group.decode() if group else "" for group in match.groups()
    )
    zone = f"{offset}:{minutes or '00'}" if offset else "Z"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"


def _gaps_are_contents(data: bytes, numbers: list[int]) -> bool:
    """Whether what a signature leaves out is one hexadecimal string each time, which is where the signature itself stands (12.8.1)."""
    for place in range(0, len(numbers) - 2, 2):
        start, end = numbers[place] + numbers[place + 1], numbers[place + 2]
        gap = data[start:end].strip(_BLANK)
        if not (
            start < end and gap.startswith(b"<") and gap.endswith(b">") and b">" not in gap[:-1] and b"/" not in gap
        ):
            return False
    return True
