"""Lines of uuencoded files: what `binascii` makes of each, line after line, up to the end or to what is not one."""

from __future__ import annotations

import binascii
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attachguard._core import uu

MOST = 1 << 20


def encoded(data: bytes) -> bytes:
    return b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))


def slowly(line: bytes) -> bytes | None:
    """One line as `binascii` reads it, a few characters of a checksum left out; None where it is no line of data."""
    count = line[0] - 0x20 & 0x3F
    body = line[1 : 1 + (count + 2) // 3 * 4]
    if len(line) > len(body) + 8 or not all(0x20 <= octet <= 0x60 for octet in line[:1] + body):
        return None
    try:
        return binascii.a2b_uu(line[:1] + body)
    except binascii.Error:
        return None


@pytest.mark.parametrize("size", [1, 2, 3, 44, 45, 46, 100, 70_000])
def test_a_file_comes_back_as_it_was(size):
    data = random.Random(size).randbytes(size)
    assert uu.decode(b"begin\n" + encoded(data) + b"`\nend\nmore", 6, MOST) == (
        data, True, 6 + len(encoded(data)) + 6,
    )  # fmt: skip


@given(st.lists(st.integers(0x1E, 0x63), min_size=1, max_size=95).map(bytes).filter(lambda line: line != b"end"))
def test_every_line_is_read_as_the_library_reads_it(line):
    content, sure, end = uu.decode(line + b"\r\n", 0, MOST)
    expected = slowly(line) if 0x20 <= line[0] <= 0x60 else None
    assert content == (expected or b"")
    assert end == (0 if expected is None else len(line) + 2)
    assert sure == bool(expected and 3 * (len(line) - 1) >= 4 * len(expected))


def test_lines_that_claim_more_than_they_have_end_where_it_is_too_much():
    content, sure, _end = uu.decode(b"M\n" * 10_000, 0, 45 * 100)
    assert (content, sure) == (bytes(45 * 100), False)


def test_lines_of_base64_end_at_their_mark_or_at_what_is_none():
    assert uu.base64_lines(b"QUJD\r\nREVG\nR0g=\n====\nrest", 0) == (b"QUJDREVGR0g=", 21)
    assert uu.base64_lines(b"xQUJD\nno base64\n", 1) == (b"QUJD", 6)
    assert uu.base64_lines(b"QUJD", 0) == (b"QUJD", 4)
    assert uu.base64_lines(b"QUJD\n" + b"A" * 1500 + b"\n", 0) == (b"QUJD", 5)
