"""Transfer decoding gives the same content however the encoded text is cut, and what it gives is right."""

from __future__ import annotations

import base64
import binascii
import itertools
import quopri
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attachguard._core.transfer import unfold
from attachguard.mail.transfer import Base64, QuotedPrintable, decoder


def decode(make, data: bytes, cuts=()) -> tuple[bytes, set[str]]:
    decoding = make()
    places = [0, *sorted(cuts), len(data)]
    out = b"".join(decoding.feed(data[a:b]) for a, b in itertools.pairwise(places))
    return out + decoding.finish(), decoding.anomalies


@pytest.mark.parametrize("width", [4, 60, 64, 72, 73, 76, 100_000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 57, 58, 1000, 9999])
def test_base64_of_any_line_length_is_decoded(width, end, size):
    content = random.Random(size).randbytes(size)
    text = base64.b64encode(content)
    lines = end.join(text[at : at + width] for at in range(0, len(text), width)) + end
    assert decode(Base64, lines) == (content, set())


@given(st.binary(max_size=300), st.lists(st.integers(0, 450), max_size=6))
def test_base64_does_not_depend_on_the_cuts(content, cuts):
    text = base64.encodebytes(content).replace(b"\n", b"\r\n")
    assert decode(Base64, text, [cut for cut in cuts if cut <= len(text)]) == (content, set())


@given(st.text(alphabet="AB+/=\r\n !-", max_size=60).map(str.encode), st.lists(st.integers(0, 60), max_size=5))
def test_broken_base64_does_not_depend_on_the_cuts_and_never_raises(text, cuts):
    assert decode(Base64, text, [cut for cut in cuts if cut <= len(text)]) == decode(Base64, text)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@given(st.integers(1, 9), st.integers(0, 40), st.binary(max_size=9))
def test_lines_of_equal_length_are_put_together(end, width, size, last):
    text = bytes(range(65, 65 + size))
    lines = b"".join(text[at : at + width] + end for at in range(0, size, width))
    assert unfold(lines + b"more", len(lines), last) == (text + last if lines else None)


@pytest.mark.parametrize(
    "lines", [b"AAAA\nAA\nAAAA\n", b"AAAA\r\nAAAAA\nAAAA\r\n", b"AAAA\nA", b"AAAA\r\nA\n", b"AAA\nA\nAAA\n", b""]
)
def test_lines_of_unequal_length_are_not(lines):
    assert unfold(lines, len(lines), b"") is None


def test_lines_that_end_after_their_octets_are_not_read():
    assert unfold(b"AAAA\nAAAA\n", 1000, b"") is None


def test_foreign_characters_are_dropped_and_remembered():
    content, anomalies = decode(Base64, b"SGVs!bG8=\r\n")
    assert content == b"Hello"
    assert anomalies == {"base64: characters outside the alphabet"}


def test_foreign_characters_in_place_of_line_ends_are_noticed():
    line = base64.b64encode(bytes(range(57)))
    content, anomalies = decode(Base64, (line + b"!\n") * 40)
    assert content == bytes(range(57)) * 40
    assert anomalies == {"base64: characters outside the alphabet"}


def test_each_padded_run_is_decoded_for_itself():
    content, anomalies = decode(Base64, base64.b64encode(b"first!!") + base64.b64encode(b"second"))
    assert content == b"first!!second"
    assert anomalies == {"base64: data after padding"}


def test_a_cut_quantum_gives_its_whole_bytes():
    content, anomalies = decode(Base64, b"SGVsbG8")
    assert content == b"Hello"
    assert anomalies == {"base64: ends inside a quantum"}


@given(st.binary(max_size=400), st.lists(st.integers(0, 900), max_size=6))
def test_quoted_printable_does_not_depend_on_the_cuts(content, cuts):
    text = quopri.encodestring(content)
    assert decode(QuotedPrintable, text, [cut for cut in cuts if cut <= len(text)])[0] == binascii.a2b_qp(text)


def test_a_quoted_printable_line_without_end_is_decoded_as_it_comes():
    text = b"=41" * 5000
    assert decode(QuotedPrintable, text, range(0, len(text), 7))[0] == b"A" * 5000


def test_an_unknown_encoding_is_read_as_it_stands():
    assert decoder("base9000").feed(b"as it is") == b"as it is"
