"""The words of clamd's protocol: bytes in, events out, replies as bytes. No I/O.

A command is `zNAME …` up to a zero byte, `nNAME …` up to a line end, or an old-style bare line; its reply ends as it did. INSTREAM is followed by
chunks, each after its length in four octets, up to a length of zero; FILDES by one octet that carries a descriptor. One command a connection,
but for IDSESSION, which goes on until END, numbers its commands from 1, and puts the number before each reply.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from attachguard.gateway.octets import Octets, cut

#: Commands that old clients send without a prefix; never INSTREAM, STATS or IDSESSION.
_OLD: Final = frozenset(
    {
        b"SCAN",
        b"CONTSCAN",
        b"MULTISCAN",
        b"ALLMATCHSCAN",
        b"RAWSCAN",
        b"PING",
        b"VERSION",
        b"RELOAD",
        b"SHUTDOWN",
        b"FILDES",
    }
)
#: Commands in a session, as clamd has them.
_SESSION: Final = frozenset(
    {b"SCAN", b"FILDES", b"INSTREAM", b"VERSION", b"VERSIONCOMMANDS", b"STATS", b"PING", b"END"}
)
#: Commands that need an argument, and those that may have one.
_PATHS: Final = frozenset({b"SCAN", b"CONTSCAN", b"MULTISCAN", b"ALLMATCHSCAN", b"RAWSCAN"})
COMMANDS: Final = (
    "SCAN", "RELOAD", "PING", "CONTSCAN", "VERSIONCOMMANDS", "VERSION", "END", "SHUTDOWN", "MULTISCAN", "FILDES", "STATS", "IDSESSION",
    "INSTREAM", "ALLMATCHSCAN",
)  # fmt: skip
_KNOWN: Final = frozenset(name.encode() for name in COMMANDS)
#: A path of 4096 octets and the command before it.
_LONGEST: Final = 8192


class Command(NamedTuple):
    """A command.

    Args:
        name: in capitals; `UNKNOWN` for one that there is not, `INVALID` for one that does not belong into a session.
        argument: what follows the name.
        number: in a session; 0 outside of one.
        end: what ends its reply.
    """

    name: str
    argument: bytes
    number: int
    end: bytes

    def reply(self, text: str | bytes) -> bytes:
        """The reply as it goes over the wire: one line of it."""
        line = text.encode("utf-8", "replace") if isinstance(text, str) else text
        return (b"%d: " % self.number if self.number else b"") + line + self.end


class Data(NamedTuple):
    """Some content of a stream."""

    content: Octets


class StreamEnd(NamedTuple):
    """The end of a stream."""


class Descriptor(NamedTuple):
    """The octet that carries a descriptor."""


class TooLong(NamedTuple):
    """A chunk that is longer than a stream may be; nothing after it is understood."""


Event = Command | Data | StreamEnd | Descriptor | TooLong


class Codec:
    """One connection.

    Args:
        longest: octets that one stream may have.
    """

    __slots__ = ("_buffer", "_left", "_longest", "_seen", "_state", "chunks", "in_session", "numbers")

    def __init__(self, longest: int) -> None:
        self._buffer = b""
        self._longest = longest
        self._state = "command"
        self._left = 0
        self._seen = 0
        self.in_session = False
        self.numbers = 0
        #: Chunks that have begun.
        self.chunks = 0

    def receive(self, data: bytes) -> list[Event]:
        """What these bytes say, with those before them."""
        buffer = self._buffer + data if self._buffer else data
        events: list[Event] = []
        place = 0
        pieces: list[Octets] = []
        while place < len(buffer) and self._state != "broken":
            if self._state == "stream":
                place = self._stream(buffer, place, pieces, events)
                if place < 0:
                    place = -place - 1
                    break
            elif self._state == "descriptor":
                events.append(Descriptor())
                self._state = "command"
                place += 1
            else:
                following = self._command(buffer, place, events)
                if following == place:
                    break
                place = following
        if pieces:
            events.append(Data(pieces[0] if len(pieces) == 1 else b"".join(pieces)))
        self._buffer = buffer[place:] if self._state != "broken" else b""
        return events

    # -- content -------------------------------------------------------------------------------------------------------------

    def _stream(self, buffer: bytes, place: int, pieces: list[Octets], events: list[Event]) -> int:
        """Take content from here; gives the place after it, below zero where a length is not all there yet."""
        if self._left:
            piece = cut(buffer, place, min(len(buffer), place + self._left))
            pieces.append(piece)
            self._left -= len(piece)
            return place + len(piece)
        if len(buffer) - place < 4:
            return -place - 1
        length = int.from_bytes(buffer[place : place + 4], "big")
        place += 4
        if length == 0:
            if pieces:
                events.append(Data(pieces[0] if len(pieces) == 1 else b"".join(pieces)))
                pieces.clear()
            events.append(StreamEnd())
            self._state = "command"
            return place
        self._seen += length
        if self._seen > self._longest:
            pieces.clear()  # what a stream like this says is of no use to anybody
            events.append(TooLong())
            self._state = "broken"
            return place
        self._left = length
        self.chunks += 1
        return place

    # -- commands ------------------------------------------------------------------------------------------------------------

    def _command(self, buffer: bytes, place: int, events: list[Event]) -> int:
        first = buffer[place : place + 1]
        end = b"\0" if first == b"z" else b"\n"
        stop = buffer.find(end, place, place + _LONGEST)
        if stop < 0:
            if first not in (b"z", b"n") and self._is_bare(buffer[place:]):
                self._say(buffer[place:], b"\n", events, old=True)
                return len(buffer)
            if len(buffer) - place >= _LONGEST:
                events.append(Command("TOOLONG", b"", 0, b"\n"))
                self._state = "broken"
            return place
        line = buffer[place:stop]
        if first in (b"z", b"n"):
            line = line[1:]
        if end == b"\n":
            line = line.removesuffix(b"\r")
        self._say(line, end, events, old=first not in (b"z", b"n"))
        return stop + 1

    def _is_bare(self, line: bytes) -> bool:
        """Whether nothing more comes of an old-style line: a command alone may lack its end, and what can become none is none."""
        if self.in_session:
            return False
        if line in _OLD and line not in _PATHS and line != b"FILDES":
            return True
        return not any(name.startswith(line) or line.startswith(name) for name in _OLD)

    def _say(self, line: bytes, end: bytes, events: list[Event], *, old: bool) -> None:
        name, space, argument = line.partition(b" ")
        number = 0
        if self.in_session:
            self.numbers += 1
            number = self.numbers
        if self.in_session and name not in _SESSION:
            word = "INVALID"
        elif (
            name not in _KNOWN
            or (old and name not in _OLD)
            or bool(space) is not (name in _PATHS)
            or (name == b"END" and not self.in_session)
        ):
            word = "INVALID" if self.in_session else "UNKNOWN"
        else:
            word = name.decode()
        if word == "IDSESSION":
            self.in_session = True
        elif word == "INSTREAM":
            self._state, self._left, self._seen = "stream", 0, 0
        elif word == "FILDES":
            self._state = "descriptor"
        events.append(Command(word, argument, number, end))
