"""Excel 97-2003 and 5/95 workbooks, and bare streams of BIFF 2 to 8 ([MS-XLS]): macro sheets, encryption, DDE and OLE links.

The `Workbook` stream (BIFF 8) or `Book` stream (BIFF 5) is a row of records. Its first substream, the globals, names every sheet with its kind and
whether it is hidden (BOUNDSHEET), holds the names that run by themselves (Auto_Open), the links to other programs (SUPBOOK, EXTERNSHEET) and says
whether the rest is encrypted (FILEPASS). A file may have both streams; both are looked at. VBA and embedded
objects are the business of other modules.

Why our own: xlrd builds every cell and passes over macro sheets.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from attachguard._core.biff import records
from attachguard.containers import compound as compounds
from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats.markup.shared import shown
from attachguard.formats.office._office.xlslinks import formula_links, readable_path, sheet_links
from attachguard.formats.office._office.xlssecret import opened
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.compound import build as compound_build
from attachguard.readers.compound.file import Compound, Entry
from attachguard.readers.references import USES, kind_of

TYPES: Final = frozenset({"xls", "biff"})
LIMITATIONS: Final = ("XLM formulas are not evaluated: that there is a macro sheet is the finding.",)
EXTRACTS: Final = "Formulas for the rules."
DETECTS: Final = (
    "Excel 4 macro sheets, also hidden ones, Excel 5 modules, encryption, default passwords, rights "
    "management, DDE links, linked workbooks, hyperlinks and queries that lead to network paths or run something."
)

_EXTERNSHEET: Final = 0x0017
_LABEL: Final = 0x0018
_EXTERNNAME: Final = 0x0023
_FILEPASS: Final = 0x002F
_BOUNDSHEET: Final = 0x0085
_SUPBOOK: Final = 0x01AE


def _table(size: int, *numbers: int) -> bytes:
    table = bytearray(size)
    for number in numbers:
        table[number] = 1
    return bytes(table)


_WANTED: Final = _table(0x0200, _EXTERNSHEET, _LABEL, _EXTERNNAME, _FILEPASS, _BOUNDSHEET, _SUPBOOK)
#: The records that begin a sheet or workbook, of BIFF 2 to 4.
_BEGINNINGS: Final = _table(0x0410, 0x0009, 0x0209, 0x0409)
#: Links of one kind that are listed.
_MOST_LINKS: Final = 50
_MAXIMUM_RECORDS: Final = 20_000
#: `dt` of a beginning of file record and of a sheet's entry ([MS-XLS] 2.4.21, 2.4.28).
_MACRO_SHEET_BOF: Final = 0x0040
_MACRO_SHEET: Final = 1
_MODULE: Final = 6
_HIDDEN: Final = ("", ", hidden", ", very hidden", ", very hidden")
#: Names that Excel runs, by their number as built-in names ([MS-XLS] 2.5.198.13).
_RUNNING: Final = {1: "Auto_Open", 2: "Auto_Close", 10: "Auto_Activate", 11: "Auto_Deactivate"}


def inspect(part: Part) -> Iterator[Part | Finding]:
    """Macro sheets, names that run, links; encryption and the decrypted workbook.

    Raises:
        Malformed: there is no workbook stream, or it is no workbook.
    """
    if part.is_a("biff"):
        yield from _bare(part)
        return
    file = compounds.peek(part)
    if file is None:
        return
    if file.root.get("\tdrmcontent") is not None:
        yield part.encrypted("unknown-key", "Office: rights management (IRM)")
    found = False
    project = any(storage.name.lower() == "_vba_project" for storage in file.storages())
    for name in ("workbook", "book"):
        entry = file.root.get(name)
        if entry is not None:
            found = True
            stream = file.read(entry)
            if len(stream) < entry.size:
                yield part.finding("malformed-file", f"compound file: the stream {shown(entry.name)} is cut")
            yield from _workbook(part, stream, partial(_rebuilt, file, entry), project=project)
    if not found:
        raise Malformed("Excel workbook: no workbook stream")


def _rebuilt(file: Compound, entry: Entry, stream: bytes) -> bytes:
    """The file with another content of one stream."""
    return compound_build.write(compound_build.copy(file, file.root, {entry: stream}))


def _bare(part: Part) -> Iterator[Part | Finding]:
    """A stream of records without a compound file around it: BIFF 2 to 4 as Excel wrote it, BIFF 5 and 8 as other programs open it."""
    data = part.data
    if data[1:2] == b"\x08":
        yield from _workbook(part, data, bytes, project=False)
        return
    begins = [data[place : place + 4] for number, place, _ in records(data, 0, _BEGINNINGS, _MAXIMUM_RECORDS)]
    # A workbook of BIFF 4 holds its sheets one after the other.
    if any(int.from_bytes(begin[2:4], "little") == _MACRO_SHEET_BOF for begin in begins):
        yield part.finding("xlm", "XLM: macro sheet file")
    found = records(data, 0, _WANTED, _MAXIMUM_RECORDS)
    if any(number == _FILEPASS for number, _, _ in found):
        yield part.encrypted("unknown-password", "Excel: XOR obfuscation")
        return
    yield from _links(part, [(number, data[place : place + length]) for number, place, length in found], modern=False)


def _workbook(
    part: Part, stream: bytes, rebuild: Callable[[bytes], bytes], *, project: bool
) -> Iterator[Part | Finding]:
    if len(stream) < 8 or stream[0] != 0x09:
        raise Malformed("Excel workbook: it does not begin with a record BOF")
    # The version of BIFF: 5 is that of Excel 5 and 95, 8, which is written as 6, that of Excel 97 to 2003.
    part.describe({"version": "8" if stream[5] == 6 else str(stream[5])})
    found = records(stream, 0, _WANTED, _MAXIMUM_RECORDS)
    for number, place, length in found:
        if number == _FILEPASS:
            yield from opened(part, stream, stream[place : place + length], rebuild)
            return
    modern = stream[4:6] == b"\x00\x06"
    contents = [(number, stream[place : place + length]) for number, place, length in found]
    yield from _macros(part, stream, contents, modern=modern, project=project)
    yield from _links(part, contents, modern=modern)
    yield from _sheet_links(part, stream, contents)
    if len(found) >= _MAXIMUM_RECORDS:
        raise LimitExceeded("parts", f"more than {_MAXIMUM_RECORDS} names and links in one workbook")


def _macros(
    part: Part, stream: bytes, contents: list[tuple[int, bytes]], *, modern: bool, project: bool
) -> Iterator[Finding]:
    sheets: list[str] = []
    modules = 0
    running: dict[str, None] = {}
    for number, content in contents:
        if number == _BOUNDSHEET and len(content) >= 6:
            sheet = _macro_sheet(stream, content, modern=modern)
            if sheet:
                sheets.append(sheet)
            modules += content[5] == _MODULE and not modern
        elif number == _LABEL:
            name = _running_name(content, modern=modern)
            if name:
                running[name] = None
    if int.from_bytes(stream[6:8], "little") == _MACRO_SHEET_BOF:
        sheets.append("macro sheet without a workbook")
    if sheets:
        extra = f" ({', '.join(running)})" if running else ""
        yield part.finding("xlm", f"XLM{extra}: " + "; ".join(sheets[:5]))
    if modules and project:
        yield part.finding("vba", f"VBA: Excel 5 modules, {modules}")


def _links(part: Part, contents: list[tuple[int, bytes]], *, modern: bool) -> Iterator[Finding]:
    links: list[tuple[str, str]] = []
    for number, content in contents:
        if number == (_SUPBOOK if modern else _EXTERNSHEET):
            link = _link(_virtual_path(content, modern=modern))
            if link is not None:
                links.append(link)
        elif number == _EXTERNNAME and links and len(content) >= 2 and content[0] & 0x10 and links[-1][0] == "dde-link":
            # fOleLink: the link that this name belongs to goes to an OLE object ([MS-XLS] 2.4.105).
            detail = links[-1][1].replace("DDE", "OLE", 1)
            links[-1] = (kind_of(USES["object"], detail.rpartition("|")[2]) or "ole-link", detail)
    counts: Counter[str] = Counter()
    for kind, detail in dict.fromkeys(links):
        counts[kind] += 1
        if counts[kind] <= _MOST_LINKS:
            yield part.finding(kind, detail)


def _sheet_links(part: Part, stream: bytes, contents: list[tuple[int, bytes]]) -> Iterator[Finding]:
    """References of the sheets, and those of formulas anywhere."""
    sheets = (int.from_bytes(content[:4], "little") for number, content in contents if number == _BOUNDSHEET)
    places = sorted({0, *(place for place in sheets if place < len(stream))})
    # Each is read up to the next one, so that no octet is read twice.
    each = (
        sheet_links(stream, place, end, part.budget)
        for place, end in zip(places, [*places[1:], len(stream)], strict=True)
    )
    counts: Counter[str] = Counter()
    said: set[tuple[str, str]] = set()
    for found in (*each, formula_links(stream)):
        part.budget.check_time()
        for kind, detail in found:
            if counts[kind] < _MOST_LINKS and (kind, detail) not in said:
                said.add((kind, detail))
                counts[kind] += 1
                yield part.finding(kind, shown(detail))


def _link(path: str) -> tuple[str, str] | None:
    """Kind and detail for a link to another program or another host; None for any other.

    A path of workbooks begins with 0x01; in a link to another program, 0x03 parts program and topic ([MS-XLS] 2.5.277).
    """
    if path.startswith("\x01"):
        target = readable_path(path)
        kind = kind_of(USES["workbook"]._replace(anywhere=False), target)
        return (kind, f"Linked workbook: {shown(target)}") if kind else None
    program, separator, topic = path.partition("\x03")
    return ("dde-link", f"DDE link: {shown(f'{program}|{topic}')}") if separator and program else None


def _macro_sheet(stream: bytes, content: bytes, *, modern: bool) -> str:
    """A macro sheet in plain words, from its BOUNDSHEET record or the beginning of the sheet itself; empty for another sheet."""
    (place,) = struct.unpack_from("<I", content)
    begins = stream[place : place + 8]
    declared = content[5] == _MACRO_SHEET
    actual = (
        len(begins) == 8 and begins[0:2] == b"\x09\x08" and int.from_bytes(begins[6:8], "little") == _MACRO_SHEET_BOF
    )
    if not declared and not actual:
        return ""
    name = ""
    if len(content) > 7:
        count = content[6]
        if not modern:
            name = content[7 : 7 + count].decode("cp1252", "replace")
        elif content[7] & 1:
            name = content[8 : 8 + 2 * count].decode("utf-16-le", "replace")
        else:
            name = content[8 : 8 + count].decode("latin-1")
    mismatch = "" if declared else ", declared as another kind"
    return f"macro sheet {shown(name[:31])}{_HIDDEN[content[4] & 3]}{mismatch}"


def _running_name(content: bytes, *, modern: bool) -> str:
    """The automatic name that a record Lbl defines ([MS-XLS] 2.4.150); empty for any other."""
    if len(content) < 16:
        return ""
    (flags,) = struct.unpack_from("<H", content)
    count = content[3]
    start = 15 if modern else 14
    if flags & 0x0020:
        return _RUNNING.get(content[start], "") if start < len(content) else ""
    wide = modern and content[14] & 1
    raw = content[start : start + count * (2 if wide else 1)]
    name = raw.decode("utf-16-le" if wide else "latin-1", "replace")
    return (
        shown(name) if name.lower().startswith(("auto_open", "auto_close", "auto_activate", "auto_deactivate")) else ""
    )


def _virtual_path(content: bytes, *, modern: bool) -> str:
    """Where a record SUPBOOK or EXTERNSHEET points to, as it is there; empty for this workbook and for add-ins."""
    if not modern:
        return content[1 : 1 + content[0]].decode("cp1252", "replace") if len(content) >= 3 else ""
    if len(content) < 6:
        return ""
    count = int.from_bytes(content[2:4], "little")
    if not 1 <= count <= 255:  # 0x0401 and 0x3A01: this workbook, add-ins
        return ""
    wide = content[4] & 1
    return content[5 : 5 + count * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")
