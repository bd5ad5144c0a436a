"""Writing mail: a text part that nothing in it can break, and header fields that nothing in them can leave."""

from __future__ import annotations

import base64
import re
from typing import Final

#: RFC 5321 section 4.5.3.1.3 allows 256 octets in a path. No white space, no angle brackets, no control characters: it goes into a field.
_ADDRESS: Final = re.compile(
    r"[^\s<>,;:\"()\[\]\\\x00-\x1f\x7f\ud800-\udfff]{1,64}@[^\s<>,;:\"()\\\x00-\x1f\x7f\ud800-\udfff@]{1,255}"
)
#: An encoded word has at most 75 characters (RFC 2047 section 2): 45 octets make 60 of base64.
_WORD: Final = 45


def text_part(text: str, newline: bytes = b"\r\n", *, disposition: str = "inline") -> bytes:
    """A text part with its header; in base64, so that no line of it can be taken for a delimiter or run too long."""
    encoded = base64.b64encode(text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "replace"))
    lines = [encoded[place : place + 76] for place in range(0, len(encoded), 76)]
    return newline.join(
        [
            b"Content-Type: text/plain; charset=utf-8",
            b"Content-Transfer-Encoding: base64",
            b"Content-Disposition: " + disposition.encode(),
            b"",
            *lines,
        ]
    )


def unstructured(text: str) -> bytes:
    """A value for a field like Subject: ASCII, with encoded words where that is not enough (RFC 2047)."""
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text[:900].encode()
    words: list[bytes] = []
    piece = b""
    for letter in text[:900]:
        octets = letter.encode("utf-8", "replace")
        if len(piece) + len(octets) > _WORD:
            words.append(piece)
            piece = b""
        piece += octets
    words.append(piece)
    return b"\r\n ".join(b"=?utf-8?B?" + base64.b64encode(word) + b"?=" for word in words)


def address(text: str) -> str | None:
    """An address as it may be in a field; None for anything that is not plainly one."""
    text = text.strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    return text if _ADDRESS.fullmatch(text) else None
