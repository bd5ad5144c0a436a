"""One of many words in one pass, against the search for each of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from attachguard._core.marks import holds_one, standing, table

WORDS = [
    (b"<%eval", True),
    (b"=password>", True),
    (b"TVqQAAMAAAAE", False),
    (b"\xe2\x96\x80\xe2", False),
    (b"_A@`", True),
    (b"abcd", False),
]
PIECES = [word for word, _ in WORDS] + [word[1:] for word, _ in WORDS] + [word.swapcase() for word, _ in WORDS]
octets = st.lists(st.one_of(st.sampled_from([*PIECES, b" ", b"\0"]), st.binary(max_size=5))).map(b"".join)


def slowly(data: bytes, words: list[tuple[bytes, bool]]) -> bool:
    return any(word.lower() in data.lower() if folded else word in data for word, folded in words)


@given(octets, st.lists(st.sampled_from(WORDS), unique=True))
def test_a_word_is_found_where_a_search_for_it_finds_it(data, words):
    assert holds_one(data, table(words)) == slowly(data, words)


@given(octets, st.lists(st.tuples(st.binary(min_size=2, max_size=7), st.booleans()), max_size=40), st.integers(0))
def test_so_it_is_for_any_words(data, words, place):
    if words:
        data += words[place % len(words)][0][place % 2 :]
    assert holds_one(data, table(words)) == slowly(data, words)


@given(octets, st.lists(st.sampled_from(WORDS), unique=True))
def test_those_that_stand_there_are_told(data, words):
    there = [word.lower() if folded else word for word, folded in words if slowly(data, [(word, folded)])]
    assert sorted(standing(data, table(words))) == sorted(there)


def test_words_with_one_key_are_all_looked_for():
    words = [(b"key:" + bytes((letter,)) * 30, False) for letter in b"abcdef"]
    for word, _ in words:
        assert holds_one(b"key:" + word, table(words))
    assert not holds_one(b"key:key:g", table(words))


def test_words_that_find_no_place_in_the_table_are_looked_for_one_by_one():
    words = [(number.to_bytes(3, "big") + b"..", False) for number in range(0, 1 << 24, 997)]
    made = table(words)
    assert made[2]
    for word, _ in (*words[:20], *made[2][:20]):
        assert standing(b"\0" + word, made) == [word]
