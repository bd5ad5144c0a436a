"""The mail server's side of the milter protocol, as Postfix speaks it, for tests."""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

#: Octets that Postfix collects before it writes them.
_BUFFER = 1 << 16
OFFER = (6, 0x1FF, 0x1FFFFF)


class Reply(NamedTuple):
    """What came of a mail: the last word, and the changes before it."""

    word: bytes
    text: str
    changes: list[tuple[bytes, bytes]]

    def fields(self, letter: bytes) -> list[tuple[int, bytes, bytes]]:
        """The changes of this letter (`i`, `m`), as index, name, value."""
        found = []
        for command, content in self.changes:
            if command == letter:
                name, value = content[4:].split(b"\0")[:2]
                found.append((int.from_bytes(content[:4], "big"), name, value))
        return found

    @property
    def body(self) -> bytes | None:
        """The new body, where there is one."""
        pieces = [content for command, content in self.changes if command == b"b"]
        return b"".join(pieces) if pieces else None


class Client:
    """One connection."""

    def __init__(self, connection: socket.socket, offer: tuple[int, int, int] = OFFER) -> None:
        self.socket = connection
        self._buffer = b""
        self._unsent: list[bytes] = []
        self._waiting = 0
        self.say(b"O", struct.pack(">III", *offer))
        command, content = self.frame()
        assert command == b"O"
        self.version, self.actions, self.steps = struct.unpack(">III", content)

    def say(self, command: bytes, content: bytes = b"", *, more: bool = False) -> None:
        """Send a frame; with `more` it may wait for the next one, as a mail server's frames do that get no answer."""
        self._unsent += (struct.pack(">I", len(content) + 1) + command, content)
        self._waiting += len(content) + 5
        if not more or self._waiting > _BUFFER:
            self.socket.sendall(b"".join(self._unsent))
            self._unsent.clear()
            self._waiting = 0

    def frame(self) -> tuple[bytes, bytes]:
        while len(self._buffer) < 4 or len(self._buffer) < 4 + int.from_bytes(self._buffer[:4], "big"):
            data = self.socket.recv(1 << 16)
            if not data:
                raise EOFError
            self._buffer += data
        length = int.from_bytes(self._buffer[:4], "big")
        frame, self._buffer = self._buffer[4 : 4 + length], self._buffer[4 + length :]
        return frame[:1], frame[1:]

    def step(self, command: bytes, content: bytes, silent: int) -> Reply | None:
        """Say something; the answer, where it ends the mail."""
        self.say(command, content, more=bool(self.steps & silent))
        if self.steps & silent:
            return None
        word, text = self.frame()
        if word in b"cs":
            return None
        return Reply(word, text.rstrip(b"\0").decode(), [])

    def send(
        self, message: bytes, sender: str = "a@example.org", recipients=("b@example.net",), number: str = "4ABC"
    ) -> Reply:
        """One mail, as far as the filter wants to hear it."""
        header, _, body = message.partition(b"\r\n\r\n")
        self.say(b"D", b"C" + b"j\0mx.example.net\0", more=True)
        steps = [
            (b"C", b"client.example.org\0" + b"4" + struct.pack(">H", 25) + b"192.0.2.1\0", 0x1000),
            (b"H", b"client.example.org\0", 0x2000),
            (b"M", f"<{sender}>\0SIZE=100\0".encode(), 0x4000),
            *((b"R", f"<{each}>\0".encode(), 0x8000) for each in recipients),
        ]
        for step in steps:
            if reply := self.step(*step):
                return reply
        self.say(b"D", b"T" + b"i\0" + number.encode() + b"\0", more=True)
        spaced = self.steps & 0x100000
        lines: list[bytes] = []
        for line in header.split(b"\r\n"):
            if line[:1] in (b" ", b"\t"):
                lines[-1] += b"\n" + line
            else:
                lines.append(line)
        for line in lines:
            name, _, value = line.partition(b":")
            if reply := self.step(b"L", name + b"\0" + (value if spaced else value.removeprefix(b" ")) + b"\0", 0x80):
                return reply
        if reply := self.step(b"N", b"", 0x40000):
            return reply
        for place in range(0, len(body), 65535):
            self.say(b"B", body[place : place + 65535])
            word, text = self.frame()
            if word == b"s":
                break
            if word != b"c":
                return Reply(word, text.rstrip(b"\0").decode(), [])
        return self.end()

    def end(self) -> Reply:
        """The end of the mail."""
        self.say(b"E")
        changes: list[tuple[bytes, bytes]] = []
        while True:
            word, content = self.frame()
            if word in b"cadrty":
                return Reply(word, content.rstrip(b"\0").decode(), changes)
            if word != b"p":
                changes.append((word, content))


def applied(message: bytes, reply: Reply) -> bytes:
    """The mail with the changes made, as a mail server makes them."""
    header, _, body = message.partition(b"\r\n\r\n")
    fields: list[list[bytes]] = []
    for line in header.split(b"\r\n"):
        if line[:1] in (b" ", b"\t"):
            fields[-1][1] += b"\n" + line
        else:
            name, _, value = line.partition(b":")
            fields.append([name, value])
    for command, content in reply.changes:
        if command == b"h":
            name, value = content.split(b"\0")[:2]
            fields.append([name, value])
        elif command in (b"i", b"m"):
            index = int.from_bytes(content[:4], "big")
            name, value = content[4:].split(b"\0")[:2]
            if command == b"i":
                fields.insert(index, [name, value])
                continue
            places = [place for place, field in enumerate(fields) if field[0].lower() == name.lower()]
            if not value:
                del fields[places[index - 1]]
            else:
                fields[places[index - 1]][1] = value
    head = b"".join(name + b":" + value.replace(b"\n", b"\r\n") + b"\r\n" for name, value in fields)
    return head + b"\r\n" + (body if reply.body is None else reply.body)
