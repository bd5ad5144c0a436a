"""Walking BIFF records."""

from __future__ import annotations

from attachguard._core.biff import records
from attachguard.testkit.legacy import begin, record

WANTED = bytes([0] * 0x18 + [1])


def test_wanted_records_are_given_with_place_and_length():
    data = begin(5) + record(0x0018, b"abc") + record(0x0019, b"zz") + record(0x000A)
    ((number, place, length),) = records(data, 0, WANTED, 10)
    assert (number, data[place : place + length]) == (0x0018, b"abc")


def test_the_substream_ends_with_its_own_end_mark():
    inner = begin(0x20) + record(0x0018, b"in") + record(0x000A)
    data = begin(5) + inner + record(0x0018, b"out") + record(0x000A) + record(0x0018, b"late")
    assert [data[place : place + length] for _, place, length in records(data, 0, WANTED, 10)] == [b"in", b"out"]


def test_a_record_longer_than_the_data_is_cut():
    data = begin(5) + b"\x18\x00\xff\xffxy"
    assert records(data, 0, WANTED, 10) == [(0x18, len(data) - 2, 2)]


def test_places_outside_the_data_give_nothing():
    assert records(b"abc", 0, WANTED, 10) == []
    assert records(b"", 5, WANTED, 10) == []
    assert records(begin(5), -1, WANTED, 10) == []


def test_no_more_records_than_asked_for():
    assert len(records(begin(5) + record(0x0018) * 50, 0, WANTED, 7)) == 7
