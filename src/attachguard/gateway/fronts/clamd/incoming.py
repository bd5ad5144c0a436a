"""What a client of clamd sends: commands for whoever asks for the next, and the content of a stream for the desk while it comes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from attachguard.gateway.fronts.clamd.codec import Codec, Data, Event
from attachguard.gateway.fronts.clamd.mbox import Preamble
from attachguard.gateway.octets import Octets
from attachguard.gateway.serve.case import Case
from attachguard.gateway.serve.peer import Peer

#: Octets of content that decide what it is.
HEAD: Final = 8192
#: Chunks that may come at once, and octets of each in the mean below which there may be only so many in a second: Haraka sends one a line.
_MANY: Final = 1000
_SHORT: Final = 24
_A_SECOND: Final = 100_000


class Incoming:
    """One connection, as events.

    Args:
        peer: the client.
        longest: octets that one stream may have.
    """

    def __init__(self, peer: Peer, longest: int) -> None:
        self.codec = Codec(longest)
        self._peer = peer
        self._events: deque[Event] = deque()
        self._take: Callable[[Octets], None] | None = None

    async def next(self, take: Callable[[Octets], None] | None = None) -> Event | None:
        """The next event, None at the end of the connection.

        Args:
            take: given the content that comes before it.
        """
        self._take = take
        while not self._pass_on():
            if not await self._peer.pump(self._receive):
                return None
        return self._events.popleft()

    def _receive(self, data: bytes) -> bool:
        before = self.codec.chunks
        self._events.extend(self.codec.receive(data))
        came = self.codec.chunks - before
        if came > _MANY and came * _SHORT > len(data):
            self._peer.rest(came / _A_SECOND)
        return self._pass_on()

    def _pass_on(self) -> bool:
        """Give content away; whether there is anything else."""
        events = self._events
        if self._take is not None:
            while events and isinstance(event := events[0], Data):
                events.popleft()
                self._take(event.content)
        return bool(events)


class Stream:
    """The content of one stream: held until it is clear what it is, and given to the desk from then on.

    Args:
        begin: opens the case, given the first octets and what stood before them.
    """

    def __init__(self, begin: Callable[[Octets, Preamble], Case]) -> None:
        self._begin = begin
        self._preamble = Preamble()
        self._held: Octets = b""
        self.case: Case | None = None

    def take(self, data: Octets) -> None:
        """The next octets."""
        piece = self._preamble.take(data)
        if self.case is not None:
            self.case.feed(piece)
            return
        self._held = b"".join((self._held, piece)) if self._held else piece
        if len(self._held) >= HEAD:
            self._open()

    def end(self) -> Case:
        """The end of the content."""
        rest = self._preamble.rest()
        if self.case is None:
            self._held = b"".join((self._held, rest))
            return self._open()
        if rest:
            self.case.feed(rest)
        return self.case

    def _open(self) -> Case:
        held, self._held = self._held, b""
        self.case = self._begin(held, self._preamble)
        if held:
            self.case.feed(held)
        return self.case
