"""The process that scans: one job at a time from its socket, the report back, until the socket ends.

It is forked from a process that holds the scanner, so policy, rules and imported modules are shared until they are written to, and it never gives
control back to the code that it was forked from. Before its first job it gives up what scanning does not need (`confine.py`) and scans a message of
its own, so that whatever a first scan costs is paid before anybody waits for it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from typing import Final, Never

import msgspec

from attachguard.engine.scan import Scan
from attachguard.engine.scanner import Scanner
from attachguard.gateway.pool import confine, wire
from attachguard.gateway.pool.wire import HEAD, Job
from attachguard.report import json

_JOB: Final = msgspec.msgpack.Decoder(Job)
_CANARY: Final = (
    b"From: canary@localhost\r\nTo: canary@localhost\r\nSubject: ready\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nready\r\n"
    b"--c\r\nContent-Type: application/octet-stream; name=ready.bin\r\n\r\n\x01\x02\x03ready\r\n--c--\r\n"
)


def work(scanner: Scanner, connection: socket.socket, settings: confine.Settings, *, canary: bool) -> Never:
    """Be a worker; never returns.

    Args:
        scanner: what scans.
        connection: where the jobs come from.
        settings: what the process may use.
        canary: whether to scan a message of its own first.
    """
    status = 1
    try:
        _leave_parent(connection.fileno())
        confine.give_up(settings)
        if canary:
            scanner.scan(_CANARY, kind="message")
        worker = _Worker(scanner, connection)
        worker.say(wire.READY)
        worker.run()
        status = 0
    except BaseException:  # noqa: BLE001 - the end of the process: nothing may go back into the code it was forked from
        with contextlib.suppress(Exception):
            sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def _leave_parent(keep: int) -> None:
    """Drop what was inherited: descriptors, signal handlers, the terminal's signals."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE, signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGHUP):
        # The terminal sends these to the whole group; the pool decides when a worker ends.
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

    def __init__(self, scanner: Scanner, connection: socket.socket) -> None:
        self._scanner = scanner
        self._connection = connection
        self._buffer = memoryview(bytearray(wire.PIECE))
        self._descriptor = -1

    def run(self) -> None:
        """Jobs until the pool hangs up."""
        while (frame := self._head()) is not None:
            kind, length = frame
            if kind == wire.JOB:
                self._job(_JOB.decode(self._exactly(length)))
            else:
                # What is left of a job that ended early.
                self._exactly(length)
                if kind == wire.ABORT:
                    self.say(wire.ABORTED)

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
        self._answer(json.encode(report), report.sanitized)

    def _stream(self, job: Job) -> None:
        scan = self._open(job)
        while (frame := self._head()) is not None:
            kind, length = frame
            piece = self._exactly(length)
            if kind == wire.ABORT:
                self.say(wire.ABORTED)
                return
            if kind == wire.END or scan.feed(piece) is not None:
                report = scan.close()
                self._answer(json.encode(report), report.sanitized)
                return
            self.say(wire.TAKEN)

    def _answer(self, report: bytes, copy: bytes | None) -> None:
        if copy is not None:
            self.say(wire.COPY, copy)
        self.say(wire.REPORT, report)

    def say(self, kind: bytes, content: bytes = b"") -> None:
        """One frame, whole."""
        if len(content) > wire.PIECE:
            self._connection.sendall(HEAD.pack(kind, len(content)))
            self._connection.sendall(content)
        else:
            self._connection.sendall(HEAD.pack(kind, len(content)) + content)

    def _head(self) -> tuple[bytes, int] | None:
        """Kind and length of the next frame; None at the end."""
        # A file comes with the first octet of the frame that announces it.
        head, descriptors, _flags, _address = socket.recv_fds(self._connection, HEAD.size, 1)
        if descriptors:
            self._descriptor = descriptors[0]
        if not head:
            return None
        if len(head) < HEAD.size:
            head += bytes(self._exactly(HEAD.size - len(head)))
        kind, length = HEAD.unpack(head)
        return kind, length

    def _exactly(self, count: int) -> memoryview:
        """The next octets, in a buffer that the next call overwrites."""
        if count > len(self._buffer):
            self._buffer = memoryview(bytearray(count))
        view = self._buffer[:count]
        place = 0
        while place < count:
            taken = self._connection.recv_into(view[place:])
            if not taken:
                os._exit(0)
            place += taken
        return view
