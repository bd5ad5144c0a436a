"""What OpenPGP signatures claim: whose key, and when (RFC 9580 sections 5.2 and 5.4). Nothing is checked.

Why our own: claims are wanted without a key, also of signatures that a library refuses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from attachguard.readers.crypto import pgppackets
from attachguard.readers.crypto.pgppackets import all_packets

#: Signatures of one message that are reported, and octets of one that are read.
_MOST: Final = 16
_LONGEST: Final = 1 << 14
#: Kinds of subpackets (section 5.2.3.7).
_CREATED, _ISSUER, _FINGERPRINT = 2, 16, 33


def claims(data: bytes) -> Iterator[tuple[str, str]]:
    """Key and time of each signature of a message; empty where it does not say, or hides it in compressed data.

    A message names its signers before the content; the signatures with their times follow after it.
    """
    ahead: list[tuple[str, str]] = []
    behind: list[tuple[str, str]] = []
    for packet in all_packets(data):
        if packet.tag == pgppackets.ONE_PASS_SIGNATURE and len(ahead) < _MOST:
            ahead.append((_one_pass(packet.head(data, 64)), ""))
        elif packet.tag == pgppackets.SIGNATURE and len(behind) < _MOST:
            behind.append(_signature(packet.head(data, _LONGEST)))
    yield from behind or ahead or [("", "")]


def _one_pass(body: bytes) -> str:
    """Version 3 names a key by its identifier, version 6 by its fingerprint (section 5.4)."""
    if body[:1] == b"\3" and len(body) >= 12:
        return _key(body[4:12])
    salt = body[4] if body[:1] == b"\6" and len(body) > 4 else 0
    return _key(body[5 + salt : 37 + salt]) if salt else ""


def _signature(body: bytes) -> tuple[str, str]:
    if body[:1] in (b"\2", b"\3"):  # section 5.2.2: length, kind, time, identifier of the key
        return (_key(body[7:15]), _moment(body[3:7])) if len(body) >= 15 else ("", "")
    width = 4 if body[:1] == b"\6" else 2
    at = 4
    found: dict[int, bytes] = {}
    for _ in range(2):  # hashed and unhashed subpackets; the hashed ones count
        end = at + width + int.from_bytes(body[at : at + width], "big")
        for kind, value in _subpackets(body, at + width, min(end, len(body))):
            found.setdefault(kind, value)
        at = end
    # Octet 0 of a fingerprint is the version of the key.
    key = found[_FINGERPRINT][1:] if _FINGERPRINT in found else found.get(_ISSUER, b"")
    return _key(key), _moment(found.get(_CREATED, b""))


def _subpackets(body: bytes, at: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each subpacket (section 5.2.3.1)."""
    for _ in range(100):
        if at >= end:
            return
        length, width = body[at], 1
        if 192 <= length < 255:
            length, width = (length - 192 << 8) + int.from_bytes(body[at + 1 : at + 2], "big") + 192, 2
        elif length == 255:
            length, width = int.from_bytes(body[at + 1 : at + 5], "big"), 5
        start = at + width
        if not length or start + length > end:
            return
        yield body[start] & 0x7F, body[start + 1 : start + length]
        at = start + length


def _key(octets: bytes) -> str:
    return f"key {octets.hex().upper()}" if octets.strip(b"\0") else ""


def _moment(octets: bytes) -> str:
    if len(octets) != 4:
        return ""
    return dt.datetime.fromtimestamp(int.from_bytes(octets, "big"), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
