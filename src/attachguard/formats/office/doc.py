"""Word 97-2003 and Word 6/95 documents ([MS-DOC]): encryption, fields that start something, the attached template, WordBasic macros.

The `WordDocument` stream begins with the FIB, which says whether the document is encrypted and where in the table stream the piece table is; the
piece table gives the text, and in the text fields stand between the characters 0x13 (begin), 0x14 (result follows) and 0x15 (end). Macros and
embedded objects are the business of other modules.

Why our own: no package reads the fields of Word's binary files; oletools looks for DDE alone.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

from attachguard.containers import compound as compounds
from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats.office._office import crypt
from attachguard.formats.office._office.fields import field_facts
from attachguard.formats.referring import refer
from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.readers.compound import build as compound_build
from attachguard.readers.compound import file as compound
from attachguard.readers.compound.file import Compound
from attachguard.readers.references import USES

TYPES: Final = frozenset({"doc"})
LIMITATIONS: Final = (
    "XOR-obfuscated Word documents are reported, not opened.",
    "Of fields inside fields only the stored result and QUOTE with numbers are followed.",
)
EXTRACTS: Final = "Text for the rules."
DETECTS: Final = (
    "Encryption, write protection, DDE and other fields that act, attached templates, pictures from elsewhere, "
    "WordBasic macros."
)

_WORD97: Final = 0xA5EC
_WORD6: Final = 0xA5DC
#: Bits of the FIB's flags ([MS-DOC] 2.5.2).
_NFIB_97: Final = 0x00C1
#: Least `nFib` of each version of Word, the newest first.
_VERSIONS: Final = (
    (0x0112, "12"), (0x010C, "11"), (0x0101, "10"), (0x00D9, "9"), (0x00C0, "8"), (0x0068, "7"), (0x0065, "6"),
)  # fmt: skip
_ENCRYPTED: Final = 0x0100
_TABLE_1: Final = 0x0200
_OBFUSCATED: Final = 0x8000
#: What stays readable at the head of an encrypted WordDocument stream ([MS-DOC] 2.2.6.3).
_CLEAR: Final = 0x44
#: FibRgFcLcb97 ([MS-DOC] 2.5.6): offset and length of structures in the table stream, eight bytes each.
_PAIRS: Final = 0x9A
_SUMMARY_STRINGS: Final = 32  # fcSttbfAssoc
_PIECES: Final = 33  # fcClx
#: Field tables of the body, headers, footnotes, comments, endnotes, text boxes, header text boxes.
_FIELD_TABLES: Final = (16, 17, 18, 19, 48, 57, 59)

_MAXIMUM_PIECES: Final = 1 << 18
_MAXIMUM_TEXT: Final = 16 << 20
_MAXIMUM_FIELDS: Final = 20_000
_MAXIMUM_DEPTH: Final = 100
_FIELD_TEXT: Final = 4096
_FIELD_BEGIN: Final = "\x13"
_FIELD_RESULT: Final = "\x14"
_FIELD_END: Final = "\x15"
_MARKS: Final = re.compile("([\x13\x14\x15])")
_QUOTED_NUMBERS: Final = re.compile(r"\s*QUOTE((?:\s+\d{1,5}){1,400})\s*", re.IGNORECASE)
#: Fields that fetch: their first argument is a path or an address ([MS-OE376] 2.16.5).


def inspect(part: Part) -> Iterator[Fact]:
    """Encryption and the decrypted document; DDE and fetching fields; the template; WordBasic macros.

    Raises:
        Malformed: there is no WordDocument stream, or it is no document.
    """
    file = compounds.peek(part)
    if file is None:
        return
    stream = file.root.get("worddocument")
    if stream is None:
        raise Malformed("Word document: no WordDocument stream")
    word = file.read(stream)
    if len(word) < stream.size:
        yield part.finding("malformed-file", "compound file: the stream WordDocument is cut")
    if len(word) < 32:
        raise Malformed("Word document: its header is cut")
    ident, version, flags = struct.unpack_from("<HH6xH", word)
    part.describe({"version": _version(word, version)})
    if flags & _ENCRYPTED:
        yield from _encrypted(part, file, stream, word, flags)
    elif ident == _WORD97 and len(word) >= _PAIRS + 8 * (_PIECES + 1):
        table = file.root.get("1table" if flags & _TABLE_1 else "0table")
        yield from _word97(part, word, file.read(table) if table is not None else b"")
    elif ident == _WORD6:
        yield from _word6(part, word)
    managed = file.root.get("\tdrmcontent")
    if managed is not None:
        yield part.encrypted("unknown-key", "Office: rights management (IRM)")


def _version(word: bytes, version: int) -> str:
    """The version of Word that the header says: 8 is Word 97, 9 Word 2000, 12 Word 2007 ([MS-DOC] 2.5.1, nFib, and 2.5.15, nFibNew)."""
    if version == _NFIB_97 and len(word) > _PAIRS:
        place = _PAIRS + 8 * int.from_bytes(word[_PAIRS - 2 : _PAIRS], "little")
        if int.from_bytes(word[place : place + 2], "little"):
            version = int.from_bytes(word[place + 2 : place + 4], "little") or version
    return next((name for least, name in _VERSIONS if version >= least), "2")


# -- encryption ---------------------------------------------------------------------------------------------------------------


def _encrypted(part: Part, file: Compound, stream: compound.Entry, word: bytes, flags: int) -> Iterator[Fact]:
    table = file.root.get("1table" if flags & _TABLE_1 else "0table")
    (key,) = struct.unpack_from("<I", word, 14)
    scheme = (
        crypt.xor_scheme(key)
        if table is None or flags & _OBFUSCATED
        else crypt.binary_scheme(file.read(table, min(key, 4096)))
    )
    if scheme.kind in ("", "xor") or table is None or stream.size + table.size > crypt.MAXIMUM_SIZE:
        yield part.encrypted("unknown-password", f"Word: {scheme.name}")
        return
    entry: compound.Entry = table
    yield from crypt.first_that_opens(
        part, f"Word: {scheme.name}", lambda password: _open(file, stream, entry, word, scheme, password)
    )


def _open(
    file: Compound, stream: compound.Entry, table: compound.Entry, word: bytes, scheme: crypt.Scheme, password: str
) -> bytes | None:
    """The decrypted document; None for a wrong password."""
    # The verifier may be wrong where the password is right; a piece table that makes sense is proof too.
    sure = crypt.verify(scheme, password)
    clear = crypt.decrypt(scheme, password, word if sure else word[: 4 * _CLEAR * 8], block_size=512)
    tables = crypt.decrypt(scheme, password, file.read(table), block_size=512) if sure or clear else b""
    if not sure:
        if not _has_pieces(clear, tables):
            return None
        clear = crypt.decrypt(scheme, password, word, block_size=512)
    head = bytearray(word[:_CLEAR])
    (flags,) = struct.unpack_from("<H", head, 10)
    struct.pack_into("<H", head, 10, flags & ~(_ENCRYPTED | _OBFUSCATED))
    struct.pack_into("<I", head, 14, 0)
    replaced = {stream: bytes(head) + clear[_CLEAR:], table: tables}
    data = file.root.get("data")
    if data is not None:
        replaced[data] = crypt.decrypt(scheme, password, file.read(data), block_size=512)
    return compound_build.write(compound_build.copy(file, file.root, replaced))


def _has_pieces(word: bytes, table: bytes) -> bool:
    """Whether the decrypted header leads to a piece table that makes sense: its positions begin at 0 and grow ([MS-DOC] 2.8.35)."""
    place, length = _pair(word, _PIECES)
    if length < 21 or place + length > len(table):
        return False
    clx = table[place : place + length]
    at = _after_properties(clx)
    if at + 21 > len(clx) or clx[at] != 2:
        return False
    size = int.from_bytes(clx[at + 1 : at + 5], "little")
    first, second = struct.unpack_from("<II", clx, at + 5)
    return at + 5 + size == len(clx) and size % 12 == 4 and first == 0 and 0 < second < 1 << 30


# -- Word 97 and later ----------------------------------------------------------------------------------------------------------


def _pair(word: bytes, index: int) -> tuple[int, int]:
    """Offset and length of a structure in the table stream."""
    start = _PAIRS + 8 * index
    if start + 8 > len(word):
        return 0, 0
    place, length = struct.unpack_from("<II", word, start)
    return place, length


def _word97(part: Part, word: bytes, table: bytes) -> Iterator[Fact]:
    lowered = word.lower()
    has_fields = any(_pair(word, index)[1] for index in _FIELD_TABLES)
    if has_fields or b"dde" in lowered or b"d\0d\0e" in lowered:
        yield from field_facts(part, field_codes(_text(part, word, table)))
    template = _string(table, _pair(word, _SUMMARY_STRINGS), 1)
    yield from refer(part, USES["template"], template, words="Attached template")


def _after_properties(clx: bytes) -> int:
    """Where the piece table (0x02) begins: property modifications (0x01) come first ([MS-DOC] 2.9.38)."""
    at = 0
    while at + 3 <= len(clx) and clx[at] == 1:
        at += 3 + int.from_bytes(clx[at + 1 : at + 3], "little")
    return at


def _text(part: Part, word: bytes, table: bytes) -> str:
    """The text of a document by its piece table ([MS-DOC] 2.8.35, 2.9.177); all of the stream where that is broken."""
    place, length = _pair(word, _PIECES)
    clx = table[place : place + length]
    at = _after_properties(clx)
    if at + 5 > len(clx) or clx[at] != 2:
        return word[:_MAXIMUM_TEXT].decode("latin-1") + word[:_MAXIMUM_TEXT].decode("utf-16-le", "replace")
    size = min(int.from_bytes(clx[at + 1 : at + 5], "little"), len(clx) - at - 5)
    total = (size - 4) // 12 if size >= 16 else 0
    count = min(total, _MAXIMUM_PIECES)
    ends = struct.unpack_from(f"<{count + 1}I", clx, at + 5) if count else ()
    # Descriptors follow all positions, of which there is one more than pieces.
    first = at + 5 + 4 * (total + 1)
    pieces = []
    have = 0
    for number in range(count):
        letters = ends[number + 1] - ends[number]
        (offset,) = struct.unpack_from("<I", clx, first + 8 * number + 2)
        narrow = offset & 0x4000_0000
        offset &= 0x3FFF_FFFF
        if letters <= 0:
            continue
        raw = word[offset // 2 : offset // 2 + letters] if narrow else word[offset : offset + 2 * letters]
        have += len(raw)
        if have > _MAXIMUM_TEXT:
            raise LimitExceeded("part_bytes", f"more than {_MAXIMUM_TEXT} bytes of text in one document")
        pieces.append(raw.decode("cp1252" if narrow else "utf-16-le", "replace"))
    part.budget.charge(have)
    return "".join(pieces)


def _string(table: bytes, pair: tuple[int, int], index: int) -> str:
    """One string of an extended STTB ([MS-DOC] 2.2.4); empty where there is none."""
    place, length = pair
    data = table[place : place + min(length, 1 << 16)]
    if len(data) < 6 or data[:2] != b"\xff\xff":
        return ""
    (extra,) = struct.unpack_from("<H", data, 4)
    at = 6
    for number in range(index + 1):
        if at + 2 > len(data):
            return ""
        size = 2 * int.from_bytes(data[at : at + 2], "little")
        if number == index:
            return data[at + 2 : at + 2 + size].decode("utf-16-le", "replace")
        at += 2 + size + extra
    return ""


# -- fields -----------------------------------------------------------------------------------------------------------------------


def field_codes(text: str) -> Iterator[str]:
    """The codes of all fields of a text, outer ones with the results of inner ones in their place.

    Args:
        text: with the field characters 0x13, 0x14, 0x15.

    Raises:
        LimitExceeded: there are too many.
    """
    # Each open field: its code so far, its result so far, whether the result has begun.
    stack: list[list[str]] = []
    count = 0
    for piece in _MARKS.split(text):
        if piece == _FIELD_BEGIN:
            stack.append(["", "", ""])
            count += 1
            if count > _MAXIMUM_FIELDS or len(stack) > _MAXIMUM_DEPTH:
                yield from (code for code, _, _ in stack)
                raise LimitExceeded(
                    "parts", f"more than {_MAXIMUM_FIELDS} fields, or {_MAXIMUM_DEPTH} in each other, in one document"
                )
        elif not stack:
            continue
        elif piece == _FIELD_RESULT:
            stack[-1][2] = "result"
        elif piece == _FIELD_END:
            code, result, _ = stack.pop()
            yield code
            numbers = _QUOTED_NUMBERS.fullmatch(code)
            if numbers:
                result = "".join(chr(int(number)) for number in numbers[1].split() if int(number) < 0x10000)
            if stack:
                _append(stack[-1], result)
        else:
            _append(stack[-1], piece)
    for code, _, _ in stack:
        yield code


def _append(field: list[str], text: str) -> None:
    place = 1 if field[2] else 0
    if len(field[place]) < _FIELD_TEXT:
        field[place] += text[:_FIELD_TEXT]


# -- Word 6 and 95 ------------------------------------------------------------------------------------------------------------------


def _word6(part: Part, word: bytes) -> Iterator[Fact]:
    if len(word) >= 0x120:
        start, end = struct.unpack_from("<II", word, 0x18)
        if b"\x13" in word[start:end]:
            text = word[start : min(end, start + _MAXIMUM_TEXT)].decode("cp1252", "replace")
            yield from field_facts(part, field_codes(text))
        # The command table begins with 0xFF; its record 0x01 lists the macros of a template.
        place, length = struct.unpack_from("<II", word, 0x118)
        table = word[place : place + min(length, 4)]
        if len(table) == 4 and table[:2] == b"\xff\x01" and int.from_bytes(table[2:], "little"):
            yield part.finding("wordbasic", f"WordBasic: {int.from_bytes(table[2:], 'little')} macros")
