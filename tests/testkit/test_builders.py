"""The test kit: what its builders make is what they are called, and mistakes of a test's author are said in words."""

from __future__ import annotations

import pytest

from attachguard import Policy, Scanner
from attachguard.testkit import BUILDERS, build, content

SUB = "Sub AutoOpen()\nMsgBox 1\nEnd Sub\n"

#: A builder, its arguments, the type of what comes out, and a kind or code of finding that it must lead to.
MADE = [
    ("compound", {"streams": {"Daten": "abc", "Ordner/Mehr": {"hex": "00 01"}}}, "cfb", ""),
    ("doc", {"field": "DDEAUTO cmd x"}, "doc", "dde-field"),
    ("doc", {"macro": SUB}, "doc", "macro-content"),
    ("docm", {"macro": SUB, "properties": {"comments": "x"}}, "docm", "macro-content"),
    ("docx", {"relationship": "attachedTemplate", "target": "http://198.51.100.7/a.dotm"}, "docx", "external-reference"),
    ("docx", {"field": 'DDEAUTO cmd "x"'}, "docx", "dde-field"),
    ("docx", {"embedded": {"a.bin": {"builder": "compound", "with": {"streams": {"A": "b"}}}}}, "docx", "embedded-object"),
    ("eml", {"text": "a", "html": "<p>b</p>", "attachments": {"a.txt": "c"}, "headers": {"Subject": "d"}}, "eml", ""),
    ("equation", {"font": "A" * 60}, "cfb", "equation"),
    ("html", {"script": "location = 1"}, "html", "active-content"),
    ("ics", {"lines": ["ATTACH:data:application/octet-stream;base64,TVqQ"]}, "ics", ""),
    ("img", {"members": {"Ein langer Name.txt": "x" * 1000, "b.exe": {"builder": "program"}}}, "fat", "executable-content"),
    ("iso", {"members": {"Blatt vier.txt": "x" * 3000, "b.exe": {"builder": "program"}}}, "iso", "executable-content"),
    ("lnk", {"arguments": "/c dir"}, "lnk", "windows-shortcut"),
    ("onenote", {"attached": {"a.bat": "@echo off\r\nset x=1\r\n"}}, "one", "embedded-file"),
    ("pdf", {"javascript": "app.alert(1)"}, "pdf", "pdf-javascript"),
    ("pdf", {"launch": "a.exe"}, "pdf", "pdf-launch"),
    ("pdf", {"uri": "https://example.org/", "attached": {"a.txt": "x"}}, "pdf", "embedded-file"),
    ("program", {}, "pe", "executable-content"),
    ("rtf", {"object": "Text", "name": "a.txt", "update": True}, "rtf", "packaged-file"),
    ("rtf", {"object": {"builder": "equation-native", "with": {"font": "A" * 60}}, "class_name": "Equation.3"}, "rtf", "equation"),
    ("sfx", {"command": "a.cmd"}, "pe", "archive-self-extracting"),
    ("svg", {"script": "alert(1)"}, "svg", "active-content"),
    ("vba", {"macro": SUB}, "vbaproject", "macro-content"),
    ("vcf", {"lines": ["TEL:1"]}, "vcf", ""),
    ("vhd", {"sectors": ["", {"builder": "lnk"}]}, "vhd", ""),
    ("xls", {"calls": [["EXEC", "calc.exe"]]}, "xls", "xlm"),
    ("xlsm", {"formulas": ['EXEC("calc.exe")'], "macro": SUB}, "xlsm", "xlm"),
    ("zip", {"members": {"a.txt": "b"}}, "zip", "archive-content"),
]  # fmt: skip


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner(Policy.load("audit"))


@pytest.mark.parametrize(("builder", "arguments", "kind", "finding"), MADE, ids=lambda value: str(value)[:30])
def test_a_builder_makes_what_it_is_called(scanner, builder, arguments, kind, finding):
    report = scanner.scan(build(builder, arguments), name="datei")
    assert report.parts[0].type.id == kind
    said = {item.kind for item in report.findings} | {item.code for item in report.findings}
    assert not finding or any(finding in word for word in said), said
    assert "malformed-file" not in said


def test_every_builder_is_tried():
    assert {builder for builder, *_ in MADE} | {"equation-native", "ole10native"} == set(BUILDERS)


def test_a_packaged_file_is_found_in_its_object(scanner):
    inner = {"builder": "ole10native", "with": {"name": "a.exe", "data": {"builder": "program"}}}
    whole = build(
        "docx", {"embedded": {"a.bin": {"builder": "compound", "with": {"streams": {"\x01Ole10Native": inner}}}}}
    )
    assert any(finding.code == "executable-content" for finding in scanner.scan(whole, name="a.docx").findings)


def test_builders_make_the_same_bytes_each_time():
    assert all(build(builder, arguments) == build(builder, arguments) for builder, arguments, _, _ in MADE)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Grüße", "Grüße".encode()),
        ({"text": "a"}, b"a"),
        ({"hex": "41 42\n43"}, b"ABC"),
        ({"base64": "QUJD\nRA=="}, b"ABCD"),
        ({"builder": "vcf"}, build("vcf")),
    ],
)
def test_content_is_said_in_five_ways(said, meant):
    assert content(said) == meant


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "say the content by exactly one of text, hex, base64, builder, not by none"),
        ({"text": "a", "hex": "41"}, "say the content by exactly one of text, hex, base64, builder, not by text and hex"),
        ({"text": "a", "with": {}}, "'with' does not go with 'text'"),
        ({"hex": "4"}, "hex: "),
        ({"base64": "?"}, "base64: "),
        ({"text": 4}, "text is a string, not int"),
        (4, "content is text or a table, not int"),
        ({"builder": "docn"}, "no such builder: 'docn'; one of: compound, doc, "),
        ({"builder": "docm"}, "the builder 'docm' needs 'macro'"),
        ({"builder": "docm", "with": {"makro": ""}}, "the builder 'docm' does not take 'makro'; it takes: macro, text, properties"),
        ({"builder": "xls", "with": {"calls": [["SUMME", "a"]]}}, "no such function: 'SUMME'; one of: ALERT, "),
        ({"builder": "docm", "with": {"macro": 4}}, "the builder 'docm' cannot use these arguments: "),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_words(said, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the words are compared as a whole
        content(said)
    assert str(caught.value).startswith(words)
