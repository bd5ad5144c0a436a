"""Disk images: files of FAT volumes are parts, whatever stands around the volume; what cannot be read is said."""

from __future__ import annotations

import hashlib

import pytest

from tests.fixtures.disk import PROGRAM, SAMPLES, SECTOR, TEXT, dynamic, footer, gpt, partitioned, volume
from tests.fixtures.udf import FILES, image


def details(report, code):
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize(
    "sample",
    ["fat/plan.img", "partition/plan.img", "logical/plan.img", "gpt/plan.img", "fixed/plan.vhd", "dynamic/plan.vhd"],
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
    report = scan(SAMPLES["exfat/plan.img"](), "plan.img")
    assert details(report, "uninspectable-content") == ["disk image: volume with exFAT, not read here"]


def test_a_cut_volume_is_malformed_and_keeps_what_it_has(scan):
    report = scan(SAMPLES["truncated/plan.img"](), "plan.img")
    assert details(report, "malformed-file")
    assert len(report.parts) > 1


def test_a_chain_that_runs_in_a_circle_ends_with_the_file(scan):
    report = scan(volume(next_of_last=2), "plan.img")
    assert next(part for part in report.parts if part.name == "Lageplan.txt").size == len(TEXT)


def test_a_differencing_disk_is_not_clean(codes):
    found = codes(volume() + footer(4, 512), "plan.vhd")
    assert "uninspectable-content" in found
    assert "malformed-file" not in found, "it is sound, and its other file is elsewhere"


def test_a_table_without_volumes_is_not_clean(codes):
    assert "uninspectable-content" in codes(partitioned(bytes(2048)), "plan.img")


def test_a_table_of_blocks_beyond_the_end_is_malformed(codes):
    data = bytearray(dynamic(volume()))
    data[512 + 28 : 512 + 32] = b"\xff\xff\xff\xff"
    assert "malformed-file" in codes(bytes(data), "plan.vhd")


def test_a_disc_image_in_a_partition_is_read(scan):
    report = scan(partitioned(image(FILES)), "plan.img")
    assert [part.name for part in report.parts[1:]] == ["partition 1.iso", *FILES]


def test_the_copy_of_a_table_of_partitions_is_read_where_the_first_is_gone(scan):
    data = gpt(volume())
    copy = bytearray(data[SECTOR : 2 * SECTOR])
    report = scan(data[:SECTOR] + bytes(SECTOR) + data[2 * SECTOR :] + bytes(copy), "plan.img")
    assert {part.name for part in report.parts[1:]} == {"Lageplan.txt", "TOOLS/SETUP.EXE"}


def test_a_reserved_partition_without_content_is_nothing_to_tell(codes):
    data = bytearray(gpt(bytes(8 * SECTOR) + volume()))
    reserved = bytes.fromhex("16e3c9e35c0bb84d817df92df00215ae") + bytes(16) + (3).to_bytes(8, "little") + bytes(8)
    second = bytes(range(32)) + (11).to_bytes(8, "little") + bytes(8)
    data[2 * SECTOR : 3 * SECTOR] = (reserved.ljust(128, b"\0") + second).ljust(SECTOR, b"\0")
    found = codes(bytes(data), "plan.img")
    assert "executable-content" in found
    assert "uninspectable-content" not in found


def test_one_broken_volume_does_not_hide_the_next(scan):
    data = bytearray(partitioned(volume()))
    # A second entry, in front: the boot sector of a volume that makes no sense.
    data[462:478] = data[446:462]
    data[446 + 8 : 446 + 12] = b"\1\0\0\0"
    data[SECTOR : 2 * SECTOR] = bytes(data[2 * SECTOR : 3 * SECTOR])
    data[SECTOR + 22 : SECTOR + 24] = b"\0\0"
    data[SECTOR + 36 : SECTOR + 40] = bytes(4)
    report = scan(bytes(data), "plan.img")
    assert {"malformed-file", "executable-content"} <= {finding.code for finding in report.findings}
