"""One message on its way through a pool: bytes in as they arrive, the report out.

The bytes are kept until the end. Small messages go to a worker whole. A larger one is given to an idle worker while it is still arriving; when a
message that has arrived waits for a worker, a sender that is slow loses his, and his message is scanned when it has arrived.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final

from attachguard.engine.scan import Kind
from attachguard.gateway.octets import Octets
from attachguard.gateway.pool import wire
from attachguard.gateway.pool.crew import Worker
from attachguard.gateway.pool.result import Result, copy, outcome
from attachguard.gateway.pool.wire import Broken, Frame, Job
from attachguard.model import Envelope
from attachguard.types.letters import spelled, whole

if TYPE_CHECKING:
    from attachguard.gateway.pool import Pool

#: A message is given to a worker before its end once this much of it is there.
_STREAMED: Final = 1 << 16
#: Seconds without a byte, and seconds altogether, after which an unfinished message may lose its worker to a finished one.
_SLOW: Final = 0.05
_LONG: Final = 2.0
#: Seconds after which a worker ends itself at the latest; the system's clock for that takes no more.
_LATEST: Final = 1 << 30


class Session:
    """Made by `Pool.open`; its methods are for the loop of the pool."""

    def __init__(
        self, pool: Pool, *, kind: Kind, name: str, source: str, envelope: Envelope, early: bool, descriptor: int = -1
    ) -> None:
        self._pool = pool
        self._kind: Kind = kind
        self._name = name
        self.source = source
        #: May be completed until the first bytes are given to a worker, which happens in `feed` or `close`.
        self.envelope = envelope
        self._early = early
        #: Deadline, once the message has arrived.
        self.seconds = pool.seconds
        self.descriptor = descriptor
        self.pieces: list[Octets] = []
        self.size = 0
        # What a worker has been given: up to which piece, where in it, and how many bytes in all.
        self._piece = self._offset = self._given = 0
        self._worker: Worker | None = None
        self._lonely = False
        self._ended = False
        self._since = 0.0
        self._fed = 0.0
        self._copy: tuple[str, bytes] | None = None
        self._result: Result | None = None
        self._done: asyncio.Future[None] | None = None

    @property
    def may_be_mail(self) -> bool:
        """Whether the first bytes decide what it is."""
        return self._kind == "auto"

    @property
    def result(self) -> Result | None:
        """The outcome, once there is one: before the end where a verdict was final early, or where the worker failed."""
        return self._result

    # -- from the sender -----------------------------------------------------------------------------------------------------

    def feed(self, data: Octets) -> bool:
        """Take the next bytes; True when the outcome is known and nothing more is needed."""
        if self._result is not None:
            return True
        size = len(data)
        self.pieces.append(data)
        self.size += size
        self._pool.held += size
        if self._worker is None:
            if self.size < _STREAMED or self._lonely:
                return False
            self._fed = monotonic()
            worker = self._pool.line.idle(self._pool.crew)
            if worker is None:
                return False
            self._since = self._fed
            self._pool.line.streaming.add(self)
            self._begin(worker)
        else:
            self._fed = monotonic()
        if self.size - self._given >= wire.SLOT_SIZE:
            self._send()
        return self._result is not None

    def keep(self, data: Octets) -> None:
        """Take the next bytes without giving any to a worker before the end."""
        self.pieces.append(data)
        self.size += len(data)
        self._pool.held += len(data)

    def drop(self) -> None:
        """Forget the bytes: the message will not be scanned."""
        if self._worker is not None and self._result is None:
            self.give_back()
        self.pieces.clear()
        self._pool.held -= self.size
        self.size = 0

    def failed(self, failure: str, cause: str) -> Result:
        """The outcome of a message that is not scanned."""
        if self._result is None:
            self._settle(failure, cause)
        assert self._result is not None
        return self._result

    async def close(self) -> Result:
        """The end of the bytes; gives the outcome, at the latest after the deadline and as long again in the queue."""
        self._keep()
        if self._result is None and self._worker is None:
            worker = await self._pool.worker(self.seconds)
            if self._result is not None:
                if worker is not None:
                    self._pool.line.free(worker)
            elif worker is None:
                self._settle("busy", "no scanning process was free in time")
            else:
                self._begin(worker)
        if self._result is None:
            assert self._worker is not None
            self._ended = True
            self._send()
        if self._result is None:
            assert self._worker is not None
            self._worker.allow(monotonic(), self.seconds)
            self._done = asyncio.get_running_loop().create_future()
            await self._done
        assert self._result is not None
        return self._result

    def abort(self) -> None:
        """Nobody wants the outcome any more."""
        self.drop()
        if self._result is None:
            self._settle("stopped", "the sender gave up")

    # -- to the worker -------------------------------------------------------------------------------------------------------

    def _begin(self, worker: Worker) -> None:
        self._worker = worker
        worker.holder = self
        self._piece = self._offset = self._given = 0
        worker.channel.free = wire.SLOTS
        self._copy = None
        file = self.descriptor >= 0
        # The worker ends itself a little later than the pool would, in case the pool is gone.
        job = Job(
            self._kind,
            whole(self._name),
            spelled(self.source),
            self.envelope,
            self._early,
            file,
            min(int(2 * self.seconds) + 30, _LATEST),
        )
        worker.channel.put(wire.JOB, wire.packed(job), self.descriptor)

    def _send(self) -> None:
        """Give the worker what there is: whole slots while the message arrives, the rest and the end when it has."""
        worker = self._worker
        if worker is None:
            return
        channel = worker.channel
        if self.descriptor >= 0:
            self._given = self.size
        elif self._ended and not self._given and self.size <= wire.SMALL:
            if self.size:
                channel.put(wire.DATA, self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces))
            self._given = self.size
        while channel.free and (self.size - self._given >= wire.SLOT_SIZE or (self._ended and self._given < self.size)):
            self._piece, self._offset = channel.fill(self.pieces, self._piece, self._offset)
            self._given = min(self.size, self._given + wire.SLOT_SIZE)
        if self._ended and self._given == self.size and self.descriptor < 0:
            channel.put(wire.END)
        if not self._ended:
            # It owes something until it has taken what it was given.
            worker.allow(monotonic(), self.seconds)
        self._pool.crew.send(worker)

    def slow(self, now: float) -> bool:
        """Whether a message that has arrived may take the worker of this one, which has not."""
        if self._lonely or self._worker is None:
            return False
        waits = self._worker.channel.free == wire.SLOTS and now - self._fed > _SLOW
        return waits or now - self._since > _LONG

    def give_back(self) -> None:
        """Let go of the worker; the message is scanned anew when it has arrived."""
        worker, self._worker = self._worker, None
        assert worker is not None
        self._keep()
        self._piece = self._offset = self._given = 0
        worker.channel.put(wire.ABORT)
        worker.holder = _Leaving(self._pool, worker)
        self._pool.crew.send(worker)

    def _keep(self) -> None:
        """From here on the worker is this message's own, or it waits for one until it has arrived."""
        self._lonely = True
        self._pool.line.streaming.discard(self)

    # -- from the worker -----------------------------------------------------------------------------------------------------

    def heard(self, frame: Frame) -> None:
        """See `crew.Holder`."""
        if frame.kind == wire.TAKEN:
            self._taken(frame.content)
        elif frame.kind == wire.COPY:
            self._copy = copy(frame.content)
        elif frame.kind == wire.UNREAD:
            self._return()
            self._settle("unreadable", frame.content.decode("utf-8", "replace"))
        elif frame.kind == wire.REPORT:
            result = outcome(frame.content, self._copy)
            self._return()
            self._finish(result)
        else:
            raise Broken("the process said what it may not say")

    def lost(self, cause: str, text: str) -> None:
        """See `crew.Holder`."""
        self._worker = None
        self._settle(cause, text)

    def _taken(self, content: bytes) -> None:
        """Slots are free again."""
        worker = self._worker
        if worker is None or len(content) != wire.COUNT.size:
            raise Broken("the process said what it may not say")
        (count,) = wire.COUNT.unpack(content)
        if count > wire.SLOTS - worker.channel.free:
            raise Broken("the process has taken more than it was given")
        worker.channel.free += count
        if not self._ended and worker.channel.free == wire.SLOTS:
            worker.due = 0.0
        if self._given < self.size:
            self._send()

    def _return(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.holder = None
            self._pool.returned(worker)

    def _settle(self, failure: str, cause: str) -> None:
        """There is no report of a scan."""
        report = self._pool.failure_report(self.source or self._name, cause, self.envelope)
        self._finish(Result(report, failure, cause))

    def _finish(self, result: Result) -> None:
        self._pool.line.streaming.discard(self)
        self._result = result
        if self._done is not None and not self._done.done():
            self._done.set_result(None)


class _Leaving:
    """Has a worker that shall drop what it is at."""

    def __init__(self, pool: Pool, worker: Worker) -> None:
        self._pool = pool
        self._worker = worker
        worker.allow(monotonic(), pool.seconds)

    def heard(self, frame: Frame) -> None:
        """See `crew.Holder`; a report or words about bytes taken may still be on their way."""
        if frame.kind == wire.ABORTED:
            self._worker.holder = None
            self._pool.returned(self._worker)

    def lost(self, _cause: str, _text: str) -> None:
        """See `crew.Holder`."""
