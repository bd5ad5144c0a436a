"""RAR, old and new: names, encryption, stored members."""

from __future__ import annotations

import pytest

from tests.fixtures.rar import LOCK, PROGRAM, SAMPLES, TEXT, new, new_file, old, old_file


def members(report):
    return {part.name: part for part in report.parts[1:]}


def details(report, code):
    return [f.detail for f in report.findings if f.code == code]


@pytest.mark.parametrize(
    "data",
    [
        old(old_file(b"a.txt", TEXT), old_file(b"b.exe", PROGRAM)),
        new(new_file("a.txt", TEXT), new_file("b.exe", PROGRAM)),
    ],
)
def test_stored_members_are_read(scan, data):
    report = scan(data, "x.rar")
    found = members(report)
    assert (found["a.txt"].size, found["b.exe"].size) == (len(TEXT), len(PROGRAM))
    assert any(f.code == "executable-content" and f.part.endswith("b.exe") for f in report.findings)
    assert not details(report, "uninspectable-content")


def test_compressed_members_are_listed_and_said_once(scan):
    report = scan(SAMPLES["old/bescheid.rar"](), "x.rar")
    assert members(report)["bild.jpg"].size is None
    assert details(report, "uninspectable-content") == [
        "RAR4: compressed members (1 not read); install attachguard[archives], unrar, 7zip or unar"
    ]


def test_folders_in_names_use_slashes_and_are_noted(scan):
    report = scan(SAMPLES["old/bescheid.rar"](), "x.rar")
    assert "akten/brief.txt" in members(report)
    assert details(report, "archive-directories")


def test_a_script_that_cannot_be_read_counts_by_its_name(scan):
    report = scan(SAMPLES["new/bescheid.rar"](), "x.rar")
    finding = next(f for f in report.findings if f.code == "script-content")
    assert finding.part.endswith("start.js")


@pytest.mark.parametrize(
    ("sample", "detail"),
    [
        ("old-locked/bescheid.rar", "RAR4: AES-128 or older, some members"),
        ("old-hidden/bescheid.rar", "RAR4: AES-128 or older, names hidden"),
        ("new-locked/bescheid.rar", "RAR5: AES-256"),
        ("new-hidden/bescheid.rar", "RAR5: AES-256, names hidden"),
    ],
)
def test_both_kinds_of_encryption_are_told_apart(scan, sample, detail):
    report = scan(SAMPLES[sample](), "x.rar")
    assert details(report, "encrypted-unknown-password") == [detail]
    assert report.parts[0].encryption == "unknown-password"


def test_the_readable_member_of_a_mixed_archive_is_read(scan):
    found = members(scan(SAMPLES["old-locked/bescheid.rar"](), "x.rar"))
    assert (found["brief.txt"].size, found["offen.txt"].size) == (None, len(TEXT))


def test_empty_members_and_folders_are_never_encrypted(codes):
    assert "encrypted-unknown-password" not in codes(SAMPLES["lookalike/leer.rar"](), "x.rar")


def test_an_encrypted_member_that_lies_about_its_size_is_encrypted(codes):
    assert "encrypted-unknown-password" in codes(old(old_file(b"a.txt", bytes(16), flags=4, size=0)), "x.rar")


def test_unicode_names_are_unpacked(scan):
    assert "rechnung.txt" in members(scan(SAMPLES["old-unicode/bescheid.rar"](), "x.rar"))


def test_a_volume_is_not_clean(codes):
    assert "uninspectable-content" in codes(old(old_file(b"a.txt", TEXT, flags=2), flags=1), "x.part1.rar")


def test_what_stands_before_the_damage_is_kept(scan):
    data = new(new_file("a.txt", TEXT), new_file("b.exe", PROGRAM, extra=LOCK))
    report = scan(data[:-60], "x.rar")
    assert "a.txt" in members(report)
    assert details(report, "malformed-file")


def test_the_first_version_is_listed_and_its_stored_members_are_read(scan):
    report = scan(SAMPLES["first/bescheid.rar"](), "a.rar")
    assert members(report)["SETUP.EXE"].type.id == "pe"
    assert members(report)["AKTE/BILD.JPG"].size is None
    assert "uninspectable-content" in {f.code for f in report.findings}


def test_encryption_of_the_first_version_is_told(scan):
    report = scan(SAMPLES["first-locked/bescheid.rar"](), "a.rar")
    assert report.parts[0].encryption == "unknown-password"
    assert {"encrypted-unknown-password", "archive-nested"} <= {f.code for f in report.findings}


def test_a_plain_archive_of_the_first_version_is_clean_and_a_cut_one_is_not(codes):
    assert codes(SAMPLES["lookalike/erste.rar"](), "a.rar") == {"archive-content"}
    assert "malformed-file" in codes(SAMPLES["truncated/erste.rar"](), "a.rar")
