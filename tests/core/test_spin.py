"""The rounds of Office's key derivation: both forms give what `hashlib` gives, for every digest that Office writes."""

from __future__ import annotations

import hashlib
import struct

import pytest

from attachguard._core import spin as core
from attachguard._core import spinpairs
from attachguard._core.spin import spin, spin_many, width


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("rounds", [0, 1, 2, 300, 70_000])
def test_the_rounds_are_those_of_the_specification(algorithm, rounds):
    digest = expected = hashlib.new(algorithm, b"salt and word").digest()
    for number in range(rounds):
        expected = hashlib.new(algorithm, struct.pack("<I", number) + expected).digest()
    assert spin(digest, rounds, algorithm) == expected


@pytest.mark.parametrize("byte", [0, 0x80, 0xFF])
def test_digests_at_the_edges_are_no_special_case(byte):
    for algorithm, size in (("sha1", 20), ("sha512", 64)):
        digest = bytes([byte]) * size
        assert spin(digest, 1, algorithm) == hashlib.new(algorithm, bytes(4) + digest).digest()


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("count", [0, 1, 2, 4, 5, 9])
def test_words_side_by_side_give_what_each_gives_alone(algorithm, count):
    digests = [hashlib.new(algorithm, b"word %d" % number).digest() for number in range(count)]
    assert spin_many(digests, 1000, algorithm) == [spin(digest, 1000, algorithm) for digest in digests]
    assert width(algorithm) in (1, 4, 8)


def test_the_plain_form_gives_what_the_one_in_pairs_gives(monkeypatch):
    """It is there for compilers that know no pairs."""
    digest = hashlib.sha512(b"word").digest()
    expected = spin(digest, 1000, "sha512")
    monkeypatch.setattr(spinpairs, "COMPILED", False)
    assert spin(digest, 1000, "sha512") == expected
    assert core.COMPILED or width("sha512") == 1
