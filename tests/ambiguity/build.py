"""What the ambiguous messages are made of: headers, parts, a program in several encodings."""

from __future__ import annotations

import base64
from typing import NamedTuple

from tests.fixtures.pe import program

PROGRAM = program()
LETTER = ("Sehr geehrte Damen und Herren,\r\nanbei die Unterlagen wie besprochen.\r\n" * 3).encode()
B = b"grenze-17"


class Case(NamedTuple):
    """A class of trick.

    Args:
        name: what it does.
        hostile: hides a program from somebody.
        benign: looks alike and hides nothing.
    """

    name: str
    hostile: bytes
    benign: bytes


def lines(content: bytes, width: int = 57) -> bytes:
    """Base64 as RFC 2045 wants it."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n") if width == 57 else b"\r\n".join(
        base64.b64encode(content[at : at + width]) for at in range(0, len(content), width)
    ) + b"\r\n"  # fmt: skip


def qp(content: bytes) -> bytes:
    """Quoted-printable with every octet escaped, in lines of 20."""
    escaped = [b"=%02X" % octet for octet in content]
    return b"=\r\n".join(b"".join(escaped[at : at + 20]) for at in range(0, len(escaped), 20)) + b"\r\n"


def head(kind: bytes, *more: bytes, version: bytes = b"MIME-Version: 1.0\r\n") -> bytes:
    """A message's header."""
    return (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Unterlagen\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n"
        + version
        + kind
        + b"".join(more)
        + b"\r\n"
    )


def multipart(
    *parts: bytes, kind: bytes = b"Content-Type: multipart/mixed; boundary=" + B + b"\r\n", more: bytes = b""
) -> bytes:
    """A message of several parts; each is header and body."""
    text = b"Content-Type: text/plain; charset=us-ascii\r\n\r\n" + LETTER
    body = b"".join(b"--" + B + b"\r\n" + part + b"\r\n" for part in (text, *parts))
    return head(kind, more) + body + b"--" + B + b"--\r\n"


def part(
    content: bytes,
    *,
    kind: bytes = b"Content-Type: application/octet-stream\r\n",
    encoding: bytes = b"Content-Transfer-Encoding: base64\r\n",
    shown: bytes = b"Content-Disposition: attachment; filename=unterlagen.bin\r\n",
    blank: bytes = b"\r\n",
) -> bytes:
    """A body part with its header; `content` is already encoded."""
    return kind + shown + encoding + blank + content


EXE = lines(PROGRAM)
TXT = lines(LETTER)
TEXT = b"Content-Disposition: attachment; filename=brief.txt\r\n"
PLAIN = b"Content-Type: text/plain; charset=us-ascii\r\n"


def note(content: bytes = TXT, **more: bytes) -> bytes:
    """An attached text."""
    return part(content, **{"kind": PLAIN, "shown": TEXT, **more})


def cte(value: bytes) -> bytes:
    return b"Content-Transfer-Encoding: " + value + b"\r\n"


def around(before: bytes, behind: bytes) -> bytes:
    """A message with text in front of and behind its parts."""
    top, blank, rest = multipart(note()).partition(b"\r\n\r\n")
    return top + blank + before + b"\r\n" + rest + behind + b"\r\n"


SCRIPT = lines(b'Set s = CreateObject("WScript.Shell")\r\ns.Run "cmd /c echo hallo", 0\r\n' * 3)
