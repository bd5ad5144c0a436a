"""macOS programs: thin, universal, signed, and told from Java classes."""

from __future__ import annotations

import pytest

from tests.fixtures.macho import SAMPLES


@pytest.mark.parametrize(
    ("sample", "words", "signed"),
    [
        ("thin/a", "Mach-O 64-bit executable, x86-64", False),
        ("signed/a", "Mach-O 64-bit executable, x86-64", True),
        ("old/a", "Mach-O 32-bit shared library, PowerPC", False),
        ("universal/a", "Mach-O universal: x86-64, ARM64", True),
    ],
)
def test_programs_are_described_in_words(scan, sample, words, signed):
    report = scan(SAMPLES[sample](), "a")
    assert [f.detail for f in report.findings if f.code == "executable-content"] == [words]
    assert report.parts[0].signed is signed


def test_a_java_class_is_none(scan):
    assert scan(SAMPLES["lookalike/A.class"](), "A.class").parts[0].type.id == "class"


def test_a_cut_list_is_malformed_and_still_a_program(codes):
    assert {"executable-content", "malformed-file"} <= codes(SAMPLES["truncated/a"](), "a")
