"""Where in a message a trick may be played: a part, a forwarded message, a digest, a message attached as octets."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.ambiguity.build import head, lines

_TEXT = b"--aussen\r\nContent-Type: text/plain\r\n\r\nHallo\r\n--aussen\r\n"
_MIXED = b"Content-Type: multipart/mixed; boundary=aussen\r\n"
_FIELDS = re.compile(rb"(?im)^(?:content-(?:type|transfer-encoding|disposition)|mime-version)(?=:)")


def _in_part(message: bytes) -> bytes:
    return head(_MIXED) + _TEXT + message + b"\r\n--aussen--\r\n"


def _forwarded(message: bytes) -> bytes:
    kind = b"Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=weiter.eml\r\n\r\n"
    return head(_MIXED) + _TEXT + kind + message + b"\r\n--aussen--\r\n"


def _digest(message: bytes) -> bytes:
    kind = b"Content-Type: multipart/digest; boundary=aussen\r\n"
    return head(kind) + b"--aussen\r\n\r\n" + message + b"\r\n--aussen--\r\n"


def _octets(message: bytes) -> bytes:
    kind = (
        b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=weiter.eml\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head(_MIXED) + _TEXT + kind + lines(message) + b"\r\n--aussen--\r\n"


def _deep(message: bytes) -> bytes:
    for number in range(3):
        boundary = b"stufe-%d" % number
        kind = b"Content-Type: multipart/mixed; boundary=" + boundary + b"\r\n"
        message = head(kind) + b"--" + boundary + b"\r\n" + message + b"\r\n--" + boundary + b"--\r\n"
    return message


#: Each puts a whole message somewhere.
POSITIONS: dict[str, Callable[[bytes], bytes]] = {
    "in-part": _in_part,
    "forwarded": _forwarded,
    "in-digest": _digest,
    "attached": _octets,
    "deep": _deep,
    "line-feeds": lambda message: message.replace(b"\r\n", b"\n"),
    "lower-case": lambda message: _FIELDS.sub(lambda name: name[0].lower(), message),
    "upper-case": lambda message: _FIELDS.sub(lambda name: name[0].upper(), message),
    "alternative": lambda message: message.replace(b"multipart/mixed", b"multipart/alternative"),
}
