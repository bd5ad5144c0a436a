"""OneNote: what a section carries, under which name, in both forms of the format."""

from __future__ import annotations

import struct

from attachguard.testkit import onenote as kit
from tests import HANG
from tests.fixtures import onenote


def embedded(report):
    return [finding.detail for finding in report.findings if finding.code == "embedded-file"]


def test_attached_files_bear_their_names_and_pictures_are_no_attachments(scan):
    report = scan(onenote.SAMPLES["file/rechnung.one"](), "rechnung.one")
    assert report.parts[0].type.id == "one"
    assert [(part.name, part.role) for part in report.parts[1:]] == [
        ("picture1.png", "embedded"),
        ("angebot.pdf", "embedded"),
        ("start.cmd", "embedded"),
    ]
    assert embedded(report) == ["OneNote: attached file angebot.pdf", "OneNote: attached file start.cmd"]


def test_script_behind_a_button_is_seen(codes):
    assert "script-content" in codes(onenote.SAMPLES["file/rechnung.one"](), "rechnung.one")


def test_file_that_no_list_mentions_is_found_all_the_same(scan):
    data = onenote.section() + kit.file_object(onenote.PDF)
    report = scan(data, "a.one")
    assert report.parts[1].type.id == "pdf"
    assert embedded(report) == ["OneNote: attached file file1"]


def test_cloud_form_gives_its_blobs(scan):
    report = scan(onenote.SAMPLES["cloud/rechnung.one"](), "rechnung.one")
    assert [(part.name, part.size) for part in report.parts[1:]] == [
        ("angebot.pdf", len(onenote.PDF)),
        ("film.bin", 4000),
    ]


def test_large_blob_with_the_longest_length_is_read(scan):
    report = scan(onenote.packaged(("gross.bin", b"A" * 100_000)), "a.one")
    assert report.parts[1].size == 100_000


def test_section_under_a_password_is_encrypted(scan):
    report = scan(onenote.SAMPLES["encrypted/tagebuch.one"](), "tagebuch.one")
    assert report.parts[0].encryption == "unknown-password"


def test_section_with_a_picture_only_carries_no_file(scan):
    report = scan(onenote.SAMPLES["lookalike/notiz.one"](), "notiz.one")
    assert embedded(report) == []
    assert report.parts[0].encryption == "none"


def test_cut_file_is_given_as_far_as_it_goes(scan):
    report = scan(onenote.SAMPLES["truncated/rechnung.one"](), "rechnung.one")
    assert report.parts[1].type.id == "pdf"
    assert "malformed-file" in {finding.code for finding in report.findings}


def test_lying_length_neither_raises_nor_hides(scan):
    data = onenote.header(kit.DESKTOP).ljust(1024, b"\0") + kit.FILE + struct.pack("<Q12x", 1 << 60) + onenote.PDF
    report = scan(data, "a.one")
    assert report.parts[1].size == len(onenote.PDF)


def test_thousands_of_names_and_lists_do_not_take_long(scan):
    noise = onenote.header(kit.DESKTOP).ljust(1024, b"\0") + (kit.LIST + bytes(8) + b"\x9c\x1d\0\x1c") * 40_000
    assert scan(noise, "a.one").seconds < HANG
