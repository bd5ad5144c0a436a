"""7z: encryption of content and of names, members, and what damage leaves of them."""

from __future__ import annotations

import pytest

from attachguard._core.bcj2 import Bcj2
from tests.fixtures.sevenzip import COPY, FILES, LZMA, LZMA2, PROGRAM, SAMPLES, TEXT, archive


def members(report):
    return {part.name: part for part in report.parts[1:]}


@pytest.mark.parametrize("methods", [[COPY], [LZMA], [LZMA2]])
def test_members_are_unpacked_whatever_the_method(scan, methods):
    found = members(scan(archive(FILES, methods), "a.7z"))
    assert found["unterlagen/brief.txt"].size == len(TEXT)
    assert found["unterlagen/setup.exe"].size == len(PROGRAM)
    assert "unterlagen" not in found, "a folder is no member"


def test_a_program_in_a_packed_header_archive_is_found(scan):
    report = scan(SAMPLES["lzma/antrag.7z"](), "antrag.7z")
    assert any(f.code == "executable-content" and f.part.endswith("setup.exe") for f in report.findings)


def test_filters_are_undone(scan):
    report = scan(SAMPLES["filtered/antrag.7z"](), "a.7z")
    assert members(report)["brief.txt"].size == len(TEXT)
    assert "malformed-file" not in {f.code for f in report.findings}, "the checksum holds"


def test_encrypted_content_shows_its_names(scan):
    report = scan(SAMPLES["locked/antrag.7z"](), "a.7z")
    finding = next(f for f in report.findings if f.code == "encrypted-unknown-password")
    assert finding.detail == "7z: AES-256"
    assert report.parts[0].encryption == "unknown-password"
    found = members(report)
    assert found["unterlagen/setup.exe"].size is None
    assert found["unterlagen/setup.exe"].encryption == "unknown-password"
    assert found["leer.txt"].encryption == "none"


def test_encrypted_names_are_told_from_encrypted_content(scan):
    report = scan(SAMPLES["hidden/antrag.7z"](), "a.7z")
    assert [f.detail for f in report.findings if f.code.startswith("encrypted")] == ["7z: AES-256, names hidden"]
    assert len(report.parts) == 1


def test_empty_members_and_folders_are_never_encrypted(codes):
    assert "encrypted-unknown-password" not in codes(SAMPLES["lookalike/leer.7z"](), "leer.7z")


def test_unreadable_methods_are_said_once_and_names_still_count(scan):
    report = scan(SAMPLES["ppmd/antrag.7z"](), "a.7z")
    unread = [f for f in report.findings if f.code == "uninspectable-content"]
    assert [f.detail for f in unread] == ["7z: packed with PPMd (2 not read); install attachguard[archives] or 7zip"]
    program = next(f for f in report.findings if f.code == "executable-content")
    assert program.part.endswith("setup.exe")


def test_a_wrong_checksum_is_reported_and_the_content_kept(scan):
    report = scan(archive({"brief.txt": TEXT}, [COPY], damage=1), "a.7z")
    assert "malformed-file" in {f.code for f in report.findings}
    assert members(report)["brief.txt"].size == len(TEXT)


def test_a_cut_archive_is_not_clean(codes):
    assert {"uninspectable-content", "malformed-file"} <= codes(SAMPLES["truncated/antrag.7z"](), "a.7z")


def test_the_first_of_several_volumes_is_no_damage(codes):
    found = codes(archive(FILES, [LZMA])[:-20], "a.7z.001")
    assert "uninspectable-content" in found
    assert "malformed-file" not in found


def test_bcj2_without_jumps_copies():
    decoder = Bcj2(b"plain text", b"", b"", bytes(5))
    assert decoder.step(100) == b"plain text"
    assert decoder.step(100) == b""


def test_bcj2_puts_call_targets_back():
    # With all bits one the range coder says "taken" at the CALL; its target is relative to the byte behind it.
    decoder = Bcj2(b"\xe8\x90", (0x105).to_bytes(4, "big"), b"", b"\x00\xff\xff\xff\xfe" + b"\xff" * 8)
    assert decoder.step(100) == b"\xe8\x00\x01\x00\x00\x90"


def test_compression_on_top_of_compression_is_undone(scan):
    report = scan(SAMPLES["stacked/antrag.7z"](), "a.7z")
    assert members(report)["setup.exe"].type.id == "pe"
    assert "malformed-file" not in {f.code for f in report.findings}, "the checksum holds"


def test_a_member_that_cannot_be_unpacked_is_judged_by_its_name_and_never_clean(codes):
    assert {"executable-content", "uninspectable-content"} <= codes(SAMPLES["damaged/antrag.7z"](), "a.7z")
    broken = codes(SAMPLES["damaged-text/antrag.7z"](), "a.7z")
    assert "uninspectable-content" in broken
    assert "executable-content" not in broken


def test_a_wrong_checksum_alone_leaves_a_text_a_text(scan):
    report = scan(SAMPLES["wrong-sum/antrag.7z"](), "a.7z")
    assert members(report)["brief.txt"].type.id == "txt"
    assert "uninspectable-content" not in {f.code for f in report.findings}
