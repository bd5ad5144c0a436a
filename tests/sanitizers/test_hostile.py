"""Hostile input: sanitizers are bounded like everything else, never raise, and never give what the second scan refuses."""

from __future__ import annotations

import functools
import io
import os
import random
import struct
import time
import zipfile

import pytest

from attachguard import Limits, Policy, Rules, Scanner
from tests.fixtures import ooxml, pdf, ppt
from tests.sanitizers.built import SCRIPT, cases, word

CASES = cases()
#: Mutations of each file; `make fuzz` asks for more.
ROUNDS = 6 if "ATTACHGUARD_FUZZ" not in os.environ else int(os.environ["ATTACHGUARD_FUZZ"]) // 50


@functools.cache
def scanner() -> Scanner:
    return Scanner(Policy.load("disarm"), rules=Rules.empty(), rewrite=True)


def bounded(data: bytes, name: str, seconds: float = 20.0):
    began = time.perf_counter()
    report = scanner().scan(data, name=name, kind="file")
    assert time.perf_counter() - began < seconds
    if report.sanitized is not None:
        assert len(report.sanitized) <= 2 * len(data) + (1 << 20)
        assert scanner().scan(report.sanitized, name=report.sanitized_name or name, kind="file").verdict.action.delivers
    return report


def test_a_hundred_thousand_actions():
    actions = b"".join(b"<</S/JavaScript/JS(%d)>>" % number for number in range(100_000))
    report = bounded(
        pdf.pdf({1: b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next[" + actions + b"]>>>>"}),
        "a.pdf",
        60,
    )
    if report.sanitized is not None:
        assert b"JavaScript" not in report.sanitized


def test_a_chain_of_actions_that_ends_in_itself():
    chain = {
        number: b"<</S/JavaScript/JS(x)/Next %d 0 R>>" % (number + 1 if number < 60 else 5) for number in range(5, 61)
    }
    report = bounded(pdf.pdf({1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>", **chain}), "a.pdf")
    assert report.sanitized is not None
    assert b"JavaScript" not in report.sanitized


def test_a_name_tree_that_is_its_own_child():
    tree = b"<</Kids[6 0 R 6 0 R]/Names[(a)5 0 R]>>"
    report = bounded(
        pdf.pdf(
            {1: b"<</Type/Catalog/Pages 2 0 R/Names<</JavaScript 6 0 R/EmbeddedFiles 6 0 R>>>>", 5: SCRIPT, 6: tree}
        ),
        "a.pdf",
    )
    assert report.sanitized is not None


def test_dictionaries_nested_without_end():
    deep = b"<</A" * 3000 + b"<</S/JavaScript/JS(x)>>" + b">>" * 3000
    bounded(pdf.pdf({1: b"<</Type/Catalog/Pages 2 0 R/X " + deep + b">>"}), "a.pdf")


def test_an_archive_of_65_000_members():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for number in range(65_000):
            file.writestr(f"{number}.txt", b"")
        file.writestr("seite.html", b"<script>x</script>")
    bounded(out.getvalue(), "a.zip", 60)


def test_entities_are_never_expanded():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    document = word(ooxml.field(" DDEAUTO cmd x")).replace(b"PK", b"PK")
    with zipfile.ZipFile(io.BytesIO(document)) as old:
        members = {item.filename: old.read(item) for item in old.infolist()}
    members["word/settings.xml"] = f"{bomb}<w:settings xmlns:w='x'>&b;</w:settings>".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    bounded(out.getvalue(), "a.docx")
    svg = f'{bomb}<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><text>&b;</text></svg>'.encode()
    assert bounded(svg, "a.svg").sanitized is None


def test_rich_text_of_many_groups():
    assert bounded(b"{\\rtf1" + b"{" * 200_000 + b"\\objdata 01" + b"}" * 200_000 + b"}", "a.rtf").sanitized is None
    many = b"{\\rtf1" + b"{\\field{\\*\\fldinst DDEAUTO x}{\\fldrslt y}}" * 5_000 + b"}"
    assert b"DDE" not in bounded(many, "a.rtf", 60).sanitized


def test_a_compound_file_whose_directory_is_a_loop():
    data = bytearray(ppt.presentation(ppt.stored(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), packed=False)))
    start = (struct.unpack_from("<I", data, 48)[0] + 1) << 9
    for entry in range(4):
        struct.pack_into("<III", data, start + 128 * entry + 68, 0, 1, 0)
    bounded(bytes(data), "a.ppt")


def test_a_page_that_is_nested_deeply():
    bounded(b"<div>" * 20_000 + b"<script>x</script>" + b"</div>" * 20_000, "a.html", 60)


def test_a_bound_costs_the_part_and_nothing_else():
    small = Scanner(Policy.load("disarm"), rules=Rules.empty(), rewrite=True, limits=Limits(total_bytes=40_000))
    report = small.scan(CASES[0].data + bytes(30_000), name="a.docm", kind="file")
    assert report.sanitized is None
    assert not report.verdict.action.delivers


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_mutations_neither_raise_nor_come_out_unclean(case):
    dice = random.Random(case.name)
    for _ in range(ROUNDS):
        data = bytearray(case.data)
        for _ in range(dice.choice((1, 2, 8))):
            place = dice.randrange(len(data))
            data[place] = dice.choice((0, 255, data[place] ^ 1 << dice.randrange(8)))
        if dice.random() < 0.3:
            del data[dice.randrange(len(data)) :]
        bounded(bytes(data), case.name)
