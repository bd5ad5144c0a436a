"""UDF: the files of a volume are parts, whatever kind of partition they are in and however their content is reached."""

from __future__ import annotations

import hashlib

import pytest

from attachguard.formats.disk.folder_trees import Entry, Tree
from tests.fixtures.udf import BLOCK, FILES, MAIN, PROGRAM, SAMPLES, START, TEXT, image


def members(report):
    return {part.name: part.sha256 for part in report.parts[1:]}


def digests(files):
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


@pytest.mark.parametrize("form", ["short", "long", "pieces", "embedded"])
def test_content_is_read_however_it_is_reached(scan, form):
    files = {
        "a.txt": TEXT[:300] if form == "embedded" else TEXT,
        "b.exe": (PROGRAM * 3)[: 300 if form == "embedded" else 800],
    }
    report = scan(image(files, form=form), "plan.udf")
    assert members(report) == digests(files)
    assert "executable-content" in {finding.code for finding in report.findings}


@pytest.mark.parametrize("partition", ["plain", "metadata", "virtual"])
def test_every_kind_of_partition_is_read(scan, partition):
    report = scan(image(FILES, partition=partition), "plan.udf")
    assert members(report) == digests(FILES)
    assert report.parts[0].type.id == "udf"


def test_holes_are_zeros(scan):
    assert members(scan(SAMPLES["hole/plan.iso"](), "plan.udf")) == digests({"Lageplan.bin": bytes(BLOCK) + TEXT})


def test_a_named_stream_is_a_part(scan):
    report = scan(SAMPLES["streams/plan.iso"](), "plan.udf")
    assert members(report) == digests({"Lageplan.txt": TEXT, "Lageplan.txt/setup.exe": PROGRAM})


def test_a_reserve_sequence_that_describes_another_volume_is_read_and_told(scan):
    report = scan(image({"a.txt": TEXT}, other={"b.exe": PROGRAM}), "plan.udf")
    assert members(report) == digests({"a.txt": TEXT, "b.exe": PROGRAM})
    assert "archive-ambiguous" in {finding.code for finding in report.findings}


def test_one_volume_described_twice_is_one(codes):
    assert "archive-ambiguous" not in codes(image(FILES), "plan.udf")


def test_a_cut_image_keeps_what_is_there(scan):
    report = scan(SAMPLES["truncated/plan.iso"](), "plan.udf")
    assert "malformed-file" in {finding.code for finding in report.findings}
    assert set(members(report)) == set(FILES)


def test_a_damaged_sequence_gives_way_to_its_reserve(scan):
    data = bytearray(image(FILES))
    data[MAIN * BLOCK : (MAIN + 2) * BLOCK] = bytes(2 * BLOCK)
    assert members(scan(bytes(data), "plan.udf")) == digests(FILES)


def test_an_image_without_anchor_is_malformed(codes):
    assert "malformed-file" in codes(image(FILES)[:-BLOCK], "plan.udf")


def test_a_folder_that_holds_itself_ends(scan):
    data = bytearray(image({"a.txt": TEXT, "x/b.txt": TEXT}))
    # The folder x gets the block of the root.
    place = data.index(b"\x08x", START * BLOCK) - 38
    data[place + 24 : place + 28] = b"\1\0\0\0"
    assert "a.txt" in members(scan(bytes(data), "plan.udf"))


def test_trees_of_endless_pieces_are_not_followed():
    """Thousands of names for one file, whose pieces would be kept anew for each, do not fill the memory."""
    pieces = tuple((2 * number, 1) for number in range(1000))
    tree = Tree("UDF", (Entry(f"{number}.txt", "file", pieces) for number in range(10**6)), 10**6)
    assert len(tree.entries) < 300
    assert tree.broken is not None
