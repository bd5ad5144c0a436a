"""Volumes of split archives are named as such, and what lies in the others is reported as unread."""

from __future__ import annotations

import pytest

from attachguard.types.identify.volumes import volume
from tests.fixtures.volumes import SAMPLES


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("a.part1.rar", 1), ("a.part02.RAR", 2), ("a.part1.exe", 1), ("a.r00", 2), ("a.r99", 101), ("a.s00", 102), ("a.z01", 1), ("a.7z.001", 1),
        ("a.tar.gz.012", 12), ("a.001. ", 1), ("a.a01", 2), ("a.c00", 2), ("a.rar", 0), ("a.zip", 0), ("a.7z", 0), ("a.2024", 0), ("a.mp3", 0),
        ("part2.rar", 0), ("001", 0), ("", 0),
    ],
)  # fmt: skip
def test_the_number_of_a_volume_is_read_from_its_name(name, number):
    assert volume(name) == number


@pytest.mark.parametrize(
    ("sample", "kind", "number"),
    [
        ("first/unterlagen.zip.001", "zip", 1),
        ("spanned/unterlagen.z01", "zip", 1),
        ("blind/unterlagen.7z.002", "volume", 2),
        ("rar/unterlagen.part3.rar", "volume", 3),
        ("old/unterlagen.r07", "volume", 9),
        ("truncated/unterlagen.7z.003", "volume", 3),
    ],
)
def test_a_volume_alone_says_that_the_rest_is_elsewhere(scan, sample, kind, number):
    report = scan(SAMPLES[sample](), sample.rpartition("/")[2])
    assert report.parts[0].type.id == kind
    words = [finding.detail for finding in report.findings if finding.code == "uninspectable-content"]
    assert f"archive: volume {number} of a set, judging by its name; the others are missing" in words
    assert "archive-content" in {finding.code for finding in report.findings}


@pytest.mark.parametrize("sample", ["lookalike/protokoll.001", "lookalike/unterlagen.zip"])
def test_a_text_with_a_number_and_a_whole_archive_are_no_volumes(codes, sample):
    assert "uninspectable-content" not in codes(SAMPLES[sample](), sample.rpartition("/")[2])
