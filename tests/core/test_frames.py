"""Frames taken from octets that come as the network has them, against frames counted off one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attachguard._core.frames import split


def take(data: bytes) -> tuple[list[tuple[bytes, bytes]], int, int]:
    return split(data, b"LBE", 1000, ord("B"), 5000, lambda octets, start, end: octets[start:end])


def frame(letter: bytes, content: bytes) -> bytes:
    return (len(content) + 1).to_bytes(4, "big") + letter + content


contents = st.tuples(st.sampled_from([b"L", b"B", b"E"]), st.binary(max_size=300))


@given(st.lists(contents), st.binary(max_size=200))
def test_whole_frames_come_out_and_the_rest_stays(whole, rest):
    data = b"".join(frame(letter, content) for letter, content in whole)
    begun = frame(b"L", rest)[:-1]
    assert take(data + begun) == (whole, len(data), 5 if len(begun) < 5 else len(begun) + 1)


def test_a_frame_that_ends_with_the_octets_leaves_nothing():
    assert take(frame(b"E", b"")) == ([(b"E", b"")], 5, 5)
    assert take(b"") == ([], 0, 5)


@pytest.mark.parametrize(
    "data",
    [bytes(4) + b"L", frame(b"?", b""), frame(b"L", bytes(1000)), frame(b"B", bytes(5000)), b"\xff\xff\xff\xffB"],
)
def test_what_cannot_be_a_frame_is_refused_at_its_head(data):
    with pytest.raises(ValueError):  # noqa: PT011 - it says nothing more
        take(data)
    with pytest.raises(ValueError):  # noqa: PT011
        take(data[:5])


def test_only_content_in_bulk_may_be_long():
    ((_letter, content),) = take(frame(b"B", bytes(4999)))[0]
    assert len(content) == 4999
