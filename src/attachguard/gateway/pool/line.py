"""The line of messages before the workers: who has waited longest gets the next free one, and slow senders make room."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Final, NamedTuple, Protocol

from attachguard.gateway.pool.crew import Crew, Worker

#: How often it is looked whose time is over and which senders are slow, in seconds.
_LOOK_AGAIN: Final = 0.05


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
        self._waiting: deque[_Waiter] = deque()
        #: One timer for all: a timer a message is dearer than to look at those who wait, who are few.
        self._looking: asyncio.TimerHandle | None = None
        self._closed = False

    def __len__(self) -> int:
        return sum(not waiter.worker.done() for waiter in tuple(self._waiting))  # asked from other threads, too

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
        waiter = _Waiter(loop.create_future(), loop.time() + seconds)
        self._waiting.append(waiter)
        self._make_room()
        if self._looking is None or self._looking.when() > waiter.until:
            self._look_at(waiter.until)
        try:
            return await waiter.worker
        except asyncio.CancelledError:
            # One may have been given in the very moment in which the asker was called off.
            if not waiter.worker.cancelled() and (worker := waiter.worker.result()) is not None:
                self.free(worker)
            raise

    def free(self, worker: Worker) -> None:
        """A worker is ready: for whoever has waited longest, or for later."""
        while self._waiting:
            if self._waiting.popleft().gets(worker):
                return
        self._idle.append(worker)

    def close(self) -> None:
        """Nobody gets a worker any more."""
        self._closed = True
        for waiter in self._waiting:
            waiter.gets(None)

    def _make_room(self) -> None:
        """Take workers from slow senders for messages that have arrived; look again while any wait."""
        while self._waiting and self._waiting[0].worker.done():
            self._waiting.popleft()
        if not self._waiting:
            return
        now = time.monotonic()
        slow = [sender for sender in self.streaming if sender.slow(now)]
        for sender in slow[: len(self._waiting)]:
            sender.give_back()
        if self._looking is None:
            self._look_at(asyncio.get_running_loop().time() + _LOOK_AGAIN)

    def _look_at(self, when: float) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._looking = asyncio.get_running_loop().call_at(when, self._look)

    def _look(self) -> None:
        """Who has waited to the end of his time gets no worker; then make room for the others."""
        self._looking = None
        now = asyncio.get_running_loop().time()
        for waiter in self._waiting:
            if waiter.until <= now:
                waiter.gets(None)
        self._make_room()


class _Waiter(NamedTuple):
    """A message that has arrived and has no worker yet, and until when it waits for one."""

    worker: asyncio.Future[Worker | None]
    until: float

    def gets(self, worker: Worker | None) -> bool:
        """Give it a worker or none; whether it was still waiting."""
        if self.worker.done():
            return False
        self.worker.set_result(worker)
        return True
