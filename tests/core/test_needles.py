"""Words in octets: found where `bytes.find` finds them, wherever the blocks meet."""

from __future__ import annotations

import random

import pytest

from attachguard._core import needles

_SIZES = (0, 1, 5, 127, 130, 2047, 2048, 2049, 4100, 6200)


@pytest.mark.parametrize("alphabet", [b"ab", bytes(range(256))], ids=["few octets", "all octets"])
def test_a_word_is_found_where_bytes_find_finds_it(alphabet):
    rng = random.Random(7)
    for _ in range(3000):
        size = rng.choice(_SIZES) + rng.randrange(3)
        data = bytes(rng.choices(alphabet, k=size))
        length = rng.randrange(1, 13)
        at = rng.randrange(size + 1)
        word = data[at : at + length] or bytes(rng.choices(alphabet, k=length))
        start = rng.randrange(size + 2)
        end = rng.choice((size, size + 5, rng.randrange(size + 1)))
        assert needles.find(data, word, start, end) == data.find(word, start, end)
        assert needles.holds(data, word) == (word in data)


@pytest.mark.parametrize("place", [0, 120, 126, 2040, 2048, 2175, 4096, 8000, 9995])
def test_a_word_across_the_edge_of_a_block_is_found_once_and_whole(place):
    data = bytearray(10_000)
    data[place : place + 5] = b"trail"
    assert needles.find(bytes(data), b"trail", 0, len(data)) == place
    assert needles.find(bytes(data), b"trail", place + 1, len(data)) == -1
    assert needles.find(bytes(data), b"trail", 0, place + 4) == -1


def test_octets_that_agree_in_three_places_only_are_not_the_word():
    data = b"f..d..e" * 2000
    assert needles.find(data, b"fooddie", 0, len(data)) == -1
    assert needles.find(data + b"fooddie", b"fooddie", 0, len(data) + 7) == len(data)


def test_one_of_several_words_is_enough():
    text = b"x" * 5000 + b":fill"
    assert needles.holds_any(text, (b"imagedata", b":fill"))
    assert not needles.holds_any(text, (b"imagedata", b":stroke"))
    assert not needles.holds_any(text, ())


@pytest.mark.parametrize("word", [b"<hta:", b"http", b"content-", b"x_9"])
def test_a_word_in_any_letters_is_found_where_lower_case_finds_it(word):
    rng = random.Random(11)
    for _ in range(1000):
        data = bytearray(rng.choices(word.upper() + word + b"@_\x7f ", k=rng.choice(_SIZES)))
        if data and rng.random() < 0.5:
            at = rng.randrange(len(data))
            data[at : at + len(word)] = rng.choice((word, word.upper(), word.title()))
        assert needles.holds_folded(bytes(data), word) == (word in data.lower())
    assert not needles.holds_folded(b"x" * 5000, word)
    assert needles.holds_folded(b"x" * 5000 + word.upper(), word)
