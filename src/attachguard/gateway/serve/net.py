"""The clients of a front: taken in up to a number, sent away when they are silent, ended when the daemon drains."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Final

from attachguard.gateway.serve.peer import Peer

_SWEEP: Final = 0.5
#: Seconds after which a client that waits is told that it is not forgotten.
_COMFORT: Final = 20.0
#: Clients taken in at a time before the others are heard again.
_AT_A_TIME: Final = 16
#: Seconds before the next client is taken in where the system has no descriptor for one.
_FULL: Final = 0.05
#: Of the descriptors that there may be, the part that clients do not get: a worker that ended is replaced and mail is kept however many come.
_OURS: Final = 8
#: Seconds of silence after which a client in the middle of a message is not waited for any more when the daemon ends.
_STALLED: Final = 5.0
#: Clients beyond the most, at least, that get an answer in place of a hang-up.
_CROWD: Final = 16


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
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._descriptors = sys.maxsize if most == resource.RLIM_INFINITY else most - most // _OURS
        self._failed = failed
        self._peers: dict[asyncio.Task[None], Peer] = {}
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._sweeping: asyncio.Task[None] | None = None

    @property
    def peers(self) -> int:
        """Clients there are."""
        return len(self._peers)

    def start(self) -> None:
        """Take clients in."""
        for listener in self._listeners:
            listener.setblocking(False)
            self._listen(listener)
        self._sweeping = asyncio.create_task(self._sweep())

    def _listen(self, listener: socket.socket) -> None:
        if not self._closed:
            self._loop.add_reader(listener.fileno(), self._accept, listener)

    def _accept(self, listener: socket.socket) -> None:
        """Take in who waits at the door; the rest have their turn after those who are in."""
        for _ in range(_AT_A_TIME):
            try:
                connection, address = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                self._pause(listener)
                return
            if connection.fileno() >= self._descriptors:
                connection.close()
                self._pause(listener)
                return
            if len(self._peers) >= self._most + max(_CROWD, self._most // 4):
                connection.close()
                continue
            peer = Peer(connection, str(address[0]) if isinstance(address, tuple) else "unix")
            peer.crowded = len(self._peers) >= self._most
            task = self._loop.create_task(self._one(peer))
            self._peers[task] = peer
            task.add_done_callback(self._gone)

    def _pause(self, listener: socket.socket) -> None:
        """Out of descriptors: clients that we have will end, and then there is room for those who wait at the door."""
        self._loop.remove_reader(listener.fileno())
        self._loop.call_later(_FULL, self._listen, listener)

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
                if not peer.busy:
                    if now - peer.touched > self._patience:
                        task.cancel()
                elif peer.comfort and now - peer.touched > _COMFORT:
                    with contextlib.suppress(OSError):  # whose message it is will find out
                        peer.write(peer.comfort)

    async def drain(self, seconds: float) -> None:
        """Take nobody in any more, send away who has nothing under way, and wait for the others."""
        self._closed = True
        for listener in self._listeners:
            self._loop.remove_reader(listener.fileno())
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
