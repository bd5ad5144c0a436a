"""Windows programs: named in words, signatures noticed, what is glued behind them opened."""

from __future__ import annotations

import pytest

from tests.fixtures.pe import SAMPLES, program


def details(report, code, part=0):
    return [
        finding.detail
        for finding in report.findings
        if finding.code == code and finding.part == report.parts[part].path
    ]


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        ("console/setup.exe", "PE32+ executable (console) x86-64"),
        ("dll/a.dll", "PE32+ DLL (GUI) ARM64"),
        ("driver/a.sys", "PE32 driver (native) x86"),
        ("dotnet/a.exe", "PE32+ executable (console) x86-64, .NET"),
        ("packed/a.exe", "PE32+ executable (console) x86-64, packed with UPX"),
        ("dos/a.exe", "DOS program"),
    ],
)
def test_programs_are_described_in_words(scan, sample, words):
    assert details(scan(SAMPLES[sample](), "a.exe"), "executable-content") == [words]


def test_a_certificate_table_is_a_signature(scan):
    assert scan(SAMPLES["signed/a.exe"](), "a.exe").parts[0].signed
    assert not scan(SAMPLES["console/setup.exe"](), "a.exe").parts[0].signed


@pytest.mark.parametrize(("sample", "key"), [("sfx-zip/a.exe", "zip"), ("sfx-rar/a.exe", "rar")])
def test_an_archive_behind_a_program_is_told_and_opened(scan, sample, key):
    report = scan(SAMPLES[sample](), "a.exe")
    assert report.parts[0].types == ("pe", key)
    assert details(report, "archive-self-extracting")
    assert not details(report, "polyglot-file")


def test_an_nsis_installer_is_named(scan):
    report = scan(SAMPLES["nsis/setup.exe"](), "setup.exe")
    assert report.parts[0].type.id == "nsis"
    assert details(report, "archive-self-extracting") == ["NSIS installer"]


def test_a_cut_program_is_still_a_program(scan, codes):
    assert {"executable-content", "malformed-file"} <= codes(SAMPLES["truncated/a.exe"](), "a.exe")
    assert "executable-content" not in codes(SAMPLES["lookalike/mainz.txt"](), "mainz.txt")


def test_more_sections_than_the_loader_takes_are_not_read(scan):
    assert details(scan(program(sections=((b".x", 0),) * 20), "a.exe"), "executable-content")
    data = bytearray(program())
    data[70:72] = b"\xff\xff"
    assert details(scan(bytes(data), "a.exe"), "executable-content")
