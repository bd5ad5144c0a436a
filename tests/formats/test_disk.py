"""Disk images: files of FAT volumes are parts, whatever stands around the volume; what cannot be read is said."""

from __future__ import annotations

import hashlib

import pytest

from tests.fixtures.disk import PROGRAM, SAMPLES, TEXT, dynamic, footer, partitioned, volume


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize(
    "sample", ["fat/plan.img", "partition/plan.img", "gpt/plan.img", "fixed/plan.vhd", "dynamic/plan.vhd"]
)
def test_the_files_of_a_volume_are_parts(scan, sample):
    report = scan(SAMPLES[sample](), sample)
    found = {part.name: part.sha256 for part in report.parts[1:]}
    assert found == {
        "Lageplan.txt": hashlib.sha256(TEXT).hexdigest(),
        "TOOLS/SETUP.EXE": hashlib.sha256(PROGRAM).hexdigest(),
    }
    assert "executable-content" in {finding.code for finding in report.findings}
    assert details(report, "uninspectable-content") == []


def test_another_file_system_is_named(scan):
    report = scan(SAMPLES["ntfs/plan.img"](), "plan.img")
    assert details(report, "uninspectable-content") == ["disk image: volume with NTFS, not read here"]


def test_a_cut_volume_is_malformed_and_keeps_what_it_has(scan):
    report = scan(SAMPLES["truncated/plan.img"](), "plan.img")
    assert details(report, "malformed-file")
    assert len(report.parts) > 1


def test_a_chain_that_runs_in_a_circle_ends_with_the_file(scan):
    report = scan(volume(next_of_last=2), "plan.img")
    assert next(part for part in report.parts if part.name == "Lageplan.txt").size == len(TEXT)


def test_a_differencing_disk_is_not_clean(codes):
    assert "malformed-file" in codes(volume() + footer(4, 512), "plan.vhd")


def test_a_table_without_volumes_is_not_clean(codes):
    assert "uninspectable-content" in codes(partitioned(bytes(2048)), "plan.img")


def test_a_table_of_blocks_beyond_the_end_is_malformed(codes):
    data = bytearray(dynamic(volume()))
    data[512 + 28 : 512 + 32] = b"\xff\xff\xff\xff"
    assert "malformed-file" in codes(bytes(data), "plan.vhd")
