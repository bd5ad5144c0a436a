"""Disks of virtual machines: the files of their volumes are read without any program, and what is not read is said."""

from __future__ import annotations

import pytest

from attachguard.errors import Malformed
from attachguard.readers.disk.sparse import virtual
from tests.fixtures.virtualdisks import SAMPLES, packed_vmdk, qcow, raw, vdi, vhdx, vmdk

BUILDERS = [
    ("vmdk", vmdk),
    ("vmdk", packed_vmdk),
    ("qcow", qcow),
    ("qcow", lambda: qcow(packed=True)),
    ("vdi", vdi),
    ("vhdx", vhdx),
]


def details(report, code: str) -> list[str]:
    return [finding.detail for finding in report.findings if finding.code == code]


@pytest.mark.parametrize(("kind", "build"), BUILDERS)
def test_every_byte_of_the_disk_is_where_it_belongs(kind, build):
    disk = virtual(build(), kind)
    assert disk.size == len(raw())
    assert disk.read(0, disk.size + 10) == raw()
    assert disk.read(700, 1500) == raw()[700:2200]
    assert bytes(disk.volume(512)) == raw()[512:]


@pytest.mark.parametrize(("kind", "build"), BUILDERS)
def test_the_files_of_the_volume_are_parts(bare_scan, kind, build):
    inner = {(part.name, part.size) for part in bare_scan(raw(), "plan.img").parts[1:]}
    report = bare_scan(build(), f"plan.{kind}")
    assert report.parts[0].type.id == kind
    assert {(part.name, part.size) for part in report.parts[1:]} == inner
    assert inner
    assert details(report, "uninspectable-content") == []


@pytest.mark.parametrize(
    ("kind", "data"),
    [("qcow", qcow(secret=1)), ("qcow", qcow(backing=100)), ("vhdx", vhdx(flags=2)), ("vmdk", b"COWD" + bytes(600))],
)
def test_a_disk_that_needs_more_than_its_file_is_reported_as_unread(bare_scan, kind, data):
    with pytest.raises(Malformed):
        virtual(data, kind)
    (words,) = details(bare_scan(data, f"plan.{kind}"), "uninspectable-content")
    assert words.endswith("not opened here; install 7zip")


def test_a_cut_disk_is_never_clean(codes):
    assert codes(SAMPLES["truncated/plan.vmdk"](), "plan.vmdk") & {"malformed-file", "uninspectable-content"}


@pytest.mark.parametrize(("kind", "build", "at"), [("vmdk", packed_vmdk, 56), ("vmdk", vmdk, 56), ("qcow", qcow, 40)])
def test_a_table_at_an_impossible_place_is_damage(kind, build, at):
    image = build()
    disk = virtual(image[:at] + b"\xfe" * 8 + image[at + 8 :], kind)
    with pytest.raises(Malformed, match="beyond the end"):
        disk.read(0, 512)
