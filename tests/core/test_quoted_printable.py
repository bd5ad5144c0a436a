"""Quoted-printable in one pass: the content that the standard library gives, and the first departure from the grammar."""

from __future__ import annotations

import binascii
import re

from hypothesis import given
from hypothesis import strategies as st

from attachguard._core.transfer import decode_qp

PIECES = [b"=", b"\r", b"\n", b"\r\n", b"4a", b"C3", b"=3D", b"=\r\n", b"g", b" ", b"\t", b"_", b"\xff"]


def departure(text: bytes) -> int:
    for match in re.finditer(rb"=(?:[0-9A-Fa-f]{2}|\r?\n|\r?\Z|(?P<odd>))", text):
        if match["odd"] is not None:
            return match.start()
    return -1


@given(st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_content_and_departure_are_those_of_the_slow_way(text):
    assert decode_qp(text) == (binascii.a2b_qp(text), departure(text))


def test_a_soft_line_break_reaches_to_the_end_of_its_line():
    assert decode_qp(b"a=\r\nb=\nc=\rd\ne") == (b"abce", 8)
