"""The words between the pool and a worker: frames over a socket pair, content through memory that both see.

A frame is a kind, a length in four octets, and that many octets. Content goes into slots of the shared memory, and a frame says which and how much;
only what is small goes into a frame itself. What a worker says is parsed, never trusted: it has met hostile content. A frame of a kind that no worker
sends, or longer than its kind may be, ends the worker.
"""

from __future__ import annotations

import array
import mmap
import socket
import struct
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

import msgspec

from attachguard.gateway.octets import Octets
from attachguard.model import Envelope
from attachguard.types.letters import whole

HEAD: Final = struct.Struct(">cI")

#: To the worker: what to scan, some of its bytes, a slot with some, its end, or that nobody wants it any more.
JOB, DATA, SLOT, END, ABORT = b"J", b"D", b"S", b"E", b"A"
#: From the worker: ready, why it does not get ready, how many slots it has taken, the copy without what has to go, the report (the last word of a
#: job), given up, and why a file could not be read.
READY, UNFIT, TAKEN, COPY, REPORT, ABORTED, UNREAD = b"R", b"F", b"K", b"C", b"P", b"X", b"U"

#: Longest frame of each kind that a worker may send.
BOUNDS: Final = {READY: 4096, UNFIT: 4096, TAKEN: 4, COPY: 1 << 30, REPORT: 1 << 26, ABORTED: 0, UNREAD: 4096}
#: A slot: which one, and how many bytes are in it. Slots are used in turn.
PLACE: Final = struct.Struct(">II")
SLOTS: Final = 8
SLOT_SIZE: Final = 1 << 18
#: Content up to this size goes with the frames.
SMALL: Final = 1 << 15
COUNT: Final = struct.Struct(">I")
#: Before the report: attachments of the message that might have come before, and how many of them had.
REPEATS: Final = struct.Struct(">II")
#: Octets of the name that stands, after its length, before the copy.
LONGEST_NAME: Final = 4096
_RECEIVE: Final = 1 << 18


class Job(msgspec.Struct, frozen=True, array_like=True):
    """What a worker shall do; the bytes follow, or come as an open file.

    Args:
        kind: `message`, `file` or `auto`.
        name: file name.
        source: how the report shall name it.
        envelope: what the mail server knows.
        early: whether a final verdict may end the scan before the end.
        file: whether the content is an open file that came with the frame.
        seconds: after which the worker shall end itself, should nobody else be there to do it.
    """

    kind: Literal["auto", "message", "file"]
    name: str
    source: str
    envelope: Envelope
    early: bool
    file: bool
    seconds: int


def packed(job: Job) -> bytes:
    """A job as it goes over the wire; what of its envelope is no text, as names of Unix decoded by `os.fsdecode` may be, is replaced."""
    try:
        return msgspec.msgpack.encode(job)
    except UnicodeEncodeError:
        envelope = Envelope(**{key: _text(value) for key, value in msgspec.structs.asdict(job.envelope).items()})
        return msgspec.msgpack.encode(msgspec.structs.replace(job, envelope=envelope))


def _text(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return tuple(map(_text, value))
    return whole(value) if isinstance(value, str) else value


class Broken(Exception):
    """The other side is gone, or says what it may not say; in words only the latter."""


class Frame(NamedTuple):
    """One frame that came in."""

    kind: bytes
    content: bytes


class Channel:
    """The pool's end of the socket pair of one worker; never waits."""

    __slots__ = ("_file", "_incoming", "_outgoing", "_view", "descriptor", "free", "memory", "socket", "turn")

    def __init__(self, connection: socket.socket, memory: mmap.mmap) -> None:
        connection.setblocking(False)
        self.socket = connection
        #: The number of the socket: asyncio asks the system for both ends of one that is given to it.
        self.descriptor = connection.fileno()
        self.memory = memory
        self._view = memoryview(memory)
        #: Slots that are free, and the next one in turn.
        self.free = SLOTS
        self.turn = 0
        self._outgoing = bytearray()
        self._incoming = bytearray()
        self._file = -1

    def put(self, kind: bytes, content: Octets = b"", descriptor: int = -1) -> None:
        """Queue a frame; `flush` sends it.

        Args:
            kind: of the frame.
            content: of the frame.
            descriptor: an open file to go with it.
        """
        self._outgoing += HEAD.pack(kind, len(content)) + content
        if descriptor >= 0:
            self._file = descriptor

    def fill(self, pieces: list[Octets], place: int, offset: int) -> tuple[int, int]:
        """Put content into the next slot, as much as fits; there must be one.

        Args:
            pieces: the content.
            place: index of the piece to begin with.
            offset: where in that piece to begin.

        Returns:
            Index and offset of what comes next.
        """
        start = filled = self.turn * SLOT_SIZE
        end = start + SLOT_SIZE
        view = self._view
        count = len(pieces)
        while place < count and filled < end:
            piece = pieces[place]
            until = filled + len(piece) - offset
            if until > end:
                stop = offset + end - filled
                view[filled:end] = memoryview(piece)[offset:stop]
                filled, offset = end, stop
                break
            view[filled:until] = memoryview(piece)[offset:] if offset else piece
            place, offset, filled = place + 1, 0, until
        self.put(SLOT, PLACE.pack(self.turn, filled - start))
        self.turn = (self.turn + 1) % SLOTS
        self.free -= 1
        return place, offset

    def flush(self) -> bool:
        """Send what the system takes now; whether nothing is left. Raises `Broken`."""
        try:
            while self._outgoing:
                if self._file >= 0:
                    rights = array.array("i", [self._file])
                    sent = self.socket.sendmsg([self._outgoing], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
                    self._file = -1
                else:
                    sent = self.socket.send(self._outgoing)
                del self._outgoing[:sent]
        except BlockingIOError:
            return False
        except OSError as error:
            raise Broken(str(error)) from error
        return True

    def receive(self) -> Iterator[Frame]:
        """The frames that are there; raises `Broken` at the end of the worker and at what no worker may say."""
        ended = False
        while True:
            try:
                piece = self.socket.recv(_RECEIVE)
            except BlockingIOError:
                break
            except OSError:
                piece = b""
            if not piece:
                ended = True
                break
            self._incoming += piece
            self._check()
            if len(piece) < _RECEIVE:
                break
        yield from self._frames()
        if ended:
            raise Broken

    def _check(self) -> None:
        """A frame that is too long is refused at its head, before its content is taken."""
        if len(self._incoming) >= HEAD.size:
            kind, length = HEAD.unpack_from(self._incoming)
            if length > BOUNDS.get(kind, -1):
                raise Broken("the process said what it may not say")

    def _frames(self) -> Iterator[Frame]:
        while len(self._incoming) >= HEAD.size:
            kind, length = HEAD.unpack_from(self._incoming)
            if length > BOUNDS.get(kind, -1):
                raise Broken("the process said what it may not say")
            if len(self._incoming) < HEAD.size + length:
                return
            content = bytes(memoryview(self._incoming)[HEAD.size : HEAD.size + length])
            del self._incoming[: HEAD.size + length]
            yield Frame(kind, content)

    def close(self) -> None:
        """Give the socket back; the worker sees the end."""
        self._outgoing.clear()
        self.socket.close()
        self._view.release()
        self.memory.close()
