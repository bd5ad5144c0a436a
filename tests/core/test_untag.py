"""Text outside of tags, against the regular expressions that say the same slowly."""

import re

from hypothesis import given
from hypothesis import strategies as st

from attachguard._core.untag import untag


def slowly(page: bytes) -> bytes:
    return re.sub(rb"[ \t\r\n]+", b" ", re.sub(rb"<[^<>]*>", b" ", page))


@given(
    st.lists(st.sampled_from([b"<", b">", b"b", b"/", b" ", b"\t", b"\r\n", b"&nbsp;", b"\xc3\xa4", b"\0"])).map(
        b"".join
    )
)
def test_tags_and_runs_of_blanks_become_one_blank_each(page):
    assert untag(page) == slowly(page)


def test_an_angle_bracket_that_closes_nothing_stays():
    assert untag(b"1 > 0 <b>and <<i>0 < 1") == b"1 > 0 and < 0 < 1"


def test_many_open_brackets_take_no_longer_than_other_letters():
    assert untag(b"<" * 1_000_000) == b"<" * 1_000_000
