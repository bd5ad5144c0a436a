"""`attachguard serve` as a process of its own, on the loopback, ended with the test."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path


class Daemon:
    """A daemon that has said where it listens."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log
        self._places: dict[str, tuple[str, int] | str] = {}

    def text(self) -> str:
        """What it has written."""
        return self.log.read_text("utf-8")

    def address(self, front: str) -> tuple[str, int] | str:
        """Where a front listens; looked for once, because benchmarks ask for each message."""
        if front not in self._places:
            self._places[front] = self._address(front)
        return self._places[front]

    def _address(self, front: str) -> tuple[str, int] | str:
        place = self.until(rf"(?m)^listening: {front} .*\n").split(" ", 2)[2].strip()
        if place.startswith("unix:"):
            return place.removeprefix("unix:")
        host, _, port = place.removeprefix("inet:").rpartition(":")
        return host, int(port)

    def connect(self, front: str, seconds: float | None = 20.0) -> socket.socket:
        """A connection to a front."""
        place = self.address(front)
        if isinstance(place, tuple):
            return socket.create_connection(place, seconds)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(seconds)
        connection.connect(place)
        return connection

    def ask(self, front: str, data: bytes, *, end: bool = False) -> bytes:
        """Send, and read to the end."""
        with self.connect(front) as connection:
            connection.sendall(data)
            if end:
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def workers(self) -> list[int]:
        """Its scanning processes."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def until(self, pattern: str, seconds: float = 10.0) -> str:
        """Wait for a line of the log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := re.search(pattern, self.text()):
                return found[0]
            time.sleep(0.02)
        raise AssertionError(f"no {pattern!r} in\n{self.text()}")

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextlib.contextmanager
def daemon(folder: Path, *arguments: str, module: str = "attachguard") -> Iterator[Daemon]:
    """Start it; end it whatever happens.

    Args:
        folder: for its log.
        arguments: behind `serve`.
        module: what is run in place of attachguard itself.
    """
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "serve", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=file,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
    running = Daemon(process, log)
    try:
        end = time.monotonic() + 30
        while "listening: " not in running.text():
            assert process.poll() is None, running.text()
            assert time.monotonic() < end, running.text()
            time.sleep(0.02)
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()
