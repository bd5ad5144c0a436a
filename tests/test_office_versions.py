"""Versions of Office and Rich Text as facts that a policy can ask for, controls in old documents, pictures of VML."""

from __future__ import annotations

import pytest

from attachguard import Policy, Scanner

from .fixtures import doc, ooxml, rtf, xls
from .fixtures.cfb import build

STRICT = Scanner(Policy.load("strict"))
POLICY = """
[policy]
id = "mine"
version = "1"
title = "x"
[default]
action = "flag"
[types]
accept = [
  { type = "docx", versions = ["14-16"] }, { type = "rtf", versions = ["1"] }, { type = "doc", versions = ["8-11"] }, { type = "xls", versions = ["8"] },
]
[[rule]]
code = "format-version-not-allowed"
action = "reject"
cite = "x"
"""


def application(version: str) -> bytes:
    text = (
        f"<Properties><Application>Microsoft Office Word</Application><AppVersion>{version}</AppVersion></Properties>"
    )
    return ooxml.word(parts={"docProps/app.xml": text})


@pytest.mark.parametrize(
    ("name", "data", "action"),
    [
        ("a.docx", application("16.0000"), "flag"),
        ("a.docx", application("12.0000"), "reject"),
        ("a.docx", ooxml.word(), "reject"),
        ("a.rtf", rtf.document("x"), "flag"),
        ("a.rtf", rtf.document("x").replace(b"rtf1", b"rtf2"), "reject"),
        ("a.doc", doc.document(), "flag"),
        ("a.xls", xls.file(xls.workbook([("Tabelle1", 0, 0)])), "flag"),
        ("a.xls", xls.file(xls.workbook([("Tabelle1", 0, 0)], modern=False), name="Book"), "reject"),
    ],
)
def test_a_policy_may_ask_for_versions(tmp_path, name, data, action):
    path = tmp_path / "mine.toml"
    path.write_text(POLICY, "utf-8")
    report = Scanner(Policy.load(path)).scan(data, kind="file", name=name)
    found = {finding.code for finding in report.findings}
    assert ("format-version-not-allowed" in found) == (action == "reject"), report.findings


def test_a_control_in_an_old_document_is_active_content():
    name = "Shell.Explorer.2\0".encode("utf-16-le")
    file = build({**doc.streams(), "ObjectPool/_1/\x03OCXNAME": name, "ObjectPool/_1/contents": b"x"}, doc.CLSID)
    report = STRICT.scan(file, kind="file", name="a.doc")
    assert "activex-control" in {finding.kind for finding in report.findings}
    assert report.verdict.action.value == "reject"


@pytest.mark.parametrize("element", ["imagedata", "fill"])
def test_a_picture_of_vml_on_another_host_is_refused(element):
    def shape(address: str) -> bytes:
        return ooxml.word(f'<w:pict><v:shape><v:{element} src="{address}"/></v:shape></w:pict>')

    assert STRICT.scan(shape(r"\\203.0.113.5\s\a.png"), name="a.docx").verdict.action.value == "reject"
    assert STRICT.scan(shape(r"\\fileserver01\s\a.png"), name="a.docx").verdict.action.value == "flag"
    assert STRICT.scan(shape("bild.png"), name="a.docx").verdict.action.value == "deliver"
