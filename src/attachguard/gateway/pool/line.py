"""The line of messages before the workers: who has waited longest gets the next free one, and slow senders make room."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Final, Protocol

from attachguard.gateway.pool.crew import Crew, Worker

#: How often it is asked which senders are slow, in seconds.
_ASK_AGAIN: Final = 0.05


class Sender(Protocol):
    """Has a worker although its message has not ended."""

    def slow(self, now: float) -> bool:
        """Whether a message that has arrived may take the worker."""

    def give_back(self) -> None:
        """Let go of the worker."""


class Line:
    """Hands out the workers of a crew, in one event loop.

    Args:
        most: messages that may wait; one more gets no worker.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.streaming: set[Sender] = set()
        self._idle: deque[Worker] = deque()
        self._waiting: deque[asyncio.Future[Worker | None]] = deque()
        self._asking: asyncio.TimerHandle | None = None
        self._closed = False

    def __len__(self) -> int:
        return sum(not waiter.done() for waiter in tuple(self._waiting))  # asked from other threads, too

    def idle(self, crew: Crew) -> Worker | None:
        """A worker for a message that is still arriving: only one that no other message waits for."""
        while self._idle and not self._waiting:
            worker = self._idle.popleft()
            if crew.lives(worker):
                return worker
        return None

    async def next(self, crew: Crew, seconds: float) -> Worker | None:
        """The next free worker, in the order of asking; None where none gets free in time, or too many ask."""
        worker = self.idle(crew)
        if worker is not None:
            return worker
        if self._closed or len(self._waiting) >= self.most:
            return None
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Worker | None] = loop.create_future()
        self._waiting.append(waiter)
        self._make_room()
        timer = loop.call_later(seconds, _without, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            # One may have been given in the very moment in which the asker was called off.
            if not waiter.cancelled() and (worker := waiter.result()) is not None:
                self.free(worker)
            raise
        finally:
            timer.cancel()

    def free(self, worker: Worker) -> None:
        """A worker is ready: for whoever has waited longest, or for later."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(worker)
                return
        self._idle.append(worker)

    def close(self) -> None:
        """Nobody gets a worker any more."""
        self._closed = True
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    def _make_room(self) -> None:
        """Take workers from slow senders for messages that have arrived; ask again while any wait."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()
        if not self._waiting:
            return
        now = time.monotonic()
        slow = [sender for sender in self.streaming if sender.slow(now)]
        for sender in slow[: len(self._waiting)]:
            sender.give_back()
        if self.streaming:
            self._asking = asyncio.get_running_loop().call_later(_ASK_AGAIN, self._make_room)


def _without(waiter: asyncio.Future[Worker | None]) -> None:
    """No worker got free in time."""
    if not waiter.done():
        waiter.set_result(None)
