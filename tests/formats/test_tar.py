"""tar: every file that some reader sees, with the name that readers give it."""

from __future__ import annotations

import hashlib

import pytest

from tests.fixtures.tar import END, LONG, PROGRAM, SAMPLES, TEXT, header, padded, pax


def members(report):
    return {part.name: part for part in report.parts[1:]}


def found(report):
    return {f.code for f in report.findings}


def test_files_are_members_and_links_are_noted(scan):
    report = scan(SAMPLES["ustar/akten.tar"](), "akten.tar")
    assert {name: part.size for name, part in members(report).items()} == {
        "brief.txt": len(TEXT),
        "ordner/setup.exe": len(PROGRAM),
    }
    assert [f.detail for f in report.findings if f.code == "archive-directories"] == ["archive: 1 links"]


@pytest.mark.parametrize(("sample", "name"), [("pax/akten.tar", LONG + "ä"), ("gnu/akten.tar", LONG)])
def test_long_names_are_whole(scan, sample, name):
    assert name in members(scan(SAMPLES[sample](), "akten.tar"))


def test_holes_of_a_sparse_file_are_zeros(scan):
    part = members(scan(SAMPLES["sparse/akten.tar"](), "akten.tar"))["loch.bin"]
    assert part.sha256 == hashlib.sha256(b"A" * 10 + bytes(600) + b"B" * 10).hexdigest()


def test_an_archive_behind_the_end_is_read_too(scan):
    report = scan(SAMPLES["second/akten.tar"](), "akten.tar")
    assert "setup.exe" in members(report)
    assert {"archive-ambiguous", "executable-content"} <= found(report)


def test_other_data_behind_the_end_is_looked_at(scan):
    report = scan(SAMPLES["trailing/akten.tar"](), "akten.tar")
    assert "trailing" in members(report)
    assert {"archive-ambiguous", "executable-content"} <= found(report)


def test_blocking_is_no_trailing_data(scan):
    assert "archive-ambiguous" not in found(scan(SAMPLES["lookalike/akten.tar"](), "akten.tar"))


def test_two_different_sizes_are_ambiguous(scan):
    report = scan(SAMPLES["sizes/akten.tar"](), "akten.tar")
    assert {part.size for part in report.parts if part.name == "a.txt"} == {10, 512}
    assert "archive-ambiguous" in found(report)


def test_the_path_of_an_extension_wins(scan):
    data = pax(path="setup.exe") + header(b"brief.txt", len(PROGRAM)) + padded(PROGRAM) + END
    report = scan(data, "akten.tar")
    assert report.parts[-1].name == "setup.exe"
    assert {part.name for part in report.parts[1:]} == {"brief.txt", "setup.exe"}
    assert "archive-ambiguous" in {finding.code for finding in report.findings}


def test_a_broken_header_does_not_hide_what_follows(scan):
    data = header(b"a.txt", 5) + padded(b"hallo") + b"#" * 512 + header(b"b.exe", len(PROGRAM)) + padded(PROGRAM) + END
    report = scan(data, "akten.tar")
    assert list(members(report)) == ["a.txt", "b.exe"]
    assert "malformed-file" in found(report)


def test_a_cut_archive_keeps_what_is_there(scan):
    report = scan(SAMPLES["truncated/akten.tar"](), "akten.tar")
    assert members(report)["brief.txt"].size == len(TEXT)
    assert "malformed-file" in found(report)


def test_a_long_name_keeps_its_end(scan):
    data = pax(path="x" * 400 + ".exe") + header(b"a", 5) + padded(b"hallo") + END
    (name,) = members(scan(data, "akten.tar"))
    assert name.endswith(".exe")


@pytest.mark.parametrize("size", [b"-0000000001\0", b"\xff" * 12, b"0x000000010\0", b"1_000000000\0"])
def test_impossible_sizes_are_damage(codes, size):
    block = bytearray(header(b"a.txt", 0))
    block[124:136] = size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    assert "malformed-file" in codes(bytes(block) + END, "akten.tar")
