"""Binary Office documents in their smallest form: workbooks with macro sheets, documents with fields and macros ([MS-XLS], [MS-DOC])."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from attachguard.testkit.compound import build
from attachguard.testkit.vba import project, source

EXCEL = "00020820-0000-0000-C000-000000000046"
WORD = "00020906-0000-0000-C000-000000000046"
_TEXT = 0x400
#: Code points of Excel functions that take their arguments in a row ([MS-XLS] 2.5.198.17); the rest is added by name.
_FUNCTIONS = {
    "EXEC": 110,
    "CALL": 150,
    "REGISTER": 149,
    "FORMULA": 96,
    "HALT": 54,
    "ALERT": 118,
    "RUN": 17,
    "CHAR": 111,
}


def record(number: int, data: bytes = b"") -> bytes:
    """A BIFF record."""
    return struct.pack("<HH", number, len(data)) + data


def begin(kind: int, *, modern: bool = True) -> bytes:
    """The record that begins a stream or sheet of a kind."""
    return record(
        0x0809, struct.pack("<HHHH", 0x0600 if modern else 0x0500, kind, 0x0DBB, 0x07CC) + (bytes(8) if modern else b"")
    )


def workbook(
    sheets: Sequence[tuple[str, int, int]],
    *,
    extra: bytes = b"",
    modern: bool = True,
    kinds: Mapping[str, int] | None = None,
    cells: Mapping[str, bytes] | None = None,
) -> bytes:
    """A workbook stream; each sheet is its name, its kind (0 sheet, 1 macro sheet) and whether it is hidden (0, 1, 2).

    Args:
        sheets: as said.
        extra: more records among the workbook's own.
        modern: BIFF 8, or BIFF 5.
        kinds: kinds that sheets have in fact, by name, where the list lies about it.
        cells: records inside sheets, by name.
    """
    head = begin(5, modern=modern) + record(0x0042, struct.pack("<H", 1200 if modern else 1252)) + extra
    entries = [
        struct.pack("<BB", len(name), 0) + name.encode("latin-1")
        if modern
        else bytes([len(name)]) + name.encode("latin-1")
        for name, _, _ in sheets
    ]
    place = len(head) + sum(4 + 6 + len(entry) for entry in entries) + 4
    out, bodies = head, b""
    for (name, kind, hidden), entry in zip(sheets, entries, strict=True):
        out += record(0x0085, struct.pack("<IBB", place + len(bodies), hidden, kind) + entry)
        actual = (kinds or {}).get(name, 0x40 if kind == 1 else 0x10)
        bodies += begin(actual, modern=modern) + (cells or {}).get(name, b"") + record(0x000A)
    return out + record(0x000A) + bodies


def auto_open() -> bytes:
    """The built-in name Auto_Open ([MS-XLS] 2.4.150)."""
    return record(0x0018, struct.pack("<HBBHHH4xB", 0x0020, 0, 1, 3, 0, 1, 0) + b"\x01" + b"\x3a\x00\x00")


def file(stream: bytes, more: Mapping[str, bytes] | None = None, name: str = "Workbook") -> bytes:
    """A compound file around a workbook stream."""
    return build({name: stream, "\x01CompObj": bytes(60), **(more or {})}, EXCEL)


def call(function: str, *arguments: str) -> bytes:
    """A formula cell that calls a function with texts ([MS-XLS] 2.4.127, 2.5.198)."""
    tokens = b"".join(b"\x17" + bytes([len(text), 0]) + text.encode("latin-1") for text in arguments)
    tokens += struct.pack("<BBH", 0x42, len(arguments), _FUNCTIONS[function])
    return record(0x0006, struct.pack("<HHH8xHIH", 0, 0, 0, 0, 0, len(tokens)) + tokens)


def xls(*, calls: Sequence[Sequence[str]] = (), macro: str = "", hidden: bool = True) -> bytes:
    """An Excel 97 workbook with an Excel 4 macro sheet, with VBA, or with both.

    Args:
        calls: of the macro sheet, each a function and its texts: `["EXEC", "calc.exe"]`.
        macro: the source of its VBA module.
        hidden: whether the macro sheet is hidden so that only a program can show it.

    Raises:
        ValueError: a function that the builder does not know.
    """
    unknown = [row[0] for row in calls if row[0] not in _FUNCTIONS]
    if unknown:
        raise ValueError(f"no such function: {unknown[0]!r}; one of: {', '.join(sorted(_FUNCTIONS))}")
    sheets = [("Tabelle1", 0, 0)]
    extra, cells = b"", {}
    if calls:
        sheets.append(("Makro1", 1, 2 if hidden else 0))
        extra, cells = auto_open(), {"Makro1": b"".join(call(*row) for row in calls)}
    more = project({"Module1": source(macro)}, above="_VBA_PROJECT_CUR/") if macro else {}
    return file(workbook(sheets, extra=extra, cells=cells), more)


def header(
    flags: int = 0,
    key: int = 0,
    *,
    fields: bool = False,
    pieces: tuple[int, int] = (0, 0),
    strings: tuple[int, int] = (0, 0),
) -> bytes:
    """The head of a document stream (FIB): its flags, and where its tables are."""
    fib = bytearray(_TEXT)
    struct.pack_into("<HHHHHHHI", fib, 0, 0xA5EC, 0xC1, 0, 0x407, 0, flags | 0x0200, 0xBF, key)
    struct.pack_into("<II", fib, 0x9A + 8 * 16, 0, 10 if fields else 0)
    struct.pack_into("<II", fib, 0x9A + 8 * 33, *pieces)
    struct.pack_into("<II", fib, 0x9A + 8 * 32, *strings)
    return bytes(fib)


def streams(
    text: str = "Guten Tag", *, wide: bool = False, split: bool = False, template: str = ""
) -> dict[str, bytes]:
    """The streams of a document; `split` cuts the text into two pieces that are in the wrong order."""
    raw = text.encode("utf-16-le" if wide else "cp1252")
    half = len(text) // 2 if split else len(text)
    size = 2 if wide else 1
    first, second = raw[: half * size], raw[half * size :]
    places = [(_TEXT + len(second), half), (_TEXT, len(text) - half)] if split else [(_TEXT, half)]
    mark = 0 if wide else 0x4000_0000
    ends = [0]
    for _, count in places:
        ends.append(ends[-1] + count)
    pieces = struct.pack(f"<{len(ends)}I", *ends)
    for place, _ in places:
        pieces += struct.pack("<HIH", 0, mark | (place if wide else 2 * place), 0)
    clx = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    strings = b""
    if template:
        strings = (
            b"\xff\xff"
            + struct.pack("<HH", 2, 0)
            + bytes(2)
            + struct.pack("<H", len(template))
            + template.encode("utf-16-le")
        )
    fib = header(fields="\x13" in text, pieces=(0, len(clx)), strings=(len(clx), len(strings)))
    return {"WordDocument": fib + (second + first if split else raw), "1Table": clx + strings, "\x01CompObj": bytes(60)}


def doc(*, text: str = "Guten Tag", field: str = "", macro: str = "") -> bytes:
    """A Word 97 document.

    Args:
        text: its text.
        field: the instruction of a field, e.g. `DDEAUTO …`.
        macro: the source of its VBA module.
    """
    whole = text + (f"\x13 {field} \x14?\x15" if field else "")
    more = project({"ThisDocument": source(macro)}, above="Macros/") if macro else {}
    return build({**streams(whole), **more}, WORD)
