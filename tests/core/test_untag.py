"""Text drawn together, against the regular expressions that say the same slowly."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from attachguard._core.untag import untag

PIECES = [b"<", b">", b"b", b"/", b" ", b"\t", b"\r\n", b"\v\f", b"\x1c", b"\x1b", b"&nbsp;", b"\xc3\xa4", b"\0"]
texts = st.lists(st.sampled_from(PIECES)).map(b"".join)


def drawn(text: bytes) -> bytes:
    return re.sub(rb"[\t-\r\x1c- ]+", b" ", text)


@given(texts)
def test_tags_and_runs_of_blanks_become_one_blank_each(page):
    assert untag(page) == drawn(re.sub(rb"<[^<>]*>", b" ", page))


@given(texts)
def test_what_is_no_page_keeps_its_angle_brackets(text):
    assert untag(text, False) == drawn(text)


def test_an_angle_bracket_that_closes_nothing_stays():
    assert untag(b"1 > 0 <b>and <<i>0 < 1") == b"1 > 0 and < 0 < 1"


def test_many_open_brackets_take_no_longer_than_other_letters():
    assert untag(b"<" * 1_000_000) == b"<" * 1_000_000
