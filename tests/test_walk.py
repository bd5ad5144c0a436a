"""The walk keeps going: what is wrong with one part never hides another."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from attachguard import Limits, Malformed, Policy, Rules, Scanner
from attachguard.inspector import Entry
from attachguard.types.filetypes import add_type, filetype


def scan_with(inspect, data: bytes = b"%TEST hello", limits: Limits | None = None):
    """Scan with one inspector for plain text."""
    inspector = SimpleNamespace(TYPES=frozenset({"txt"}), LIMITATIONS=(), inspect=inspect, __name__="formats.mine")
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), inspectors=(inspector,), limits=limits)
    return scanner.scan(data, kind="file", name="a.txt")


def codes(report):
    return [(finding.part, finding.code) for finding in report.findings]


def test_a_crash_of_an_inspector_is_a_finding_and_its_facts_stay():
    def inspect(part):
        yield part.finding("hidden-content", "seen before the crash")
        raise RuntimeError("secret text of the file")

    report = scan_with(inspect)
    assert codes(report) == [("a.txt", "hidden-content"), ("a.txt", "inspection-failed")]
    assert "secret" not in report.findings[1].detail
    assert report.findings[1].detail.startswith("mine: RuntimeError in inspect")
    assert not report.complete


def test_a_corrupt_member_does_not_hide_its_siblings():
    def corrupt():
        yield b"what could be read"
        raise Malformed("the rest is gone")

    def inspect(part):
        if part.name == "a.txt":
            yield part.child("first.txt", b"first")
            yield part.child("second.txt", corrupt())
            yield part.child("third.txt", lambda: 1 // 0)
            yield part.child("fourth.txt", b"fourth")

    report = scan_with(inspect)
    assert [part.path for part in report.parts] == [
        "a.txt",
        "a.txt!/first.txt",
        "a.txt!/second.txt",
        "a.txt!/third.txt",
        "a.txt!/fourth.txt",
    ]
    assert ("a.txt!/second.txt", "malformed-file") in codes(report)
    assert ("a.txt!/third.txt", "inspection-failed") in codes(report)
    assert report.parts[2].size == len(b"what could be read")
    assert report.parts[4].size == 6


def test_members_of_one_name_have_paths_of_their_own():
    def inspect(part):
        if part.name == "a.txt":
            yield part.child("x", b"one")
            yield part.child("x", b"two")

    assert [part.path for part in scan_with(inspect).parts] == ["a.txt", "a.txt!/x", "a.txt!/x~2"]


def test_control_characters_in_names_never_reach_a_path():
    def inspect(part):
        if part.name == "a.txt":
            yield part.child("\x1b[31mred\n\x00", b"one")

    path = scan_with(inspect).parts[1].path
    assert path.isprintable()


def test_an_inspector_that_never_ends_meets_the_limit():
    def inspect(part):
        while True:
            yield part.child("x", b"")

    report = scan_with(inspect, limits=Limits(parts=20, depth=3, seconds=0.3))
    assert len(report.parts) <= 20
    assert not report.complete


def test_findings_are_capped_but_a_new_code_is_always_heard():
    def inspect(part):
        for _ in range(100):
            yield part.finding("hidden-content", "again")
        yield part.finding("macro-content", "VBA: at the very end")

    report = scan_with(inspect, limits=Limits(findings=10))
    assert len([finding for finding in report.findings if finding.code == "hidden-content"]) == 10
    assert "macro-content" in {finding.code for finding in report.findings}


def test_a_refinement_takes_the_place_of_its_base():
    types = [filetype("zip")]
    add_type(types, filetype("docx"))
    add_type(types, filetype("pdf"))
    add_type(types, filetype("zip"))
    assert [kind.id for kind in types] == ["docx", "pdf"]


@pytest.mark.parametrize("role", ["member", "embedded"])
def test_layers_are_not_inspected_as_files(role):
    seen = []

    def inspect(part):
        seen.append(part.path)
        if part.name == "a.txt":
            yield part.layer("source", b"plain text", filetype("txt"))
            yield part.child("c.txt", b"plain text", role=role)

    scan_with(inspect)
    assert seen == ["a.txt", "a.txt!/c.txt"]


def test_text_without_the_words_of_an_inspector_is_not_shown_to_it_whether_it_is_loaded_or_not():
    inspector = SimpleNamespace(TYPES=frozenset({"txt"}))
    entry = Entry("formats.mine", frozenset({"txt"}), lambda _name: inspector, (b"WORD",))
    for _ in range(2):
        assert entry.silent(b"another word")
        assert not entry.silent(b"a WORD of its own")
        assert entry.inspector is inspector  # loaded from now on
