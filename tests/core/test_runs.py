"""Encoded runs: where they begin and end, and that short ones are passed over."""

from __future__ import annotations

import time

import pytest

from attachguard._core import runs
from tests import HANG


def find(data):
    return [(kind, data[start:end]) for kind, start, end in runs.find(data, 20, 5, 6, 100)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'x("' + b"QUJD" * 8 + b'==")', [(runs.BASE64, b"QUJD" * 8 + b"==")]),
        (b">\n" + b"QUJD\r\n" * 8 + b"<", [(runs.BASE64, b"QUJD\r\n" * 7 + b"QUJD")]),
        (rb"'QUJDQUJDQU\nJDQUJDQUJD'", [(runs.BASE64, rb"QUJDQUJDQU\nJDQUJDQUJD")]),
        (b"[77, 90,0x90,0,3,0,0 ];", [(runs.CODES, b"77, 90,0x90,0,3,0,0")]),
        (b"unescape('%3C%68%74%6D%6C%3E')", [(runs.PERCENT, b"%3C%68%74%6D%6C%3E")]),
        (b"function f(a,b,c,d,e,f,g){return a+1,2,3}", []),
        (b"%3C%68 100% and %zz", []),
        (b"", []),
    ],
)
def test_runs_are_found_whole(data, expected):
    assert find(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"77,90, 144 ,\t0x00,0XfF", b"MZ\x90\0\xff"),
        (b"1,2,3,4,", b"\1\2\3\4"),
        (b"1,2,3,4567,8", b""),  # what begins with 456 is no octet
        (b"1,2,3,0x1234,8", b"\1\2\3\x12"),
        (b"1,2,3,0x,8", b"\1\2\3\0"),
        (b"1,2,3", b""),
        (b"1,2,3,256", b""),
    ],
)
def test_lists_of_codes_are_read_as_far_as_they_are_lists(data, expected):
    assert runs.codes(b"[" + data + b"]", 1, len(data) + 2, 4) == expected


def test_no_more_than_asked_for_are_given():
    assert len(runs.find(b"QUJD" * 8 + b" ", 20, 5, 6, 1)) == 1
    assert len(runs.find((b"QUJD" * 8 + b" ") * 5, 20, 5, 6, 3)) == 3


@pytest.mark.parametrize("piece", [b"1,", b"1 ", b"a\n", b"%", b"%41 ", b"\\n", b"=", b"1a "])
def test_repetition_takes_linear_time(piece):
    start = time.process_time()
    runs.find(piece * 20_000, 10**6, 10**6, 10**6, 100)
    assert time.process_time() - start < HANG
