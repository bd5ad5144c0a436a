"""NTFS: every stream of every file in use is a part, however it is stored; what only its owner can read is said to be encrypted."""

from __future__ import annotations

import hashlib

import pytest

from tests.fixtures.disk import PROGRAM, TEXT, gpt, partitioned
from tests.fixtures.ntfs import SAMPLES, UNIT, attribute, compressed, file_name, outside, plain, record, run, volume


def members(report):
    return {part.name: part.sha256 for part in report.parts[1:]}


def digest(content):
    return hashlib.sha256(content).hexdigest()


WANTED = {
    "Notiz.txt": digest(TEXT[:200]),
    "Notiz.txt/setup.exe": digest(PROGRAM),
    "Werkzeug/Werkzeug.exe": digest(PROGRAM.ljust(1200, b"\x90")),
}


@pytest.mark.parametrize("dress", [bytes, partitioned, gpt])
def test_files_streams_and_folders_are_found_and_deleted_ones_are_not(scan, dress):
    report = scan(dress(plain()), "plan.img")
    assert members(report) == WANTED
    assert "executable-content" in {finding.code for finding in report.findings}
    assert not {"uninspectable-content", "malformed-file", "filename-deceptive"} & {f.code for f in report.findings}


def test_the_volume_itself_has_a_type(scan):
    assert scan(plain(), "plan.img").parts[0].type.id == "ntfs"


@pytest.mark.parametrize("hole", [False, True])
def test_compressed_streams_are_unpacked(scan, hole):
    second = bytes(UNIT) if hole else bytes(range(256)) * (UNIT // 256)
    assert members(scan(compressed(hole=hole), "plan.img")) == {
        "setup.exe": digest((PROGRAM.ljust(UNIT, b"\0") + second)[: 2 * UNIT - 100])
    }


def test_records_that_continue_another_one_count(scan):
    assert members(scan(SAMPLES["continued/plan.img"](), "plan.img")) == {
        "setup.exe": digest(PROGRAM.ljust(1024, b"\x90"))
    }


def test_a_file_encrypted_by_its_owner_is_listed_as_such(scan):
    report = scan(SAMPLES["encrypted/plan.img"](), "plan.img")
    assert [(part.name, part.encryption) for part in report.parts[1:]] == [("Akte.docx", "unknown-password")]


def test_a_file_compressed_by_the_overlay_filter_is_not_clean(scan):
    data = volume({26: record(file_name("setup.exe"), attribute(0x80, b"x" * 40, "WofCompressedData"))})
    details = [f.detail for f in scan(data, "plan.img").findings if f.code == "uninspectable-content"]
    assert details == ["NTFS: 'setup.exe' is compressed by WOF, not read here"]


def test_a_second_name_with_another_ending_is_a_part_of_its_own(scan):
    data = volume({26: record(file_name("brief.txt"), file_name("brief.js"), attribute(0x80, TEXT[:100]))})
    assert set(members(scan(data, "plan.img"))) == {"brief.txt", "brief.js"}


def test_runs_before_the_volume_are_malformed(codes):
    data = volume({26: record(file_name("a.bin"), outside(run(1, -400), 300))})
    assert "malformed-file" in codes(data, "plan.img")


def test_a_folder_that_is_its_own_parent_ends(scan):
    data = volume(
        {26: record(file_name("x", 26), folder=True), 27: record(file_name("a.txt", 26), attribute(0x80, TEXT[:90]))}
    )
    assert [part.name.endswith("/a.txt") for part in scan(data, "plan.img").parts[1:]] == [True]


def test_a_cut_volume_keeps_what_it_has(scan):
    report = scan(SAMPLES["truncated/plan.img"](), "plan.img")
    assert "malformed-file" in {finding.code for finding in report.findings}
    assert "Notiz.txt/setup.exe" in members(report)


def test_a_locked_volume_is_encrypted(codes):
    assert "encrypted-unknown-password" in codes(plain().replace(b"NTFS    ", b"-FVE-FS-", 1), "plan.img")


def test_streams_of_endless_pieces_are_not_followed(scan):
    """A run takes two bytes of a record and much more of memory."""
    runs = run(1, None) * 230
    data = volume({number: record(file_name(f"{number}.bin"), outside(runs, 1 << 20)) for number in range(25, 32)})
    assert len(scan(data, "a.img").parts) == 8
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("attachguard.readers.disk.ntfs._PIECES", 1000)
        assert "malformed-file" in {finding.code for finding in scan(data, "a.img").findings}
