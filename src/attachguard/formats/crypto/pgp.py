"""OpenPGP (RFC 9580, earlier RFC 4880 and PGP 2): messages, signatures and keys, in binary or in ASCII armor.

What is encrypted to keys is a scheme that gateways hold no keys for; what is encrypted with a passphrase needs that.
What is only signed or compressed is unpacked and looked into. Text under a clear-text signature stays readable where it
is. Armor inside a letter counts as well, provided that it decodes to packets: a letter that only speaks of PGP is one.

Why our own: there is no Python reader of OpenPGP that survives hostile bytes.
"""

from __future__ import annotations

import bz2
import contextlib
import re
from collections.abc import Generator, Iterator
from functools import partial
from typing import Final, NamedTuple

from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats.crypto import pgp_secret
from attachguard.inspector import Fact
from attachguard.later import later
from attachguard.model import Finding, Signature
from attachguard.part import Part
from attachguard.passwords import source_of, untried
from attachguard.readers.crypto import openpgp, pgppackets
from attachguard.readers.crypto.armor import narrow, text_of_page, unarmor
from attachguard.readers.crypto.pgpkeys import is_locked
from attachguard.readers.crypto.pgppackets import Packet, all_packets
from attachguard.readers.crypto.pgpsignature import claims
from attachguard.readers.packed.inflate import RAW, ZLIB, inflate
from attachguard.signing import noted
from attachguard.signing.ledger import Ledger
from attachguard.types.extension import split_name
from attachguard.types.filetypes import wrappers

TYPES: Final = frozenset({"pgp", "txt", "html"})
MARKS: Final = (b"-----BEGIN PGP ", b"\0")
LIMITATIONS: Final = (
    "What is encrypted to keys is not decrypted, nor what a passphrase locks by AEAD, Argon2 or Twofish.",
    "Signatures are seen, not verified.",
    "Armor in several parts (MESSAGE, PART X/Y) is not put together.",
)
EXTRACTS: Final = "The content of signed and compressed messages, and of those that a known passphrase opens."
DETECTS: Final = "Encrypted messages with their keys and passwords, signatures, keys, damage to the armour."

_MARK: Final = b"-----BEGIN PGP "
_BEGIN: Final = later(rb"^-----BEGIN PGP ([A-Z0-9 ,/]{3,40})-----[ \t]*\r?$", re.MULTILINE)
_MAX_BLOCKS: Final = 100
_MAX_NESTING: Final = 3
_PEEK: Final = 1 << 16
_STEP: Final = 1 << 20
_CUT: Final = "OpenPGP: a packet is longer than the file"

_CIPHERS: Final = {
    1: "IDEA", 2: "3DES", 3: "CAST5", 4: "Blowfish", 7: "AES-128", 8: "AES-192", 9: "AES-256", 10: "Twofish",
    11: "Camellia-128", 12: "Camellia-192", 13: "Camellia-256",
}  # fmt: skip
_NOT_CHECKED: Final = "OpenPGP signatures are not checked"
#: Words in the first line of armor that holds more than public keys.
_HOLDING: Final = ("MESSAGE", "SIGNATURE", "FILE", "PRIVATE KEY", "SECRET KEY")
_SECRET: Final = frozenset({pgppackets.SECRET_KEY, pgppackets.SECRET_SUBKEY})
_KEYS: Final = frozenset(
    {pgppackets.PUBLIC_KEY, pgppackets.SECRET_KEY, pgppackets.PUBLIC_SUBKEY, pgppackets.SECRET_SUBKEY}
)


class _Survey(NamedTuple):
    """What the packets of one message are, compressed ones looked into."""

    tags: list[int]
    literal: str | None
    cipher: str
    broken: str


def inspect(part: Part) -> Iterator[Fact]:
    """Encryption, signatures and readable content."""
    data = narrow(part.data)
    if part.is_a("pgp") and data[:1] >= b"\x80":
        broken = yield from _message(part, data, "")
    else:
        at = data.find(_MARK)
        if at < 0:
            return
        text = text_of_page(data, at) if part.is_a("html") else data
        broken = yield from _armored(part, text, 0 if text is not data else max(at - 1, 0))
    # In a letter, broken armor is what bounces and quotes are full of.
    if broken and part.is_a("pgp"):
        raise Malformed(broken)


