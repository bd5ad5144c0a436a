r"""Equations of Microsoft's Equation Editor (MTEF 2 and 3): whether one overruns the editor's buffers.

The editor copies the name of a font into 32 bytes and the partition lines of a matrix into 8 bytes, without asking how many there are
(CVE-2017-11882, CVE-2018-0802; CVE-2018-0798). Nobody writes such equations but exploits. The data is a row of records after a header of five
bytes; before it may stand EQNOLEFILEHDR (28 bytes) and, where it comes from an `\1Ole10Native` stream, a length that need not be true.

Why our own: no package reads MTEF.

Reference: "MathType MTEF v.3 (Equation Editor 3.x)", Design Science.
"""

from __future__ import annotations

import re
from typing import Final

from attachguard.later import later

#: EQNOLEFILEHDR: its length, and the version in its high word.
_OLE_HEADER: Final = 28
#: The MTEF header: version, platform, product, its version and subversion; only the first matters to the editor.
_HEADER: Final = 5
_VERSIONS: Final = (b"\x01", b"\x02", b"\x03")
#: A name in a LOGFONT, with its NUL.
_FACE_SIZE: Final = 32
#: Rows or columns whose partition lines, two bits each and one more than there are, fill the eight bytes.
_MATRIX: Final = 31
#: Matrices and rulers of one equation that are looked at; every other record is passed over in one go.
_MOST_RECORDS: Final = 1_000

_MATRIX_RECORD, _RULER, _FONT = 5, 7, 8
#: The version from which characters have two bytes.
_WIDE: Final = 3
_NUDGED: Final = 0x80


def _records(character: int) -> re.Pattern[bytes]:
    """Records that overrun nothing, as many as there are: all but matrices, rulers and fonts with long names.

    Args:
        character: bytes of a character with its typeface.
    """

    def tags(kind: int, *, nudged: bool, spaced: bool | None = None) -> bytes:
        high = [
            value for value in range(16) if bool(value & 8) == nudged and (spaced is None or bool(value & 4) == spaced)
        ]
        return b"[" + b"".join(re.escape(bytes((value << 4 | kind,))) for value in high) + b"]"

    nudge = rb"(?:\x80\x80.{4}|(?!\x80\x80).{2})"
    pieces = [
        b"["
        + b"".join(re.escape(bytes((high << 4 | kind,))) for kind in (0, 10, 11, 12, 13, 14) for high in range(16))
        + b"]"
    ]
    for kind, length in ((2, character), (3, 3), (4, 2), (6, 1)):
        pieces += [tags(kind, nudged=False) + b".{%d}" % length, tags(kind, nudged=True) + nudge + b".{%d}" % length]
    for spaced, length in ((False, 0), (True, 2)):
        pieces += [
            tags(1, nudged=False, spaced=spaced) + b".{%d}" % length,
            tags(1, nudged=True, spaced=spaced) + nudge + b".{%d}" % length,
        ]
    every = [b"[" + b"".join(re.escape(bytes((high << 4 | kind,))) for high in range(16)) + b"]" for kind in (8, 9)]
    pieces += [every[0] + rb"..[^\x00]{0,31}\x00", every[1] + rb"(?:\x65..|\x64...|[^\x64\x65].)"]
    return later(b"(?:" + b"|".join(pieces) + b")*+", re.DOTALL)


_COMMON_WIDE: Final = _records(3)
_COMMON_NARROW: Final = _records(2)


def overflow(data: bytes) -> str:
    """What overruns a buffer in an equation, in plain words; empty where nothing does.

    Args:
        data: the native data of an equation object, with or without headers in front.
    """
    for place in starts(data):
        found = _walk(data, place + _HEADER, data[place])
        if found:
            return found
    return ""


def starts(data: bytes) -> list[int]:
    """Where an MTEF header of the Equation Editor may begin; nowhere where there is none."""
    for place in (0, 4):
        if data[place : place + 2] == b"\x1c\0" and data[place + _OLE_HEADER : place + _OLE_HEADER + 1] in _VERSIONS:
            return [place + _OLE_HEADER]
    return [place for place in (0, 4) if data[place : place + 1] in _VERSIONS and len(data) > place + _HEADER]


def of_mathtype(data: bytes) -> bool:
    """Whether the equation is one of MathType's own versions, which the Equation Editor does not open."""
    return any(
        data[place : place + 2] == b"\x1c\0" and 4 <= data[place + _OLE_HEADER] <= 7
        for place in (0, 4)
        if len(data) > place + _OLE_HEADER
    )


def _walk(data: bytes, place: int, version: int) -> str:
    """The first record that overruns something."""
    size = len(data)
    common = _COMMON_WIDE if version == _WIDE else _COMMON_NARROW
    for _ in range(_MOST_RECORDS):
        found = common.match(data, place)
        place = found.end() if found is not None else place
        if place >= size:
            break
        kind, options = data[place] & 15, data[place] & 0xF0
        place += 1
        if options & _NUDGED and kind == _MATRIX_RECORD:
            place += 6 if data[place : place + 2] == b"\x80\x80" else 2
        if kind == _MATRIX_RECORD:
            rows, columns = data[place + 3 : place + 4], data[place + 4 : place + 5]
            if not columns:
                break
            if rows[0] > _MATRIX or columns[0] > _MATRIX:
                return f"a matrix of {rows[0]} by {columns[0]}"
            place += 5 + (rows[0] + 4) // 4 + (columns[0] + 4) // 4
        elif kind == _RULER:
            place += 1 + 3 * data[place] if place < size else 1
        elif kind == _FONT:
            end = data.find(b"\0", place + 2)
            length = (end if end >= 0 else size) - place - 2
            return f"a font name of {length} bytes" if length >= _FACE_SIZE else ""
        else:
            break
    return ""
