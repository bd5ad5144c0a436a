"""Decompression of VBA streams; the vectors are the examples of [MS-OVBA] 3.2."""

from __future__ import annotations

import os
import time

import pytest

from attachguard._core.ovba import decompress
from attachguard.testkit.vba import compress
from tests import HANG


@pytest.mark.parametrize(
    ("container", "text"),
    [
        (
            "01 19 B0 00 61 62 63 64 65 66 67 68 00 69 6A 6B 6C 6D 6E 6F 70 00 71 72 73 74 75 76 2E",
            b"abcdefghijklmnopqrstuv.",
        ),
        (
            (
                "01 2F B0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6A 01 38 08 61 6B 6C 00 30 6D 6E 6F 70 06 71 02 70 04 10 72 73 74 75 76 10"
                " 77 78 79 7A 00 3C"
            ),
            b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa",
        ),
        ("01 03 B0 02 61 45 00", b"a" * 73),
    ],
)
def test_the_examples_of_the_specification(container, text):
    assert decompress(bytes.fromhex(container), 0, 1 << 20) == text


def test_several_chunks_and_a_start_inside_the_stream():
    text = os.urandom(50) * 200
    assert decompress(b"cache" + compress(text), 5, 1 << 20) == text


def test_a_raw_chunk_is_taken_as_it_is():
    text = bytes(range(256)) * 16
    assert decompress(b"\x01\xff\x3f" + text, 0, 1 << 20) == text


def test_no_container_gives_nothing():
    assert decompress(b"", 0, 99) == b""
    assert decompress(b"\x02\x19\xb0", 0, 99) == b""
    assert decompress(b"\x01", 0, 99) == b""
    assert decompress(b"\x01abc", 9, 99) == b""
    assert decompress(b"\x01abc", -1, 99) == b""


def test_a_reference_to_text_before_the_chunk_ends_the_chunk():
    assert decompress(bytes.fromhex("01 03 B0 01 45 00"), 0, 99) == b""


def test_every_cut_gives_a_beginning_of_the_text():
    whole = bytes.fromhex(
        "01 2F B0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6A 01 38 08 61 6B 6C 00 30 6D 6E 6F 70 06 71 02"
    )
    text = decompress(whole, 0, 99)
    for end in range(len(whole)):
        assert text.startswith(decompress(whole[:end], 0, 99))


def test_output_is_bounded():
    bomb = b"\x01" + bytes.fromhex("03 B0 02 61 FF 0F") * 100_000
    begun = time.perf_counter()
    assert len(decompress(bomb, 0, 100_000)) == 100_000
    assert time.perf_counter() - begun < HANG


def test_one_chunk_gives_no_more_than_4096_bytes():
    assert len(decompress(bytes.fromhex("01 09 B0 FE 61 FF 0F FF 0F FF 0F FF 0F"), 0, 1 << 20)) <= 4096
