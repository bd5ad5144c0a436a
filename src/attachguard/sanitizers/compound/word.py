"""Inside a Word document of 97 to 2003 ([MS-DOC]): the command table, fields that start or fetch something, the template.

Everything is overwritten in its place, so no position in the file changes: text, tables and pictures stay where their addresses lead.
"""

from __future__ import annotations

import struct
from typing import Final

from attachguard.readers.compound.build import Storage
from attachguard.readers.references import USES, kind_of
from attachguard.sanitizers.fields import judged
from attachguard.sanitizers.record import Refusal, Work

_WORD97: Final = 0xA5EC
_WORD6: Final = (0xA5DC, 0xA5DB)
_ENCRYPTED: Final = 0x0100
_TABLE_1: Final = 0x0200
_PAIRS: Final = 0x9A
_COMMANDS: Final = 24  # fcCmds: key bindings, toolbars and macros by name
_NAMES: Final = 26  # fcSttbfMcr
_ASSOCIATED: Final = 32  # fcSttbfAssoc
_PIECES: Final = 33  # fcClx
_MOST: Final = 1 << 18


def clean(root: Storage, work: Work) -> None:
    """Overwrite what is not wanted in the document's own streams."""
    name = next((each for each in root.streams if each.lower() == "worddocument"), None)
    if name is None:
        raise Refusal("there is no WordDocument stream")
    word = bytearray(root.streams[name])
    if len(word) < 32:
        raise Refusal("the header of the document is cut")
    ident, _version, flags = struct.unpack_from("<HH6xH", word)
    if flags & _ENCRYPTED:
        raise Refusal("encrypted: it cannot be changed, only kept back")
    if ident in _WORD6:
        _old(word, work)
        root.streams[name] = bytes(word)
        return
    wanted = "1table" if flags & _TABLE_1 else "0table"
    table_name = next((each for each in root.streams if each.lower() == wanted), None)
    if ident != _WORD97 or table_name is None or len(word) < _PAIRS + 8 * (_PIECES + 1):
        return
    table = bytearray(root.streams[table_name])
    if work.wants("vba"):
        for index in (_COMMANDS, _NAMES):
            _blank_pair(word, table, index, work)
    _template(word, table, work)
    _fields(word, _runs(word, table), work)
    root.streams[name], root.streams[table_name] = bytes(word), bytes(table)


def _pair(word: bytearray, index: int) -> tuple[int, int]:
    place, length = struct.unpack_from("<II", word, _PAIRS + 8 * index)
    return place, length


def _blank_pair(word: bytearray, table: bytearray, index: int, work: Work) -> None:
    """Take a structure out of the table stream: its bytes, and its place in the FIB."""
    place, length = _pair(word, index)
    if not length or place + length > len(table):
        return
    content = bytes(table[place : place + length])
    # What every document has is a table with nothing in it.
    if index == _COMMANDS and (len(content) <= 2 or not _names_macros(content)):
        return
    work.took("macro-content", "vba", "command table that names macros", content)
    table[place : place + length] = bytes(length)
    struct.pack_into("<II", word, _PAIRS + 8 * index, place, 0)


def _names_macros(commands: bytes) -> bool:
    # Behind the first byte stand records; 0x01 lists macros, 0x10 and 0x11 their names ([MS-DOC] 2.9.326).
    return commands[:1] == b"\xff" and commands[1:2] not in (b"\x40", b"")


# -- text ------------------------------------------------------------------------------------------------------------------------


