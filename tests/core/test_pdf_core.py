"""The PDF token scanner and the two decoders: what they read, and that they stop where they are told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attachguard._core import pdf as core
from attachguard._core import pdffilters


def slots(*names: bytes) -> bytes:
    table = bytearray(1 << 16)
    for number, name in enumerate(names, 1):
        table[core.name_hash(name)] = number
    table[core.name_hash(b"Length")] = core.LENGTH_CLASS
    return bytes(table)


def marks(value: bytes) -> int:
    """Marks of one object with this value, looked for `JS`."""
    records, _more = core.index(b"1 0 obj " + value + b" endobj", slots(b"JS"))
    return records[6]


def lzw_encoded(data: bytes) -> bytes:
    """LZW as PDF writers make it (EarlyChange 1)."""
    codes, table = [(256, 9)], {bytes((value,)): value for value in range(256)}
    size, word = 258, b""
    for byte in data:
        longer = word + bytes((byte,))
        if longer in table:
            word = longer
            continue
        codes.append((table[word], (size).bit_length()))
        table[longer] = size
        size += 1
        word = bytes((byte,))
    codes += [(table[word], size.bit_length()), (257, (size + 1).bit_length())]
    bits = "".join(f"{code:0{width}b}" for code, width in codes)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def test_names_count_only_as_tokens():
    assert marks(b"<</JS 5>>")
    assert marks(b"<</J#53 5>>")
    assert not marks(b"(/JS) </JSON/X% /JS\n <2F4A53>")
    assert not marks(b"/JSX /J /js /J#5")


def string_marks(value: bytes) -> tuple[bool, bool]:
    """Whether an object with this value has an address that is no ordinary one, and a string that may name a share; alike in an object stream."""
    table = bytearray(slots())
    table[core.name_hash(b"URI")] = core.ADDRESS_CLASS
    (found,) = core.index(b"1 0 obj " + value + b" endobj", bytes(table))[0][6:]
    assert core.members(value, [0], bytes(table)) == ([found], False)
    return bool(found & core.UNUSUAL), bool(found & core.SHARE)


@pytest.mark.parametrize(
    ("value", "unusual", "share"),
    [
        (b"<</URI(https://example.org)>>", False, False),
        (b"<</S/URI/URI ( HTTP://example.org)>>", False, False),
        (b"<</URI(www.example.org)/URI(#page)/URI(mailto:a@example.org)/URI(tel:1)>>", False, False),
        (b"<</S/URI>>", False, False),
        (b"<</URI(javascript:alert)>>", True, False),
        (b"<</URI(http)>>", True, False),
        (b"<</URI<687474703A>>>", True, False),
        (b"<</URI 12 0 R>>", True, False),
        (b"<</URI<</Base(https://example.org)>>>>", True, False),
        (b"<</URI % a comment\n(ms-msdt:x)>>", True, False),
        (b"<</U#52I(https://example.org)>>", True, False),
        (rb"<</F(\\\\host\\share)>>", False, True),
        (b"<</F(//host/share)>>", False, True),
        (b"<</F(File://host/share)>>", False, True),
        (rb"<</F(\file://host)>>", False, True),
        (b"<</F(smb://host)>>", False, True),
        (b"<</F<5c5C 68>>>", False, True),
        (b"<</F< 2F\n2f68>>>", False, True),
        (b"<</F<FEFF005C005c0068>>>", False, True),
        (b"<</F<FEFF002F002F0068>>>", False, True),
        (rb"<</F(\\host)/G(/folder)/H(filed: 1)/I(a //host)>>", False, False),
        (b"<</F<5C68>/G<FEFF0068>/H<FE>/I<5G5C5C>>>", False, False),
        (b"<</F<FEFF005C00", False, False),
    ],
)
def test_strings_are_marked_where_they_may_lead_elsewhere(value, unusual, share):
    assert string_marks(value) == (unusual, share)


def test_objects_are_found_with_their_streams_whatever_length_claims():
    true = b"3 1 obj<</Length 4>>stream\nabcd\nendstream endobj"
    false = true.replace(b"/Length 4", b"/Length 400")
    indirect = true.replace(b"/Length 4", b"/Length 4 0 R")
    for data, content in ((true, b"abcd"), (false, b"abcd\n"), (indirect, b"abcd\n")):
        records, more = core.index(data, slots())
        number, generation, _start, _end, begin, end, _marks = records
        assert (number, generation, data[begin:end], more) == (3, 1, content, False)


def test_a_verified_length_passes_over_an_end_inside_the_data():
    data = b"1 0 obj<</Length 13>>stream\nxx endstream \nendstream endobj 2 0 obj 5 endobj"
    records, _more = core.index(data, slots())
    assert data[records[4] : records[5]] == b"xx endstream "
    assert records[7] == 2


def test_headers_where_no_object_begins_are_told():
    assert core.index(b"1 0 obj ( 2 0 obj ) endobj", slots())[1]
    assert core.index(b"1 0 obj<</Length 9>>stream\n2 0 obj 1\nendstream endobj", slots())[1]
    assert not core.index(b"1 0 obj (an object, 2 objects, obj) % obj \n endobj", slots())[1]


def test_records_are_bounded():
    records, more = core.index(b"1 0 obj 0 endobj " * 50, slots(), most=10)
    assert (len(records), more) == (70, True)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"1 0 obj",
                b"endobj",
                b"<<",
                b">>",
                b"(",
                b")",
                b"\\",
                b"stream\n",
                b"endstream",
                b"%",
                b"\n",
                b"/JS",
                b"#4",
                b"trailer",
                b"/Length 3",
                b"<",
                b"[",
                b"x",
            ]
        )
    )
)
def test_any_sequence_of_tokens_is_indexed_within_the_file(tokens):
    data = b"".join(tokens)
    for hidden in (False, True):
        records, _more = core.index(data, slots(b"JS"), hidden=hidden)
        for place in range(0, len(records), 7):
            start, end, begin, finish = records[place + 2 : place + 6]
            assert 0 <= start <= end <= len(data)
            assert begin == finish == -1 or 0 <= begin <= finish <= len(data)
    assert len(core.members(data, [0, len(data), -5, 1 << 40], slots())[0]) == 4


def test_lzw_decodes_the_example_of_the_standard():
    assert pdffilters.lzw(bytes.fromhex("800B6050220C0C8501"), 100) == bytes((45, 45, 45, 45, 45, 65, 45, 45, 45, 66))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([b"a", b"ab", b"abc", b"\0" * 9, bytes(range(256))]), min_size=1, max_size=40))
def test_lzw_gives_back_what_was_encoded(pieces):
    data = b"".join(pieces)[:1500]
    assert pdffilters.lzw(lzw_encoded(data), 1 << 20) == data


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 500))
def test_decoders_never_exceed_their_limit(data, limit):
    assert len(pdffilters.lzw(data, limit)) <= limit
    assert len(pdffilters.run_length(data, limit)) <= limit


def test_run_length_copies_repeats_and_stops():
    assert pdffilters.run_length(b"\x02abc\xfez\x80tail", 100) == b"abczzz"


def test_the_predictor_up_adds_the_row_above():
    assert pdffilters.undo_up(b"\2\1\2\2\1\2\0\7\7\2\1", 2) == b"\1\2\2\4\7\7\x08"
    assert pdffilters.undo_up(b"\2\xff\2\2", 1) == b"\xff\x01"
    assert pdffilters.undo_up(b"", 3) == b""
