"""RTF: objects, templates and fields are found however they are written; text is only text."""

from __future__ import annotations

import pytest

from attachguard.testkit.rtf import ole1_link
from tests.fixtures import rtf


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize("build", [rtf.packaged_program, rtf.obfuscated_package, rtf.raw_package])
def test_a_program_in_a_package_is_found_under_its_name(scan, build):
    report = scan(build(), "rechnung.rtf")
    assert details(report, "embedded-file") == ["OLE package: rechnung.exe"]
    assert [part.name for part in report.parts][1:] == ["rechnung.exe"]
    assert report.parts[1].type.id == "pe"
    assert report.parts[1].size == len(rtf.PE)


def test_an_equation_editor_object_is_named(scan):
    assert details(scan(rtf.equation(), "a.rtf"), "embedded-object") == ["OLE object: Equation.3 (Equation Editor)"]


def test_a_link_object_shows_the_address_it_fetches(scan):
    report = scan(rtf.linked(), "a.rtf")
    assert details(report, "external-reference")[0] == "OLE link: http://198.51.100.7/a.hta"
    assert "updates itself" in details(report, "embedded-object")[0]


def test_a_linked_file_on_another_host_is_a_reference(scan):
    data = rtf.with_object(ole1_link("Word.Document.8", r"\\198.51.100.7\x\a.doc").hex())
    report = scan(data, "a.rtf")
    assert details(report, "embedded-object") == ["OLE link: Word.Document.8"]
    assert details(report, "external-reference") == [r"OLE link: \\198.51.100.7\x\a.doc"]


def test_an_object_without_data_is_still_an_object(scan):
    assert details(scan(rtf.with_object("", class_name="X"), "a.rtf"), "embedded-object") == ["OLE object: X (empty)"]


def test_data_in_an_ignorable_group_counts_where_it_alone_makes_sense(scan):
    digits = rtf.ole1("Package", rtf.package("a.exe", rtf.PE)).hex()
    data = rtf.with_object(r"{\*\fremd " + digits[:8] + "}" + digits[8:])
    assert details(scan(data, "a.rtf"), "embedded-file") == ["OLE package: a.exe"]


@pytest.mark.parametrize("build", [rtf.template, rtf.escaped_template])
def test_a_template_from_elsewhere_is_a_reference(scan, build):
    assert details(scan(build(), "a.rtf"), "external-reference") == ["RTF template: http://198.51.100.7/vorlage.dotm"]


def test_a_field_that_starts_a_program_is_active(scan):
    found = details(scan(rtf.dde_field(), "a.rtf"), "active-content")
    assert len(found) == 1
    assert found[0].startswith('DDE field: DDEAUTO "C:\\')


def test_a_field_that_fetches_a_picture_is_a_reference(scan):
    found = details(scan(rtf.picture_field(), "a.rtf"), "external-reference")
    assert found == ["INCLUDEPICTURE field: http://198.51.100.7/zaehler.png"]


@pytest.mark.parametrize("build", [rtf.plain, rtf.ordinary_fields])
def test_a_document_without_objects_has_no_findings(scan, build):
    assert scan(build(), "brief.rtf").findings == ()


def test_a_truncated_object_is_still_reported(codes):
    assert "embedded-object" in codes(rtf.SAMPLES["truncated/rechnung.rtf"](), "a.rtf")


def test_a_raw_run_longer_than_the_file_hides_nothing(codes):
    data = rtf.packaged_program().replace(rb"\pard", rb"{\bin99999999999 x}\pard")
    assert "embedded-file" in codes(data, "a.rtf")


def test_the_core_reads_alike_compiled_and_uncompiled():
    import importlib.util

    from attachguard._core import rtf as compiled

    source = compiled.__file__.rpartition("rtf.")[0] + "rtf.py"
    spec = importlib.util.spec_from_file_location("pure_rtf", source)
    pure = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pure)
    for build in rtf.SAMPLES.values():
        for skip in (True, False):
            assert compiled.read(build(), skip, 1000, 4096) == pure.read(build(), skip, 1000, 4096)