def _runs(word: bytearray, table: bytearray) -> list[tuple[int, int, int]]:
    """The pieces of the text: where each is in the stream, how many letters it has, and bytes a letter."""
    place, length = _pair(word, _PIECES)
    clx = bytes(table[place : place + length])
    at = 0
    while at + 3 <= len(clx) and clx[at] == 1:
        at += 3 + int.from_bytes(clx[at + 1 : at + 3], "little")
    if at + 5 > len(clx) or clx[at] != 2:
        return []
    size = min(int.from_bytes(clx[at + 1 : at + 5], "little"), len(clx) - at - 5)
    count = (size - 4) // 12 if size >= 16 else 0
    if count > _MOST:
        raise Refusal("the text is in too many pieces")
    ends = struct.unpack_from(f"<{count + 1}I", clx, at + 5) if count else ()
    first = at + 5 + 4 * (count + 1)
    found: list[tuple[int, int, int]] = []
    for number in range(count):
        letters = ends[number + 1] - ends[number]
        (offset,) = struct.unpack_from("<I", clx, first + 8 * number + 2)
        width = 1 if offset & 0x4000_0000 else 2
        offset &= 0x3FFF_FFFF
        offset = offset // 2 if width == 1 else offset
        if letters > 0 and offset + letters * width <= len(word):
            found.append((offset, letters, width))
    return found


def _fields(word: bytearray, runs: list[tuple[int, int, int]], work: Work) -> None:
    """Overwrite the codes of unwanted fields with blanks; their results stay."""
    # For each open field: its code, the places of the letters of its code, whether its result has begun.
    stack: list[tuple[list[str], list[tuple[int, int]], list[bool]]] = []
    for offset, letters, width in runs:
        work.budget.check_time()
        raw = bytes(word[offset : offset + letters * width])
        text = raw.decode("latin-1" if width == 1 else "utf-16-le", "replace") if len(raw) == letters * width else ""
        if len(text) != letters:
            text = "".join(chr(int.from_bytes(raw[at : at + width], "little")) for at in range(0, len(raw), width))
        if not stack and "\x13" not in text:
            continue
        for index, letter in enumerate(text):
            if letter == "\x13":
                stack.append(([], [], [False]))
            elif letter == "\x14" and stack:
                stack[-1][2][0] = True
            elif letter == "\x15" and stack:
                codes, places, _ = stack.pop()
                _overwrite(word, "".join(codes), places, work)
            elif stack:
                for codes, places, told in stack:
                    if not told[0] and len(places) < 1 << 16:
                        codes.append(letter)
                        places.append((offset + index * width, width))
    for codes, places, _ in stack:
        _overwrite(word, "".join(codes), places, work)


def _overwrite(word: bytearray, code: str, places: list[tuple[int, int]], work: Work) -> None:
    reason = judged(code, work)
    if reason is None:
        return
    work.took(*reason, code.encode("utf-8", "replace"))
    for place, width in places:
        word[place : place + width] = b" " if width == 1 else b" \0"


def _old(word: bytearray, work: Work) -> None:
    """Word 6 and 95: fields can be overwritten, macros cannot."""
    if len(word) < 0x120:
        raise Refusal("the header of the document is cut")
    place, length = struct.unpack_from("<II", word, 0x118)
    table = bytes(word[place : place + min(length, 4)])
    if len(table) == 4 and table[:2] == b"\xff\x01" and int.from_bytes(table[2:], "little"):
        raise Refusal("macros of Word 6 or 95")
    start, end = struct.unpack_from("<II", word, 0x18)
    if start < end <= len(word):
        _fields(word, [(start, end - start, 1)], work)


# -- the template -------------------------------------------------------------------------------------------------------------------


def _template(word: bytearray, table: bytearray, work: Work) -> None:
    """A template elsewhere becomes the one that every Word has; the string keeps its length."""
    place, length = _pair(word, _ASSOCIATED)
    if length < 6 or place + length > len(table) or table[place : place + 2] != b"\xff\xff":
        return
    (extra,) = struct.unpack_from("<H", table, place + 4)
    at = place + 6
    for number in range(2):
        if at + 2 > place + length:
            return
        size = 2 * int.from_bytes(table[at : at + 2], "little")
        if number == 1:
            said = bytes(table[at + 2 : at + 2 + size]).decode("utf-16-le", "replace")
            kind = kind_of(USES["template"], said)
            if kind and work.wants(kind):
                work.took("external-reference", kind, "attached template", said.encode("utf-8", "replace"))
                plain = "Normal.dot"[: size // 2].ljust(size // 2)
                table[at + 2 : at + 2 + size] = plain.encode("utf-16-le")
            return
        at += 2 + size + extra
