"""Deflate64 decodes what deflate does where the two agree, reaches as far as it says where they do not, and refuses the rest."""

from __future__ import annotations

import random
import zlib

import pytest

from attachguard._core.deflate64 import Deflate64


def decode(data: bytes, step: int = 1 << 16) -> tuple[bytes, bool]:
    decoder = Deflate64(data)
    out = b"".join(iter(lambda: decoder.step(step), b""))
    return out, decoder.finished


def bits(*fields: tuple[int, int]) -> bytes:
    """Numbers with their widths, least significant bit first; a negative width writes the most significant bit first, as codes are."""
    text = ""
    for value, width in fields:
        letters = f"{value:0{abs(width)}b}"
        text += letters if width < 0 else letters[::-1]
    text = text.ljust(-(-len(text) // 8) * 8, "0")
    return bytes(int(text[start : start + 8][::-1], 2) for start in range(0, len(text), 8))


def literal(byte: int) -> tuple[int, int]:
    """A byte below 144 in the fixed code (RFC 1951, 3.2.6)."""
    return 0x30 + byte, -8


FIXED, END = ((1, 1), (1, 2)), (0, -7)
LONG, NEAREST = (0xC5, -8), (0, -5)


@pytest.mark.parametrize("strategy", [zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY, zlib.Z_FIXED])
@pytest.mark.parametrize("level", [0, 1, 9])
def test_streams_without_the_longest_match_are_the_same_in_both(level, strategy):
    text = bytes(random.Random(7).choices(b"Sehr geehrte Damen", k=4000))
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
    packed = packer.compress(text) + packer.flush()
    assert decode(packed) == (text, True)
    assert decode(packed, 100) == (text, True)


def test_the_longest_match_carries_its_length_in_sixteen_bits():
    assert decode(bits(*FIXED, literal(97), LONG, (60000, 16), NEAREST, END)) == (b"a" * 60004, True)


def test_the_last_distance_code_reaches_64_kib():
    """A stored block of 32769 bytes, then a match at distance 32769 + 0: code 30 with 14 bits."""
    stored = bytes(range(1, 130)) * 255
    size = len(stored)
    assert size >= 32769
    first = bits((0, 1), (0, 2), (0, 5), (size, 16), (size ^ 0xFFFF, 16)) + stored
    match = bits(*FIXED, (1, -7), (30, -5), (0, 14), END)
    assert decode(first + match) == (stored + stored[size - 32769 :][:3], True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bits((1, 1), (3, 2)),
        bits((1, 1), (0, 2), (0, 5), (5, 16), (5, 16)),
        bits((1, 1), (0, 2), (0, 5), (5, 16), (5 ^ 0xFFFF, 16)) + b"abc",
        bits(*FIXED, literal(97), LONG, (60000, 16), (3, -5)),
        bits(*FIXED, literal(97)),
        bits((1, 1), (2, 2), (31, 5), (31, 5), (0, 4), *[(7, 3)] * 19),
    ],
    ids=["empty", "kind", "stored size", "cut", "distance", "no end", "tables"],
)
def test_broken_data_never_finishes(data):
    out, finished = decode(data)
    assert not finished
    assert len(out) <= 3


def test_damage_neither_raises_nor_runs_away():
    rng = random.Random(1)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    sound = packer.compress(bytes(rng.choices(b"abcdefgh", k=600))) + packer.flush()
    for _ in range(60):
        mutant = bytearray(sound)
        for _ in range(3):
            mutant[rng.randrange(len(mutant))] = rng.randrange(256)
        decoder = Deflate64(bytes(mutant))
        for _ in range(8):
            if not decoder.step(4096):
                break
