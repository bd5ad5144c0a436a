"""The workers of a pool: forked, watched, replaced.

A worker has one master, the event loop of its pool. What it says goes to whoever has it; one that ends without anybody having it, is too large or
overstays is replaced at once. Two workers in a row that never get ready are no accident, so the next ones are started with a pause in between; where
none has ever been ready, the pool is told after the third.
"""

from __future__ import annotations

import asyncio
import contextlib
import mmap
import os
import signal
import socket
import time
import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from attachguard.engine.scanner import Scanner
from attachguard.gateway.loop import listen, unlisten
from attachguard.gateway.pool import confine, wire
from attachguard.gateway.pool.wire import Broken, Channel, Frame
from attachguard.gateway.pool.worker import work
from attachguard.types.letters import printable

#: How often it is looked at which workers are late or have grown, in seconds.
_WATCH: Final = 0.1
#: Seconds that a worker may take to get ready.
_START: Final = 30.0
#: Pauses between workers that do not get ready.
_PAUSES: Final = (0.0, 0.0, 0.2, 0.5, 1.0)
#: Workers that did not get ready after which it is said that none will.
_HOPELESS: Final = 3
#: A worker is looked at for growth each time it has done so many jobs.
_LOOK: Final = 32


class Holder(Protocol):
    """Whoever has a worker."""

    def heard(self, frame: Frame) -> None:
        """The worker says something."""

    def lost(self, cause: str, text: str) -> None:
        """The worker is gone: `died`, `stopped` or `memory`, and in words."""


class Worker:
    """One process, seen from the pool."""

    __slots__ = ("alive", "allowed", "channel", "done", "due", "holder", "pid", "ready", "start_size", "writing")

    def __init__(self, pid: int, channel: Channel) -> None:
        self.pid = pid
        self.channel = channel
        self.holder: Holder | None = None
        self.ready = False
        self.alive = True
        self.done = 0
        self.start_size = 0
        self.writing = False
        #: When it is ended if it has not answered, and after how many seconds that is; 0 while it owes nothing.
        self.due = 0.0
        self.allowed = 0.0

    def allow(self, now: float, seconds: float) -> None:
        """It owes an answer, so many seconds from now at the latest."""
        self.due, self.allowed = now + seconds, seconds


