"""Disks of virtual machines: a VHDX is read here, the others where 7-Zip may be asked, and what is not read is said."""

from __future__ import annotations

import shutil

import pytest

from attachguard.errors import Malformed
from attachguard.readers.disk.vhdx import vhdx as opened
from tests.fixtures.virtualdisks import SAMPLES, qcow, raw, vdi, vhdx, vmdk

SEVENZIP = next(filter(None, map(shutil.which, ("7zz", "7z", "7za"))), None)


def details(report, code: str = "uninspectable-content") -> list[str]:
    return [finding.detail for finding in report.findings if finding.code == code]


def files(report) -> set[tuple[str, int | None]]:
    return {(part.name, part.size) for part in report.parts[1:]}


def test_every_byte_of_a_vhdx_is_where_it_belongs():
    disk = opened(vhdx())
    assert disk.size == len(raw())
    assert disk.read(0, disk.size + 10) == raw()
    assert disk.read(700, 1500) == raw()[700:2200]
    assert bytes(disk.volume(512)) == raw()[512:]


def test_the_files_of_a_vhdx_are_parts(bare_scan):
    report = bare_scan(vhdx(), "plan.vhdx")
    assert report.parts[0].type.id == "vhdx"
    assert files(report) == files(bare_scan(raw(), "plan.img")) != set()
    assert details(report) == []


def test_a_vhdx_that_needs_another_file_is_reported_as_unread(bare_scan):
    assert details(bare_scan(vhdx(flags=2), "plan.vhdx")) == [
        "VHDX: a differencing disk, most of which is in another file"
    ]


@pytest.mark.parametrize(("at", "says"), [(192 << 10, "no table of regions"), ((1 << 20) + 10, "metadata missing")])
def test_a_vhdx_without_its_tables_is_damaged(bare_scan, at, says):
    image = vhdx()
    (words,) = details(bare_scan(image[:at] + bytes(4) + image[at + 4 :], "plan.vhdx"), "malformed-file")
    assert says in words


def test_a_table_of_blocks_beyond_the_end_is_damage():
    image = vhdx()
    disk = opened(image.replace((2 << 20).to_bytes(8, "little"), (1 << 40).to_bytes(8, "little"), 1))
    with pytest.raises(Malformed, match="past the end"):
        disk.read(0, 512)


@pytest.mark.parametrize(("kind", "build"), [("vmdk", vmdk), ("qcow", qcow), ("vdi", vdi)])
def test_other_disks_are_reported_as_unread_unless_programs_may_be_asked(bare_scan, kind, build):
    report = bare_scan(build(), f"plan.{kind}")
    assert report.parts[0].type.id == kind
    (words,) = details(report)
    assert words.endswith("not opened here; install 7zip")


@pytest.mark.skipif(SEVENZIP is None, reason="needs the program of 7-Zip (package 7zip)")
def test_7zip_gives_the_files_on_another_disk(scan, with_packages):
    report = scan(qcow(), "plan.qcow2")
    assert files(report) == {("LAGEPL~1.TXT", 1140), ("TOOLS/SETUP.EXE", 268)}
    assert details(report) == []


def test_an_encrypted_qcow_is_said_to_be_encrypted(bare_scan):
    report = bare_scan(SAMPLES["encrypted/plan.qcow2"](), "plan.qcow2")
    assert details(report, "encrypted-unknown-password") == ["QCOW: encrypted"]


def test_a_cut_disk_is_never_clean(codes):
    assert codes(SAMPLES["truncated/plan.vmdk"](), "plan.vmdk") & {"malformed-file", "uninspectable-content"}
