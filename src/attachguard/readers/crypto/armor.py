"""ASCII armor of OpenPGP (RFC 9580 section 6.2): its content, also where a program has written it into a page or in wide letters.

Why our own: gpg and the packages take armor that stands alone; in mail it is in pages, in quotes and in wide letters.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

_NOT_BASE64: Final = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_MOST_HEADERS: Final = 49
_TAG: Final = re.compile(rb"(?:\s{0,8}<[^<>]{0,1000}>)+\r?\n?")
_LONGEST_PAGE: Final = 8 << 20


def narrow(data: bytes) -> bytes:
    """Text without its byte order mark, and in one octet a letter where it comes in UTF-16 or UTF-32; anything else as it is."""
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:]
    # Armor is ASCII: without the zero octets it is what it was. No packet begins like a mark.
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) or (b"\0" in data[:8] and data[:1] < b"\x80"):
        return data.translate(None, b"\0\xff\xfe")
    return data


def text_of_page(data: bytes, at: int) -> bytes:
    """The text of a page from its first armored block on: mail programs write the lines of a letter between tags."""
    text = _TAG.sub(b"\n", data[at : at + _LONGEST_PAGE])
    return text.replace(b"&#43;", b"+").replace(b"&#47;", b"/").replace(b"&#61;", b"=").replace(b"&nbsp;", b" ")


def unarmor(data: bytes, at: int) -> bytes:
    """The binary content of armor whose first line ends at an offset; what can be decoded of it where it is damaged."""
    # Up to the next line of dashes, whatever it says: armor has none inside.
    end = data.find(b"\n-----", at)
    end = end if end >= 0 else len(data)
    start = _next_line(data, at, end)
    # Armor headers end at a blank line; armor without any may lack it.
    for _ in range(_MOST_HEADERS):
        after = _next_line(data, start, end)
        if data.find(b": ", start, after) < 0:
            break
        start = after
    checksum = start if data.startswith(b"=", start) else data.find(b"\n=", start, end)
    text = data[start : checksum if checksum >= 0 else end].translate(None, _NOT_BASE64)
    text = text[: len(text) // 4 * 4] if len(text) % 4 == 1 else text + b"=" * (-len(text) % 4)
    try:
        return binascii.a2b_base64(text)
    except binascii.Error:
        return b""


def _next_line(data: bytes, at: int, end: int) -> int:
    place = data.find(b"\n", at, end)
    return place + 1 if place >= 0 else end
