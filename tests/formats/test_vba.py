"""VBA projects: found, read, graded."""

from __future__ import annotations

import time

import pytest

from attachguard.formats.office._office.vbagrade import grade
from attachguard.formats.office.vba import code_lines
from attachguard.testkit.vba import compress
from tests import HANG
from tests.fixtures.cfb import build
from tests.fixtures.vba import ATTRIBUTES, EMPTY, HARMLESS, MACRO, SAMPLES, bare, project


def macro(scan, data: bytes) -> list[str]:
    return [
        finding.detail
        for finding in scan(data, "x.bin").findings
        if finding.code == "macro-content" and finding.kind != "vba-empty"
    ]


def test_code_that_starts_itself_and_runs_programs_is_graded_so(scan):
    assert macro(scan, SAMPLES["macro/vbaProject.bin"]()) == ["VBA (auto-exec, suspicious): AutoOpen, Shell"]


def test_harmless_code_is_macro_content_without_a_grade(scan):
    assert macro(scan, SAMPLES["harmless/vbaProject.bin"]()) == ["VBA: Module1"]


def test_code_that_starts_itself_only(scan):
    source = ATTRIBUTES + 'Private Sub Workbook_Open()\r\n    MsgBox "Guten Tag"\r\nEnd Sub\r\n'
    assert macro(scan, bare(source)) == ["VBA (auto-exec): Workbook_Open"]


def test_a_project_without_code_is_a_kind_of_its_own_among_macros(scan):
    report = scan(SAMPLES["empty/vbaProject.bin"](), "x.bin")
    assert [(finding.code, finding.kind) for finding in report.findings] == [("macro-content", "vba-empty")]
    assert report.findings[0].detail.startswith("VBA (empty):")


def test_compiled_code_without_source_is_a_macro(scan):
    assert macro(scan, SAMPLES["stomped/vbaProject.bin"]()) == [
        "VBA (stomped): 12 compiled lines without source in VBA"
    ]


def test_compiled_code_much_longer_than_the_source_is_told(scan):
    assert "stomped" in macro(scan, bare(HARMLESS, compiled=60))[0]
    assert "stomped" not in macro(scan, bare(HARMLESS, compiled=4))[0]


def test_a_broken_list_of_modules_does_not_hide_them(scan):
    assert macro(scan, SAMPLES["broken-dir/vbaProject.bin"]()) == ["VBA (auto-exec, suspicious): AutoOpen, Shell"]


def test_a_wrong_offset_does_not_hide_the_source(scan):
    streams = project({"Module1": MACRO})
    streams["VBA/Module1"] = bytes(123) + compress(MACRO.encode())
    assert macro(scan, build(streams)) == ["VBA (auto-exec, suspicious): AutoOpen, Shell"]


def test_the_project_is_found_wherever_it_stands(scan):
    assert macro(scan, build(project({"Module1": MACRO}, above="Anything/At/All/")))


def test_source_is_a_layer_for_the_rules(scan):
    report = scan(SAMPLES["macro/vbaProject.bin"](), "x.bin")
    (layer,) = [part for part in report.parts if part.role == "layer"]
    assert (layer.name, layer.type.id, layer.size) == ("Module1.bas", "vb", len(MACRO))


def test_names_and_text_are_read_in_the_code_page_of_the_project(scan):
    report = scan(build(project({"Löhne": HARMLESS.replace("Twice", "Größe")})), "x.bin")
    assert any(part.name == "Löhne.bas" for part in report.parts)


def test_streams_that_only_look_alike_are_nothing(codes):
    assert codes(SAMPLES["lookalike/settings.bin"](), "settings.bin") == set()


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", 0),
        (ATTRIBUTES, 0),
        (EMPTY, 0),
        ("Option Explicit\nOption Base 1\nOption Compare Text\nRem note\n' note\n", 0),
        (MACRO, 3),
        ("Option Explicit: Shell x", 1),
        ('Attribute VB_Name = "a": Shell x', 1),
        ('Attribute VB_Description = "a: b"', 0),
        ("x = 1 _\n  + 2\n", 2),
        ("Remark = 1", 1),
    ],
)
def test_lines_that_do_something_are_counted(source, lines):
    assert code_lines(source) == lines


def test_words_split_over_lines_are_found():
    assert "CreateObject" in grade('Set x = _\r\n CreateObject("a")').suspicious


def test_grading_takes_linear_time():
    begun = time.perf_counter()
    grade("a_" * 250_000 + "_" * 250_000 + "Click " + "Chr" * 100_000)
    assert time.perf_counter() - begun < HANG


def test_counting_lines_takes_linear_time():
    begun = time.perf_counter()
    code_lines("Attribute " + '"' * 200_000 + "\n" + "Attribute " + '"a' * 100_000 + ":")
    assert time.perf_counter() - begun < HANG


def test_words_inside_longer_words_are_not_found():
    assert grade("Sub NutShell()\nMyShellX = 1\n").suspicious == ()
    assert grade("AutoOpened = 1").running == ()


def test_decoy_projects_do_not_hide_the_real_one(scan):
    streams: dict[str, bytes] = {}
    for number in range(40):
        streams.update(project({"M": ATTRIBUTES}, above=f"Decoy{number}/"))
    streams.update(project({"Module1": MACRO}, above="Macros/"))
    assert macro(scan, build(streams)) == ["VBA (auto-exec, suspicious): AutoOpen, Shell"]


def test_a_project_too_long_to_be_read_is_a_macro_and_a_limit(scan):
    blank = compress(b"'\r\n" * 1200) * 1
    body = b"\x01" + blank[1:] * 2000
    streams = project({"Module1": ATTRIBUTES})
    streams["VBA/Module1"] = bytes(40) + body
    report = scan(build(streams), "x.bin")
    assert {"macro-content", "resource-limit-exceeded"} <= {finding.code for finding in report.findings}
