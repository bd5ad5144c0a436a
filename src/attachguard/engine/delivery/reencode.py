"""A MIME part with other content: its header fields stay as they are but for what would no longer be true."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from attachguard.mail.encodings import IDENTITY
from attachguard.mail.fields import parse_value
from attachguard.mail.transfer import decoder

_FIELD: Final = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
#: What spoke of the content as it was.
_STALE: Final = frozenset({b"content-md5", b"content-length", b"content-id-digest"})
#: Octets of a line that every mail program takes (RFC 5322 section 2.1.1).
_LINE: Final = 990
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,70}")


def decoded(header: bytes, body: bytes) -> bytes:
    """The content of a part."""
    reader = decoder(_encoding(header))
    return reader.feed(body) + reader.finish()


def fields(header: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The fields of a header block as they are, each with its name in lower case; what is no field has an empty name."""
    pending: list[bytes] = []
    for line in header.splitlines(keepends=True):
        if not line.strip():
            break
        if line[:1] in (b" ", b"\t") and pending:
            pending.append(line)
            continue
        if pending:
            yield _named(b"".join(pending))
        pending = [line]
    if pending:
        yield _named(b"".join(pending))


def _named(raw: bytes) -> tuple[bytes, bytes]:
    found = _FIELD.match(raw)
    return (found[1].lower() if found is not None else b"", raw)


def _value(raw: bytes) -> bytes:
    found = _FIELD.match(raw)
    return found[2].strip(b"\r\n") if found is not None else b""


def _encoding(header: bytes) -> str:
    for name, raw in fields(header):
        if name == b"content-transfer-encoding":
            return parse_value(_value(raw))[0].strip('" ')
    return ""


def media_type(header: bytes) -> str:
    """The media type that a header claims; empty without one."""
    return next((parse_value(_value(raw))[0] for name, raw in fields(header) if name == b"content-type"), "")


def disposition(header: bytes) -> str:
    """The disposition that a header asks for; empty without one."""
    return next((parse_value(_value(raw))[0] for name, raw in fields(header) if name == b"content-disposition"), "")


def rebuilt(header: bytes, content: bytes, *, name: str = "", mime: str = "", forbidden: bytes = b"") -> bytes:
    """A part with other content, under its own header fields.

    Args:
        header: its header block.
        content: the new content.
        name: a new file name; empty where it keeps its own.
        mime: a new media type; empty where it keeps its own.
        forbidden: what no line of the body may begin with: the delimiter.
    """
    newline = b"\r\n" if b"\r\n" in header else b"\n"
    encoding, body = _encoded(_encoding(header), content, newline, forbidden)
    kept: list[bytes] = []
    said = False
    for key, raw in fields(header):
        if key in _STALE:
            continue
        if key == b"content-transfer-encoding":
            said = True
            kept.append(b"Content-Transfer-Encoding: " + encoding.encode() + newline)
        elif key == b"content-type" and (name or mime):
            kept.append(_field(b"Content-Type", _value(raw), name, mime, newline))
        elif key == b"content-disposition" and (name or b"size" in raw.lower()):
            kept.append(_field(b"Content-Disposition", _value(raw), name, "", newline))
        else:
            kept.append(raw if raw.endswith((b"\n", b"\r")) else raw + newline)
    if not said and encoding not in ("", "7bit"):
        kept.append(b"Content-Transfer-Encoding: " + encoding.encode() + newline)
    return b"".join((*kept, newline, body))


def _field(title: bytes, value: bytes, name: str, mime: str, newline: bytes) -> bytes:
    """A structured field with another name or type in it; sizes and dates of the old content are left out."""
    token, parameters = parse_value(value)
    pieces = [title + b": " + (mime or token).encode("ascii", "replace")]
    for key, text in parameters.items():
        if key in ("size", "creation-date", "modification-date", "read-date"):
            continue
        if key in ("name", "filename") and name:
            text = name
        pieces.append(_parameter(key, text))
    return (b";" + newline + b" ").join(pieces) + newline


def _parameter(key: str, text: str) -> bytes:
    if _TOKEN.fullmatch(text):
        return f"{key}={text}".encode()
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'{key}="{escaped}"'.encode()
    return f"{key}*=UTF-8''{quote(text, safe='')}".encode()


def _encoded(encoding: str, content: bytes, newline: bytes, forbidden: bytes) -> tuple[str, bytes]:
    """Content in the encoding that the part had, where it can be had in that."""
    broken = forbidden and (content.startswith(forbidden) or b"\n" + forbidden in content)
    if encoding == "quoted-printable" and b"\0" not in content:
        body = binascii.b2a_qp(content.replace(b"\r\n", b"\n"), istext=True).replace(b"\n", newline)
        if not (forbidden and (body.startswith(forbidden) or b"\n" + forbidden in body)):
            return encoding, body
    elif (not encoding or encoding in IDENTITY) and not broken:
        longest = max(map(len, content.split(b"\n")), default=0)
        if (content.isascii() or encoding in ("8bit", "binary")) and b"\0" not in content and longest <= _LINE:
            return encoding, content
    text = base64.b64encode(content)
    return "base64", newline.join(text[place : place + 76] for place in range(0, len(text), 76))
