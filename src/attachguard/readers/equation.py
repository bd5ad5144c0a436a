r"""Equations of Microsoft's Equation Editor (MTEF 2 and 3): whether one overruns the editor's buffers.

The editor copies the name of a font into 32 bytes and the partition lines of a matrix into 8 bytes, without asking how many there are
(CVE-2017-11882, CVE-2018-0802; CVE-2018-0798). Nobody writes such equations but exploits. The data is a row of records behind a header of five
bytes; in front of it may stand EQNOLEFILEHDR (28 bytes) and, where it comes from an `\1Ole10Native` stream, a length that need not be true.

Own code: no package reads MTEF.

Reference: "MathType MTEF v.3 (Equation Editor 3.x)", Design Science.
"""

from __future__ import annotations

from typing import Final

#: EQNOLEFILEHDR: its length, and the version in its high word.
_OLE_HEADER: Final = 28
#: The MTEF header: version, platform, product, its version and subversion; only the first matters to the editor.
_HEADER: Final = 5
_VERSIONS: Final = (b"\x01", b"\x02", b"\x03")
#: A name in a LOGFONT, with its NUL.
_FACE_SIZE: Final = 32
#: Rows or columns whose partition lines, two bits each and one more than there are, fill the eight bytes.
_MATRIX: Final = 31
_MOST_RECORDS: Final = 100_000

_END, _LINE, _CHAR, _TEMPLATE, _PILE, _MATRIX_RECORD, _EMBELLISHMENT, _RULER, _FONT, _SIZE = range(10)
#: FULL, SUB, SUB2, SYM, SUBSYM have nothing behind their tag.
_LAST: Final = 14
#: The version from which characters have two bytes.
_WIDE: Final = 3
_NUDGED: Final = 0x80
_SPACED: Final = 0x40


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


def _walk(data: bytes, place: int, version: int) -> str:  # noqa: C901 (one branch a kind of record)
    """The first record that overruns something."""
    size = len(data)
    for _ in range(_MOST_RECORDS):
        if place >= size:
            break
        kind, options = data[place] & 15, data[place] & 0xF0
        place += 1
        if kind > _LAST:
            break
        if options & _NUDGED and _LINE <= kind <= _EMBELLISHMENT:
            place += 6 if data[place : place + 2] == b"\x80\x80" else 2
        if kind == _LINE:
            place += 2 if options & _SPACED else 0
        elif kind == _CHAR:
            place += 3 if version == _WIDE else 2
        elif kind == _TEMPLATE:
            place += 3
        elif kind == _PILE:
            place += 2
        elif kind == _MATRIX_RECORD:
            rows, columns = data[place + 3 : place + 4], data[place + 4 : place + 5]
            if not columns:
                break
            if rows[0] > _MATRIX or columns[0] > _MATRIX:
                return f"a matrix of {rows[0]} by {columns[0]}"
            place += 5 + (rows[0] + 4) // 4 + (columns[0] + 4) // 4
        elif kind == _EMBELLISHMENT:
            place += 1
        elif kind == _RULER:
            place += 1 + 3 * data[place] if place < size else 1
        elif kind == _FONT:
            end = data.find(b"\0", place + 2)
            length = (end if end >= 0 else size) - place - 2
            if length >= _FACE_SIZE:
                return f"a font name of {length} bytes"
            place += 2 + length + 1
        elif kind == _SIZE:
            selector = data[place : place + 1]
            place += 3 if selector == b"\x65" else 4 if selector == b"\x64" else 2
    return ""
