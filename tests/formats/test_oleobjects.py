"""Embedded objects."""

from __future__ import annotations

import struct

import pytest

from attachguard.formats.office.oleobjects import unpack_native
from tests.fixtures import doc, oleobjects
from tests.fixtures.cfb import build


def details(report, code: str) -> list[str]:
    return [finding.detail for finding in report.findings if finding.code == code]


def test_a_packaged_program_is_found_and_named(scan):
    report = scan(oleobjects.packaged(), "brief.doc")
    assert details(report, "embedded-object") == ["OLE object: package (ObjectPool/_1234)"]
    assert details(report, "embedded-file") == ["Packaged file: rechnung.exe"]
    assert "executable-content" in {finding.code for finding in report.findings}


def test_a_packaged_link_has_no_file(scan):
    report = scan(oleobjects.SAMPLES["package-link/brief.doc"](), "brief.doc")
    assert details(report, "embedded-file") == ["Packaged link: rechnung.exe"]


def test_a_workbook_in_a_document_is_looked_at_as_a_workbook(scan):
    report = scan(oleobjects.workbook_inside(), "brief.doc")
    assert details(report, "macro-content") == ["XLM: macro sheet Makro1, very hidden"]
    assert [part.type.id for part in report.parts] == ["doc", "xls"]


def test_objects_of_workbooks_are_found(scan):
    report = scan(oleobjects.SAMPLES["sheet/plan.xls"](), "plan.xls")
    assert details(report, "embedded-file") == ["Packaged file: notiz.txt"]


def test_a_link_to_another_host_is_an_external_reference(scan):
    report = scan(oleobjects.SAMPLES["link/brief.doc"](), "brief.doc")
    assert details(report, "external-reference") == ["OLE link: http://203.0.113.7/a.hta"]


def test_an_equation_is_an_embedded_object(scan):
    assert details(scan(oleobjects.SAMPLES["equation/object.bin"](), "object.bin"), "embedded-object") == [
        "Equation Editor object"
    ]


def test_a_control_is_named(scan):
    data = oleobjects.in_document({"_5/\x03OCXNAME": "Knopf1\0".encode("utf-16-le"), "_5/contents": b"x"})
    assert details(scan(data, "brief.doc"), "embedded-object") == ["ActiveX control: Knopf1 (ObjectPool/_5)"]


def test_forms_of_macros_are_no_objects(codes):
    data = build(
        {
            **doc.streams(),
            "Macros/Form1/\x03VBFrame": b"x",
            "Macros/Form1/\x01CompObj": bytes(60),
            "Macros/Form1/o": b"x",
        }
    )
    assert codes(data, "brief.doc") == {"legacy-office-format"}


def test_words_that_only_look_alike_are_nothing(codes):
    assert codes(oleobjects.SAMPLES["lookalike/brief.doc"](), "brief.doc") == {"legacy-office-format"}


def test_the_packager_s_wrapping_is_taken_off():
    assert unpack_native(oleobjects.native("a.txt", b"hello")) == ("a.txt", b"hello")


def test_native_data_of_other_programs_is_given_whole():
    assert unpack_native(struct.pack("<I", 5) + b"hello+rest") == ("", b"hello")


@pytest.mark.parametrize("end", range(0, 90, 3))
def test_cut_wrappings_are_read_as_far_as_they_go(end):
    name, content = unpack_native(oleobjects.native("a.txt", b"hello")[:end])
    assert isinstance(name, str)
    assert content is None or isinstance(content, bytes)


def test_a_path_that_runs_wins_over_the_label_that_is_shown():
    content = oleobjects.native("rechnung.pdf", b"var x = 1;", file_name="rechnung.js")
    assert unpack_native(content) == ("rechnung.js", b"var x = 1;")
    assert unpack_native(oleobjects.native("rechnung.pdf", b"x", file_name="tmp123.tmp"))[0] == "rechnung.pdf"
