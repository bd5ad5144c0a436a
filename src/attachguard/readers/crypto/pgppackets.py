"""OpenPGP packets: how they are framed (RFC 9580 section 4).

A header octet gives the packet's tag in an old or a new form; the length after it has one of four widths, is open-ended,
or comes piece by piece. Bodies are left where they are.

Why our own: the Python packages for OpenPGP raise on the first packet that is unknown or damaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

PUBLIC_KEY_SESSION: Final = 1
SIGNATURE: Final = 2
PASSWORD_SESSION: Final = 3
ONE_PASS_SIGNATURE: Final = 4
SECRET_KEY: Final = 5
PUBLIC_KEY: Final = 6
SECRET_SUBKEY: Final = 7
COMPRESSED: Final = 8
ENCRYPTED: Final = 9
MARKER: Final = 10
LITERAL: Final = 11
TRUST: Final = 12
USER_ID: Final = 13
PUBLIC_SUBKEY: Final = 14
USER_ATTRIBUTE: Final = 17
ENCRYPTED_INTEGRITY: Final = 18
ENCRYPTED_AEAD: Final = 20
PADDING: Final = 21

#: Packets that hold encrypted data.
ENCRYPTED_DATA: Final = frozenset({ENCRYPTED, ENCRYPTED_INTEGRITY, ENCRYPTED_AEAD})
#: Only these may come in partial pieces or without a length (RFC 9580 section 4.2.1.4).
_DATA: Final = ENCRYPTED_DATA | {COMPRESSED, LITERAL}
_KNOWN: Final = frozenset((*range(1, 15), *range(17, 22)))

_MAX_PACKETS: Final = 10_000
_MAX_PIECES: Final = 500_000


class Packet(NamedTuple):
    """One packet's frame.

    Args:
        tag: its kind.
        start: offset of the body (of its first piece).
        first_end: offset past the body's first piece.
        end: offset past the whole packet.
        pieces: start and end of further pieces.
        cut: whether it claims more than there is.
        open_ended: whether it has no length and reaches to the end of the data.
    """

    tag: int
    start: int
    first_end: int
    end: int
    pieces: tuple[tuple[int, int], ...] = ()
    cut: bool = False
    open_ended: bool = False

    def body(self, data: bytes) -> bytes:
        """The whole body, pieces joined."""
        if not self.pieces:
            return data[self.start : self.first_end]
        return b"".join([data[self.start : self.first_end], *(data[start:end] for start, end in self.pieces)])

    def head(self, data: bytes, count: int) -> bytes:
        """The first `count` octets of the body."""
        found = data[self.start : min(self.first_end, self.start + count)]
        if not self.pieces or len(found) >= count:
            return found
        kept = [found]
        wanted = count - len(found)
        for start, end in self.pieces:
            kept.append(data[start : min(end, start + wanted)])
            wanted -= len(kept[-1])
            if wanted <= 0:
                break
        return b"".join(kept)


def all_packets(data: bytes, at: int = 0) -> Iterator[Packet]:
    """Packets from an offset on, until the data ends, stops being packets, or there are too many."""
    for _ in range(_MAX_PACKETS):
        packet = packet_at(data, at)
        if packet is None:
            return
        yield packet
        at = packet.end


def packet_at(data: bytes, at: int) -> Packet | None:
    """The packet at an offset, None where none can be there."""
    size = len(data)
    if at + 2 > size or not data[at] & 0x80:
        return None
    header = data[at]
    if header & 0x40:  # new form (RFC 9580 section 4.2.1)
        tag = header & 0x3F
        return _new_packet(data, at + 1, tag) if tag in _KNOWN else None
    tag = header >> 2 & 0x0F  # old form (section 4.2.2)
    if tag not in _KNOWN:
        return None
    if header & 3 == 3:
        return Packet(tag, at + 1, size, size, open_ended=True) if tag in _DATA else None
    width = 1 << (header & 3)
    start = at + 1 + width
    if start > size:
        return None
    end = start + int.from_bytes(data[at + 1 : start], "big")
    return Packet(tag, start, min(end, size), min(end, size), cut=end > size)


def _new_packet(data: bytes, at: int, tag: int) -> Packet | None:
    size = len(data)
    found: list[tuple[int, int]] = []
    for _ in range(_MAX_PIECES):
        length, width, partial = _new_length(data, at)
        start = at + width
        if not width:
            if not found:
                return None
            break  # the next piece's length is missing
        if partial and tag not in _DATA:
            return None
        found.append((start, min(start + length, size)))
        at = start + length
        if not partial or at >= size:
            cut = at > size or partial
            return Packet(tag, *found[0], min(at, size), tuple(found[1:]), cut)
    return Packet(tag, *found[0], size, tuple(found[1:]), cut=True)


def _new_length(data: bytes, at: int) -> tuple[int, int, bool]:
    """Length of a piece, octets that tell it (0 when they are missing), whether more pieces follow."""
    if at >= len(data):
        return 0, 0, False
    first = data[at]
    if first < 192:
        return first, 1, False
    if first < 224:
        return ((first - 192 << 8) + data[at + 1] + 192, 2, False) if at + 2 <= len(data) else (0, 0, False)
    if first < 255:
        return 1 << (first & 0x1F), 1, True
    return (int.from_bytes(data[at + 1 : at + 5], "big"), 5, False) if at + 5 <= len(data) else (0, 0, False)
