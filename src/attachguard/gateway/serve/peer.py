"""One client of a front: its bytes as they come, our words as it has room for them.

A plain socket: asyncio's streams take no descriptors, which clients of clamd pass along, and copy all content. Bytes go to the protocol from within
the event loop; a task wakes where something has to be waited for.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from time import monotonic
from typing import Final

from attachguard.gateway.loop import listen, unlisten

_RECEIVE: Final = 1 << 18
#: The same from a client that had to rest.
_LITTLE: Final = 1 << 12
#: Room for the descriptors taken with one read.
_INT: Final = array.array("i").itemsize
_RIGHTS: Final = socket.CMSG_SPACE(16 * _INT) if hasattr(socket, "CMSG_SPACE") else 0
#: Descriptors that may wait to be asked for; a client sends one with each command that takes one.
_MOST: Final = 64
#: Seconds and octets that a client which is still sending may go on with after our last word.
_LINGER: Final = 5.0
_LEFT: Final = 256 << 20


class Peer:
    """One client.

    Args:
        connection: its socket.
        name: where it comes from; `unix` for a local socket.
    """

    __slots__ = (
        "_broken", "_descriptor", "_drained", "_loop", "_registered", "_rest", "_room", "_socket", "_take", "_unsent", "_waiter", "busy", "comfort",
        "crowded", "descriptors", "idle", "local", "name", "passes", "touched", "unheard",
    )  # fmt: skip

    def __init__(self, connection: socket.socket, name: str) -> None:
        connection.setblocking(False)
        self._socket = connection
        # A number and not the socket: asyncio asks the system for both ends of a socket each time it is registered.
        self._descriptor = connection.fileno()
        self._loop = asyncio.get_running_loop()
        self.name = name
        self.local = connection.family == socket.AF_UNIX
        #: Whether it may pass descriptors along; the system drops those that nobody asked for.
        self.passes = False
        #: Descriptors that came along, in their order.
        self.descriptors: list[int] = []
        #: Whether the client waits for us, and not we for it.
        self.busy = False
        #: What a client that waits long is told from time to time; nothing where the protocol has no word for it.
        self.comfort = b""
        #: Whether more clients are here than may be served: it hears that we are too busy.
        self.crowded = False
        #: Whether the client may still be sending when we hang up.
        self.unheard = False
        #: Whether nothing is under way: such a client may be sent away when the daemon ends.
        self.idle = True
        self.touched = monotonic()
        self._registered = False
        #: Octets read at a time, and the end of the time in which none are.
        self._room = _RECEIVE
        self._rest: asyncio.TimerHandle | None = None
        self._take: Callable[[bytes], bool] = _enough
        self._waiter: asyncio.Future[bool] | None = None
        self._unsent = bytearray()
        self._drained: asyncio.Future[None] | None = None
        self._broken = False
        if not self.local:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # -- from the client -----------------------------------------------------------------------------------------------------

    async def pump(self, take: Callable[[bytes], bool]) -> bool:
        """Hand over the bytes as they come, from within the event loop and without waking the caller for each.

        Args:
            take: given the next bytes, says whether they are enough for now.

        Returns:
            True once they were enough, False at the end of the connection. What `take` raises is raised here.
        """
        data = None if self._unsent or self._rest is not None else self._read()
        if data is not None and (not data or take(data)):
            return bool(data)
        self._take = take
        self._waiter = self._loop.create_future()
        self._listen()
        try:
            return await self._waiter
        finally:
            self._waiter = None

    async def receive(self) -> bytes:
        """The next bytes; none at the end."""
        got: list[bytes] = []

        def take(data: bytes) -> bool:
            got.append(data)
            return True

        return got[0] if await self.pump(take) else b""

    def _read(self) -> bytes | None:
        """What has arrived: nothing at the end, None while there is nothing."""
        if self._room < _RECEIVE:
            self._room *= 2
        try:
            if self.passes and self.local:
                data, ancillary, _flags, _address = self._socket.recvmsg(self._room, _RIGHTS)
                if ancillary:
                    self._took(ancillary)
            else:
                data = self._socket.recv(self._room)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""
        self.touched = monotonic()
        return data

    def _took(self, ancillary: list[tuple[int, int, bytes]]) -> None:
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                self.descriptors += memoryview(content[: len(content) // _INT * _INT]).cast("i")
        if len(self.descriptors) > _MOST:
            raise ConnectionError("it would take all that we have")

    def _ready(self) -> bool:
        """There is something to read; it stays where it is while nobody waits for it, or while the client does not read what we say.

        Gives whether the loop may have something to do now.
        """
        waiter = self._waiter
        if waiter is None or self._unsent:
            self._unregister()
            return False
        if waiter.done():
            return True
        try:
            data = self._read()
            if data is None or (data and not self._take(data)):
                return self._rest is not None
            waiter.set_result(bool(data))
        except Exception as error:  # noqa: BLE001 - for whoever waits
            waiter.set_exception(error)
        return True

    def rest(self, seconds: float) -> None:
        """Hear no more for a while, and less at a time then: for a client that keeps us busy with few octets, so that the others are heard."""
        self._room = _LITTLE
        if self._rest is None:
            self._rest = self._loop.call_later(seconds, self._rested)
            if self._registered:
                self._unregister()

    def _rested(self) -> None:
        self._rest = None
        if self._waiter is not None:
            self._listen()

    def _listen(self) -> None:
        """Hear the client, where there is nothing against it."""
        if not self._registered and not self._unsent and self._rest is None:
            self._register()

    def _register(self) -> None:
        self._registered = True
        listen(self._loop, self._descriptor, self._ready)

    def _unregister(self) -> None:
        self._registered = False
        unlisten(self._loop, self._descriptor)

    # -- to the client -------------------------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send it, at once or when the client has room; nothing more is read from a client that has none. Raises `OSError` where it is gone."""
        if self._broken:
            raise ConnectionError("the client is gone")
        self.touched = monotonic()
        if self._unsent:
            self._unsent += data
            return
        try:
            sent = self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        if sent < len(data):
            self._unsent += memoryview(data)[sent:]
            self._loop.add_writer(self._descriptor, self._flush)

    async def send(self, data: bytes) -> None:
        """The same, until all of it is on its way."""
        self.write(data)
        if self._unsent:
            self._drained = self._loop.create_future()
            await self._drained

    def _flush(self) -> None:
        """The client has room again."""
        try:
            del self._unsent[: self._socket.send(self._unsent)]
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._broken = True
            self._unsent.clear()
        self.touched = monotonic()
        if self._unsent:
            return
        self._loop.remove_writer(self._descriptor)
        if self._waiter is not None:
            self._listen()
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            if self._broken:
                drained.set_exception(ConnectionError("the client is gone"))
            else:
                drained.set_result(None)

    async def linger(self) -> None:
        """Let a client that is still sending read our last words: what nobody reads would have the system throw them away with a reset."""
        left = _LEFT

        def take(data: bytes) -> bool:
            nonlocal left
            left -= len(data)
            return left <= 0

        try:
            self._socket.shutdown(socket.SHUT_WR)
            async with asyncio.timeout(_LINGER):
                await self.pump(take)
        except (OSError, TimeoutError):
            return

    def close(self) -> None:
        """Hang up, and drop descriptors that nobody took."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors.clear()
        if self._registered:
            self._unregister()
        if self._rest is not None:
            self._rest.cancel()
        if self._unsent:
            self._loop.remove_writer(self._descriptor)
        self._socket.close()


def _enough(_data: bytes) -> bool:
    return True
