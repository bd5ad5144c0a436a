"""Client of clamd, the ClamAV daemon: one INSTREAM command a part, over a Unix socket or TCP.

The protocol (clamd(8)): `zINSTREAM` and a zero byte, then chunks, each after its length as four octets in network order, then a length of zero.
The answer is one line that ends in a zero byte: `stream: OK`, `stream: NAME FOUND`, `… ERROR`. A daemon whose StreamMaxLength is exceeded answers
`INSTREAM size limit exceeded. ERROR` before it has read everything and closes. Whatever is not a plain OK or FOUND counts as no answer.

Own code because the packages for this are thin wrappers around the same ten lines that have no overall time limit and take an early close for
an error of the network.
"""

from __future__ import annotations

import socket
import struct
import time
from pathlib import Path
from typing import Final

from attachguard.hooks import Answer, clean, failed, infected

__all__ = ["Clamd"]

_CHUNK: Final = 1 << 18
#: A longer answer is taken for a failure.
_ANSWER: Final = 4096
#: How long the version of the daemon and its database is remembered.
_REMEMBERED: Final = 300.0


class Clamd:
    """A clamd to ask; holds no connection, so it may be shared between threads and processes.

    Args:
        address: path of its Unix socket, or host and port.
        seconds: how long one part may take, from connecting to the answer.
        max_bytes: parts larger than this are not sent and count as not checked; the daemon's StreamMaxLength. None for no such bound.
    """

    def __init__(
        self, address: str | Path | tuple[str, int], *, seconds: float = 15.0, max_bytes: int | None = None
    ) -> None:
        self._address = address
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._version = ("", 0.0)

    @classmethod
    def from_text(cls, text: str) -> Clamd:
        """The client for `HOST:PORT`, `[IPV6]:PORT` or `/path/of.sock`; `ValueError` for anything else."""
        if text.startswith("/"):
            return cls(text)
        host, colon, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"{text!r} is not a clamd address: write HOST:PORT, or the path of its socket")
        return cls((host, int(port)))

    def scan(self, data: bytes, name: str) -> Answer:
        """What clamd says about these bytes; every failure is an answer of its own.

        Args:
            data: content of a part.
            name: not sent; clamd calls every stream `stream`.
        """
        del name
        if self._max_bytes is not None and len(data) > self._max_bytes:
            return failed(f"part of {len(data)} bytes: more than the {self._max_bytes} that the engine takes")
        try:
            answer = self._ask(b"zINSTREAM\0", data)
        except OSError as error:
            return failed(f"clamd: {_said(error)}")
        return _read(answer)

    def describe(self) -> str:
        """What clamd says of itself: its version, the version and the date of its database."""
        version, when = self._version
        if version and time.monotonic() - when < _REMEMBERED:
            return version
        try:
            version = self._ask(b"zVERSION\0", None).decode("utf-8", "replace")
        except OSError:
            return "clamd"
        self._version = (version, time.monotonic())
        return version

    def _ask(self, command: bytes, data: bytes | None) -> bytes:
        """Send a command, with content where there is some, and give the line that answers it; raises `OSError`."""
        deadline = time.monotonic() + self._seconds
        with self._connect() as connection:
            try:
                _send(connection, command, deadline)
                if data is not None:
                    view = memoryview(data)
                    for place in range(0, len(view), _CHUNK):
                        chunk = view[place : place + _CHUNK]
                        _send(connection, struct.pack("!I", len(chunk)), deadline)
                        _send(connection, chunk, deadline)
                    _send(connection, struct.pack("!I", 0), deadline)
            except (BrokenPipeError, ConnectionResetError):
                # clamd has heard enough and hung up; why, it has said before.
                pass
            return _receive(connection, deadline)

    def _connect(self) -> socket.socket:
        if isinstance(self._address, tuple):
            return socket.create_connection(self._address, self._seconds)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._seconds)
        try:
            connection.connect(str(self._address))
        except OSError:
            connection.close()
            raise
        return connection


def _left(connection: socket.socket, deadline: float) -> None:
    """Let the next step take no longer than what is left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    connection.settimeout(left)


def _send(connection: socket.socket, data: bytes | memoryview, deadline: float) -> None:
    _left(connection, deadline)
    connection.sendall(data)


def _receive(connection: socket.socket, deadline: float) -> bytes:
    """The answer up to its zero byte, in however many pieces it comes."""
    answer = bytearray()
    while len(answer) <= _ANSWER:
        _left(connection, deadline)
        piece = connection.recv(_ANSWER)
        answer += piece
        if not piece or b"\0" in piece:
            break
    line, end, _rest = bytes(answer).partition(b"\0")
    if not end:
        # An answer without its end may be the beginning of another one: "stream: OK" of "stream: OKAY.Worm FOUND".
        raise ConnectionError("the answer broke off")
    return line


def _read(answer: bytes) -> Answer:
    """The meaning of an answer to INSTREAM."""
    line = answer.decode("utf-8", "replace").strip()
    if line == "stream: OK":
        return clean()
    if line.startswith("stream: ") and line.endswith(" FOUND"):
        return infected(line.removeprefix("stream: ").removesuffix(" FOUND"))
    return failed(f"clamd: {line or 'empty answer'}")


def _said(error: OSError) -> str:
    """An error of the network without addresses: it goes into reports that others read."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return error.strerror or str(error) or type(error).__name__
