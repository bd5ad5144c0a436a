"""Windows shortcuts: what they run, how they hide it, what stands behind them."""

from __future__ import annotations

import pytest

from tests.fixtures.lnk import SAMPLES, location, shortcut


def detail(report, code="executable-content"):
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        (
            "local/Rechnung.pdf.lnk",
            "target C:\\Windows\\System32\\cmd.exe, arguments /c start calc.exe, icon C:\\Windows\\System32\\imageres.dll",
        ),
        ("share/a.lnk", "target \\\\203.0.113.7\\frei\\a.exe"),
        ("environment/a.lnk", "target %COMSPEC%, arguments /c dir"),
        ("padded/a.lnk", "target C:\\Windows\\notepad.exe, arguments (padded) /a"),
    ],
)
def test_target_arguments_and_icon_are_told(scan, sample, words):
    assert detail(scan(SAMPLES[sample](), "a.lnk")) == [f"Windows shortcut: {words}"]


def test_arguments_behind_an_overlong_folder_are_found(scan):
    """Windows cuts every string but the arguments at 260 characters."""
    assert "arguments /c start calc.exe" in detail(scan(SAMPLES["hidden/a.lnk"](), "a.lnk"))[0]


def test_a_share_is_an_external_reference(scan, codes):
    assert detail(scan(SAMPLES["share/a.lnk"](), "a.lnk"), "external-reference") == [
        "Windows shortcut: \\\\203.0.113.7\\frei\\a.exe"
    ]
    assert "external-reference" not in codes(SAMPLES["local/Rechnung.pdf.lnk"](), "a.lnk")


def test_what_stands_behind_a_shortcut_is_looked_at(scan):
    report = scan(SAMPLES["overlay/a.lnk"](), "a.lnk")
    assert detail(report, "embedded-file")
    assert [part.type.id for part in report.parts if part.role == "embedded"] == ["html"]


def test_the_command_line_is_a_layer_for_rules(scan):
    report = scan(SAMPLES["local/Rechnung.pdf.lnk"](), "a.lnk")
    assert [part.role for part in report.parts[1:]] == ["layer"]


def test_long_and_unprintable_text_is_cut(scan):
    told = detail(scan(shortcut(info=location("C:\\a.exe"), arguments="\x07" + "a" * 5000), "a.lnk"))[0]
    assert len(told) < 300
    assert told.isprintable()


def test_a_cut_shortcut_is_malformed_and_still_runs_something(codes):
    assert {"executable-content", "malformed-file"} <= codes(SAMPLES["truncated/a.lnk"](), "a.lnk")
    assert "executable-content" not in codes(SAMPLES["lookalike/L.txt"](), "L.txt")
