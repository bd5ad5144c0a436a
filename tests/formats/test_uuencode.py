"""Uuencoded files: found in letters, decoded whole, never imagined."""

from __future__ import annotations

import pytest

from tests import HANG
from tests.fixtures import uuencode
from tests.fixtures.uuencode import PNG


def children(report):
    return [(part.name, part.size) for part in report.parts[1:]]


def test_files_in_a_letter_are_decoded(scan):
    report = scan(uuencode.SAMPLES["letter/brief.txt"](), "brief.txt")
    assert children(report) == [("a.png", len(PNG)), ("b.png", len(PNG))]
    assert {part.type.id for part in report.parts[1:]} == {"png"}


def test_file_that_is_nothing_else_is_decoded(scan):
    assert children(scan(uuencode.SAMPLES["file/bild.uue"](), "bild.uue")) == [("bild.png", len(PNG))]


def test_base64_form_is_decoded(scan):
    assert children(scan(uuencode.SAMPLES["base64/brief.txt"](), "brief.txt")) == [("bild.png", len(PNG))]


def test_blanks_lost_at_line_ends_are_zeros(scan):
    content = b"\x7fELF\x02\x01\x01" + bytes(200) + b"tail"
    report = scan(uuencode.uuencoded("a.bin", content, backtick=False), "a.txt")
    assert children(report) == [("a.bin", len(content))]
    assert "executable-content" in {finding.code for finding in report.findings}


def test_letter_that_says_begin_has_no_file(scan):
    assert children(scan(uuencode.SAMPLES["lookalike/brief.txt"](), "brief.txt")) == []


@pytest.mark.parametrize(
    "text", [b"begin 644 a\n", b"begin 644 a", b"begin 644 \n#0F%\n", b"x begin 644 a\n#0F%T\n`\nend\n"]
)
def test_mere_beginnings_have_no_file(scan, text):
    assert children(scan(text, "a.txt")) == []


def test_cut_file_is_given_as_far_as_it_goes(scan):
    assert children(scan(uuencode.SAMPLES["truncated/brief.txt"](), "a.txt"))[0][1] > 40


def test_many_beginnings_do_not_take_long(scan):
    assert scan(b"begin 644 a\n#0F%T\n" * 3000, "a.txt").seconds < HANG
    assert scan(b"begin 644 a b c d\n" * 50_000, "a.txt").seconds < HANG
