"""RAR 3 under a password: stored members and hidden names open by their checksums, everything else stays locked."""

from __future__ import annotations

import hashlib
import struct
import zlib

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.formats._archive.rarlist import MARKER_OLD
from tests.encryption.made import aes_cbc, rar5
from tests.encryption.tools import TEXT

SECRET = "Sommer-2024!"
SALT = b"saltsalt"


def key_of(password: str) -> tuple[bytes, bytes]:
    """Key and vector, one round after the other as unrar's crypt3.cpp does."""
    digest, vector = hashlib.sha1(usedforsecurity=False), bytearray()
    secret = password.encode("utf-16-le") + SALT
    for number in range(1 << 18):
        digest.update(secret + struct.pack("<I", number)[:3])
        if number % (1 << 14) == 0:
            vector.append(digest.digest()[19])
    key = digest.digest()[:16]
    return b"".join(key[at : at + 4][::-1] for at in (0, 4, 8, 12)), bytes(vector)


KEY, VECTOR = key_of(SECRET)


def block(kind: int, flags: int, body: bytes) -> bytes:
    rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest


def archive(*, names_hidden: bool = False, method: int = 0x30) -> bytes:
    content = aes_cbc(KEY, VECTOR, TEXT)
    name = b"brief.txt"
    body = (
        struct.pack("<IIBIIBBHI", len(content), len(TEXT), 2, zlib.crc32(TEXT), 0, 29, method, len(name), 0x20)
        + name
        + SALT
    )
    file, end = block(0x74, 0x8404, body), block(0x7B, 0x4000, b"")
    out = MARKER_OLD + block(0x73, 0x80 if names_hidden else 0, bytes(6))
    if names_hidden:
        file, end = (SALT + aes_cbc(KEY, VECTOR, header) for header in (file, end))
    return out + file + content + end


def look(data: bytes, *passwords: str):
    return Scanner(Policy.load("audit"), rules=Rules.empty(), passwords=passwords).scan(data, name="a.rar", kind="file")


@pytest.mark.parametrize("names_hidden", [False, True])
def test_an_archive_opens_by_its_password(names_hidden):
    data = archive(names_hidden=names_hidden)
    assert look(data, "falsch").parts[0].encryption == "unknown-password"
    report = look(data, "falsch", SECRET)
    assert report.parts[0].encryption == "known-password"
    assert [(part.name, part.sha256) for part in report.parts[1:]] == [("brief.txt", hashlib.sha256(TEXT).hexdigest())]


def test_a_compressed_member_under_a_visible_name_stays_locked():
    report = look(archive(method=0x33), SECRET)
    assert [part.encryption for part in report.parts] == ["unknown-password", "unknown-password"]


@pytest.mark.parametrize(
    "data", [archive(), archive(names_hidden=True), rar5(SECRET, names_hidden=True)], ids=["old", "hidden", "new"]
)
def test_what_is_cut_or_damaged_never_fails(data):
    for place in range(7, len(data), 61):
        damaged = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]
        for each in (data[:place], damaged):
            assert "inspection-failed" not in {finding.code for finding in look(each, SECRET).findings}
