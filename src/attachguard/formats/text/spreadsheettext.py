"""Spreadsheets as text: CSV, tab-separated text, DIF and SYLK.

A spreadsheet program runs what is in a cell of such a file if it is a formula: `=app|'topic'!item` starts a program by DDE, `=WEBSERVICE(…)`
fetches. A formula is at the beginning of a cell, in prose it is not one. SYLK also holds Excel 4 macros: the `O` record's `E` says macro sheet,
an `NN` record names the cell that runs on opening.

References: RFC 4180; Excel's external reference notation (`application|topic!item`); SYLK file format (Microsoft, 1986); DIF (Software Arts).

Why our own: `csv` gives values; what matters is which cells a spreadsheet program takes for a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import LimitExceeded
from attachguard.formats.markup.shared import ascii_markup, is_remote, shown
from attachguard.later import later
from attachguard.part import Part
from attachguard.readers.references import USES, kind_of
from attachguard.types.filetypes import filetype

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"csv", "txt", "slk", "dif"})
MARKS: Final = (b"|", b"(")
LIMITATIONS: Final = (
    "In plain text that is not a table, a DDE formula counts only where it is a whole line or cell; inside prose it is prose.",
    "SYLK macros are reported and shown to rules as text, not evaluated.",
)
EXTRACTS: Final = "Nothing."
DETECTS: Final = "DDE formulas, functions that fetch or start something, macros in SYLK."

_MOST: Final = 20
#: SYLK records of interest are few; lines looked at.
_MOST_RECORDS: Final = 300_000
#: So many of them, and so many cells that look like formulas, take as long as one look, see `Budget.spare`.
_RECORDS: Final = 2
_CELLS: Final = 1
#: What a call of a function takes whose address is read.
_CALLS: Final = 2
#: The same for octets of lines that are searched for cells that start programs, or that are joined from pieces.
_OCTETS: Final = 200

#: The beginning of a cell, quoted or not, up to the bar: a formula's sign, then what is no delimiter, strings of the formula included.
_CELL: Final = (
    rb"(?:^|[\r,;\t])[ \x01-\x08\x0e-\x1f]{0,200}"
    rb"(?:\"[ ]{0,200}[=+@-][^\"\r\n|]{0,500}|[=+@-](?:[^\"\r\n|,;\t]|\"[^\"\r\n|]{0,100}\"){0,500}+)"
)
#: Blanks before the bar are a trick and not prose where the topic is quoted.
_DDE_CELL: Final = later(
    _CELL
    + rb"(?:(?<=[\w.)\\\] ])\|[ ]{0,200}'[^'\r\n]{0,2000}'[ ]{0,20}|(?<=[\w.)\\\]])\|[ ]{0,5}[^\s!|'\"]{1,255})![^\r\n,;\t]{0,60}",
    re.MULTILINE,
)
#: The same as a whole line, for text that is no table. Without quotes around the topic only `=` makes it a formula: lists begin with `-` and `+`.
_DDE_LINE: Final = later(
    rb"^(?:\"\"|[\"'])?(?:[=+@-][^\"\r\n|]{0,200}[\w.)\\]\|[ ]{0,5}'[^'\r\n]{0,2000}'|=[ \t]{0,5}[\w.\\]{1,100}\|[^\s!|'\"]{1,255})!"
    rb"[\w$:.'\"]{1,40}[ \t]{0,20}(?=[,;\r\n]|\Z)",
    re.MULTILINE,
)
_DDE_CALL: Final = later(
    rb"(?:^|[\r,;\t])[ ]{0,20}\"?[ ]{0,20}[=+@-][ ]{0,20}DDE\([^\r\n]{1,200}", re.MULTILINE | re.IGNORECASE
)
_FETCH_CALL: Final = later(
    rb"(?:^|[\r,;\t])[ ]{0,20}\"?[ ]{0,20}[=+@-][^\r\n,;\t]{0,80}?"
    rb"\b(HYPERLINK|WEBSERVICE|IMPORTXML|IMPORTDATA|IMPORTFEED|IMPORTHTML|IMPORTRANGE|IMAGE)[ ]{0,5}\([^\r\n]{0,20}?"
    rb"((?:https?|ftp|file):[^\"'\r\n)]{1,300}|\\\\[^\"'\r\n)]{1,300})",
    re.MULTILINE | re.IGNORECASE,
)
#: A quoted string at the beginning of a cell with something after it.
_SPLICED: Final = later(
    rb"(?:^|[\r,;\t])[ \x01-\x08\x0e-\x1f]{0,200}\"((?:[^\"\r\n]|\"\"){0,500}+)\"[ ]{0,20}([^\"\r\n,;\t ][^\r\n]{0,600})",
    re.MULTILINE,
)
#: What stands in every line in which such a string may begin a formula, and in every one with a formula that starts a program.
_CLOSING: Final = re.compile(rb"\"[^\n|(\"]*+[|(]")
_BAR: Final = re.compile(rb"\|[^\n!|]*+!")
#: Octets after such a line that are searched with it.
_TOGETHER: Final = 800
#: Cells that are looked at one by one.
_MOST_CELLS: Final = 100_000
_LONGEST_LINE: Final = 4_096
_QUOTE: Final = 0x22
#: Such cells that are looked at: one of each function is said.
_MOST_FETCHES: Final = 20_000
_FETCH_WORDS: Final = (b"HYPERLINK(", b"WEBSERVICE(", b"IMPORT", b"IMAGE(")

_SYLK_RECORD: Final = later(rb"^(?:O;[^\r\n]*|N[NEL];[^\r\n]*|C;[^\r\n]*;E[^\r\n]*)", re.MULTILINE)
_SYLK_EXPRESSION: Final = re.compile(rb";E((?:[^;\r\n]|;;)*)")
_SYLK_NAME: Final = re.compile(rb";N((?:[^;\r\n]|;;)*)")
_MACRO_CALL: Final = later(
    rb"\b(EXEC|CALL|REGISTER|RUN|FORMULA(?:\.FILL|\.ARRAY)?|FOPEN|FWRITE(?:LN)?|URLDOWNLOAD\w*|INITIATE|EXECUTE|HALT|ALERT|ON\.TIME|GET\.WORKSPACE|RETURN|"
    rb"GOTO|SET\.NAME|SEND\.KEYS|APP\.MINIMIZE|WORKBOOK\.\w+|FILE\.DELETE)\s{0,5}\(",
    re.IGNORECASE,
)
_DANGEROUS: Final = frozenset(
    {
        b"EXEC",
        b"CALL",
        b"REGISTER",
        b"FOPEN",
        b"FWRITE",
        b"FWRITELN",
        b"INITIATE",
        b"EXECUTE",
        b"SEND.KEYS",
        b"FORMULA",
        b"FORMULA.FILL",
    }
)
_SYLK_DDE: Final = later(rb"[\w.)\\]\|[ ]{0,5}(?:'[^'\r\n]{0,2000}'|[^\s!|'\"]{1,255})!")


def inspect(part: Part) -> Iterator[Fact]:
    """Formulas and macros in cells."""
    if part.is_a("slk"):
        yield from _sylk(part, part.once(ascii_markup))
        return
    table = part.is_a("csv", "dif") or part.extension in ("csv", "tsv", "tab", "dif")
    if not table and b"|" not in part.data:
        return
    data = part.once(ascii_markup).removeprefix(b"\xef\xbb\xbf")
    if table and b'"' in data:
        data += _spliced(part, data)
    if b"|" in data and b"!" in data:
        pattern = _DDE_CELL if table else _DDE_LINE
        yield from _formulas(part, data, pattern)
    if not table:
        return
    upper = data.upper() if b"(" in data and (b"=" in data or b"@" in data or b"+" in data) else b""
    if b"DDE(" in upper:
        yield from _formulas(part, data, _DDE_CALL)
    if any(word in upper for word in _FETCH_WORDS):
        yield from _fetches(part, data)


def _telling_lines(part: Part, data: bytes, telling: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Where lines are in which something telling stands, with those after them up to some octets: one word of it is found faster than a cell.

    Raises:
        LimitExceeded: the message has too much of them.
    """
    end, octets = 0, 0
    while (found := telling.search(data, end)) is not None:
        start = data.rfind(b"\n", end, found.start()) + 1 or end
        close = data.find(b"\n", found.end() - 1 + _TOGETHER)
        end = close + 1 if close >= 0 else len(data)
        octets += end - start
        if octets >= _OCTETS:
            part.budget.look("octets of lines in tables", octets // _OCTETS)
            octets %= _OCTETS
        yield start, end


def _spliced(part: Part, data: bytes) -> bytes:
    """Cells that a spreadsheet program joins from a quoted string and what follows it, `""=…`, one a line."""
    cells: list[bytes] = []
    matches = (
        match for start, end in _telling_lines(part, data, _CLOSING) for match in _SPLICED.finditer(data, start, end)
    )
    for match in matches:
        quoted, rest = match[1].replace(b'""', b'"').lstrip(), match[2]
        if (quoted or rest)[:1] in (b"=", b"+", b"-", b"@") and (b"|" in rest or b"(" in rest):
            cells.append(quoted + rest)
            if len(cells) > _MOST_CELLS:
                raise LimitExceeded("cells", f"more than {_MOST_CELLS} cells that are joined from pieces")
    return b"\n" + b"\n".join(cells) if cells else b""


def _formulas(part: Part, data: bytes, pattern: re.Pattern[bytes]) -> Iterator[Fact]:
    said = 0
    # Where quotes have been counted up to, and whether one is open there.
    place, opened = 0, False
    found = (
        pattern.finditer(data)
        if pattern is _DDE_CALL
        else (match for start, end in _telling_lines(part, data, _BAR) for match in pattern.finditer(data, start, end))
    )
    for number, match in enumerate(found):
        if number > _MOST_CELLS:
            raise LimitExceeded("cells", f"more than {_MOST_CELLS} cells that look like formulas")
        if not number % _CELLS:
            part.budget.look("cells that look like formulas")
        start = match.start() + (data[match.start()] in b"\r,;\t")
        line = max(data.rfind(b"\n", 0, start), data.rfind(b"\r", 0, start)) + 1
        opened ^= data.count(b'"', place, line) % 2 == 1
        place = line
        if pattern is not _DDE_LINE and not _is_cell(data[line:start], opened=opened):
            continue
        text = match[0].decode("utf-8", "replace").strip(" \t,;\"'")
        yield part.finding("dde-formula", f"DDE formula: {shown(text)}", offset=match.start())
        said += 1
        if said >= _MOST:
            return


def _is_cell(before: bytes, *, opened: bool) -> bool:
    """Whether a cell begins after this part of a line, by any delimiter; inside a quoted string none does.

    Args:
        before: the line up to there.
        opened: whether quotes before the line may be open still.
    """
    if b'"' not in before or len(before) > _LONGEST_LINE:
        return True
    return any(
        _begins(before, delimiter, inside)
        for delimiter in b",;\t"
        for inside in ((False, True) if opened else (False,))
    )


def _begins(before: bytes, delimiter: int, inside: bool) -> bool:  # noqa: FBT001  the state that the machine starts in
    fresh, closed = not inside, False
    for letter in before:
        if inside:
            # Doubled quotes close and open again, which comes to the same.
            inside = letter != _QUOTE
            fresh = False
        elif letter == delimiter:
            fresh = True
        elif letter == _QUOTE and (fresh or closed):
            inside, fresh = True, False
        else:
            fresh = False
        closed = letter == _QUOTE
    return fresh and not inside


def _fetches(part: Part, data: bytes) -> Iterator[Fact]:
    said: set[tuple[bytes, str]] = set()
    for number, match in enumerate(_FETCH_CALL.finditer(data)):
        if number >= _MOST_FETCHES:
            return
        part.budget.look("calls of functions that fetch", _CALLS)
        function = match[1].upper()
        target = match[2].decode("utf-8", "replace")
        kind = kind_of(USES["link" if function == b"HYPERLINK" else "function"], target)
        if function == b"HYPERLINK" and not kind:
            kind = "fetching-function" if is_remote(target) else ""
        if kind and (function, kind) not in said:
            said.add((function, kind))
            yield part.finding(kind, f"spreadsheet function {function.decode()}: {shown(target)}", offset=match.start())


def _sylk(part: Part, data: bytes) -> Iterator[Fact]:
    macro_sheet = False
    automatic = False
    calls: list[bytes] = []
    formulas: list[bytes] = []
    links = 0
    crowded = False
    for number, match in enumerate(_SYLK_RECORD.finditer(data)):
        if number >= _MOST_RECORDS:
            crowded = True
            break
        if number % 10_000 == 0:
            part.budget.check_time()
        if not number % _RECORDS:
            part.budget.look("records of sheets")
        record = match[0]
        if record.startswith(b"O;"):
            # O;E: the sheet is executable, a macro sheet.
            macro_sheet = macro_sheet or b"E" in (field.strip() for field in record.split(b";")[1:])
            continue
        if record.startswith(b"N"):
            name = _SYLK_NAME.search(record)
            automatic = automatic or (
                name is not None and name[1].strip().lower().startswith((b"auto_", b"_xlnm.auto"))
            )
            continue
        expression = _SYLK_EXPRESSION.search(record)
        if expression is None:
            continue
        formulas.append(expression[1])
        calls += (call.upper() for call in _MACRO_CALL.findall(expression[1]))
        if links < _MOST and b"|" in expression[1] and _SYLK_DDE.search(expression[1]):
            links += 1
            yield part.finding(
                "dde-formula", f"DDE formula: ={shown(expression[1].decode('latin-1'))}", offset=match.start()
            )
    if macro_sheet or (automatic and formulas):
        used = sorted(set(calls))
        grades = [
            grade
            for grade, holds in (("auto-exec", automatic), ("suspicious", not _DANGEROUS.isdisjoint(used)))
            if holds
        ]
        kind = f"XLM ({', '.join(grades)})" if grades else "XLM"
        yield part.finding(
            "xlm",
            f"{kind}: SYLK macro sheet, {len(formulas)} formulas"
            + (f", {shown(b' '.join(used).decode())}" if used else ""),
        )
        yield part.layer("macros.txt", b"\n".join(formulas), filetype("txt"))
    if crowded:
        raise LimitExceeded("lines", f"SYLK: more than {_MOST_RECORDS} records in one sheet")
