"""Nesting is the sender's: what is decrypted, rebuilt or read in another way here is no level of it, and has a counter of its own."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from attachguard import Limits, Policy, Rules, Scanner
from attachguard.errors import LimitExceeded
from attachguard.limits import MOST_READINGS, Budget
from attachguard.testkit.archives import zipped
from attachguard.types.filetypes import filetype
from tests.fixtures import ooxml, xls
from tests.fixtures import xml as wordxml

LEVELS = 4


def nested(name: str, content: bytes, levels: int) -> bytes:
    for level in range(levels):
        content = zipped({name: content})
        name = f"ebene{level}.zip"
    return content


def codes(data: bytes, *, depth: int, words: tuple[str, ...] = ()) -> set[str]:
    scanner = Scanner(Policy.load("audit"), limits=Limits(depth=depth), passwords=list(words))
    return {finding.code for finding in scanner.scan(data, name="a.zip").findings}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("brief.docx", ooxml.word(), ()),
        ("makro.xls", xls.encrypted("geheim", [("Makro1", 1, 2)]), ("geheim",)),
        ("makro.xls", xls.encrypted("VelvetSweatshop", [("Makro1", 1, 2)]), ()),
    ],
)
def test_readings_of_what_lies_at_the_limit_are_not_beyond_it(name, content, words):
    data = nested(name, content, LEVELS)
    assert "resource-limit-exceeded" not in codes(data, depth=LEVELS, words=words)
    assert "resource-limit-exceeded" in codes(data, depth=LEVELS - 1, words=words)


def test_a_reading_between_two_levels_costs_none():
    # Flat OPC is read as the package that it stands for; the macros are one level down in that.
    data = nested("brief.xml", wordxml.flat_document(binary=True), LEVELS)
    assert "resource-limit-exceeded" not in codes(data, depth=LEVELS + 1)


def scan_with(inspect, limits: Limits):
    inspector = SimpleNamespace(TYPES=frozenset({"txt"}), LIMITATIONS=(), inspect=inspect, __name__="formats.mine")
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), inspectors=(inspector,), limits=limits)
    return scanner.scan(b"text", kind="file", name="a.txt")


def test_levels_and_readings_are_counted_apart():
    def inspect(part):
        if part.depth < LEVELS:
            step = part.reading if part.readings <= part.depth else part.child
            yield step("b.txt", part.data + b"x")

    report = scan_with(inspect, Limits(depth=LEVELS))
    assert len(report.parts) > 2 * LEVELS
    assert not report.findings


def test_readings_of_readings_without_end_are_stopped():
    def inspect(part):
        yield part.reading("b.txt", part.data + b"x")

    report = scan_with(inspect, Limits(depth=LEVELS))
    assert len(report.parts) == 1 + MOST_READINGS
    assert {finding.code for finding in report.findings} == {"resource-limit-exceeded"}


def test_a_layer_is_a_reading():
    def inspect(part):
        yield part.layer("macros", b"Sub AutoOpen()", filetype("txt"))

    assert not scan_with(inspect, Limits(depth=0)).findings


def test_the_budget_says_which_of_the_two_it_was():
    budget = Budget(Limits(depth=3))
    budget.add_part(3, MOST_READINGS)
    with pytest.raises(LimitExceeded, match="nested deeper than 3"):
        budget.add_part(4, 0)
    with pytest.raises(LimitExceeded, match="readings"):
        budget.add_part(0, MOST_READINGS + 1)