class Crew:
    """The processes of one pool.

    Args:
        scanner: what they scan with.
        size: how many there are.
        settings: what each may use.
        canary: whether each scans a message of its own before it is ready.
        recycle: jobs after which a worker makes room for a fresh one.
        free: called whenever a worker is ready for a job.
        hopeless: called where none gets ready from the beginning; `trouble` says why.
    """

    def __init__(
        self,
        scanner: Scanner,
        size: int,
        settings: confine.Settings,
        *,
        canary: bool,
        recycle: int,
        free: Callable[[Worker], None],
        hopeless: Callable[[], None],
    ) -> None:
        self._scanner = scanner
        self.size = size
        self._settings = settings
        self._canary = canary
        self._recycle = recycle
        self._free = free
        self._hopeless = hopeless
        self._workers: dict[int, Worker] = {}
        self.loop: asyncio.AbstractEventLoop | None = None
        #: The process that has forked the workers: no other may end them.
        self._master = os.getpid()
        self._stillborn = 0
        self._proven = False
        self._closed = False
        self._pending: set[asyncio.TimerHandle] = set()
        self._watching: asyncio.TimerHandle | None = None
        #: Why the last worker did not get ready; empty where it did.
        self.trouble = ""
        #: Deaths by cause.
        self.deaths: Counter[str] = Counter()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes there are."""
        return tuple(worker.pid for worker in self._workers.values())

    @property
    def states(self) -> dict[str, int]:
        """How many workers are starting, idle and busy."""
        counts = {"starting": 0, "idle": 0, "busy": 0}
        for worker in self._workers.values():
            counts["busy" if worker.holder else "idle" if worker.ready else "starting"] += 1
        return counts

    def fork(self) -> None:
        """Start every worker; may be called before there is an event loop."""
        while len(self._workers) < self.size:
            self._spawn()

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen to the workers from this loop on."""
        self.loop = loop
        for worker in self._workers.values():
            listen(loop, worker.channel.descriptor, partial(self._readable, worker))
        self._watching = loop.call_later(_WATCH, self._watch)

    def _spawn(self) -> None:
        near, far = socket.socketpair()
        memory = mmap.mmap(-1, wire.SLOTS * wire.SLOT_SIZE)
        try:
            with warnings.catch_warnings():
                # Python warns of forking while threads run. The child touches nothing that another thread may hold: it scans, and exits.
                warnings.simplefilter("ignore", DeprecationWarning)
                pid = os.fork()
        except OSError:
            near.close()
            far.close()
            memory.close()
            raise
        if pid == 0:
            work(self._scanner, far, memory, self._settings, canary=self._canary)
        far.close()
        worker = Worker(pid, Channel(near, memory))
        worker.allow(time.monotonic(), _START)
        self._workers[pid] = worker
        if self.loop is not None:
            listen(self.loop, worker.channel.descriptor, partial(self._readable, worker))

    # -- what workers say ----------------------------------------------------------------------------------------------------

    def _readable(self, worker: Worker) -> bool:
        """Hear what a worker says; True, as somebody may have waited for it."""
        try:
            for frame in worker.channel.receive():
                if frame.kind == wire.UNFIT and not worker.ready:
                    raise Broken(printable(frame.content.decode("utf-8", "replace")))
                if not worker.ready:
                    if frame.kind != wire.READY:
                        raise Broken("the process said what it may not say")
                    worker.ready = self._proven = True
                    worker.due = 0.0
                    worker.start_size = confine.resident(worker.pid)
                    self._stillborn, self.trouble = 0, ""
                    self._free(worker)
                elif worker.holder is not None:
                    worker.holder.heard(frame)
                else:
                    raise Broken("the process spoke unasked")
        except Broken as error:
            self.end(worker, "died", str(error))
        return True

    def send(self, worker: Worker) -> None:
        """Bring what is queued for a worker on its way; what does not fit goes as it makes room."""
        try:
            done = worker.channel.flush()
        except Broken:
            # What it said before it ended is heard first, then that it ended.
            self._readable(worker)
            return
        if self.loop is not None and done is worker.writing:
            worker.writing = not done
            if worker.writing:
                self.loop.add_writer(worker.channel.descriptor, self.send, worker)
            else:
                self.loop.remove_writer(worker.channel.descriptor)

    # -- the end of workers --------------------------------------------------------------------------------------------------

    def end(self, worker: Worker, cause: str, text: str = "") -> None:
        """A worker is done with: it ended, overstayed, or is too large. Another one takes its place."""
        if self._workers.pop(worker.pid, None) is None:
            return
        worker.alive = False
        status = self._remove(worker)
        if cause == "died":
            text = text or f"the scanning process died ({status or 'unseen'})"
        if not worker.ready:
            self._unready(text)
        if cause:
            self.deaths[cause] += 1
        holder, worker.holder = worker.holder, None
        self._replace()
        if holder is not None:
            holder.lost(cause, text)

    def lives(self, worker: Worker) -> bool:
        """Whether an idle worker is still there; one that was killed this very moment has not been heard of."""
        if worker.alive:
            try:
                ended = os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
            except ChildProcessError:  # somebody else collects the children of this process
                ended = True
            if ended:
                self.end(worker, "died")
        return worker.alive

    def _remove(self, worker: Worker) -> str:
        if self.loop is not None:
            unlisten(self.loop, worker.channel.descriptor)
            if worker.writing:
                self.loop.remove_writer(worker.channel.descriptor)
        worker.channel.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)
        try:
            _pid, status = os.waitpid(worker.pid, 0)
        except ChildProcessError:
            return ""
        code = os.waitstatus_to_exitcode(status)
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    def _replace(self) -> None:
        if self._closed:
            return
        pause = _PAUSES[min(self._stillborn, len(_PAUSES) - 1)]
        if pause and self.loop is not None:
            handle = self.loop.call_later(pause, self._fill)
            self._pending = {each for each in self._pending if not each.cancelled() and each.when() > self.loop.time()}
            self._pending.add(handle)
        else:
            self._fill()

    def _fill(self) -> None:
        if self._closed or len(self._workers) >= self.size:
            return
        try:
            self._spawn()
        except OSError as error:
            # Too many processes, no memory, no descriptors: that passes, and the pool is whole again.
            self._unready(f"no process can be started: {error.strerror}")
            self._replace()

    def _unready(self, text: str) -> None:
        self.trouble = text
        self._stillborn += 1
        if self._stillborn == _HOPELESS and not self._proven:
            self._hopeless()

    def used(self, worker: Worker) -> bool:
        """A job is done: whether the worker goes on; one that has worked long or has grown is replaced."""
        worker.due = 0.0
        worker.done += 1
        grown = 0
        if worker.done % _LOOK == 0:
            grown = confine.resident(worker.pid) - worker.start_size
        if worker.done >= self._recycle or grown > self._settings.memory // 4:
            self.end(worker, "")
            return False
        return True

    def _watch(self) -> None:
        assert self.loop is not None
        now = time.monotonic()
        for worker in list(self._workers.values()):
            if worker.due and worker.due <= now:
                self.end(worker, "stopped", f"the scanning process was stopped after {worker.allowed:g} s")
            elif worker.holder is not None and worker.ready:
                grown = confine.resident(worker.pid) - worker.start_size
                if grown > self._settings.memory:
                    most = self._settings.memory // confine.MIB
                    self.end(worker, "memory", f"the scanning process used more than {most} MiB of memory")
        self._watching = self.loop.call_later(_WATCH, self._watch)

    def close(self) -> None:
        """End every worker; whoever has one loses it. A child of the process that started them only lets go of its copies of their sockets."""
        self._closed = True
        if os.getpid() != self._master:
            for worker in self._workers.values():
                worker.channel.close()
            self._workers.clear()
            return
        for handle in self._pending:
            handle.cancel()
        if self._watching is not None:
            self._watching.cancel()
        for worker in list(self._workers.values()):
            self.end(worker, "" if worker.holder is None else "stopped", "the pool was closed")
