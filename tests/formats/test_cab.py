"""Cabinets: MSZIP and stored members are read, the others are listed."""

from __future__ import annotations

import hashlib

from tests.fixtures.cab import SAMPLES, TEXT, cabinet


def members(report):
    return {part.name: part for part in report.parts[1:]}


def test_mszip_blocks_use_the_block_before_as_dictionary(scan):
    report = scan(SAMPLES["mszip/unterlagen.cab"](), "u.cab")
    assert members(report)["los/text.txt"].sha256 == hashlib.sha256(TEXT).hexdigest()
    assert any(f.code == "executable-content" and f.part.endswith("setup.exe") for f in report.findings)


def test_stored_members_are_read(scan):
    assert members(scan(SAMPLES["stored/unterlagen.cab"](), "u.cab"))["kurz.txt"].size == 100


def test_lzx_members_are_listed_and_said_once(scan):
    report = scan(SAMPLES["lzx/unterlagen.cab"](), "u.cab")
    assert members(report)["setup.exe"].size is None
    assert [f.detail for f in report.findings if f.code == "uninspectable-content"] == [
        "cabinet: packed with LZX (2 not read); install attachguard[archives] or 7zip"
    ]
    assert "executable-content" in {f.code for f in report.findings}


def test_a_notebook_is_told_by_its_table_of_contents(scan):
    assert scan(SAMPLES["notebook/notizen.onepkg"](), "n.onepkg").parts[0].types == ("cab", "onepkg")
    assert scan(SAMPLES["lookalike/unterlagen.cab"](), "u.cab").parts[0].type.id == "cab"


def test_damage_in_one_member_leaves_the_ones_before(scan):
    report = scan(SAMPLES["truncated/unterlagen.cab"](), "u.cab")
    assert members(report)["a.txt"].size == len(TEXT)
    assert any(f.code == "malformed-file" and f.part.endswith("b.txt") for f in report.findings)


def test_files_that_overlap_are_damage(codes):
    data = bytearray(cabinet({"a.txt": TEXT[:100], "b.txt": TEXT[:50]}, 0))
    second = data.find(b"a.txt\0") + 6
    data[second + 4 : second + 8] = (10).to_bytes(4, "little")
    assert "malformed-file" in codes(bytes(data), "u.cab")


def test_a_troubleshooter_package_is_a_program(scan):
    report = scan(cabinet({"DiagPackage.diagpkg": TEXT[:100], "TS_a.ps1": TEXT[:50]}), "a.diagcab")
    assert report.parts[0].type.id == "diagcab"
    assert "executable-content" in {finding.code for finding in report.findings}
