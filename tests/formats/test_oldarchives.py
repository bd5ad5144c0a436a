"""ARJ, LHA, ACE and closed containers: names, encryption, stored members."""

from __future__ import annotations

import pytest

from tests.fixtures.oldarchives import SAMPLES, TEXT


def members(report):
    return {part.name: part.size for part in report.parts[1:]}


def details(report, code):
    return [f.detail for f in report.findings if f.code == code]


@pytest.mark.parametrize(
    ("sample", "listed", "unread"),
    [
        (
            "arj/lieferung.arj",
            {"text/schein.txt": len(TEXT), "setup.exe": None},
            "ARJ: compressed members (1 not read); install 7zip or unar",
        ),
        (
            "lha/lieferung.lzh",
            {"schein.txt": len(TEXT), "tools/start.bat": None},
            "LHA: compressed members (1 not read); install attachguard[archives], 7zip or unar",
        ),
        ("ace/lieferung.ace", {"schein.txt": len(TEXT), "setup.exe": None}, "ACE: compressed members (1 not read)"),
    ],
)
def test_stored_members_are_read_and_the_others_listed(scan, sample, listed, unread):
    report = scan(SAMPLES[sample](), sample)
    assert members(report) == listed
    assert details(report, "uninspectable-content") == [unread]
    assert {"executable-content", "script-content"} & {f.code for f in report.findings}


@pytest.mark.parametrize(
    ("sample", "detail"),
    [("arj-garbled/lieferung.arj", "ARJ: garbled, some members"), ("ace-locked/lieferung.ace", "ACE: Blowfish")],
)
def test_encryption_is_told(scan, sample, detail):
    report = scan(SAMPLES[sample](), sample)
    assert details(report, "encrypted-unknown-password") == [detail]


@pytest.mark.parametrize("sample", ["lookalike/leer.arj", "lookalike/leer.ace"])
def test_empty_members_are_never_encrypted(codes, sample):
    assert "encrypted-unknown-password" not in codes(SAMPLES[sample](), sample)


def test_a_disk_image_without_its_tables_is_damaged(scan):
    report = scan(SAMPLES["image/platte.vhdx"](), "platte.vhdx")
    assert details(report, "malformed-file") == ["VHDX: no table of regions"]


@pytest.mark.parametrize("sample", sorted(name for name in SAMPLES if name.startswith("truncated/")))
def test_cut_archives_are_not_clean(codes, sample):
    assert "malformed-file" in codes(SAMPLES[sample](), sample)
