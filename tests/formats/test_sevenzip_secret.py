"""7z under a password: the key, folders with and without compression, hidden names, and what stays locked."""

from __future__ import annotations

import hashlib
import struct

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.formats.archive._sevenzip.secret import derive
from tests.encryption.made import aes_cbc
from tests.fixtures import sevenzip
from tests.fixtures.sevenzip import AES, BCJ, COPY, LZMA, PPMD, TEXT

SECRET = "Sommer-2024!"
#: The fixture's properties of AES: one round, no salt, no vector.
KEY = hashlib.sha256(SECRET.encode("utf-16-le") + bytes(8)).digest()


@pytest.fixture
def build(monkeypatch):
    """`build(methods, headers=…)`: an encrypted archive of two texts; the packed data is really encrypted."""
    plain = sevenzip.pack

    def make(methods: list[bytes], headers: bytes | None = None) -> bytes:
        inner = next((method for method in methods if method in (LZMA, COPY)), COPY)
        calls = iter([inner, COPY])

        def pack(data: bytes, method: bytes) -> bytes:
            return aes_cbc(KEY, bytes(16), plain(data, next(calls))) if method == AES else plain(data, method)

        monkeypatch.setattr(sevenzip, "pack", pack)
        return sevenzip.archive({"a.txt": TEXT, "b.txt": TEXT[::-1]}, methods, headers=headers)

    return make


def look(data: bytes, *passwords: str):
    return Scanner(Policy.load("audit"), rules=Rules.empty(), passwords=passwords).scan(data, name="a.7z", kind="file")


@pytest.mark.parametrize("methods", [[LZMA, AES], [AES], [BCJ, LZMA, AES]])
@pytest.mark.parametrize("headers", [None, AES])
def test_an_archive_opens_by_its_password(build, methods, headers):
    data = build(methods, headers)
    assert look(data).parts[0].encryption == "unknown-password"
    assert look(data, "falsch").parts[0].encryption == "unknown-password"
    report = look(data, "falsch", SECRET)
    assert report.parts[0].encryption == "known-password"
    digests = [part.sha256 for part in report.parts[1:]]
    assert digests == [hashlib.sha256(text).hexdigest() for text in (TEXT, TEXT[::-1])]


def test_a_folder_of_an_unknown_method_stays_locked(build):
    report = look(build([PPMD, AES]), SECRET)
    assert report.parts[0].encryption == "unknown-password"
    assert "inspection-failed" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize("cycles", [0, 1, 8, 9, 17])
def test_the_key_is_the_hash_of_counted_records(cycles):
    expected = hashlib.sha256()
    for number in range(1 << cycles):
        expected.update(b"salt" + "ü1".encode("utf-16-le") + struct.pack("<Q", number))
    assert derive("ü1", cycles, b"salt") == expected.digest()


def test_rounds_that_would_take_years_are_not_begun(build):
    """The exponent of the rounds stands in the file; sixty-two is what its six bits can say."""
    data = build([LZMA, AES])
    place = data.index(AES) + len(AES) + 1
    for exponent in (25, 40, 62):
        hostile = data[:place] + bytes([exponent]) + data[place + 1 :]
        assert look(hostile, SECRET).parts[0].encryption == "unknown-password"
