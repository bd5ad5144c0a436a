"""Structured header fields: parameters, encoded words, file names (RFC 2045 section 5.1, RFC 2231, RFC 2047, RFC 2183).

Why our own: the standard library's header classes cost more than the rest of a message's parse together and raise on some broken input.
"""

from __future__ import annotations

import binascii
import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from attachguard._core.mime import drop_comments
from attachguard.later import later
from attachguard.mail import charsets

#: Longest field value that is taken apart, and most parameters in one: real fields stay far below.
VALUE_LENGTH: Final = 16_384
PARAMETERS: Final = 100

#: Values that are remembered with what they say, and the length of those.
_REMEMBERED: Final = 256
_USUAL_LENGTH: Final = 60

#: Octets of a header as text.
text: Final = charsets.guess

_ENCODED_WORD: Final = later(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]{0,4000})\?=")
_WORD_BEGINS: Final = re.compile(rb"=\?[^?\s]{1,60}\?[bBqQ]\?")
_BETWEEN_WORDS: Final = re.compile(rb"(\?=)[ \t\r\n]+(?==\?)")
_FOLD: Final = re.compile(rb"\r?\n(?=[ \t])")
#: What stands between two semicolons; each step consumes, so the match is linear. An open quoted string runs to the end.
_PIECE: Final = later(rb'[^;"]*(?:"(?:[^"\\]|\\.)*(?:"|\\?\Z)[^;"]*)*;?', re.DOTALL)
_SECTION: Final = re.compile(r"^(.*?)(?:\*(\d{1,4}))?(\*)?$")
_TOKEN: Final = rb"[!#$%&'+.^_`{|}~0-9A-Za-z-]+"
#: A parameter as every reader takes it: white space only around the semicolon, no comment, no escape. Some characters that RFC 2045 wants in
#: quotes stand bare in the mail of many, and nobody stumbles over them.
_SEMICOLON: Final = rb"[ \t\r\n]*;[ \t\r\n]*"
#: Between encoded words a fold is no part of anything.
_QUOTED: Final = rb'[^"\\\r\n\0]*(?:(?<=\?=)\r?\n[ \t]+(?==\?)[^"\\\r\n\0]*)*'
_BARE: Final = rb'[^\0-\x20\x7f;"(),\\]+'
_PLAIN_PARAMETER: Final = later(_SEMICOLON + rb"(" + _TOKEN + rb')=(?:"(' + _QUOTED + rb')"|(' + _BARE + rb"))")
_PLAIN_VALUE: Final = later(
    rb"(%s(?:/%s)?)(?:%s%s=(?:\"%s\"|%s))*[ \t\r\n]*;?[ \t\r\n]*" % (_TOKEN, _TOKEN, _SEMICOLON, _TOKEN, _QUOTED, _BARE)
)


def begins_word(value: bytes) -> bool:
    """Whether something in a value begins like an encoded word."""
    return b"=?" in value and _WORD_BEGINS.search(value) is not None


def unfold(value: bytes) -> bytes:
    """A field value on one line (RFC 5322 section 2.2.3)."""
    return _FOLD.sub(b"", value) if b"\n" in value else value


def decode_words(value: bytes) -> str:
    """A value with its encoded words decoded (RFC 2047); what is no encoded word stays as it is."""
    value = unfold(value[:VALUE_LENGTH])
    if b"=?" not in value:
        return text(value)
    value = _BETWEEN_WORDS.sub(rb"\1", value)
    pieces: list[str] = []
    last = 0
    for match in _ENCODED_WORD.finditer(value):
        pieces.append(text(value[last : match.start()]))
        pieces.append(_word(match[1], match[2], match[3]))
        last = match.end()
    pieces.append(text(value[last:]))
    return "".join(pieces)


def _word(charset: bytes, encoding: bytes, content: bytes) -> str:
    if encoding in b"bB":
        try:
            octets = binascii.a2b_base64(content + b"=" * (-len(content) % 4))
        except binascii.Error:
            return text(content)
    else:
        octets = binascii.a2b_qp(content, header=True)
    return charsets.decode(octets, charset.partition(b"*")[0].decode("latin-1"))


