"""Whether some bytes are OpenPGP at all (RFC 9580).

There is no magic number, so binary data is taken for OpenPGP only where the first packet's body makes sense and what follows belongs after it.

Why our own: there is no Python reader that survives hostile bytes, and nothing here needs a key.
"""

from __future__ import annotations

from typing import Final

from attachguard.readers.crypto.pgppackets import (
    COMPRESSED,
    ENCRYPTED_DATA,
    ENCRYPTED_INTEGRITY,
    LITERAL,
    MARKER,
    ONE_PASS_SIGNATURE,
    PADDING,
    PASSWORD_SESSION,
    PUBLIC_KEY,
    PUBLIC_KEY_SESSION,
    PUBLIC_SUBKEY,
    SECRET_KEY,
    SECRET_SUBKEY,
    SIGNATURE,
    TRUST,
    USER_ATTRIBUTE,
    USER_ID,
    Packet,
    packet_at,
)
from attachguard.readers.packed.inflate import RAW, ZLIB, inflate_up_to

#: RFC 9580 sections 9.1, 9.3, 9.5, with the reserved and private ones that programs write.
_PUBLIC_KEY_ALGORITHMS: Final = frozenset({1, 2, 3, *range(16, 23), *range(25, 29), *range(30, 37), 99})
_SYMMETRIC_ALGORITHMS: Final = frozenset({*range(1, 14)})
_HASHES: Final = frozenset({1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 14})
_SIGNATURE_TYPES: Final = frozenset(
    {0, 1, 2, 0x10, 0x11, 0x12, 0x13, 0x16, 0x18, 0x19, 0x1F, 0x20, 0x28, 0x30, 0x40, 0x50}
)
_LITERAL_FORMATS: Final = b"btul1m"
#: OpenPGP times, in seconds since 1970: PGP is from 1991.
_OLDEST: Final = 0x28000000
_LATEST: Final = 0x80000000


def sniff(data: bytes) -> bool:
    """Whether binary data is OpenPGP: the first packet's body must make sense, and what follows must belong after it.

    A message or key that is cut short is still known; a single signature must fit the data exactly.
    """
    if len(data) < 10 or not data[0] & 0x80:
        return False
    first = packet_at(data, 0)
    if first is None:
        return False
    check = _BODY_CHECKS.get(first.tag)
    if check is None or not check(data, first):
        return False
    if first.tag in (COMPRESSED, LITERAL):
        return _fills(data, first)
    follow = _FOLLOWERS.get(first.tag)
    if follow is None:
        return False
    if first.end == len(data):
        # Nothing after it: only signatures stand alone; anything else is the head of a message that was cut.
        return not first.cut and (first.tag == SIGNATURE or len(data) >= 24)
    second = packet_at(data, first.end)
    return second is not None and second.tag in follow and _plausible(data, second)


def _plausible(data: bytes, packet: Packet) -> bool:
    check = _BODY_CHECKS.get(packet.tag)
    return check is None or check(data, packet)


def _fills(data: bytes, packet: Packet) -> bool:
    """Whether a data packet reaches to the end of the data, or further packets do."""
    if packet.end == len(data):
        return True
    second = packet_at(data, packet.end)
    return second is not None and not second.cut and _plausible(data, second)


def _mpi_fits(data: bytes, at: int, end: int) -> bool:
    """Whether a multiprecision integer (RFC 9580 section 3.2) lies between two offsets."""
    if at + 2 > end:
        return False
    bits = int.from_bytes(data[at : at + 2], "big")
    return 0 < bits <= 16384 and at + 2 + (bits + 7) // 8 <= end


def _public_key_session(data: bytes, packet: Packet) -> bool:
    head = packet.head(data, 12)
    if len(head) < 12:
        return False
    if head[0] in (2, 3):  # RFC 9580 section 5.1.1: version, key id, algorithm, integers
        if head[9] in (25, 26, 35, 36):  # curves written without MPI
            return packet.first_end - packet.start < 2000
        # The algorithm may be one that nobody knows: the number before it and the packet after it say enough.
        return packet.cut or _mpi_fits(data, packet.start + 10, packet.first_end)
    return head[0] == 6 and head[1] in (0, 21, 33) and packet.first_end - packet.start < 4000


def _password_session(data: bytes, packet: Packet) -> bool:
    head = packet.head(data, 12)
    size = packet.first_end - packet.start
    if len(head) < 4 or size > 200:
        return False
    if head[0] == 4:  # version, cipher, string-to-key specifier (sections 5.3.1 and 3.7.1)
        return head[1] in _SYMMETRIC_ALGORITHMS and size >= {0: 4, 1: 12, 3: 13, 4: 22}.get(head[2], 999)
    if head[0] == 5:
        return head[1] in _SYMMETRIC_ALGORITHMS and head[2] in (1, 2, 3) and head[3] in (0, 1, 3, 4)
    return head[0] == 6 and head[2] in _SYMMETRIC_ALGORITHMS and head[3] in (1, 2, 3)


def _signature(data: bytes, packet: Packet) -> bool:
    start, end = packet.start, packet.first_end
    head = packet.head(data, 20)
    if len(head) < 16 or packet.cut:
        return False
    if head[0] in (2, 3):  # section 5.2.2: the hashed part has five octets
        return (
            head[1] == 5 and head[2] in _SIGNATURE_TYPES and head[15] in _PUBLIC_KEY_ALGORITHMS
            and len(head) > 16 and head[16] in _HASHES and _mpi_fits(data, start + 19, end)
        )  # fmt: skip
    if head[0] not in (4, 5, 6) or head[1] not in _SIGNATURE_TYPES:
        return False
    if head[2] not in _PUBLIC_KEY_ALGORITHMS or head[3] not in _HASHES:
        return False
    width = 4 if head[0] == 6 else 2
    at = start + 4
    for _ in range(2):  # hashed and unhashed subpackets
        if at + width > end:
            return False
        stop = at + width + int.from_bytes(data[at : at + width], "big")
        if stop > end or not _subpackets_fit(data, at + width, stop):
            return False
        at = stop
    return at + 2 < end


