"""Macro sheets of a workbook of Excel 97 to 2003: a sheet goes with its entry, and what counts sheets counts anew.

References to a sheet that went say so, as Excel writes them when somebody deletes one; names that ran by themselves lose their names, because
formulas count names. Positions are put right by the caller.

References: [MS-XLS] 2.4.28 (BoundSheet8), 2.4.105 (ExternSheet), 2.4.150 (Lbl), 2.4.271 (SupBook), 2.4.345 (Window1), 2.4.241 (RRTabId),
2.5.178 (XTI).
"""

from __future__ import annotations

import struct
from typing import Final

from attachguard.sanitizers.record import Refusal, Work

_BOF: Final = 0x0809
_EOF: Final = 0x000A
_EXTERNSHEET: Final = 0x0017
_LABEL: Final = 0x0018
_WINDOW: Final = 0x003D
BOUNDSHEET: Final = 0x0085
_IDS: Final = 0x013D
_SUPBOOK: Final = 0x01AE
_MACRO: Final = 1
_OWN: Final = b"\x01\x04"
_GONE: Final = 0xFFFF
#: Built-in names that run by themselves; flags of a name: built-in, function, procedure.
_RUNNING: Final = {1: b"W", 2: b"X", 10: b"Y", 11: b"Z"}
_FLAGS: Final = 0x2E
_BUILT_IN: Final = 0x20
_AUTOMATIC: Final = ("auto_open", "auto_close", "auto_activate", "auto_deactivate")

Records = list[tuple[int, int, int]]


class MacroSheets:
    """The macro sheets of one workbook stream of BIFF 8, and what has to change with them.

    Args:
        stream: the workbook.
        records: number, place and length of each of its records.
        work: notes what goes.
    """

    def __init__(self, stream: bytes, records: Records, work: Work) -> None:
        #: Places of the records that go: those of the sheets, and their entries.
        self._gone: set[int] = set()
        #: The new number of each sheet by its old one.
        self._numbers: dict[int, int] = {}
        self._own = -1
        self._changes = {
            _SUPBOOK: self._supporting, _EXTERNSHEET: self._references, _LABEL: self._name, _WINDOW: self._window, _IDS: self._ids,
        }  # fmt: skip
        places = {at: index for index, (_, at, _) in enumerate(records)}
        sheets = [
            (at, stream[at + 4 : at + 4 + length])
            for number, at, length in records
            if number == BOUNDSHEET and length >= 6
        ]
        gone = [number for number, (_, content) in enumerate(sheets) if is_macro_sheet(stream, content)]
        if not gone or not work.wants("xlm"):
            return
        kept = [number for number in range(len(sheets)) if number not in gone]
        if not kept:
            raise Refusal("the workbook has no sheet but macro sheets")
        self._numbers = {old: new for new, old in enumerate(kept)}
        for number in gone:
            at, content = sheets[number]
            begin = int.from_bytes(content[:4], "little")
            if begin not in places:
                raise Refusal("a sheet of the workbook begins between records")
            self._gone.add(at)
            if begin not in self._gone:
                own = _sheet(records, places[begin])
                self._gone.update(place for _, place, _ in own)
                end = own[-1][1] + 4 + own[-1][2]
                work.took("macro-content", "xlm", "XLM macro sheet", stream[begin:end])
        books = [stream[at + 4 : at + 8] for number, at, _ in records if number == _SUPBOOK]
        self._own = next((number for number, book in enumerate(books) if book[2:4] == _OWN), -1)

    def __bool__(self) -> bool:
        return bool(self._gone)

    def drops(self, at: int) -> bool:
        """Whether the record at a place goes."""
        return at in self._gone

    def changed(self, number: int, content: bytes) -> bytes:
        """A record of the workbook itself without the sheets that went."""
        change = self._changes.get(number)
        return change(content) if change is not None else content

    def _supporting(self, content: bytes) -> bytes:
        if content[2:4] != _OWN or len(content) < 4:
            return content
        return struct.pack("<H", len(self._numbers)) + content[2:]

    def _references(self, content: bytes) -> bytes:
        count = min(int.from_bytes(content[:2], "little"), (len(content) - 2) // 6)
        new = bytearray(content)
        for at in range(2, 2 + 6 * count, 6):
            book, first, last = struct.unpack_from("<3H", content, at)
            if book == self._own and first < 0x8000:
                struct.pack_into("<2H", new, at + 2, *self._range(first, last))
        return bytes(new)

    def _range(self, first: int, last: int) -> tuple[int, int]:
        left = [new for old, new in self._numbers.items() if first <= old <= last]
        return (left[0], left[-1]) if left else (_GONE, _GONE)

    def _name(self, content: bytes) -> bytes:
        if len(content) < 16:
            return content
        sheet = int.from_bytes(content[8:10], "little")
        if sheet:
            # One of a sheet that went is one of the workbook now.
            sheet = self._numbers.get(sheet - 1, -1) + 1
            content = content[:8] + struct.pack("<H", sheet) + content[10:]
        flags = int.from_bytes(content[:2], "little")
        letter = _RUNNING.get(content[15]) if flags & _BUILT_IN else None
        wide = content[14] & 1
        text = content[15 : 15 + content[3] * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")
        if letter is None and (flags & _BUILT_IN or not text.lower().startswith(_AUTOMATIC)):
            return content
        return struct.pack("<H", flags & ~_FLAGS) + content[2:15] + (letter or b"x") + content[16:]

    def _window(self, content: bytes) -> bytes:
        if len(content) < 16:
            return content
        current, first = struct.unpack_from("<2H", content, 10)
        moved = [self._numbers.get(number, 0) for number in (current, first)]
        return content[:10] + struct.pack("<3H", *moved, 1) + content[16:]

    def _ids(self, content: bytes) -> bytes:
        return b"".join(content[2 * old : 2 * old + 2] for old in self._numbers)


def is_macro_sheet(stream: bytes, content: bytes) -> bool:
    """Whether the entry of a sheet, or the sheet itself, says that it is one of macros."""
    place = int.from_bytes(content[:4], "little")
    begins = stream[place : place + 8]
    return content[5] == _MACRO or (len(begins) == 8 and begins[:2] == b"\x09\x08" and begins[6:8] == b"\x40\0")


def _sheet(records: Records, start: int) -> Records:
    """The records of the sheet that begins with one of them; charts in it have a beginning and an end of their own."""
    depth = 0
    for index in range(start, len(records)):
        number = records[index][0]
        depth += (number == _BOF) - (number == _EOF)
        if number == _EOF and depth <= 0:
            return records[start : index + 1]
    raise Refusal("a sheet of the workbook has no end")
