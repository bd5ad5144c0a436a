"""The octets that a multipart/signed signs: its first part as it is, header included (RFC 1847 section 2.1)."""

from __future__ import annotations

from typing import Final

from attachguard.mail.message.delimiters import Level
from attachguard.mail.message.events import EventKind
from attachguard.mail.message.record import Record

#: Signed multiparts in one another whose octets are kept apart: each costs a pass over all that is inside.
_DEEPEST: Final = 2


class SignedOctets:
    """Tells the octets of every open first part of a multipart/signed; they may be in one another.

    Args:
        record: where they are reported.

    `open` are the multiparts whose first part has not ended.
    """

    __slots__ = ("_record", "open")

    def __init__(self, record: Record) -> None:
        self._record = record
        self.open: list[Level] = []

    def begin(self, level: Level, piece: bytes) -> None:
        """The first part of a multipart begins, with its header block; signatures in signatures without end are not followed."""
        if len(self.open) >= _DEEPEST:
            return
        self._record.tell(EventKind.SIGNED, level.entity, piece)
        self.open.append(level)

    def add(self, buffer: bytes, start: int, end: int) -> None:
        """Octets of the input have been dealt with."""
        if end > start:
            piece = buffer[start:end]
            for level in self.open:
                self._record.tell(EventKind.SIGNED, level.entity, piece)

    def end(self, level: Level, outer: list[Level]) -> None:
        """A delimiter of `level` ends what that one signs, and all that is inside it; `outer` stay open."""
        if level in self.open:
            self._record.tell(EventKind.SIGNED_END, level.entity)
        self.open = [each for each in self.open if each in outer]
