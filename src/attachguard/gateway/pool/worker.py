"""The process that scans: one job at a time from its socket, the report back, until the socket ends.

It is forked from a process that holds the scanner, so policy, rules and imported modules are shared until they are written to, and it never gives
control back to the code that it was forked from. Before its first job it gives up what scanning does not need (`confine.py`) and scans a message of
its own, so that whatever a first scan costs is paid before anybody waits for it.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Never

import msgspec

from attachguard.engine.scan import Scan
from attachguard.engine.scanner import Scanner
from attachguard.gateway.pool import confine, wire
from attachguard.gateway.pool.wire import HEAD, Job
from attachguard.model import Report

_RECEIVE: Final = 1 << 16
#: Octets of a message after which memory is given back to the system.
_LARGE: Final = 8 << 20
_JOB: Final = msgspec.msgpack.Decoder(Job)
_REPORT: Final = msgspec.msgpack.Encoder()
_CANARY: Final = (
    b"From: canary@localhost\r\nTo: canary@localhost\r\nSubject: ready\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nready\r\n"
    b"--c\r\nContent-Type: application/octet-stream; name=ready.bin\r\n\r\n\x01\x02\x03ready\r\n--c--\r\n"
)


def _trim() -> Callable[[int], Any] | None:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None


_TRIM: Final = _trim()


def work(
    scanner: Scanner, connection: socket.socket, memory: mmap.mmap, settings: confine.Settings, *, canary: bool
) -> Never:
    """Be a worker; never returns.

    Args:
        scanner: what scans.
        connection: where the jobs come from.
        memory: where their content comes from.
        settings: what the process may use.
        canary: whether to scan a message of its own first.
    """
    status = 1
    ready = False
    try:
        _leave_parent(connection.fileno())
        confine.give_up(settings)
        confine.keep_memory()
        if canary:
            scanner.scan(_CANARY, kind="message")
        worker = _Worker(scanner, connection, memory)
        worker.say(wire.READY)
        ready = True
        worker.run()
        status = 0
    except ConnectionError:
        pass  # the pool has gone with something unread: its end is ours, and there is nobody to tell
    except BaseException as error:  # noqa: BLE001 - the end of the process: nothing may go back into the code it was forked from
        with contextlib.suppress(Exception):
            if ready:
                sys.excepthook(*sys.exc_info())
            else:
                text = _why(error)[: wire.BOUNDS[wire.UNFIT]]
                connection.sendall(HEAD.pack(wire.UNFIT, len(text)) + text)
    finally:
        os._exit(status)


def _why(error: BaseException) -> bytes:
    """What went wrong, and where, in a line."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})".encode("utf-8", "replace")


def _leave_parent(keep: int) -> None:
    """Drop what was inherited: descriptors, signal handlers, the terminal's signals."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        # A terminal or a service manager sends these to the whole group; the pool decides when a worker ends.
        signal.signal(number, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.closerange(3, keep)
    os.closerange(keep + 1, _highest())


def _highest() -> int:
    try:
        return max(map(int, os.listdir("/proc/self/fd"))) + 1  # noqa: PTH208 - names, not paths
    except OSError:
        return os.sysconf("SC_OPEN_MAX")


class _Worker:
    """The jobs of one process."""

    def __init__(self, scanner: Scanner, connection: socket.socket, memory: mmap.mmap) -> None:
        self._scanner = scanner
        self._connection = connection
        self._memory = memoryview(memory)
        self._held = b""
        self._taken = 0
        self._size = 0
        self._asked = self._spared = 0
        self._descriptor = -1

    def run(self) -> None:
        """Jobs until the pool hangs up."""
        while (frame := self._next()) is not None:
            kind, content = frame
            if kind == wire.JOB:
                self._job(_JOB.decode(content))
                self._taken = 0
                if self._size > _LARGE and _TRIM is not None:
                    # What a large message took is given back: most messages are small, and workers are many.
                    _TRIM(0)
            elif kind == wire.ABORT:
                self.say(wire.ABORTED)
            # Anything else is what is left of a job that ended early.

    def _job(self, job: Job) -> None:
        signal.alarm(job.seconds)
        confine.more_time(job.seconds)
        try:
            if job.file:
                self._file(job)
            else:
                self._stream(job)
        finally:
            signal.alarm(0)

    def _open(self, job: Job) -> Scan:
        return Scan(
            self._scanner, kind=job.kind, name=job.name, source=job.source, envelope=job.envelope, early=job.early
        )

    def _file(self, job: Job) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        try:
            with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - it is open already
                report = self._scanner.scan(
                    file, kind=job.kind, name=job.name, source=job.source, envelope=job.envelope
                )
        except OSError as error:
            self.say(wire.UNREAD, (error.strerror or type(error).__name__).encode())
            return
        self._size = report.size
        self._answer(report)

    def _stream(self, job: Job) -> None:
        scan = self._open(job)
        while (frame := self._next()) is not None:
            kind, content = frame
            if kind == wire.ABORT:
                self.say(wire.ABORTED)
                return
            if kind == wire.SLOT:
                slot, length = wire.PLACE.unpack(content)
                content = self._memory[slot * wire.SLOT_SIZE : slot * wire.SLOT_SIZE + length]
                self._taken += 1
            if kind == wire.END or scan.feed(content) is not None:
                report = scan.close()
                self._size = report.size
                self._answer(report)
                return
        os._exit(0)

    def _answer(self, report: Report) -> None:
        if report.sanitized is not None:
            name = report.sanitized_name.encode()[: wire.LONGEST_NAME]
            self.say(wire.COPY, wire.COUNT.pack(len(name)) + name + report.sanitized)
            report = msgspec.structs.replace(report, sanitized=None, sanitized_name="")
        repeats = self._scanner.repeats
        asked, spared = (repeats.asked, repeats.spared) if repeats is not None else (0, 0)
        counts = wire.REPEATS.pack(asked - self._asked, spared - self._spared)
        self._asked, self._spared = asked, spared
        self.say(wire.REPORT, counts + _REPORT.encode(report))

    def say(self, kind: bytes, content: bytes = b"") -> None:
        """One frame, whole."""
        if len(content) > wire.SLOT_SIZE:
            self._connection.sendall(HEAD.pack(kind, len(content)))
            self._connection.sendall(content)
        else:
            self._connection.sendall(HEAD.pack(kind, len(content)) + content)

    def _next(self) -> tuple[bytes, bytes | memoryview] | None:
        """The next frame; None at the end."""
        while True:
            held = self._held
            if len(held) >= HEAD.size:
                kind, length = HEAD.unpack_from(held)
                end = HEAD.size + length
                if len(held) >= end:
                    self._held = held[end:]
                    return kind, held[HEAD.size : end]
            if self._taken:
                # Said when there is nothing else to do: most messages are through before that.
                self.say(wire.TAKEN, wire.COUNT.pack(self._taken))
                self._taken = 0
            data, descriptors, _flags, _address = socket.recv_fds(self._connection, _RECEIVE, 1)
            if descriptors:
                self._descriptor = descriptors[0]
            if not data:
                return None
            self._held = held + data
