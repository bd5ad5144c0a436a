"""Connections of a front: taken in up to a number, sent away when they are silent, ended when the daemon drains.

Plain sockets and one coroutine a connection: asyncio's streams take no descriptors, which clients of clamd pass along, and copy all content.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable
from typing import Final

_RECEIVE: Final = 1 << 18
#: Descriptors taken with one read.
_DESCRIPTORS: Final = 16
_SWEEP: Final = 0.5
#: Seconds of silence after which a client in the middle of a message is not waited for any more when the daemon ends.
_STALLED: Final = 5.0
#: Seconds and octets that a client which is still sending may go on with after our last word.
_LINGER: Final = 5.0
#: Clients beyond the most, at least, that get an answer in place of a hang-up.
_CROWD: Final = 16
_LEFT: Final = 256 << 20


class Peer:
    """One client.

    Args:
        connection: its socket.
        name: where it comes from; `unix` for a local socket.
    """

    __slots__ = (
        "_loop",
        "_registered",
        "_socket",
        "_waiter",
        "busy",
        "crowded",
        "descriptors",
        "idle",
        "local",
        "name",
        "touched",
        "unheard",
    )

    def __init__(self, connection: socket.socket, name: str) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._loop = asyncio.get_running_loop()
        self.name = name
        self.local = connection.family == socket.AF_UNIX
        #: Descriptors that came along, in their order.
        self.descriptors: list[int] = []
        #: Whether the client waits for us, and not we for it.
        self.busy = False
        #: Whether more clients are here than may be served: it hears that we are too busy.
        self.crowded = False
        #: Whether the client may still be sending when we hang up.
        self.unheard = False
        #: Whether nothing is under way: such a client may be sent away when the daemon ends.
        self.idle = True
        self.touched = self._loop.time()
        self._registered = False
        self._waiter: asyncio.Future[None] | None = None
        if not self.local:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def receive(self) -> bytes:
        """The next bytes; none at the end."""
        while True:
            try:
                data = self._with_rights() if self.local else self._socket.recv(_RECEIVE)
            except (BlockingIOError, InterruptedError):
                await self._readable()
                continue
            except OSError:
                return b""
            self.touched = self._loop.time()
            return data

    def _with_rights(self) -> bytes:
        data, descriptors, _flags, _address = socket.recv_fds(self._socket, _RECEIVE, _DESCRIPTORS)
        self.descriptors += descriptors
        return data

    async def _readable(self) -> None:
        """Wait; the socket stays registered from one wait to the next, as long as nothing comes in between that nobody waits for."""
        self._waiter = self._loop.create_future()
        if not self._registered:
            self._registered = True
            self._loop.add_reader(self._socket, self._wake)
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is None:
            self._registered = False
            self._loop.remove_reader(self._socket)
        elif not self._waiter.done():
            self._waiter.set_result(None)

    async def send(self, data: bytes) -> None:
        """All of it; raises `OSError` where the client is gone."""
        self.touched = self._loop.time()
        try:
            sent = self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        if sent < len(data):
            await self._loop.sock_sendall(self._socket, memoryview(data)[sent:])
        self.touched = self._loop.time()

    async def linger(self) -> None:
        """Let a client that is still sending read our last words: what nobody reads would have the system throw them away with a reset."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
            async with asyncio.timeout(_LINGER):
                left = _LEFT
                while left > 0 and (data := await self.receive()):
                    left -= len(data)
        except (OSError, TimeoutError):
            return

    def close(self) -> None:
        """Hang up, and drop descriptors that nobody took."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors.clear()
        if self._registered:
            self._loop.remove_reader(self._socket)
        self._socket.close()


class Server:
    """The listening sockets of one front.

    Args:
        listeners: sockets that listen.
        serve: what is done with a client, until it returns.
        connections: most clients at a time; a quarter more are answered that we are too busy, those beyond are hung up on.
        idle: seconds after which a silent client is sent away.
        failed: told of a defect of ours.
    """

    def __init__(
        self,
        listeners: list[socket.socket],
        serve: Callable[[Peer], Awaitable[None]],
        *,
        connections: int,
        idle: float,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._listeners = listeners
        self._serve = serve
        self._most = connections
        self._patience = idle
        self._failed = failed
        self._peers: dict[asyncio.Task[None], Peer] = {}
        self._accepting: list[asyncio.Task[None]] = []
        self._sweeping: asyncio.Task[None] | None = None

    @property
    def peers(self) -> int:
        """Clients there are."""
        return len(self._peers)

    def start(self) -> None:
        """Take clients in."""
        for listener in self._listeners:
            listener.setblocking(False)
            self._accepting.append(asyncio.create_task(self._accept(listener)))
        self._sweeping = asyncio.create_task(self._sweep())

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, address = await loop.sock_accept(listener)
            except OSError:
                # Out of descriptors: those that we have will end, and then there is room.
                await asyncio.sleep(0.05)
                continue
            if len(self._peers) >= self._most + max(_CROWD, self._most // 4):
                connection.close()
                continue
            peer = Peer(connection, str(address[0]) if isinstance(address, tuple) else "unix")
            peer.crowded = len(self._peers) >= self._most
            task = asyncio.create_task(self._one(peer))
            self._peers[task] = peer
            task.add_done_callback(self._gone)

    async def _one(self, peer: Peer) -> None:
        try:
            await self._serve(peer)
            if peer.unheard:
                peer.idle = True
                await peer.linger()
        except OSError:
            pass  # the client is gone
        except Exception as error:  # noqa: BLE001 - a defect over one client must not end the others
            self._failed(error)
        finally:
            peer.close()

    def _gone(self, task: asyncio.Task[None]) -> None:
        self._peers.pop(task, None)

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_SWEEP)
            now = loop.time()
            for task, peer in list(self._peers.items()):
                if not peer.busy and now - peer.touched > self._patience:
                    task.cancel()

    async def drain(self, seconds: float) -> None:
        """Take nobody in any more, send away who has nothing under way, and wait for the others."""
        for task in self._accepting:
            task.cancel()
        for listener in self._listeners:
            listener.close()
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._peers and loop.time() < end:
            for task, peer in list(self._peers.items()):
                if not peer.busy and (peer.idle or loop.time() - peer.touched > _STALLED):
                    task.cancel()
            await asyncio.sleep(0.02)
        rest = list(self._peers)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        if self._sweeping is not None:
            self._sweeping.cancel()
