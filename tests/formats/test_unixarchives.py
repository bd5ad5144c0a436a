"""ar and Debian packages, cpio, RPM, xar and macOS installers."""

from __future__ import annotations

import pytest

from tests.fixtures.unixarchives import END, PROGRAM, SAMPLES, TEXT, binary, newc, xar


def members(report):
    return {part.name: part.size for part in report.parts[1:]}


def found(report):
    return {f.code for f in report.findings}


def test_ar_names_of_both_traditions(scan):
    report = scan(SAMPLES["ar/plan.a"](), "plan.a")
    assert members(report) == {"haushaltsplan-einzelplan-06.txt": len(TEXT), "setup.exe": len(PROGRAM)}


def test_a_debian_package_is_told_by_its_first_member(scan):
    assert scan(SAMPLES["deb/paket.deb"](), "p.deb").parts[0].type.id == "deb"
    assert scan(SAMPLES["lookalike/plan.a"](), "p.deb").parts[0].type.id == "ar"


def test_a_debian_package_is_a_program(codes):
    assert "executable-content" in codes(SAMPLES["deb/paket.deb"](), "p.deb")


@pytest.mark.parametrize("sample", ["odc/plan.cpio", "binary/plan.cpio"])
def test_old_cpio_forms_are_read(scan, sample):
    assert members(scan(SAMPLES[sample](), "plan.cpio")) == {"plan.txt": len(TEXT)}


def test_big_endian_binary_cpio_is_read(scan):
    data = binary("plan.txt", TEXT, ">") + binary("TRAILER!!!", b"", ">")
    assert members(scan(data, "plan.cpio")) == {"plan.txt": len(TEXT)}


def test_new_cpio_is_read_and_folders_are_noted(scan):
    report = scan(SAMPLES["cpio/plan.cpio"](), "plan.cpio")
    assert members(report) == {"ordner/plan.txt": len(TEXT), "setup.exe": len(PROGRAM)}
    assert {"archive-directories", "executable-content"} <= found(report)


def test_data_behind_a_cpio_is_looked_at(scan):
    report = scan(newc("plan.txt", TEXT) + END + bytes(100) + PROGRAM, "plan.cpio")
    assert {"archive-ambiguous", "executable-content"} <= found(report)


def test_an_rpm_holds_its_payload(scan):
    report = scan(SAMPLES["rpm/paket.rpm"](), "p.rpm")
    assert [part.type.id for part in report.parts] == ["rpm", "gz", "cpio", "pe"]


def test_xar_members_are_unpacked(scan):
    report = scan(SAMPLES["xar/plan.xar"](), "plan.xar")
    assert members(report) == {"plan.txt": len(TEXT), "setup.exe": len(PROGRAM)}


def test_a_macos_installer_is_told_by_its_members(scan):
    assert scan(SAMPLES["pkg/paket.pkg"](), "p.pkg").parts[0].type.id == "pkg"


def test_xar_refuses_entities(scan):
    bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]>"
    report = scan(xar([("&a;", TEXT, "octet-stream")], bomb), "plan.xar")
    assert "malformed-file" in found(report)
    assert len(report.parts) == 1


@pytest.mark.parametrize("sample", sorted(name for name in SAMPLES if name.startswith("truncated/")))
def test_cut_archives_are_not_clean(codes, sample):
    assert "malformed-file" in codes(SAMPLES[sample](), sample)
