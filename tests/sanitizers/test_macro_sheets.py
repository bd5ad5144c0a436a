"""Macro sheets of binary workbooks go whole, and what counts sheets counts the others anew."""

from __future__ import annotations

import struct

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.sanitizers.compound.excel import records
from attachguard.sanitizers.openxml import binary
from attachguard.testkit.legacy import auto_open, call
from tests.fixtures import ooxml, xls
from tests.sanitizers.built import MARKER, MS, unpacked

DISARM = Scanner(Policy.load("disarm"), rules=Rules.empty(), rewrite=True)
COMMAND = call("EXEC", MARKER.decode())


def name(text: bytes, *, sheet: int = 0, flags: int = 0) -> bytes:
    return xls.record(0x0018, struct.pack("<HBBHHH4xB", flags, 0, len(text), 3, 0, sheet, 0) + text + b"\x3a\x00\x00")


def book(*sheets: tuple[str, int, int], extra: bytes = b"") -> bytes:
    """A workbook with references to each of its sheets, and the command on each macro sheet."""
    references = b"".join(struct.pack("<HHH", 0, number, number) for number in range(len(sheets)))
    counted = (
        xls.record(0x003D, struct.pack("<9H", 0, 0, 9, 9, 0x38, 2, 1, 1, 600))
        + xls.record(0x013D, struct.pack(f"<{len(sheets)}H", *range(11, 11 + len(sheets))))
        + xls.record(0x01AE, struct.pack("<HH", len(sheets), 0x0401))
        + xls.record(
            0x0017, struct.pack("<H", len(sheets) + 1) + references + struct.pack("<HHH", 0, 0, len(sheets) - 1)
        )
    )
    cells = {title: COMMAND for title, kind, _ in sheets if kind == 1}
    return xls.file(xls.workbook(sheets, extra=counted + extra, cells=cells))


def stream(data: bytes) -> bytes:
    import io

    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as file:
        return file.openstream("Workbook").read()


def contents(data: bytes, number: int) -> list[bytes]:
    read = stream(data)
    return [read[at + 4 : at + 4 + length] for each, at, length in records(read) if each == number]


SHEETS = (("Erste", 0, 0), ("Makro1", 1, 2), ("Letzte", 0, 0))


def cleaned(data: bytes, title: str = "a.xls") -> bytes:
    report = DISARM.scan(data, name=title)
    assert report.sanitized is not None, [finding.detail for finding in report.findings]
    assert "xlm" in {record.kind for record in report.removed}
    assert DISARM.scan(report.sanitized, name=title).sanitized is None
    return report.sanitized


def test_the_sheet_its_entry_and_what_ran_it_go():
    data = book(*SHEETS, extra=auto_open() + name(b"auto_close"))
    after = cleaned(data)
    assert any(MARKER in each for each in (data, stream(data)))
    assert MARKER not in stream(after)
    assert [content[8:] for content in contents(after, 0x0085)] == [b"Erste", b"Letzte"]
    names = contents(after, 0x0018)
    assert [content[15 : 15 + content[3]] for content in names] == [b"W", b"xuto_close"]
    assert not any(content[0] & 0x20 for content in names)


def test_the_other_sheets_begin_where_their_entries_say():
    after = cleaned(book(*SHEETS))
    read = stream(after)
    for content in contents(after, 0x0085):
        place = int.from_bytes(content[:4], "little")
        assert read[place : place + 2] == b"\x09\x08"
        assert read[place + 6 : place + 8] == b"\x10\0"


def test_references_names_windows_and_numbers_count_anew():
    after = cleaned(book(*SHEETS, extra=name(b"dort", sheet=3) + name(b"weg", sheet=2) + name(b"hier", sheet=1)))
    (book_,) = contents(after, 0x01AE)
    assert struct.unpack("<H", book_[:2]) == (2,)
    (references,) = contents(after, 0x0017)
    assert struct.unpack("<12H", references[2:]) == (0, 0, 0, 0, 0xFFFF, 0xFFFF, 0, 1, 1, 0, 0, 1)
    assert [struct.unpack_from("<H", content, 8)[0] for content in contents(after, 0x0018)] == [2, 0, 1]
    (window,) = contents(after, 0x003D)
    assert struct.unpack_from("<3H", window, 10) == (1, 0, 1)
    assert contents(after, 0x013D) == [struct.pack("<2H", 11, 13)]


