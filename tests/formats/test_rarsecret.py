"""RAR 3 under a password: members and hidden names open by their checksums, solid members stay locked."""

from __future__ import annotations

import hashlib
import struct
import zlib

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.formats.archive._rar.headers import MARKER_OLD
from attachguard.readers.outside import Tools
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


def packed(text: bytes) -> bytes:
    """A block of literals below 255 as RAR 3 packs it (`unpack30.cpp` of unrar): codes of eight bits, and of nine for 255 and the end."""
    bits = "00"  # a block of the usual kind that keeps no older table
    # Codes of two bits for the lengths 8 and 9, for repeating the last length and for repeating zero, each 11 to 138 times.
    bits += "".join(f"{2 if symbol in (8, 9, 17, 19) else 0:04b}" for symbol in range(20))
    eight, nine, again, zeros = "00", "01", "10", "11"
    bits += eight + again + f"{138 - 11:07b}" + again + f"{116 - 11:07b}" + nine + nine
    # No code for distances and lengths: 147 zeros.
    bits += zeros + f"{136 - 11:07b}" + zeros + f"{11 - 11:07b}"
    bits += "".join(f"{byte:08b}" for byte in text) + f"{511:09b}" + "00"
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def archive(*, names_hidden: bool = False, method: int = 0x30, flags: int = 0x8404) -> bytes:
    content = aes_cbc(KEY, VECTOR, TEXT if method == 0x30 else packed(TEXT))
    name = b"brief.txt"
    body = (
        struct.pack("<IIBIIBBHI", len(content), len(TEXT), 2, zlib.crc32(TEXT), 0, 29, method, len(name), 0x20)
        + name
        + SALT
    )
    file, end = block(0x74, flags, body), block(0x7B, 0x4000, b"")
    out = MARKER_OLD + block(0x73, 0x80 if names_hidden else 0, bytes(6))
    if names_hidden:
        file, end = (SALT + aes_cbc(KEY, VECTOR, header) for header in (file, end))
    return out + file + content + end


def look(data: bytes, *passwords: str):
    return Scanner(Policy.load("audit"), rules=Rules.empty(), passwords=passwords, tools=Tools.system()).scan(
        data, name="a.rar", kind="file"
    )


@pytest.mark.parametrize("names_hidden", [False, True])
def test_an_archive_opens_by_its_password(names_hidden):
    data = archive(names_hidden=names_hidden)
    assert look(data, "falsch").parts[0].encryption == "unknown-password"
    report = look(data, "falsch", SECRET)
    assert report.parts[0].encryption == "known-password"
    assert [(part.name, part.sha256) for part in report.parts[1:]] == [("brief.txt", hashlib.sha256(TEXT).hexdigest())]


def test_a_compressed_member_under_a_visible_name_opens_where_libarchive_proves_the_password(with_packages):
    if not with_packages.unpacker():
        pytest.skip("libarchive is not installed, which unpacks RAR 3")
    data = archive(method=0x33)
    assert look(data, "falsch").parts[0].encryption == "unknown-password"
    report = look(data, "falsch", SECRET)
    assert [part.encryption for part in report.parts] == ["known-password", "known-password"]
    assert report.parts[1].sha256 == hashlib.sha256(TEXT).hexdigest()


@pytest.mark.parametrize("flags", [0x8404, 0x8414])
def test_a_compressed_member_stays_locked_without_libarchive_and_where_it_is_solid(flags, request):
    if flags & 0x10:
        request.getfixturevalue("with_packages")
    report = look(archive(method=0x33, flags=flags), SECRET)
    assert [part.encryption for part in report.parts] == ["unknown-password", "unknown-password"]


@pytest.mark.parametrize(
    "data", [archive(), archive(names_hidden=True), rar5(SECRET, names_hidden=True)], ids=["old", "hidden", "new"]
)
def test_what_is_cut_or_damaged_never_fails(data):
    for place in range(7, len(data), 61):
        damaged = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]
        for each in (data[:place], damaged):
            assert "inspection-failed" not in {finding.code for finding in look(each, SECRET).findings}
