"""gzip: one content, whatever other readers may see besides."""

from __future__ import annotations

from tests.fixtures.gzip import PROGRAM, SAMPLES, TEXT, member


def test_the_name_comes_from_the_header_without_folders(scan):
    assert scan(SAMPLES["named/bericht.gz"](), "x.gz").parts[1].name == "bericht.txt"


def test_without_a_name_the_stream_lends_its_own(scan):
    assert scan(member(TEXT), "archiv.tgz").parts[1].name == "archiv.tar"
    assert scan(member(TEXT), "brief.txt.gz").parts[1].name == "brief.txt"


def test_all_members_are_the_content_and_the_later_ones_are_looked_at_alone(scan):
    report = scan(SAMPLES["members/bericht.gz"](), "x.gz")
    sizes = [part.size for part in report.parts[1:]]
    assert sizes == [len(TEXT) + len(PROGRAM), len(PROGRAM)]
    assert {"archive-ambiguous", "executable-content"} <= {f.code for f in report.findings}


def test_data_behind_the_end_is_looked_at(scan):
    report = scan(SAMPLES["trailing/bericht.gz"](), "x.gz")
    assert report.parts[-1].name == "trailing"
    assert {"archive-ambiguous", "executable-content"} <= {f.code for f in report.findings}


def test_padding_is_no_trailing_data(codes):
    assert "archive-ambiguous" not in codes(SAMPLES["lookalike/bericht.gz"](), "x.gz")


def test_what_could_be_unpacked_of_a_cut_stream_is_kept(scan):
    report = scan(SAMPLES["truncated/bericht.gz"](), "x.gz")
    assert "malformed-file" in {f.code for f in report.findings}
    assert report.parts[1].size


def test_a_bomb_is_stopped(scan):
    report = scan(member(bytes(300 << 20)), "x.gz")
    assert "decompression-bomb" in {f.code for f in report.findings}
    assert not report.complete


def test_plain_zeros_are_a_limit_and_no_bomb(scan):
    found = {f.code for f in scan(member(bytes(64 << 20)), "x.gz").findings}
    assert "resource-limit-exceeded" in found
    assert "decompression-bomb" not in found


def test_a_wrong_checksum_of_header_or_content_hides_nothing(codes):
    for sample in ("header-sum/bericht.gz", "wrong-sum/bericht.gz"):
        assert {"executable-content", "malformed-file"} <= codes(SAMPLES[sample](), "x.gz"), sample


def test_a_header_with_its_checksum_is_sound(codes):
    assert codes(SAMPLES["lookalike/mit-summe.gz"](), "x.gz") == {"archive-content"}


def test_without_its_checksum_a_text_is_told_and_judged_as_what_it_is(scan):
    report = scan(SAMPLES["no-sum/bericht.gz"](), "x.gz")
    assert report.parts[1].size == len(TEXT)
    assert {f.code for f in report.findings} == {"archive-content", "malformed-file"}


def test_members_behind_a_wrong_checksum_are_read_on(scan):
    report = scan(SAMPLES["wrong-sum/bericht.gz"]() + member(TEXT), "x.gz")
    assert report.parts[1].size == len(PROGRAM) + len(TEXT)


def test_members_without_end_are_a_limit(scan):
    report = scan(member(b"") * 100_001, "x.gz")
    assert "resource-limit-exceeded" in {f.code for f in report.findings}
