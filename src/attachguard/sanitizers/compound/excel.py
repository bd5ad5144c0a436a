"""Inside a workbook of Excel 97 to 2003 ([MS-XLS]): records that announce macros, call them, or link to programs and other machines.

Records are taken out or made shorter, and the three records that hold positions in the stream are put right. What formulas count stays in its place:
a supporting book that leads outside becomes one that leads nowhere.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from attachguard.formats.office._office.xlslinks import formula_addresses, hyperlink_target, record_addresses
from attachguard.readers.compound.build import Storage
from attachguard.readers.references import USES, kind_of
from attachguard.sanitizers.compound.macrosheets import BOUNDSHEET as _BOUNDSHEET
from attachguard.sanitizers.compound.macrosheets import MacroSheets, is_macro_sheet
from attachguard.sanitizers.record import Refusal, Work

_EXTERNSHEET: Final = 0x0017
_FILEPASS: Final = 0x002F
_OBJECT: Final = 0x005D
_PROJECT: Final = 0x00D3
_CODE_NAME: Final = 0x01BA
_NO_MACROS: Final = 0x01BD
_SUPBOOK: Final = 0x01AE
_INDEX: Final = 0x020B
_CONTINUE: Final = 0x003C
_MACRO: Final = 0x0004
_PICTURE_FORMULA: Final = 0x0009
_PICTURE: Final = 0x0008
#: Records that hold formulas: cells, shared and array formulas, names, conditions, checks.
_FORMULAS: Final = frozenset({0x0006, 0x0018, 0x0218, 0x0206, 0x0406, 0x0221, 0x04BC, 0x01B1, 0x01BE})
#: A supporting book that nothing stands for ([MS-XLS] 2.4.271, 2.5.277): no sheets, a path of one blank.
_NOWHERE: Final = b"\0\0\1\0\0 "
_MOST: Final = 4_000_000
_BOF: Final = 0x0809


def clean(root: Storage, work: Work, *, macros: bool) -> None:
    """Rewrite the workbook streams.

    Args:
        root: the file.
        work: what is wanted.
        macros: whether a VBA project was taken out.
    """
    for name in list(root.streams):
        if name.lower() in ("workbook", "book"):
            stream = root.streams[name]
            if len(stream) < 8 or stream[0] != 0x09:
                raise Refusal("the workbook does not begin as it should")
            root.streams[name] = _Rewriter(stream, work, macros=macros, modern=name.lower() == "workbook").run()


def records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """The records of a stream: number, where it begins, length of its content."""
    at = 0
    for _ in range(_MOST):
        if at + 4 > len(stream):
            return
        number, length = struct.unpack_from("<HH", stream, at)
        if number == 0 and length == 0 and not stream[at : at + 64].strip(b"\0"):
            return
        if at + 4 + length > len(stream):
            raise Refusal("a record of the workbook is cut")
        yield number, at, length
        at += 4 + length
    raise Refusal("the workbook has too many records")


def _blanked(content: bytes, start: int, end: int) -> bytes:
    """Content with blanks in place of a text, of one byte a letter or of two."""
    wide = content[start + 1 : start + 2] == b"\0"
    blanks = (b" \0" * (end - start))[: end - start] if wide else b" " * (end - start)
    return content[:start] + blanks + content[end:]


class _Rewriter:
    """One workbook stream.

    Args:
        stream: its bytes.
        work: what is wanted.
        macros: whether records that announce macros go.
        modern: whether it is BIFF 8.
    """

    def __init__(self, stream: bytes, work: Work, *, macros: bool, modern: bool) -> None:
        self._stream = stream
        self._work = work
        self._macros = macros
        self._modern = modern
        self._formulas = work.wants("ole-object", "activex-control")

    def run(self) -> bytes:
        stream = self._stream
        every = list(records(stream))
        macros = MacroSheets(stream, every, self._work) if self._modern else None
        pieces: list[bytes] = []
        moved: dict[int, int] = {}
        fixed: list[tuple[int, int, int]] = []
        size = end = 0
        for number, at, length in every:
            if number == _FILEPASS:
                raise Refusal("encrypted: it cannot be changed, only kept back")
            content = stream[at + 4 : at + 4 + length]
            if number == _BOUNDSHEET and len(content) >= 6 and self._is_old_macro(content):
                raise Refusal("macro sheets or modules in a workbook of Excel 5")
            if macros:
                content = macros.changed(number, content)
            new = None if macros and macros.drops(at) else self._record(number, content)
            moved[at] = size
            end = at + 4 + length
            if new is None:
                continue
            if number in (_BOUNDSHEET, _INDEX):
                fixed.append((number, len(pieces), at))
            piece = struct.pack("<HH", number, len(new)) + new
            pieces.append(piece)
            size += len(piece)
        moved[end] = size
        for number, index, _ in fixed:
            pieces[index] = self._placed(number, pieces[index], moved)
        return b"".join(pieces) + stream[end:]

    def _is_old_macro(self, content: bytes) -> bool:
        """Whether a sheet is one of macros or a module, in a workbook whose formulas hold the numbers of sheets."""
        if self._modern:
            return False
        return (is_macro_sheet(self._stream, content) and self._work.wants("xlm")) or (content[5] == 6 and self._macros)

    def _record(self, number: int, content: bytes) -> bytes | None:
        """What is in place of a record; None where it goes."""
        if self._macros and number in (_PROJECT, _CODE_NAME, _NO_MACROS):
            return None
        if number == _OBJECT and self._modern and (self._macros or self._formulas):
            return self._object(content)
        if number == _SUPBOOK and self._modern:
            return self._book(content)
        if number == _EXTERNSHEET and not self._modern:
            return self._old_book(content)
        return self._leading(number, content)

    def _leading(self, number: int, content: bytes) -> bytes | None:
        """A record without the address in it that is not wanted: a hyperlink goes whole, in other records blanks take its place."""
        target = hyperlink_target(number, content)
        if target:
            return None if self._refers(kind_of(USES["link"], target), f"hyperlink: {target}", target) else content
        for kind, address, start, end in record_addresses(number, content):
            if self._refers(kind, f"data connection: {address}", address):
                content = _blanked(content, start, end)
        if number in _FORMULAS:
            for address, start, end in formula_addresses(content):
                if self._refers(kind_of(USES["link"], address), f"function HYPERLINK: {address}", address):
                    content = _blanked(content, start, end)
        return content

    def _refers(self, kind: str, detail: str, address: str) -> bool:
        """Whether a reference of a kind is not wanted; it is noted then."""
        if not kind or not self._work.wants(kind):
            return False
        self._work.took("external-reference", kind, detail, address.encode("utf-8", "replace"))
        return True

    def _object(self, content: bytes) -> bytes:
        """An object without its macro and without the formula that leads to a storage that went ([MS-XLS] 2.4.181)."""
        kept: list[bytes] = []
        at = 0
        picture = False
        while at + 4 <= len(content):
            kind, length = struct.unpack_from("<HH", content, at)
            if at + 4 + length > len(content):
                return content
            piece = content[at : at + 4 + length]
            if kind == 0x0015 and length >= 4:
                picture = int.from_bytes(piece[4:6], "little") == _PICTURE
            if (kind == _PICTURE_FORMULA and self._formulas and picture) or (kind == _MACRO and self._macros):
                piece = b""
            elif kind == 0x0008 and length == 2 and self._formulas and picture:
                # FtPioGrbit: no control, no link, no icon.
                flags = int.from_bytes(piece[4:6], "little") & ~0x001A
                piece = piece[:4] + flags.to_bytes(2, "little")
            kept.append(piece)
            at += 4 + length
            if kind == 0:
                break
        return b"".join(kept) + content[at:]

    def _book(self, content: bytes) -> bytes:
        if len(content) < 6 or not 1 <= int.from_bytes(content[2:4], "little") <= 255:
            return content
        count, wide = int.from_bytes(content[2:4], "little"), content[4] & 1
        path = content[5 : 5 + count * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")
        reason = self._reason(path)
        if reason is None:
            return content
        self._work.took(*reason, path.encode("utf-8", "replace"))
        return _NOWHERE

    def _old_book(self, content: bytes) -> bytes:
        path = content[1 : 1 + content[0]].decode("cp1252", "replace") if len(content) >= 3 else ""
        reason = self._reason(path)
        if reason is None:
            return content
        self._work.took(*reason, path.encode("utf-8", "replace"))
        return content[:1] + b" " * content[0] + content[1 + content[0] :]

    def _reason(self, path: str) -> tuple[str, str, str] | None:
        """Code, kind and detail of a link that is not wanted; None for one that stays."""
        if path.startswith("\x01"):
            target = path[1:].replace("\x01@", "\\\\", 1).replace("\x03", "\\")
            target = target[2:] if target.startswith("\x05") else target
            kind = kind_of(USES["workbook"]._replace(anywhere=False), target)
            wanted = kind and self._work.wants(kind)
            return ("external-reference", kind, "linked workbook") if wanted else None
        program, separator, _ = path.partition("\x03")
        if not separator or not program:
            return None
        return (
            ("active-content", "dde-link", "link to a program")
            if self._work.wants("dde-link", "ole-link", "ole-link-remote")
            else None
        )

    def _placed(self, number: int, piece: bytes, moved: dict[int, int]) -> bytes:
        """A record that holds positions, with the new ones."""
        if number == _BOUNDSHEET:
            (place,) = struct.unpack_from("<I", piece, 4)
            if place not in moved:
                raise Refusal("a sheet of the workbook begins between records")
            return piece[:4] + struct.pack("<I", moved[place]) + piece[8:]
        count = (len(piece) - 4 - 12) // 4
        values = struct.unpack_from(f"<{count + 3}I", piece, 4)
        placed = [*values[:2], *(moved.get(value, value) for value in values[2:])] if self._modern else list(values)
        return piece[:4] + struct.pack(f"<{count + 3}I", *placed) + piece[4 + 4 * (count + 3) :]
