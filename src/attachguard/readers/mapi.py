"""MAPI property lists as TNEF writes them (MS-OXTNEF 2.1.3.4): tag, optional name, values padded to four octets.

Why our own: it has to walk lists whose counts and lengths are lies, and keep what it found so far.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

STRING: Final = 0x1E
UNICODE: Final = 0x1F
OBJECT: Final = 0x0D
BINARY: Final = 0x102

#: Sizes of fixed values, with their padding (MS-OXCDATA 2.11.1).
_FIXED: Final = {
    0x00: 0, 0x01: 0, 0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16,
}  # fmt: skip
_VARIABLE: Final = frozenset({STRING, UNICODE, OBJECT, BINARY, 0xFB, 0xFD, 0xFE})
_MULTIPLE: Final = 0x1000
_NAMED: Final = 0x8000
_MAX_PROPERTIES: Final = 20_000
_MAX_VALUES: Final = 100_000

_U32: Final = struct.Struct("<I")


class Value(NamedTuple):
    """A value of variable length: its property's id and type, and where it lies; of a property that is named by a number, that number."""

    id: int
    type: int
    start: int
    end: int
    named: int = 0


#: Number of the named property that holds the sound of a reminder ([MS-OXPROPS] 2.222, PidLidReminderFileParameter).
REMINDER_FILE: Final = 0x851F


class Broken(Exception):
    """A property list that does not hold together; what was found before stands."""


def values(data: bytes, at: int, end: int) -> Iterator[Value]:
    """The strings, binaries and objects of a property list.

    Raises:
        Broken: the list ends early or holds an unknown type, whose length nobody knows.
    """
    count = _number(data, at, end)
    at += 4
    for _ in range(min(count, _MAX_PROPERTIES)):
        if at + 4 > end:
            raise Broken
        kind, key = struct.unpack_from("<HH", data, at)
        at += 4
        named = 0
        if key >= _NAMED:
            named = _number(data, at + 20, end) if _number(data, at + 16, end) == 0 else 0
            at = _skip_name(data, at, end)
        multiple = bool(kind & _MULTIPLE)
        kind &= ~_MULTIPLE
        if kind in _FIXED:
            number = 1
            if multiple:
                number = _number(data, at, end)
                at += 4
            at += number * _FIXED[kind]
            if at > end:
                raise Broken
            continue
        if kind not in _VARIABLE:
            raise Broken
        number = _number(data, at, end)
        at += 4
        for _ in range(min(number, _MAX_VALUES)):
            size = _number(data, at, end)
            at += 4
            # A value that reaches past the end is given as far as it goes.
            yield Value(key, kind, at, min(at + size, end), named)
            at += size + (-size % 4)
            if at > end + 3:
                raise Broken


def _skip_name(data: bytes, at: int, end: int) -> int:
    """Past a property's name: a GUID, then a number or a string (MS-OXTNEF 2.1.3.4)."""
    form = _number(data, at + 16, end)
    if form == 0:
        return at + 24
    size = _number(data, at + 20, end)
    return at + 24 + size + (-size % 4)


def _number(data: bytes, at: int, end: int) -> int:
    if at + 4 > end:
        raise Broken
    number: int = _U32.unpack_from(data, at)[0]
    return number


def text(data: bytes, value: Value, codepage: str) -> str:
    """A string value without its closing zero."""
    raw = data[value.start : min(value.end, value.start + 2048)]
    if value.type == UNICODE:
        return raw[: len(raw) & ~1].decode("utf-16-le", "replace").partition("\0")[0]
    return raw.partition(b"\0")[0].decode(codepage, "replace")
