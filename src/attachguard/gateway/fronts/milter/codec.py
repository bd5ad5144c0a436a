"""The frames of the milter protocol: bytes in, frames out, answers as bytes. No I/O.

A frame is a length in four octets, a command, and its content. The mail server begins with `O`, its version and what it can do; the filter answers
with what it wants. Then `C` connection, `H` helo, `M` sender, `R` recipient, `L` a header field, `N` end of the header, `B` body, `E` end of the
message, `A` forget the message, `K` and `Q` the end; `D` brings macros before any of them.
"""

from __future__ import annotations

import struct
from typing import Final

from attachguard._core.frames import split
from attachguard.gateway.octets import Octets, cut

VERSION: Final = 6
#: What a filter may do: add fields, replace the body, change fields, quarantine.
ADD_FIELDS, CHANGE_BODY, CHANGE_FIELDS, QUARANTINE = 0x01, 0x02, 0x10, 0x20
WANTED_ACTIONS: Final = ADD_FIELDS | CHANGE_BODY | CHANGE_FIELDS | QUARANTINE

NO_UNKNOWN, NO_DATA, SKIP, LEADING_SPACE = 0x100, 0x200, 0x400, 0x100000
#: Commands whose answer may be left out, by the bit that says so.
_SILENT: Final = {
    b"L": 0x80,
    b"C": 0x1000,
    b"H": 0x2000,
    b"M": 0x4000,
    b"R": 0x8000,
    b"T": 0x10000,
    b"U": 0x20000,
    b"N": 0x40000,
}
#: Bodies are answered, so that a verdict can end a message early.
WANTED_STEPS: Final = NO_UNKNOWN | NO_DATA | SKIP | LEADING_SPACE | sum(_SILENT.values())
_ANSWERED: Final = frozenset((b"C", b"H", b"M", b"R", b"T", b"U", b"L", b"N", b"B", b"E"))

_HEAD: Final = struct.Struct(">I")
_OPTIONS: Final = struct.Struct(">III")
_KNOWN: Final = b"OCHMRTULNBEADKQ"
_BULK: Final = ord("B")
#: Longest frame of a body, and of anything else: header fields may be as long as a header.
_BODY: Final = 64 << 20
_OTHER: Final = 4 << 20
_PIECE: Final = 65535

CONTINUE, DISCARD, SKIPPED, PROGRESS = (_HEAD.pack(1) + letter for letter in (b"c", b"d", b"s", b"p"))


#: One frame from the mail server, command and content; only a piece of the body may be a view. A plain tuple: there are dozens in a mail.
Frame = tuple[bytes, Octets]


class Refused(Exception):
    """What came is no milter protocol."""


class Codec:
    """One connection to a mail server."""

    __slots__ = ("_held", "_length", "_needed", "actions", "owed", "steps")

    def __init__(self) -> None:
        # The beginning of a frame, in pieces: they are put together once, when all of it is there.
        self._held: list[bytes] = []
        self._length = 0
        self._needed = 0
        self.actions = 0
        self.steps = 0
        #: Commands whose answer the mail server waits for.
        self.owed = _ANSWERED

    def receive(self, data: bytes) -> list[Frame]:
        """The frames that are whole now; raises `Refused`."""
        if self._held:
            self._held.append(data)
            self._length += len(data)
            if self._length < self._needed:
                return []
            data = b"".join(self._held)
            self._held.clear()
        try:
            frames, place, self._needed = split(data, _KNOWN, _OTHER, _BULK, _BODY, cut)
        except ValueError as error:
            raise Refused("this is not the milter protocol") from error
        if place < len(data):
            self._held.append(data[place:])
            self._length = len(data) - place
        return frames

    def negotiate(self, content: bytes) -> bytes:
        """The answer to `O`: what we want of what is offered; raises `Refused`."""
        if len(content) < _OPTIONS.size:
            raise Refused("the offer is too short")
        version, actions, steps = _OPTIONS.unpack_from(content)
        if version < 2:
            raise Refused(f"version {version} of the protocol is too old")
        self.actions = actions & WANTED_ACTIONS
        self.steps = steps & WANTED_STEPS
        self.owed = frozenset(command for command in _ANSWERED if not self.steps & _SILENT.get(command, 0))
        return frame(b"O", _OPTIONS.pack(min(version, VERSION), self.actions, self.steps))


def frame(command: bytes, content: bytes = b"") -> bytes:
    """A frame."""
    return _HEAD.pack(len(content) + 1) + command + content


def reply(line: str) -> bytes:
    """An answer with a text of ours: `550 5.7.1 …`; a per cent sign is doubled, as Postfix wants it."""
    return frame(b"y", line.encode("ascii", "replace").replace(b"%", b"%%") + b"\0")


def add(name: bytes, value: bytes) -> bytes:
    """A field at the end of the header."""
    return frame(b"h", name + b"\0" + value + b"\0")


def insert(index: int, name: bytes, value: bytes) -> bytes:
    """A field at a place; 0 is above everything, the mail server's own trace included."""
    return frame(b"i", _HEAD.pack(index) + name + b"\0" + value + b"\0")


def change(index: int, name: bytes, value: bytes) -> bytes:
    """Another value for the field of this name that is there, counted from 1; an empty one takes the field out."""
    return frame(b"m", _HEAD.pack(index) + name + b"\0" + value + b"\0")


def body(content: bytes) -> bytes:
    """Another body, in as many frames as it takes."""
    if not content:
        return frame(b"b")
    return b"".join(frame(b"b", content[place : place + _PIECE]) for place in range(0, len(content), _PIECE))


def quarantine(reason: str) -> bytes:
    """Hold the message."""
    return frame(b"q", reason.encode("ascii", "replace") + b"\0")


def words(content: bytes) -> list[bytes]:
    """The strings of a frame, each of which ends in a zero byte."""
    pieces = content.split(b"\0")
    return pieces[:-1] if content.endswith(b"\0") else pieces