def _armored(part: Part, data: bytes, at: int) -> Generator[Fact, None, str]:
    """Every armored block of some text from an offset on (RFC 9580 section 6.2); returns what is broken in one of them."""
    said: set[str] = set()
    broken = ""
    blocks = 0
    for begin in _BEGIN.finditer(data, at):
        kind = begin[1].decode("ascii")
        if kind == "SIGNED MESSAGE":
            # The name alone is no signature: what belongs to it follows further down.
            if kind not in said and data.find(_MARK + b"SIGNATURE", begin.end()) >= 0:
                said.add(kind)
                yield part.signature("signature-openpgp", "OpenPGP: clear-signed text")
        elif kind.startswith("MESSAGE, PART"):
            if kind not in said:
                said.add(kind)
                yield part.finding("not-opened", f"OpenPGP: {kind.lower()}")
        elif any(word in kind for word in _HOLDING):
            blocks += 1
            if blocks > _MAX_BLOCKS:
                raise LimitExceeded("parts", f"more than {_MAX_BLOCKS} OpenPGP blocks in one text")
            content = unarmor(data, begin.end())
            if openpgp.sniff(content) or (content and part.is_a("pgp")):
                broken = (yield from _new_facts(_message(part, content, kind), said)) or broken
        part.budget.check_time()
    return broken


def _new_facts(facts: Generator[Fact, None, str], said: set[str]) -> Generator[Fact, None, str]:
    """The facts but for findings that were given before: several blocks of one kind are one fact."""
    while True:
        try:
            fact = next(facts)
        except StopIteration as end:
            return str(end.value)
        if isinstance(fact, Finding):
            if f"{fact.code} {fact.detail}" in said:
                continue
            said.add(f"{fact.code} {fact.detail}")
        yield fact


def _message(part: Part, data: bytes, kind: str) -> Generator[Fact, None, str]:
    """What the packets say; returns what is broken, empty if nothing is."""
    survey = _survey(data, 0)
    tags = survey.tags
    if not tags:
        return "OpenPGP: no packets"
    passphrase = pgppackets.PASSWORD_SESSION in tags and openpgp.sniff(data)
    opened = pgp_secret.open_message(part, data) if passphrase else None
    if opened is not None:
        cipher = f", {survey.cipher}" if survey.cipher else ""
        detail = f"OpenPGP: encrypted with a passphrase{cipher}, {source_of(opened[1])}"
        yield part.encrypted("known-password", detail)
        yield from _readable(part, opened[0], _survey(opened[0], 0), kind)
        return survey.broken
    encrypted = _encryption(part, survey) or _locked_key(part, data, tags)
    if encrypted is not None:
        yield encrypted
    elif not _KEYS & set(tags):
        yield from _readable(part, data, survey, kind)
    return survey.broken


def _encryption(part: Part, survey: _Survey) -> Finding | None:
    tags = survey.tags
    keys = tags.count(pgppackets.PUBLIC_KEY_SESSION)
    passwords = tags.count(pgppackets.PASSWORD_SESSION)
    cipher = f", {survey.cipher}" if survey.cipher else ""
    if keys:
        whom = "1 key" if keys == 1 else f"{keys} keys"
        also = " and a passphrase" if passwords else ""
        return part.encrypted("unsupported-scheme", f"OpenPGP: encrypted to {whom}{also}{cipher}")
    if passwords:
        return part.encrypted("unknown-password", f"OpenPGP: encrypted with a passphrase{cipher}{untried(part)}")
    if pgppackets.ENCRYPTED in tags:
        # Without a session key packet the passphrase itself is the key (RFC 9580 section 5.7).
        return part.encrypted("unknown-password", "OpenPGP: encrypted with a passphrase, PGP 2 form")
    if pgppackets.ENCRYPTED_DATA & set(tags):
        return part.encrypted("unsupported-scheme", "OpenPGP: encrypted data without its key packet")
    return None


def _locked_key(part: Part, data: bytes, tags: list[int]) -> Finding | None:
    """What is said of a key whose secret part needs a passphrase."""
    if _SECRET.isdisjoint(tags):
        return None
    locked = any(packet.tag in _SECRET and is_locked(packet.body(data)) for packet in all_packets(data))
    return part.encrypted("unknown-password", "OpenPGP: private key under a passphrase") if locked else None


def _readable(part: Part, data: bytes, survey: _Survey, kind: str) -> Iterator[Fact]:
    tags = survey.tags
    inside = pgppackets.LITERAL in tags or pgppackets.COMPRESSED in tags
    if pgppackets.SIGNATURE in tags or pgppackets.ONE_PASS_SIGNATURE in tags:
        clear = kind == "SIGNATURE" and narrow(part.data).find(_MARK + b"SIGNED MESSAGE") >= 0
        if inside:
            yield part.signature("signature-openpgp", "OpenPGP: signed message")
        elif not clear:  # what belongs to clear-signed text was reported with it
            yield part.signature("signature-openpgp", "OpenPGP: detached signature")
            part.context.get(Ledger).wait_by_name(part)
        shown = "OpenPGP message" if inside else "OpenPGP clear-signed" if clear else "OpenPGP detached"
        packed = next((found for found in all_packets(data) if found.tag == pgppackets.COMPRESSED), None)
        for signer, time in claims(data if packed is None else _peek(packed, data)):
            signature = Signature(format=shown, signer=signer, time=time, cause=_NOT_CHECKED, trust_cause=_NOT_CHECKED)
            yield from noted(part, signature)
    if inside:
        yield part.child(survey.literal or _inner_name(part), partial(_content, part, data), role="member")


