"""ISO 9660: both trees are read, each file once."""

from __future__ import annotations

from tests.fixtures.iso import PROGRAM, SAMPLES, SECTOR, TEXT, image


def members(report):
    return {part.name: part.size for part in report.parts[1:]}


def test_windows_names_win_and_no_file_is_read_twice(scan):
    report = scan(SAMPLES["joliet/plan.iso"](), "plan.iso")
    assert members(report) == {"Blatt vier.txt": len(TEXT), "Einrichtung.exe": len(PROGRAM)}
    assert "archive-ambiguous" not in {f.code for f in report.findings}


def test_a_file_of_one_tree_only_is_read_and_told(scan):
    report = scan(SAMPLES["differing/plan.iso"](), "plan.iso")
    assert members(report) == {"Blatt vier.txt": len(TEXT), "SETUP.EXE": len(PROGRAM)}
    assert {"archive-ambiguous", "executable-content"} <= {f.code for f in report.findings}


def test_rock_ridge_names_stand_for_short_ones(scan):
    assert members(scan(SAMPLES["lookalike/plan.iso"](), "plan.iso")) == {"blatt-vier.txt": len(TEXT)}


def test_a_cut_image_keeps_what_is_there(scan):
    report = scan(SAMPLES["truncated/plan.iso"](), "plan.iso")
    assert members(report) == {"BLATT4.TXT": len(TEXT), "SETUP.EXE": 50}
    assert "malformed-file" in {f.code for f in report.findings}


def test_a_folder_that_holds_itself_ends(scan):
    data = bytearray(image({"BLATT4.TXT;1": 0}))
    # The root's list gains a folder that is the root again.
    entry = bytearray(data[20 * SECTOR : 20 * SECTOR + 34])
    entry[33] = ord("X")
    end = data.find(b"\0" * 40, 20 * SECTOR + 100)
    data[end + end % 2 : end + end % 2 + 34] = entry
    assert "BLATT4.TXT" in members(scan(bytes(data), "plan.iso"))
