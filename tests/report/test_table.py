"""The table: one row a finding, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import itertools

import pytest

from attachguard import Policy, Report, Scanner
from attachguard.report.formats import Look
from attachguard.report.table import COLUMNS, Table, cell
from tests.report.made import HOSTILE, hostile, report
from tests.test_scanner import BAD

FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def table(*reports: Report) -> str:
    writer = Table(Look())
    return (b"".join(map(writer.add, reports)) + writer.end()).decode()


def rows(text: str, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator))


def test_each_finding_is_a_row_and_a_mail_without_any_has_one_too():
    made = Scanner(Policy.load("strict")).scan(BAD, kind="message", name="bad.eml")
    heads, *found = rows(table(made, report("clean.eml", reasons=())))
    assert tuple(heads) == COLUMNS
    assert len(found) == len(made.findings) + 1
    first = dict(zip(COLUMNS, found[0], strict=True))
    assert (first["source"], first["verdict"], first["code"]) == ("bad.eml", "reject", made.findings[0].code)
    assert found[-1][0] == "clean.eml"


def test_no_report_at_all_still_has_the_heads():
    assert rows(table()) == [list(COLUMNS)]


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE,
        "=1+1",
        "+49 2171",
        "-1",
        "@SUM(1)",
        " =1",
        "\t=1",
        "\n=1",
        "\uff1d1",
        'a";=1',
        "a;=1",
        "a,=1",
        "x\r\n=1",
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_cell_is_a_formula_whatever_the_separator(text, separator):
    for row in rows(table(hostile(text)), separator):
        for each in row:
            assert not each.lstrip(' \t\r\n"').startswith(FORMULA), each


def test_no_mixture_of_signs_makes_a_formula():
    for letters in itertools.product("=;\", '|\n", repeat=4):
        made = f'"{cell("".join(letters) + "=x").replace(chr(34), chr(34) * 2)}"\r\n'
        for separator in ",;|":
            for row in csv.reader(io.StringIO(made), delimiter=separator):
                assert not any(each.lstrip(" ").startswith("=") for each in row), (letters, separator)


@pytest.mark.parametrize("text", ["Antrag.docx", "a-b", "2026-11-30", "user@example.org", "x = y", "550 5.7.1 refused"])
def test_plain_words_stay_as_they_are(text):
    assert cell(text) == text
