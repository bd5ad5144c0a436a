"""Reads one PDF value at a place: dictionaries, arrays, names, strings, references (ISO 32000-2, 7.3).

Why our own: for safety: a reader of hostile bytes that never fails, never recurses and reads each byte a bounded number of times. What is damaged is
read as far as it makes sense, as viewers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from attachguard._core.pdffilters import literal

#: Containers deeper than this are left empty; the common readers stop at about 500.
_DEPTH: Final = 500
#: Values read of one object.
_VALUES: Final = 400_000

_BLANK: Final = re.compile(rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+)*+")
_REGULAR: Final = re.compile(rb"[^\0\t\n\f\r ()<>\[\]{}/%]+")
_REFERENCE: Final = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_HEX_STRING: Final = re.compile(rb"<[^<>/]*>?")
_ESCAPE_IN_NAME: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_KEYWORDS: Final = {b"true": True, b"false": False}
#: Keys that decide what a dictionary is. Readers differ on which of two equal keys counts, so the first is kept under the key with a NUL.
_TWICE: Final = frozenset(("S", "Subtype", "JS"))
#: Words that cannot stand inside a value: the object was cut.
_ENDS: Final = frozenset((b"endobj", b"obj", b"stream", b"endstream", b"xref", b"trailer", b"startxref"))


_SLASH, _OPEN_PARENTHESIS, _LESS, _OPEN_BRACKET = b"/(<["


class Name(str):
    """A name without its slash, escapes undone."""

    __slots__ = ()


class Ref(NamedTuple):
    """A reference to an indirect object."""

    number: int
    generation: int


class Stream(NamedTuple):
    """A stream: its dictionary, where its encoded bytes are, and of which object."""

    entries: dict[str, Any]
    start: int
    end: int
    number: int = -1
    generation: int = 0


#: None, bool, int, float, bytes (a string), Name, Ref, list, dict by str, Stream.
Value = Any


def name(raw: bytes) -> Name:
    """A name from its bytes after the slash."""
    if b"#" in raw:
        raw = _ESCAPE_IN_NAME.sub(lambda found: bytes((int(found[1], 16),)), raw)
    return Name(raw.decode("latin-1"))


_NO_DIGITS: Final = bytes(set(range(256)).difference(b"0123456789ABCDEFabcdef"))


def hexadecimal(raw: bytes) -> bytes:
    """The bytes of a hexadecimal string: what is no digit is passed over, an odd last digit counts as followed by 0."""
    digits = raw.translate(None, _NO_DIGITS)
    return bytes.fromhex((digits + b"0" * (len(digits) & 1)).decode("ascii"))


def number(token: bytes) -> Value:
    """A number, or None for a keyword that means nothing here."""
    try:
        return int(token) if len(token) <= 20 else None
    except ValueError:
        pass
    try:
        return float(token[:40])
    except ValueError:
        return None


def read(data: bytes, at: int, end: int) -> tuple[Value, int]:
    """The value at `at` and the position after it.

    Containers that never close end where the data does, or at a keyword that cannot be inside.
    """
    holders: list[_Container] = []
    for _ in range(_VALUES):
        blank = _BLANK.match(data, at, end)
        at = blank.end() if blank is not None else at
        if at >= end:
            break
        sign = data[at]
        if sign == _OPEN_BRACKET or (sign == _LESS and data[at + 1 : at + 2] == b"<"):
            at += 1 if sign == _OPEN_BRACKET else 2
            if len(holders) < _DEPTH:
                holders.append(_Container(sign))
            continue
        if sign in b">]":
            at += 2 if data[at : at + 2] == b">>" else 1
            if not holders:
                return None, at
            value = holders.pop().close()
        elif sign in b"){}":
            at += 1
            continue
        else:
            value, after = _scalar(data, at, end)
            if after < 0:
                break
            at = after
        if not holders:
            return value, at
        holders[-1].items.append(value)
    value = None
    while holders:
        value = holders.pop().close()
        if holders:
            holders[-1].items.append(value)
    return value, at


def _scalar(data: bytes, at: int, end: int) -> tuple[Value, int]:
    """The value that is no container at `at` and the position after it; the position is -1 at a word that ends the object."""
    sign = data[at]
    if sign == _SLASH:
        token = _REGULAR.match(data, at + 1, end)
        return (name(token[0]), token.end()) if token else (Name(""), at + 1)
    if sign == _OPEN_PARENTHESIS:
        return literal(data, at + 1, end)
    if sign == _LESS:
        string = _HEX_STRING.match(data, at, end)
        return (hexadecimal(string[0]), string.end()) if string else (b"", at + 1)
    reference = _REFERENCE.match(data, at, end)
    if reference:
        return Ref(int(reference[1]), int(reference[2])), reference.end()
    token = _REGULAR.match(data, at, end)
    if token is None:
        return None, at + 1
    word = token[0]
    if word in _ENDS or word.startswith(b"endobj"):
        return None, -1
    return _KEYWORDS[word] if word in _KEYWORDS else number(word), token.end()


class _Container:
    """An array or dictionary being read; a dictionary is a flat list until it closes."""

    __slots__ = ("is_dictionary", "items")

    def __init__(self, sign: int) -> None:
        self.is_dictionary = sign == _LESS
        self.items: list[Value] = []

    def close(self) -> Value:
        """The finished container; in a dictionary what stands where a key belongs is passed over."""
        items = self.items
        if not self.is_dictionary:
            return items
        entries: dict[str, Value] = {}
        place, count = 0, len(items)
        while place + 1 < count:
            key = items[place]
            if isinstance(key, Name):
                if key in entries and key in _TWICE:
                    entries[key + "\0"] = entries[key]
                entries[key] = items[place + 1]
                place += 2
            else:
                place += 1
        return entries


def dictionaries(value: Value) -> Iterator[tuple[tuple[str, ...], dict[str, Value]]]:
    """Every dictionary inside a value without following references, with up to three keys that lead to it."""
    stack: list[tuple[tuple[str, ...], Value]] = [((), value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, Stream):
            item = item.entries
        if isinstance(item, dict):
            yield path, item
            for key, inner in reversed(item.items()):
                if isinstance(inner, (dict, list)):
                    stack.append(((*path[-2:], key), inner))
        elif isinstance(item, list):
            stack.extend((path, inner) for inner in reversed(item) if isinstance(inner, (dict, list)))


def text(value: bytes) -> str:
    """A text string (7.9.2.2): UTF-16 with a byte-order mark, UTF-8 with one, otherwise PDFDocEncoding, read as Latin-1."""
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    if value.startswith(b"\xff\xfe"):
        return value[2:].decode("utf-16-le", "replace")
    if value.startswith(b"\xef\xbb\xbf"):
        return value[3:].decode("utf-8", "replace")
    return value.decode("latin-1")
