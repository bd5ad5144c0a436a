"""Excel workbooks."""

from __future__ import annotations

import pytest

from attachguard import Policy, Scanner
from attachguard.testkit.legacy import begin
from tests.fixtures import xls
from tests.fixtures.xls import dde_link, file, record, workbook


def details(report, code: str) -> list[str]:
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize(("hidden", "words"), [(0, ""), (1, ", hidden"), (2, ", very hidden")])
def test_a_macro_sheet_is_macro_content_hidden_or_not(scan, hidden, words):
    report = scan(file(workbook([("Makro1", 1, hidden)])), "a.xls")
    assert details(report, "macro-content") == [f"XLM: macro sheet Makro1{words}"]


def test_a_name_that_runs_by_itself_is_told(scan):
    assert details(scan(xls.SAMPLES["xlm/plan.xls"](), "a.xls"), "macro-content")[0].startswith("XLM (Auto_Open):")


def test_macro_sheets_of_excel_5_are_found(scan):
    assert details(scan(xls.SAMPLES["xlm5/plan.xls"](), "a.xls"), "macro-content") == [
        "XLM: macro sheet Makro1, hidden"
    ]


def test_a_macro_sheet_declared_as_a_worksheet_is_found(scan):
    report = scan(file(workbook([("Blatt", 0, 0)], kinds={"Blatt": 0x40})), "a.xls")
    assert details(report, "macro-content") == ["XLM: macro sheet Blatt, declared as another kind"]


def test_both_workbook_streams_are_looked_at(scan):
    data = file(workbook([("Blatt", 0, 0)]), {"Book": workbook([("Alt", 1, 0)], modern=False)})
    assert details(scan(data, "a.xls"), "macro-content") == ["XLM: macro sheet Alt"]


def test_worksheets_are_no_macros(codes):
    assert codes(xls.SAMPLES["lookalike/plan.xls"](), "plan.xls") == {"legacy-office-format"}


def test_a_dde_link_is_active_content(scan):
    assert details(scan(xls.SAMPLES["dde/plan.xls"](), "a.xls"), "active-content") == ["DDE link: cmd|/c calc.exe"]


def test_a_dde_link_of_excel_5_is_active_content(scan):
    text = b"cmd\x03/c calc"
    data = file(workbook([("T", 0, 0)], extra=record(0x0017, bytes([len(text)]) + text), modern=False), name="Book")
    assert details(scan(data, "a.xls"), "active-content") == ["DDE link: cmd|/c calc"]


def test_a_link_to_an_ole_object_is_an_external_reference(scan):
    link = dde_link("Word.Document.8", "C:\\a.doc") + record(0x0023, b"\x10\x00" + bytes(6))
    report = scan(file(workbook([("T", 0, 0)], extra=link)), "a.xls")
    assert details(report, "external-reference") == ["OLE link: Word.Document.8|C:\\a.doc"]
    assert not details(report, "active-content")


def test_a_workbook_on_another_host_is_an_external_reference(scan):
    path = "\x01\x01@203.0.113.7\x03share\x03[a.xls]"
    link = record(0x01AE, len(path).to_bytes(2, "little") * 2 + b"\0" + path.encode("latin-1"))
    report = scan(file(workbook([("T", 0, 0)], extra=link)), "a.xls")
    assert details(report, "external-reference") == ["Linked workbook: \\\\203.0.113.7\\share\\[a.xls]"]


def test_the_built_in_password_opens_the_workbook(scan):
    report = scan(xls.SAMPLES["default-password/plan.xls"](), "plan.xls")
    assert report.parts[0].encryption == "default-password"
    assert details(report, "macro-content") == ["XLM: macro sheet Makro1, very hidden"]


def test_an_unknown_password_hides_the_kinds_of_sheets(scan):
    report = scan(xls.encrypted("unbekannt", [("Makro1", 1, 0)]), "plan.xls")
    assert report.parts[0].encryption == "unknown-password"
    assert not details(report, "macro-content")


def test_a_known_password_opens_the_workbook():
    scanner = Scanner(Policy.load("audit"), passwords=["geheim"])
    report = scanner.scan(xls.encrypted("geheim", [("Makro1", 1, 0)]), name="a.xls", kind="file")
    assert report.parts[0].encryption == "known-password"
    assert details(report, "macro-content") == ["XLM: macro sheet Makro1"]


@pytest.mark.parametrize("modern", [True, False])
def test_xor_obfuscation_under_the_built_in_password_is_opened(scan, modern):
    report = scan(xls.xor_encrypted("VelvetSweatshop", modern=modern), "a.xls")
    assert report.parts[0].encryption == "default-password"
    assert details(report, "macro-content") == ["XLM: macro sheet Makro, very hidden"]


def test_xor_obfuscation_under_another_password_is_not(scan):
    assert scan(xls.xor_encrypted("unbekannt"), "a.xls").parts[0].encryption == "unknown-password"


def test_an_old_macro_sheet_without_a_container_is_known(scan):
    from attachguard.formats.office import xls as module
    from attachguard.limits import Budget, Limits
    from attachguard.part import Part
    from attachguard.types.filetypes import filetype

    data = record(0x0209, b"\x00\x00\x40\x00\x00\x00") + record(0x000A)
    part = Part("a.xlm", data, role="attachment", budget=Budget(Limits()))
    part.load()
    part.types = [filetype("biff")]
    assert [finding.code for finding in module.inspect(part)] == ["macro-content"]


def test_a_stream_that_is_no_workbook_is_malformed(codes):
    assert "malformed-file" in codes(file(b"no workbook at all"), "a.xls")
    assert "malformed-file" not in codes(file(begin(5) + record(0x000A)), "a.xls")
