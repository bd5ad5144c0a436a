"""Archives made to keep a reader busy: what is looked at is counted, what is beyond the count is said, and every scan comes to an end."""

from __future__ import annotations

import struct

import pytest

from attachguard._core import ziplocal, zipmarks
from attachguard._core.zipdir import read
from tests import HANG
from tests.ambiguity_files.zip_records import end, field, locator, wide_end
from tests.fixtures.zip import STORED, TEXT, Member, archive

MANY = 65_000
MILLION = 1_000_000
HEADER = Member("x.exe", b"", method=STORED).local()
#: Without sizes: it ends where its descriptor stands, or never.
ENDLESS = Member("x.exe", b"", method=STORED, flags=8).local()
LETTER = Member("brief.txt", TEXT)


def stored(content: bytes) -> bytes:
    return archive(Member("daten.bin", TEXT + content, method=STORED), LETTER)


def listed(count: int, content: bytes, sizes, *, streamed: bool = False) -> bytes:
    """Many local headers in front of one content, each with a directory entry of its own; `sizes(number)` says how far its data reach."""
    members = [
        Member(f"{number:07d}", b"", method=STORED, flags=8 if streamed else 0, size=sizes(number))
        for number in range(count)
    ]
    heads, entries = bytearray(), bytearray()
    for member in members:
        entry = bytearray(member.central(len(heads)))
        struct.pack_into("<I", entry, 20, member.size)
        entries += entry
        heads += member.local()[:18] + struct.pack("<II", member.size, member.size) + member.local()[26:37]
    body = bytes(heads) + content
    return body + bytes(entries) + end(count, len(entries), len(body))


QUOTED = 2_000
FILES = {
    "end records in front": end(1, 47, 0) * MANY + archive(LETTER),
    "end records behind": archive(LETTER) + end(1, 47, 0) * MANY,
    "ZIP64 end records behind": archive(LETTER)
    + (wide_end(1, 47, 0) + locator(3) + end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)) * 20_000,
    "directory entries in front": LETTER.central(0) * MANY + archive(LETTER),
    "bare signatures in front": b"PK\x03\x04" * MILLION + archive(LETTER),
    "bare signatures in data": stored(b"PK\x03\x04" * MILLION),
    "halves of signatures in data": stored(b"PK" * MILLION),
    "quarters of signatures in data": stored(b"P" * MILLION),
    "end records in data": stored(b"PK\x05\x06" * MILLION),
    "ZIP64 records in data": stored((wide_end(1, 47, 0) + locator(3)) * 20_000),
    "headers in front": HEADER * MANY + archive(LETTER),
    "headers in data": stored(HEADER * MANY),
    "headers in extra data": archive(
        *(Member(f"{number}.txt", TEXT, local_extra=field(0x4141, HEADER * 1800)) for number in range(40))
    ),
    "headers without an end record": HEADER * MANY,
    "bare signatures without an end record": b"PK\x03\x04" * MILLION,
    "members that quote each other": listed(
        QUOTED, bytes(200_000), lambda number: 37 * (QUOTED - number - 1) + 200_000
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_large_number_of_records_ends(bare_scan, name):
    """And is never taken for an ordinary archive where a bound was met."""
    report = bare_scan(FILES[name], "anlage.zip")
    assert report.seconds < HANG
    found = {finding.code for finding in report.findings}
    assert "inspection-failed" not in found
    assert report.complete or found & {"resource-limit-exceeded", "decompression-bomb"}


@pytest.mark.parametrize("name", ["headers in front", "headers in data", "headers in extra data", "end records behind"])
def test_what_is_not_looked_at_makes_the_archive_ambiguous(bare_scan, name):
    """A bound is no way past."""
    assert "archive-ambiguous" in {finding.code for finding in bare_scan(FILES[name], "anlage.zip").findings}


def test_members_outside_of_the_directory_are_taken_up_to_a_number():
    """And a note says that there are more."""
    entries, notes, *_ = read(FILES["headers in front"], 5000)
    assert 250 < sum(bool(entry[11] & zipmarks.HIDDEN) for entry in entries) <= 256
    assert notes & zipmarks.MORE_HIDDEN


def test_members_inside_of_others_are_taken_up_to_a_number(bare_scan):
    """Likewise."""
    data = FILES["headers in data"]
    found, more = ziplocal.inside(data, 0, len(data), 256)
    assert (len(found), more) == (256, True)
    codes = {finding.code for finding in bare_scan(data, "anlage.zip").findings}
    assert {"archive-ambiguous", "resource-limit-exceeded"} <= codes


def test_members_without_sizes_that_hold_each_other_are_a_bomb(bare_scan):
    """Each reaches to the end of the file."""
    report = bare_scan(stored(ENDLESS * 600), "anlage.zip")
    assert report.seconds < HANG
    assert {"archive-ambiguous", "decompression-bomb"} & {finding.code for finding in report.findings}


def test_members_that_share_their_bytes_are_refused_once_the_ratio_is_reached(bare_scan):
    """The rest is named and not unpacked again and again."""
    shared = Member("a.bin", bytes(2_000_000), method=STORED)
    names = [Member(f"{number:07d}", method=STORED, crc=shared.crc, size=shared.size) for number in range(1000)]
    body = shared.local()
    entries = b""
    for member in names:
        entry = bytearray(member.central(0))
        struct.pack_into("<I", entry, 20, shared.size)
        entries += entry
    report = bare_scan(body + entries + end(len(names), len(entries), len(body)), "anlage.zip")
    assert "decompression-bomb" in {finding.code for finding in report.findings}
    assert sum(part.size or 0 for part in report.parts[1:]) < 151 * len(body + entries)