def test_a_sheet_that_is_only_said_to_be_no_macro_sheet_goes_too():
    data = xls.file(xls.workbook([("A", 0, 0), ("B", 0, 2)], kinds={"B": 0x40}, cells={"B": COMMAND}))
    assert MARKER not in stream(cleaned(data))


@pytest.mark.parametrize(
    "data",
    [
        book(("Makro1", 1, 0)),
        xls.file(xls.workbook([("A", 0, 0), ("Makro1", 1, 1)], modern=False), name="Book"),
        xls.file(xls.workbook([("A", 0, 0), ("M", 1, 0)]).replace(xls.record(0x000A), b"", 3)),
    ],
)
def test_what_cannot_be_counted_anew_is_withheld(data):
    report = DISARM.scan(data, name="a.xls")
    assert report.sanitized is None
    assert not report.verdict.action.delivers


def test_a_cut_workbook_never_raises():
    data = book(*SHEETS)
    for end in range(600, len(data), 97):
        report = DISARM.scan(data[:end], name="a.xls")
        assert "inspection-failed" not in report.verdict.reasons


# -- the binary package --------------------------------------------------------------------------------------------------------


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_book(*, only_macros: bool = False) -> bytes:
    sheets = [("rId1", "Erste"), ("rId2", "Makro1"), ("rId3", "Letzte")]
    entries = b"".join(
        binary.written(156, struct.pack("<II", 0, number + 1) + wide(ident) + wide(title))
        for number, (ident, title) in enumerate(sheets)
        if not only_macros or ident == "rId2"
    )
    references = struct.pack("<I", 3) + b"".join(struct.pack("<Iii", 0, number, number) for number in range(3))
    main = (
        binary.written(131, b"")
        + binary.written(158, struct.pack("<IIIIIII", 0, 0, 9, 9, 600, 1, 2) + b"\0")
        + entries
        + binary.written(357, b"")
        + binary.written(362, references)
        + binary.written(39, struct.pack("<IBI", 0, 0, 2) + wide("dort") + bytes(8))
        + binary.written(132, b"")
    )
    sheet = bytes.fromhex("810100910100920100820100")
    macro = binary.written(11, wide(MARKER.decode()))
    links = [
        ("rId1", "worksheet", "worksheets/sheet1.bin"),
        ("rId2", MS + "xlMacrosheet", "macrosheets/sheet1.bin"),
        ("rId3", "worksheet", "worksheets/sheet2.bin"),
    ]
    parts = {
        "xl/workbook.bin": main, "xl/worksheets/sheet1.bin": sheet, "xl/worksheets/sheet2.bin": sheet, "xl/macrosheets/sheet1.bin": macro,
        "xl/_rels/workbook.bin.rels": ooxml.relationships(*(links[1:2] if only_macros else links)),
    }  # fmt: skip
    types = {f"xl/worksheets/sheet{number}.bin": "application/vnd.ms-excel.worksheet" for number in (1, 2)}
    types["xl/macrosheets/sheet1.bin"] = "application/vnd.ms-excel.macrosheet"
    return ooxml.package("xl/workbook.bin", ooxml.EXCEL_BINARY, parts, types)


def test_a_macro_sheet_of_a_binary_package_goes_whole():
    import io
    import zipfile

    after = cleaned(binary_book(), "a.xlsb")
    assert MARKER.decode().encode("utf-16-le") not in unpacked(after)
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        assert not any("macrosheet" in each for each in archive.namelist())
        assert b"macrosheet" not in archive.read("[Content_Types].xml").lower()
        read = list(binary.records(archive.read("xl/workbook.bin")))
    assert [body[8:] for kind, body in read if kind == 156] == [
        wide("rId1") + wide("Erste"),
        wide("rId3") + wide("Letzte"),
    ]
    (references,) = [body for kind, body in read if kind == 362]
    assert struct.unpack("<9i", references[4:]) == (0, 0, 0, 0, -1, -1, 0, 1, 1)
    assert [struct.unpack_from("<I", body, 5)[0] for kind, body in read if kind == 39] == [1]
    assert [struct.unpack_from("<2I", body, 20) for kind, body in read if kind == 158] == [(0, 1)]


def test_a_binary_package_of_macro_sheets_alone_is_withheld():
    assert DISARM.scan(binary_book(only_macros=True), name="a.xlsb").sanitized is None
