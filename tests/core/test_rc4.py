"""RC4 gives what RFC 6229 says, in both forms of the core."""

from __future__ import annotations

import pytest

from attachguard._core.rc4 import rc4


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("0102030405", "b2396305f03dc027ccc3524a0a1118a8"),
        ("0102030405060708090a0b0c0d0e0f10", "9ac7cc9a609d1ef7b2932899cde41b97"),
        ("833222772a", "80ad97bdc973df8a2e879e92a497efda"),
    ],
)
def test_the_stream_of_a_key_is_that_of_the_standard(key, first):
    assert rc4(bytes.fromhex(key), bytes(16)).hex() == first
    assert rc4(bytes.fromhex(key), rc4(bytes.fromhex(key), b"Guten Tag")) == b"Guten Tag"


def test_without_a_key_there_is_nothing_to_do():
    with pytest.raises(ValueError, match="key"):
        rc4(b"", b"data")
    assert rc4(b"key", b"") == b""
