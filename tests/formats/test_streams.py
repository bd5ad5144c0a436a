"""Compressed streams: the content is a child, damage and foreign data after the end are reported."""

from __future__ import annotations

import hashlib

import pytest

from attachguard._core.lz import Lzw, lz4_block
from tests.fixtures.streams import PROGRAM, SAMPLES, TEXT, lz4_frame


@pytest.mark.parametrize("extension", ["bz2", "xz", "lzma", "lz", "lz4"])
def test_the_content_is_a_child_named_without_the_extension(scan, extension):
    report = scan(SAMPLES[f"plain/vorlage.txt.{extension}"](), f"vorlage.txt.{extension}")
    (child,) = report.parts[1:]
    assert (child.name, child.sha256) == ("vorlage.txt", hashlib.sha256(TEXT).hexdigest())
    assert "malformed-file" not in {f.code for f in report.findings}


@pytest.mark.parametrize("extension", ["bz2", "xz"])
def test_streams_one_behind_the_other_are_one_content(scan, extension):
    assert scan(SAMPLES[f"two/vorlage.txt.{extension}"](), "x").parts[1].size == 2 * len(TEXT)


def test_data_behind_the_end_is_looked_at(codes):
    assert {"archive-ambiguous", "executable-content"} <= codes(SAMPLES["trailing/vorlage.txt.xz"](), "x.xz")


@pytest.mark.parametrize("sample", ["lookalike/vorlage.txt.bz2", "truncated/vorlage.txt.xz"])
def test_broken_streams_are_not_clean(codes, sample):
    assert "malformed-file" in codes(SAMPLES[sample](), sample)


def test_without_its_package_zstandard_names_the_remedy(scan):
    report = scan(SAMPLES["plain/vorlage.txt.zst"](), "x.zst")
    (finding,) = [f for f in report.findings if f.code == "uninspectable-content"]
    assert "install attachguard[archives]" in finding.detail
    assert len(report.parts) == 1


@pytest.mark.parametrize(("package", "extension"), [("zstandard", "zst"), ("brotli", "br")])
def test_with_its_package_a_stream_is_read_to_its_end(scan, with_packages, package, extension):
    engine = pytest.importorskip(package, reason=f"needs the package {package}")
    text = TEXT * 3000
    packed = engine.compress(text)
    report = scan(packed, f"vorlage.txt.{extension}")
    assert report.parts[1].sha256 == hashlib.sha256(text).hexdigest()
    assert "malformed-file" in {f.code for f in scan(packed[:-9], f"vorlage.txt.{extension}").findings}


def test_compress_codes_may_name_the_entry_they_make(scan):
    # 257 is "aa" at the moment it is made, 258 "aaa", 259 "aaaa".
    report = scan(SAMPLES["plain/vorlage.txt.Z"](), "x.Z")
    assert report.parts[1].sha256 == hashlib.sha256(b"a" * 10).hexdigest()


def test_compress_refuses_codes_from_the_future():
    decoder = Lzw(bytes([0x61, 0xFE, 0x03]), 16, True)
    assert decoder.step(100) == b"a"
    assert decoder.step(100) == b""
    assert decoder.failed


def test_lz4_matches_may_overlap_what_they_make():
    # One literal, then a match of 4 + 5 bytes at distance 1, then the last literals.
    assert lz4_block(b"\x15a\x01\x00\x20zz", b"", 100) == b"a" * 10 + b"zz"


def test_lz4_matches_reach_into_the_block_before():
    assert lz4_block(b"\x00\x04\x00\x10!", b"wxyz", 100) == b"wxyz!"


@pytest.mark.parametrize("block", [b"\x15a\x00\x00", b"\x15a\x09\x00", b"\xf0\xff", b"\x50abc"])
def test_lz4_stops_at_what_cannot_be(block):
    assert len(lz4_block(block, b"", 100)) <= 1


def test_an_lz4_block_larger_than_stated_is_damage(codes):
    assert "malformed-file" in codes(lz4_frame(bytes(70_000)), "x.lz4")


def test_a_program_in_a_stream_is_found(codes):
    assert "executable-content" in codes(lz4_frame(PROGRAM), "x.lz4")


@pytest.mark.parametrize("extension", ["xz", "bz2", "zz"])
def test_a_wrong_checksum_hides_no_program(codes, extension):
    sample = f"wrong-sum/setup.exe.{extension}"
    assert {"executable-content", "malformed-file"} <= codes(SAMPLES[sample](), sample)


def test_a_wrong_checksum_hides_no_program_in_zstandard(codes, with_packages):
    engine = pytest.importorskip("zstandard", reason="needs the package zstandard")
    packed = engine.ZstdCompressor(write_checksum=True).compress(PROGRAM)
    found = codes(packed[:-1] + bytes([packed[-1] ^ 1]), "vorlage.zst")
    assert {"executable-content", "malformed-file"} <= found
    assert "uninspectable-content" not in found


def test_a_window_beyond_the_bound_is_a_limit_and_the_name_still_counts(codes, with_packages):
    pytest.importorskip("zstandard", reason="needs the package zstandard")
    # Frame header: no size, no checksum, a window of 2 GiB; then one raw block.
    found = codes(
        b"\x28\xb5\x2f\xfd\x00\xa8" + (len(PROGRAM) << 3 | 1).to_bytes(3, "little") + PROGRAM, "setup.exe.zst"
    )
    assert {"resource-limit-exceeded", "executable-content", "uninspectable-content"} <= found
    assert "malformed-file" not in found
