"""Unix programs: named in words, and what they carry."""

from __future__ import annotations

import pytest

from tests.fixtures.elf import SAMPLES


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        ("executable/a.bin", "ELF 64-bit executable, x86-64"),
        ("old/a.bin", "ELF 32-bit executable, SPARC"),
        ("shared/a.so", "ELF 64-bit shared object or position-independent executable, ARM64"),
        ("appimage/a.AppImage", "ELF 64-bit executable, x86-64, AppImage"),
    ],
)
def test_programs_are_described_in_words(scan, sample, words):
    assert [f.detail for f in scan(SAMPLES[sample](), "a").findings if f.code == "executable-content"] == [words]


def test_what_a_program_carries_is_told(scan, codes):
    assert scan(SAMPLES["oat/a.oat"](), "a").parts[0].type.id == "oat"
    assert scan(SAMPLES["sfx/a.run"](), "a").parts[0].types == ("elf", "7z")
    assert "archive-self-extracting" in codes(SAMPLES["appimage/a.AppImage"](), "a")


def test_a_cut_header_is_malformed_and_still_a_program(codes):
    assert {"executable-content", "malformed-file"} <= codes(SAMPLES["truncated/a.bin"](), "a")
    assert "executable-content" not in codes(SAMPLES["lookalike/elf.txt"](), "a.txt")
