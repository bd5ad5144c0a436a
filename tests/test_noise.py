"""Content that nothing recognises: noise is told from data."""

from __future__ import annotations

import random

import pytest

from attachguard.types.identify.noise import describe

NOISE = random.Random(7).randbytes(300_000)


@pytest.mark.parametrize("size", [512, 4096, 300_000])
def test_an_encrypted_volume_without_a_header_is_high_entropy(scan, size):
    (finding,) = [each for each in scan(NOISE[:size], "volume.hc").findings if each.code == "type-unknown"]
    assert "high entropy" in finding.detail


@pytest.mark.parametrize(
    "data",
    [
        b"",
        NOISE[:100],
        b"\x93\x01" * 5000,
        bytes(range(256)) * 40,
        NOISE[:150_000] + bytes(150_000),
        bytes(5000) + NOISE,
    ],
    ids=["nothing", "little", "pattern", "table", "half", "head"],
)
def test_what_has_any_order_is_not(data):
    assert "entropy" not in describe(data)
