"""The test kit: what its builders make is what they are called, the same bytes each time."""

from __future__ import annotations

import inspect

import pytest

from attachguard.testkit import BUILDERS

SUB = "Sub AutoOpen()\nMsgBox 1\nEnd Sub\n"

#: A builder, its arguments, the type of what comes out, and a kind or code of finding that it must lead to.
MADE = [
    ("compound", {"streams": {"Daten": "abc", "Ordner/Mehr": b"\0\1"}}, "cfb", ""),
    ("doc", {"field": "DDEAUTO cmd x"}, "doc", "dde-field"),
    ("doc", {"macro": SUB}, "doc", "macro-content"),
    ("docm", {"macro": SUB, "properties": {"comments": "x"}}, "docm", "macro-content"),
    ("docx", {"relationship": "attachedTemplate", "target": "http://198.51.100.7/a.dotm"}, "docx", "external-reference"),
    ("docx", {"field": 'DDEAUTO cmd "x"'}, "docx", "dde-field"),
    ("docx", {"embedded": {"a.bin": BUILDERS["compound"](streams={"A": "b"})}}, "docx", "embedded-object"),
    ("eml", {"text": "a", "html": "<p>b</p>", "attachments": {"a.txt": "c"}, "headers": {"Subject": "d"}}, "eml", ""),
    ("equation", {"font": "A" * 60}, "cfb", "equation"),
    ("html", {"script": "location = 1"}, "html", "active-content"),
    ("ics", {"lines": ["ATTACH:data:application/octet-stream;base64,TVqQ"]}, "ics", ""),
    ("img", {"members": {"Ein langer Name.txt": "x" * 1000, "b.exe": BUILDERS["program"]()}}, "fat", "executable-content"),
    ("iso", {"members": {"Blatt vier.txt": "x" * 3000, "b.exe": BUILDERS["program"]()}}, "iso", "executable-content"),
    ("lnk", {"arguments": "/c dir"}, "lnk", "windows-shortcut"),
    ("onenote", {"attached": {"a.bat": "@echo off\r\nset x=1\r\n"}}, "one", "embedded-file"),
    ("pdf", {"javascript": "app.alert(1)"}, "pdf", "pdf-javascript"),
    ("pdf", {"launch": "a.exe"}, "pdf", "pdf-launch"),
    ("pdf", {"uri": "https://example.org/", "attached": {"a.txt": "x"}}, "pdf", "embedded-file"),
    ("program", {}, "pe", "executable-content"),
    ("rtf", {"object": "Text", "name": "a.txt", "update": True}, "rtf", "packaged-file"),
    ("rtf", {"object": BUILDERS["equation-native"](font="A" * 60), "class_name": "Equation.3"}, "rtf", "equation"),
    ("sfx", {"command": "a.cmd"}, "pe", "archive-self-extracting"),
    ("svg", {"script": "alert(1)"}, "svg", "active-content"),
    ("vba-project", {"macro": SUB}, "vbaproject", "macro-content"),
    ("vcf", {"lines": ["TEL:1"]}, "vcf", ""),
    ("vhd", {"sectors": ["", BUILDERS["lnk"]()]}, "vhd", ""),
    ("xls", {"calls": [["EXEC", "calc.exe"]]}, "xls", "xlm"),
    ("xlsm", {"formulas": ['EXEC("calc.exe")'], "macro": SUB}, "xlsm", "xlm"),
    ("zip", {"members": {"a.txt": "b"}}, "zip", "archive-content"),
]  # fmt: skip


@pytest.mark.parametrize(("builder", "arguments", "kind", "finding"), MADE, ids=lambda value: str(value)[:30])
def test_a_builder_makes_what_it_is_called(bare_scan, builder, arguments, kind, finding):
    report = bare_scan(BUILDERS[builder](**arguments), "datei")
    assert report.parts[0].type.id == kind
    said = {item.kind for item in report.findings} | {item.code for item in report.findings}
    assert not finding or any(finding in word for word in said), said
    assert "malformed-file" not in said


def test_every_builder_is_tried():
    assert {builder for builder, *_ in MADE} | {"equation-native", "ole10native"} == set(BUILDERS)


def test_a_packaged_file_is_found_in_its_object(bare_scan):
    inner = BUILDERS["ole10native"](name="a.exe", data=BUILDERS["program"]())
    document = BUILDERS["docx"](embedded={"a.bin": BUILDERS["compound"](streams={"\x01Ole10Native": inner})})
    assert any(finding.code == "executable-content" for finding in bare_scan(document, "a.docx").findings)


def test_builders_make_the_same_bytes_each_time():
    assert all(BUILDERS[builder](**arguments) == BUILDERS[builder](**arguments) for builder, arguments, _, _ in MADE)


@pytest.mark.parametrize("name", BUILDERS)
def test_a_builder_says_what_it_makes_and_what_it_takes(name):
    said = inspect.getdoc(BUILDERS[name])
    assert all(f"\n    {argument}: " in said for argument in inspect.signature(BUILDERS[name]).parameters)


def test_a_function_of_excel_that_is_not_known_is_named_with_those_that_are():
    with pytest.raises(ValueError, match=r"^no such function: 'SUMME'; one of: ALERT, "):
        BUILDERS["xls"](calls=[["SUMME", "a"]])
