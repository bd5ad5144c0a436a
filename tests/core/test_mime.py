"""Header blocks in one pass, against the same said slowly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from attachguard._core.mime import blank_line, header_fields, split_fields

WANTED = frozenset({"content-type", "content-disposition"})
PIECES = [
    b"Content-Type:",
    b"content-type: a",
    b"Content-Disposition:",
    b"Subject: x",
    b"junk",
    b":",
    b" ",
    b"\t",
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\xe4",
]
blocks = st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join)


@given(blocks)
def test_fields_come_in_lower_case_with_the_first_of_each_wanted_one(block):
    fields, first, alike = header_fields(block, WANTED)
    assert fields == [(name.decode().lower(), value) for name, value in split_fields(block)]
    assert first == {name: value for name, value in reversed(fields) if name in WANTED}
    assert alike == all(name and first.get(name, value) == value for name, value in fields)


@given(blocks, st.integers(0, 12), st.integers(0, 60))
def test_the_first_blank_line_is_found_within_its_bounds(block, start, limit):
    within = block[:limit]
    places = [at for at in (within.find(b"\n\n", start), within.find(b"\n\r\n", start)) if at >= 0]
    assert blank_line(block, start, limit) == min(places, default=-1)
