"""Every format and everything that is taken out of it: the payload leaves the file, the neighbour stays, twice is once, and others can read it."""

from __future__ import annotations

import functools
import io
import xml.etree.ElementTree as ET
import zipfile
from html.parser import HTMLParser

import pytest

from attachguard import Action, Policy, Report, Rules, Scanner
from attachguard.kinds import KINDS
from attachguard.sanitizers import SANITIZERS
from tests.fixtures import ooxml, pdf
from tests.sanitizers.built import SPELLED, Case, cases, unpacked

CASES = {case.name: case for case in cases()}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@functools.cache
def scanner() -> Scanner:
    return Scanner(Policy.load("disarm"), rules=Rules.empty(), rewrite=True)


@functools.cache
def cleaned(name: str) -> Report:
    case = CASES[name]
    return scanner().scan(case.data, name=case.name, kind="file")


@every_case
def test_it_is_found_and_taken_out(case: Case):
    report = cleaned(case.name)
    code = KINDS[case.kind].code
    assert report.verdict.action is Action.SANITIZE
    assert code in {finding.code for finding in report.findings if finding.action is Action.SANITIZE}
    assert code in {record.code for record in report.removed}
    assert all(record.kind in KINDS or record.kind == record.code for record in report.removed)


@every_case
def test_the_payload_is_nowhere_in_the_unpacked_file(case: Case):
    assert any(spelled in unpacked(case.data) for spelled in SPELLED)
    assert not any(spelled in unpacked(cleaned(case.name).sanitized) for spelled in SPELLED)


@every_case
def test_its_neighbour_stays(case: Case):
    assert case.neighbour in unpacked(cleaned(case.name).sanitized)


@every_case
def test_a_second_run_finds_nothing_to_do(case: Case):
    report = cleaned(case.name)
    again = scanner().scan(report.sanitized, name=report.sanitized_name or case.name, kind="file")
    assert again.verdict.action.delivers
    assert again.sanitized is None


@every_case
def test_what_comes_out_is_the_same_every_time(case: Case):
    again = Scanner(Policy.load("disarm"), rules=Rules.empty(), rewrite=True).scan(
        case.data, name=case.name, kind="file"
    )
    if case.name.endswith(".pdf"):
        assert again.removed == cleaned(case.name).removed
    else:
        assert again.sanitized == cleaned(case.name).sanitized


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen += [tag, *(name for name, _ in attrs)]


@every_case
def test_other_programs_read_it(case: Case):
    data = cleaned(case.name).sanitized
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            assert file.testzip() is None
            for name in file.namelist():
                if name.endswith((".xml", ".rels")):
                    ET.fromstring(file.read(name))
    elif data.startswith(b"\xd0\xcf"):
        import olefile

        with olefile.OleFileIO(io.BytesIO(data)) as file:
            assert all(file.openstream(path).read() is not None for path in file.listdir())
            assert not file.parsing_issues
    elif data.startswith(b"%PDF"):
        import pikepdf

        with pikepdf.open(io.BytesIO(data)) as file:
            assert file.check_pdf_syntax() == []
            assert len(file.pages) == 1
    elif b"wordDocument" in data:
        assert ET.fromstring(data).tag.endswith("wordDocument")
    elif b"<svg" in data:
        assert ET.fromstring(data).tag.endswith("svg")
    elif data.startswith(b"{"):
        assert data.count(b"{") == data.count(b"}")
    else:
        tags = _Tags()
        tags.feed(data.decode())
        assert not {tag for tag in tags.seen if tag.startswith("on") or tag in ("script", "iframe")}


def test_a_package_agrees_with_itself():
    for case in CASES.values():
        data = cleaned(case.name).sanitized
        if not data.startswith(b"PK") or b"[Content_Types].xml" not in data:
            continue
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            names = {name.lower() for name in file.namelist()}
            types = ET.fromstring(file.read("[Content_Types].xml"))
            listed = [
                element.get("PartName").lstrip("/").lower() for element in types if element.tag.endswith("Override")
            ]
            assert set(listed) <= names, case.name
            assert not any(
                "macroEnabled" in element.get("ContentType") and "binary" not in element.get("ContentType")
                for element in types
            ), case.name
            for name in [name for name in file.namelist() if name.endswith(".rels")]:
                source = name.replace("_rels/", "").removesuffix(".rels")
                links = list(ET.fromstring(file.read(name)))
                idents = {link.get("Id") for link in links}
                if source in file.namelist() and source.endswith(".xml"):
                    used = {
                        value
                        for each in ET.fromstring(file.read(source)).iter()
                        for key, value in each.attrib.items()
                        if "relationships}" in key
                    }
                    assert used - {""} <= idents, (case.name, source)


@pytest.mark.parametrize(
    ("before", "after"),
    [("macro.docm", "macro.docx"), ("macro.xlsm", "macro.xlsx"), ("macro.pptm", "macro.pptx"), ("macro.xlsb", "")],
)
def test_the_name_follows_the_type(before, after):
    assert cleaned(before).sanitized_name == after


def test_what_nothing_was_taken_out_of_is_copied_as_it_stands():
    case = CASES["dde.docx"]
    with (
        zipfile.ZipFile(io.BytesIO(case.data)) as old,
        zipfile.ZipFile(io.BytesIO(cleaned(case.name).sanitized)) as new,
    ):
        assert old.namelist() == new.namelist()
        changed = [item.filename for item in old.infolist() if new.getinfo(item.filename).CRC != item.CRC]
    assert changed == ["word/document.xml"]


CLEAN = {
    "brief.docx": ooxml.word(),
    "seite.pdf": pdf.pdf({1: b"<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/Fit]>>"}),
    "seite.html": b"<html><body><a href='https://example.org/'>x</a></body></html>",
    "bild.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='3'/></svg>",
    "brief.rtf": b'{\\rtf1 Guten Tag {\\field{\\*\\fldinst HYPERLINK "https://example.org/"}{\\fldrslt x}}\\par}',
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_file_has_no_copy(name):
    report = scanner().scan(CLEAN[name], name=name, kind="file")
    assert report.verdict.action.delivers
    assert (report.sanitized, report.removed) == (None, ())


SIGNED_WORD = ooxml.word(
    ooxml.field(" DDEAUTO cmd x"),
    parts={"_xmlsignatures/origin.sigs": b"", "_xmlsignatures/sig1.xml": b"<Signature/>"},
    links=(
        (
            "rId8",
            "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/signature",
            "/_xmlsignatures/sig1.xml",
        ),
    ),
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("vertrag.docx", SIGNED_WORD),
        ("vertrag.pdf", pdf.signed().replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(1)>>", 1)),
    ],
)
def test_signed_files_are_never_changed(name, data):
    report = scanner().scan(data, name=name, kind="file")
    assert report.sanitized is None
    assert not report.verdict.action.delivers
    assert any(part.signed for part in report.parts)
    assert "signed-part-not-modifiable" in {finding.code for finding in report.findings}


def test_every_sanitizer_says_what_it_removes_keeps_and_refuses():
    for sanitizer in SANITIZERS:
        assert sanitizer.TYPES
        assert sanitizer.REMOVES
        assert set(sanitizer.REMOVES) <= set(KINDS)
        assert sanitizer.KEEPS.endswith(".")
        assert sanitizer.REFUSES.endswith(".")


def test_no_type_has_two_sanitizers():
    types = [kind for sanitizer in SANITIZERS for kind in sanitizer.TYPES]
    assert len(types) == len(set(types))
