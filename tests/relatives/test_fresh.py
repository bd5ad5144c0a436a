"""What a last round of attacks over all of it found."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.hostile import HOSTILE

from tests.relatives.judged import SCANNERS, delivered, kinds, refused


@pytest.mark.parametrize(
    "page",
    [
        "<img src=a.png srcset='a.png 1x, file://203.0.113.5/s/a 2x'>",
        "<picture><source srcset='a.webp, \\\\203.0.113.5\\s\\a 2x'><img src=a.png></picture>",
    ],
)
def test_any_of_several_pictures_may_lie_on_a_share(page):
    assert "html-network-path" in kinds(f"<html><body>{page}".encode(), "a.html")
    assert refused(f"<html><body>{page}".encode(), "a.html")


def test_pictures_in_several_sizes_are_nothing():
    assert delivered(b"<html><body><img src=a.png srcset='a.png 1x, b.png 2x'>", "a.html")


@pytest.mark.parametrize("content", ["<x/>", "<!-- a -->", "<a><b/></a>"])
def test_a_style_sheet_in_an_instruction_is_seen_whatever_tags_it_holds(content):
    data = f"<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='data:text/xml,{content}'?><x/>".encode()
    assert "xml-data-style-sheet" in kinds(data, "a.xml")
    assert refused(data, "a.xml")


def test_a_mark_of_byte_order_opens_no_vault():
    data = b"\xef\xbb\xbf$ANSIBLE_VAULT;1.1;AES256\n" + b"3339" * 20 + b"\n"
    assert SCANNERS["strict"].scan(data, name="a.conf").parts[0].encryption == "unknown-password"


def test_every_input_that_is_built_to_be_slow_is_in_the_docs():
    text = (Path(__file__).parents[2] / "docs" / "performance.md").read_text("utf-8")
    table = text.partition("| format | inputs |\n|---|---|\n")[2].partition("\n\n")[0]
    assert {name.strip() for line in table.splitlines() for name in line.split("|")[2].split(",")} == set(HOSTILE)
