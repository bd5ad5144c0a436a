"""Scanning over several processes, so that one poisonous file costs its own report and nothing else.

A scan that crashes, hangs or takes too much memory ends with its process; its report says so (`scan-incomplete`, and the policy says what follows),
and another process takes the place of the one that ended. The scanner is built once, by the caller, and shared with the processes by forking.

Own code because the standard library's pools give up as a whole when a process dies, cannot end one that hangs, and take their tasks as pickles.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
from collections.abc import AsyncIterable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self, get_args

import msgspec

from attachguard.engine.scan import Kind
from attachguard.engine.scanner import Scanner, failure_report
from attachguard.errors import OperatorError
from attachguard.gateway.pool import confine
from attachguard.gateway.pool.content import Content, gathered, opened, pieces
from attachguard.gateway.pool.crew import Crew, Worker
from attachguard.gateway.pool.line import Line
from attachguard.gateway.pool.result import Result
from attachguard.gateway.pool.session import Session
from attachguard.gateway.pool.thread import LoopThread, awaited
from attachguard.gateway.pool.warm import warm as warm_up
from attachguard.model import Envelope, Report

__all__ = ["Pool", "Result", "Session"]

#: Seconds beyond what a scan may take by its own limits.
_GRACE: Final = 15.0
#: No number that a caller gives is as large.
_MOST: Final = 1 << 53
#: Seconds that the processes may take to get ready.
_READY: Final = 30.0


class Pool:
    """Processes that scan.

    Used with `with`, its calls wait (from as many threads as there are); used with `async with`, they are awaited in that event loop.

    Args:
        scanner: what scans; built before, shared by all processes.
        workers: number of processes; as many as there are processors, without it.
        seconds: deadline of a scan, after which its process is killed; what the scanner's limits allow and some more, without it. A scan waits for
            a free process as long again at most.
        memory: bytes that a process may use beyond what it begins with.
        sandbox: whether the processes give up files, network and privileges where the system has means for it.
        network: whether they may open connections all the same; without it only where the scanner has hooks, which may need them.
        folders: further folders that they may read.
        warm: whether what a first scan costs is paid at the start: right for what runs long.
        recycle: scans after which a process makes room for a fresh one.
        queue: scans that may wait for a process; one more is answered `busy` at once.

    Raises:
        OperatorError: no process gets ready.
        ValueError: a number makes no sense.
    """

    def __init__(
        self,
        scanner: Scanner,
        *,
        workers: int | None = None,
        seconds: float | None = None,
        memory: int = 1536 << 20,
        sandbox: bool = True,
        network: bool | None = None,
        folders: Iterable[str | Path] = (),
        warm: bool = True,
        recycle: int = 5000,
        queue: int = 10_000,
    ) -> None:
        least = {
            "workers": (workers, 0),
            "seconds": (seconds, 0),
            "memory": (memory, 1),
            "recycle": (recycle, 1),
            "queue": (queue, 1),
        }
        for name, (value, bound) in least.items():
            _check(name, value, bound)
        self.scanner = scanner
        self.seconds = scanner.limits.seconds + _GRACE if seconds is None else seconds
        self.line = Line(queue)
        self._warm = warm
        if network is None:
            network = scanner.hooks is not None or scanner.smime is not None
        settings = confine.Settings(memory, sandbox, network, tuple(map(str, folders)))
        size = workers or os.cpu_count() or 1
        self.crew = Crew(
            scanner, size, settings, canary=warm, recycle=recycle, free=self.line.free, hopeless=self.line.close
        )
        self._thread: LoopThread | None = None
        #: Bytes of messages that are under way.
        self.held = 0

    # -- beginning and end ---------------------------------------------------------------------------------------------------

    def fork(self) -> None:
        """Start the processes without waiting for them; `start` does so too."""
        if self.crew.loop is not None:
            raise RuntimeError("a pool is started once: make another one")
        if self._warm:
            warm_up()
            self.scanner.rules.prepare()
        try:
            self.crew.fork()
        except OSError as error:
            self.crew.close()
            raise OperatorError(f"no scanning process can be started: {error.strerror}") from error

    async def start(self) -> None:
        """Start the processes, in this event loop, and wait until one is ready."""
        self.fork()
        self.crew.attach(asyncio.get_running_loop())
        try:
            worker = await self.worker(_READY)
        except asyncio.CancelledError:
            self.crew.close()
            raise
        if worker is None:
            why = self.crew.trouble or f"none did within {_READY:g} s"
            self.crew.close()
            raise OperatorError(
                f"no scanning process gets ready: {why}; `attachguard doctor` says what the system lacks"
            )
        self.line.free(worker)

    def close(self) -> None:
        """End the processes. Scans that are under way end as `stopped`."""
        self.crew.close()
        self.line.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __enter__(self) -> Self:
        # Forked here and not in the thread: most callers have no other thread yet.
        self.fork()
        self._thread = LoopThread()
        try:
            awaited(self._thread.submit(self.start()))
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.end(self.close)

    def _own(self) -> LoopThread:
        if self._thread is None:
            raise RuntimeError("use the pool with `with Pool(…) as pool:` before a scan, or await `scan_async`")
        return self._thread

    # -- scans ---------------------------------------------------------------------------------------------------------------

    def scan(
        self,
        content: Content,
        *,
        kind: Kind = "auto",
        name: str = "",
        source: str = "",
        envelope: Envelope | None = None,
        seconds: float | None = None,
    ) -> Report:
        """Scan a whole message or file; content never raises, whatever it does to its process.

        Args:
            content: bytes, pieces of them, a path, or a binary file object; read in the thread of the caller, or by the process where it is a path.
            kind: `message`, `file`, or `auto`: the first bytes decide.
            name: file name; a path brings its own.
            source: how the report shall name the input; path or name without it.
            envelope: what the mail server knows.
            seconds: deadline in place of the pool's.

        Raises:
            OSError: the path cannot be read.
            RuntimeError: the pool is not in use, or of another process.
            TypeError: the content is no octets.
            ValueError: there is no such kind, or no such deadline.
        """
        return awaited(self.submit(content, kind=kind, name=name, source=source, envelope=envelope, seconds=seconds))

    def submit(
        self,
        content: Content,
        *,
        kind: Kind = "auto",
        name: str = "",
        source: str = "",
        envelope: Envelope | None = None,
        seconds: float | None = None,
    ) -> concurrent.futures.Future[Report]:
        """The same without waiting for the scan: gives a future of the report."""
        thread = self._own()
        try:
            content = gathered(content)
        except OSError as error:
            failed: concurrent.futures.Future[Report] = concurrent.futures.Future()
            failed.set_exception(error)
            return failed
        return thread.submit(
            self.scan_async(content, kind=kind, name=name, source=source, envelope=envelope, seconds=seconds)
        )

    async def scan_async(
        self,
        content: Content | AsyncIterable[bytes],
        *,
        kind: Kind = "auto",
        name: str = "",
        source: str = "",
        envelope: Envelope | None = None,
        seconds: float | None = None,
    ) -> Report:
        """The same, awaited; the pieces may be awaited, too. A pool that is used with `with` may be awaited in any event loop."""
        loop = asyncio.get_running_loop()
        if self._thread is not None and loop is not self.crew.loop:
            if isinstance(content, AsyncIterable):
                content = [piece async for piece in pieces(content)]
            return await asyncio.wrap_future(
                self.submit(content, kind=kind, name=name, source=source, envelope=envelope, seconds=seconds)
            )
        if loop is not self.crew.loop:
            raise RuntimeError("the pool is not in use in this event loop: `async with Pool(…) as pool:` before a scan")
        if isinstance(content, Path):
            name, source = name or content.name, source or str(content)
            with await opened(content) as file:
                return await self.scan_file(
                    file.fileno(), kind=kind, name=name, source=source, envelope=envelope, seconds=seconds
                )
        session = self._session(kind, name, source, envelope, seconds)
        try:
            async for piece in pieces(content):
                if session.feed(piece):
                    break
            return (await session.close()).report
        finally:
            self.forget(session)

    async def scan_file(
        self,
        descriptor: int,
        *,
        kind: Kind = "auto",
        name: str = "",
        source: str = "",
        envelope: Envelope | None = None,
        seconds: float | None = None,
    ) -> Report:
        """Scan an open file, which the process reads by itself; raises `OSError` where it cannot."""
        session = self._session(kind, name, source, envelope, seconds, descriptor)
        try:
            result = await session.close()
        finally:
            self.forget(session)
        if result.failure == "unreadable":
            raise OSError(0, result.cause, source or name)
        return result.report

    def _session(
        self,
        kind: Kind,
        name: str,
        source: str,
        envelope: Envelope | None,
        seconds: float | None,
        descriptor: int = -1,
    ) -> Session:
        """The session of a scan whose caller may have made mistakes; raises `ValueError`."""
        if kind not in get_args(Kind):
            raise ValueError(f"kind is {kind!r}; it must be one of {', '.join(get_args(Kind))}")
        _check("seconds", seconds, 0)
        session = self.open(kind=kind, name=name, source=source, envelope=envelope, early=False, descriptor=descriptor)
        if seconds is not None:
            session.seconds = seconds
        return session

    def open(
        self,
        *,
        kind: Kind = "auto",
        name: str = "",
        source: str = "",
        envelope: Envelope | None = None,
        early: bool = True,
        descriptor: int = -1,
    ) -> Session:
        """Begin a scan of bytes that are still arriving; for the event loop of the pool. Give the session to `forget` when it is done with.

        Args:
            kind: see `scan`.
            name: file name.
            source: how the report shall name it.
            envelope: what the mail server knows.
            early: whether a final verdict ends the scan before the end.
            descriptor: an open file that holds the bytes.
        """
        return Session(
            self,
            kind=kind,
            name=name,
            source=source or name,
            envelope=envelope or Envelope(),
            early=early,
            descriptor=descriptor,
        )

    def forget(self, session: Session) -> None:
        """The session is finished, or its outcome is no longer wanted."""
        session.abort()

    def failure_report(self, source: str, cause: str, envelope: Envelope) -> Report:
        """The report of a scan that did not come to its end."""
        report = failure_report(self.scanner, source, cause, envelope)
        return report if report.source else msgspec.structs.replace(report, source=source)

    @property
    def waiting(self) -> int:
        """Scans that wait for a process."""
        return len(self.line)

    # -- for sessions --------------------------------------------------------------------------------------------------------

    async def worker(self, seconds: float) -> Worker | None:
        """The next free worker; None where none gets free in time, or too many ask."""
        return await self.line.next(self.crew, seconds)

    def returned(self, worker: Worker) -> None:
        """A job is done."""
        if self.crew.used(worker):
            self.line.free(worker)


def _check(name: str, value: float | None, least: int) -> None:
    if value is not None and not least <= value < _MOST:
        raise ValueError(f"{name} is {value!r}; it must be at least {least}")