def _subpackets_fit(data: bytes, at: int, end: int) -> bool:
    """Whether subpacket lengths (section 5.2.3.1) lead exactly to the end."""
    for _ in range(1000):
        if at >= end:
            return at == end
        length, width = data[at], 1
        if 192 <= length < 255:
            if at + 2 > end:
                return False
            length, width = (length - 192 << 8) + data[at + 1] + 192, 2
        elif length == 255:
            length, width = int.from_bytes(data[at + 1 : at + 5], "big"), 5
        if not length:
            return False
        at += width + length
    return False


def _one_pass(data: bytes, packet: Packet) -> bool:
    head = packet.head(data, 4)
    size = packet.first_end - packet.start
    if len(head) < 4 or head[1] not in _SIGNATURE_TYPES:
        return False
    if head[2] not in _HASHES or head[3] not in _PUBLIC_KEY_ALGORITHMS:
        return False
    return (head[0] == 3 and size == 13) or (head[0] == 6 and 38 <= size <= 80)


def _key(data: bytes, packet: Packet) -> bool:
    head = packet.head(data, 8)
    if len(head) < 8 or packet.first_end - packet.start > 20_000:
        return False
    # Section 5.5.2: version, time of creation, (validity), algorithm; keys of the 1990s are the oldest.
    if int.from_bytes(head[1:5], "big") < _OLDEST:
        return False
    if head[0] in (2, 3):
        return head[7] in (1, 2, 3, 16, 17) and _mpi_fits(data, packet.start + 8, packet.first_end)
    return head[0] in (4, 5, 6) and head[5] in _PUBLIC_KEY_ALGORITHMS


def _compressed(data: bytes, packet: Packet) -> bool:
    """Compressed data must unpack to a packet; uncompressed and bzip2 are recognised by what is there (section 5.6)."""
    head = packet.head(data, 512)
    if len(head) < 6 or head[0] > 3:
        return False
    if head[0] == 3:
        return head[1:4] == b"BZh" and head[5:] > b"1AY"
    inner = head[1:] if head[0] == 0 else inflate_up_to(head[1:], 64, wbits=RAW if head[0] == 1 else ZLIB)
    first = packet_at(inner, 0)
    if first is None or first.tag not in (SIGNATURE, ONE_PASS_SIGNATURE, LITERAL, MARKER, COMPRESSED):
        return False
    if first.tag == LITERAL:
        return _literal_head(first.head(inner, 8))
    if first.tag == ONE_PASS_SIGNATURE:
        return _one_pass(inner, first)
    return first.head(inner, 1) in (b"\2", b"\3", b"\4", b"\5", b"\6", b"P", b"\1", b"\0")


def _literal_head(head: bytes) -> bool:
    return len(head) >= 6 and head[0] in _LITERAL_FORMATS


def _literal(data: bytes, packet: Packet) -> bool:
    """Section 5.9: format, name, date, content."""
    head = packet.head(data, 262)
    if not _literal_head(head) or len(head) < 6 + head[1]:
        return False
    name = head[2 : 2 + head[1]]
    date = int.from_bytes(head[2 + head[1] : 6 + head[1]], "big")
    if packet.cut or (date and not _OLDEST < date < _LATEST):
        return False
    try:
        return name.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _marker(data: bytes, packet: Packet) -> bool:
    return packet.head(data, 3) == b"PGP" and packet.first_end - packet.start < 32


def _encrypted_integrity(data: bytes, packet: Packet) -> bool:
    head = packet.head(data, 4)
    if len(head) < 4:
        return False
    return head[0] == 1 or (head[0] == 2 and head[1] in _SYMMETRIC_ALGORITHMS and head[2] in (1, 2, 3))


_BODY_CHECKS: Final = {
    PUBLIC_KEY_SESSION: _public_key_session,
    SIGNATURE: _signature,
    PASSWORD_SESSION: _password_session,
    ONE_PASS_SIGNATURE: _one_pass,
    SECRET_KEY: _key,
    PUBLIC_KEY: _key,
    COMPRESSED: _compressed,
    MARKER: _marker,
    LITERAL: _literal,
    ENCRYPTED_INTEGRITY: _encrypted_integrity,
}
_MESSAGE: Final = frozenset({PUBLIC_KEY_SESSION, PASSWORD_SESSION, PADDING, MARKER}) | ENCRYPTED_DATA
#: What may follow a first packet (section 10); compressed and literal data hold a whole message.
_FOLLOWERS: Final = {
    PUBLIC_KEY_SESSION: _MESSAGE,
    PASSWORD_SESSION: _MESSAGE,
    MARKER: _MESSAGE | {ONE_PASS_SIGNATURE, SIGNATURE, COMPRESSED, LITERAL, PUBLIC_KEY, SECRET_KEY},
    SIGNATURE: frozenset({SIGNATURE, LITERAL, COMPRESSED, USER_ID, MARKER, TRUST, PADDING}),
    ONE_PASS_SIGNATURE: frozenset({ONE_PASS_SIGNATURE, LITERAL, COMPRESSED, PADDING}),
    PUBLIC_KEY: frozenset({USER_ID, SIGNATURE, PUBLIC_SUBKEY, USER_ATTRIBUTE, TRUST}),
    SECRET_KEY: frozenset({USER_ID, SIGNATURE, SECRET_SUBKEY, PUBLIC_SUBKEY, USER_ATTRIBUTE, TRUST}),
}