def _inner_name(part: Part) -> str:
    stem, suffix = split_name(part.name)
    return stem if suffix in wrappers("pgp") else ""


def _survey(data: bytes, depth: int) -> _Survey:
    """What the packets are; compressed data is looked into as far as its beginning."""
    tags: list[int] = []
    literal: str | None = None
    cipher = broken = ""
    bodies = 0
    for packet in all_packets(data):
        tags.append(packet.tag)
        bodies += packet.tag in (pgppackets.LITERAL, pgppackets.COMPRESSED)
        if bodies > 1:
            # Section 10.3 allows one; programs differ in what they make of a second.
            broken = "OpenPGP: more than one message in one file"
        if packet.tag == pgppackets.LITERAL and literal is None:
            literal = _literal_name(packet.head(data, 262))
        elif packet.tag in (pgppackets.PASSWORD_SESSION, pgppackets.ENCRYPTED_AEAD, pgppackets.ENCRYPTED_INTEGRITY):
            head = packet.head(data, 2)
            if packet.tag != pgppackets.ENCRYPTED_INTEGRITY or head[:1] == b"\2":
                cipher = _CIPHERS.get(head[1], "") if len(head) == 2 else cipher
        elif packet.tag == pgppackets.COMPRESSED and depth < _MAX_NESTING and tags.count(packet.tag) == 1:
            # A message has one compressed packet; looking into thousands, each with thousands, would never end.
            inner = _survey(_peek(packet, data), depth + 1)
            tags += inner.tags
            literal = literal or inner.literal
            # The beginning of a packet is cut short by itself, but does not hold a second message by itself.
            broken = inner.broken if bodies == 1 and inner.broken != _CUT else broken
        broken = _CUT if packet.cut else broken
    return _Survey(tags, literal, cipher, broken)


def _literal_name(head: bytes) -> str | None:
    """Name in a literal data packet (section 5.9): format, length, name."""
    if len(head) < 2:
        return None
    name = head[2 : 2 + head[1]].decode("utf-8", "replace")
    return "" if name == "_CONSOLE" else name


def _peek(packet: Packet, data: bytes) -> bytes:
    """The beginning of compressed data; broken data gives what there is."""
    body = packet.head(data, 1 << 20)
    kept: list[bytes] = []
    have = 0
    # A stream that breaks off counts as far as it goes: the content is unpacked whole later and complains then.
    with contextlib.suppress(Malformed):
        for piece in _decompress(body, _PEEK):
            kept.append(piece)
            have += len(piece)
            if have >= _PEEK:
                break
    return b"".join(kept)[:_PEEK]


def _decompress(body: bytes, step: int = _STEP) -> Iterator[bytes]:
    """A compressed packet's content: an octet for the algorithm, then the data (sections 5.6 and 9.4)."""
    algorithm = body[0] if body else 0
    if algorithm == 0:
        yield body[1:]
    elif algorithm in (1, 2):
        yield from inflate(memoryview(body)[1:], wbits=RAW if algorithm == 1 else ZLIB)
    elif algorithm == 3:
        decoder = bz2.BZ2Decompressor()
        pending = body[1:]
        try:
            while not decoder.eof:
                piece = decoder.decompress(pending, step)
                pending = b""
                if piece:
                    yield piece
                elif decoder.needs_input:
                    raise Malformed("OpenPGP: bzip2 data ends early")
        except (OSError, ValueError) as error:
            raise Malformed("OpenPGP: broken bzip2 data") from error
    else:
        raise Malformed("OpenPGP: unknown compression")


def _content(part: Part, data: bytes) -> bytes:
    """The literal data of a message, unpacked; within the same bounds as any unpacked content."""
    limits = part.budget.limits
    ceiling = min(limits.part_bytes, max(limits.ratio_floor, limits.ratio * len(part.data)))
    for _ in range(_MAX_NESTING + 1):
        holder = next(
            (found for found in all_packets(data) if found.tag in (pgppackets.LITERAL, pgppackets.COMPRESSED)), None
        )
        if holder is None:
            break
        if holder.tag == pgppackets.LITERAL:
            body = holder.body(data)
            return body[6 + body[1] :] if len(body) > 1 else b""
        kept: list[bytes] = []
        have = 0
        for piece in _decompress(holder.body(data)):
            kept.append(piece)
            have += len(piece)
            if have > ceiling:
                raise LimitExceeded("ratio", f"an OpenPGP message unpacks to more than {ceiling} bytes")
            part.budget.check_time()
        data = b"".join(kept)
    raise Malformed("OpenPGP: no literal data")