def read_value(value: bytes) -> tuple[str, dict[str, str], bool]:
    """As `parse_value`, and whether the value is one that every reader takes alike.

    Args:
        value: raw field value, e.g. of Content-Type or Content-Disposition.
    """
    return _remembered(value) if len(value) <= _USUAL_LENGTH else _read(value)


def _read(value: bytes) -> tuple[str, dict[str, str], bool]:
    match = _PLAIN_VALUE.fullmatch(value) if len(value) <= VALUE_LENGTH else None
    if match is None:
        return (*parse_value(value), False)
    token = match[1].decode("ascii").lower()
    found = _PLAIN_PARAMETER.findall(value, match.end(1))
    if len(found) > PARAMETERS:
        return (*parse_value(value), False)
    parameters: dict[str, str] = {}
    for name, quoted, bare in found:
        parameters.setdefault(name.decode("ascii").lower(), decode_words(quoted or bare))
    fits = len(parameters) == len(found)
    if token.startswith("multipart/"):
        # Everything hangs on the boundary, and not everybody decodes it, or finds it after what cannot be read.
        fits = fits and value.isascii() and not begins_word(value)
    return token, parameters, fits


#: The same few types of text are in all mail. Nobody changes what is given out.
_remembered: Final = lru_cache(_REMEMBERED)(_read)


def parse_value(value: bytes) -> tuple[str, dict[str, str]]:
    """A structured value: its first token in lower case, and its parameters with RFC 2231 pieces joined.

    Args:
        value: raw field value, e.g. of Content-Type or Content-Disposition.
    """
    if value.isalnum():
        return value.decode("ascii").lower(), {}
    pieces = _split(without_comments(unfold(value[:VALUE_LENGTH])))
    token = text(pieces[0]).strip().lower() if pieces else ""
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for piece in pieces[1 : PARAMETERS + 1]:
        name, equals, raw = piece.partition(b"=")
        if not equals:
            continue
        key = text(name.strip()).lower()
        content = _unquote(raw.strip())
        if "*" not in key:
            plain.setdefault(key, decode_words(content))
            continue
        match = _SECTION.match(key)
        if match is not None:
            base, number, extended = match.groups()
            sections.setdefault(base, {}).setdefault(int(number or 0), (content, bool(extended)))
    for base, numbered in sections.items():
        # An extended value is newer syntax than a plain one of the same name and wins (RFC 6266 section 4.3).
        plain[base] = _join(numbered)
    return token, plain


def _join(numbered: dict[int, tuple[bytes, bool]]) -> str:
    charset = ""
    octets: list[bytes] = []
    for place, number in enumerate(sorted(numbered)):
        content, extended = numbered[number]
        if extended:
            if place == 0 and content.count(b"'") >= 2:
                name, _language, content = content.split(b"'", 2)
                charset = text(name)
            content = unquote_to_bytes(content)
        octets.append(content)
    return charsets.decode(b"".join(octets), charset)


def _unquote(raw: bytes) -> bytes:
    if len(raw) >= 2 and raw.startswith(b'"') and raw.endswith(b'"'):
        raw = raw[1:-1]
        return unescaped(raw) if b"\\" in raw else raw
    return raw.strip(b'"')


def _split(value: bytes) -> list[bytes]:
    """Split at semicolons outside quoted strings."""
    if b'"' not in value:
        return value.split(b";")
    if b"\\" not in value and all(b";" not in quoted for quoted in value.split(b'"')[1::2]):
        return value.split(b";")
    return [match[0].removesuffix(b";") for match in _PIECE.finditer(value) if match[0]]


def unescaped(value: bytes) -> bytes:
    """The inside a quoted string without its backslashes (RFC 5322 section 3.2.4)."""
    return b"\\".join(piece.replace(b"\\", b"") for piece in value.split(b"\\\\"))


def without_comments(value: bytes) -> bytes:
    """Drop comments outside quoted strings (RFC 5322 section 3.2.2), nested ones too; an open comment runs to the end."""
    return drop_comments(value) if b"(" in value else value
