"""Words of which one stands in whatever a rule matches: where none does, libyara would have found nothing."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given

pytest.importorskip("hyperscan")
pytest.importorskip("yaramod")

from attachguard import Policy, Rules, Scanner
from attachguard.yara import marks
from attachguard.yara.compiling import compiled
from attachguard.yara.externals import DEFAULTS
from attachguard.yara.prefilter.__main__ import page
from attachguard.yara.prefilter.necessary import of_file
from attachguard.yara.rules import builtin_folder
from attachguard.yara.running import Call, Stopwatch
from attachguard.yara.source import Source, collect
from tests.rules.test_prefilter import _OF_CONDITIONS, _OF_EACH, PIECES, TEXTS, _content

LETTER = b"From: a@example.org\r\nSubject: x\r\nContent-Type: text/%s\r\n\r\n"


MODULES = 'import "pe"\nimport "elf"\nimport "math"\nimport "hash"\n'


def sources() -> list[Source]:
    """The rules that the prefilter is tried with: each in a file of its own, and the files of several that hang together."""
    alone = [
        rule
        for rule in (*_OF_EACH, *_OF_CONDITIONS)
        if not any(f": {name} " in rule for name in ("string_first", "refers", "hidden"))
    ]
    texts = [MODULES + rule for rule in alone if "not string_first" not in rule] + list(TEXTS.values())
    return [Source(f"file{number}", Path(f"{number}.yar"), text, {}) for number, text in enumerate(texts)]


@pytest.fixture(scope="module")
def known():
    """The words of the files that are known by them, by namespace, and all of these files compiled."""
    found = [(source, of_file(source)) for source in sources()]
    whole = [(source, own) for source, own in found if own is not None and not own.free]
    return {source.space: marks.Marks(own.words) for source, own in whole}, compiled([source for source, _own in whole])


def check(known, content: bytes) -> None:
    """Every match is in a file of which a word stands in the content."""
    words, rules = known
    for match in Call(content, DEFAULTS).ask(rules, 10):
        assert not words[match.namespace].absent_from(content), match.rule


def test_the_words_of_the_built_in_rules_are_current():
    assert (builtin_folder() / marks.NAME).read_text("utf-8") == page()


@given(content=_content)
def test_where_no_word_stands_nothing_matches(known, content):
    check(known, content)


def test_every_instance_of_a_string_has_a_word(known):
    assert len(known[0]) > 30
    for piece in PIECES:
        check(known, b"... " + piece + b" ...")


@pytest.mark.parametrize(
    ("strings", "condition", "words"),
    [
        ('$a = "first words" $b = "others"', "$a and $b", {("first words", False)}),
        ('$a = "first words" $b = "others" nocase', "any of them", {("first words", False), ("others", True)}),
        ('$a = "first words" $b = "tiny"', "$a and filesize > 2", {("first words", False)}),
        ("$a = { 41 42 43 44 ?? ?? 45 46 47 48 49 }", "$a", {("EFGHI", False)}),
        ('$a = "abc"', "$a", None),
        ('$a = "first words"', "not $a", None),
        ('$a = "first words"', "$a or filesize > 2", None),
        ('$a = "first words"', "#a == 0", None),
    ],
)
def test_the_fewest_words_are_taken_that_rule_a_rule_out(strings, condition, words):
    source = Source("x", Path("x.yar"), f"rule x {{ strings: {strings} condition: {condition} }}", {})
    known = of_file(source)
    assert known.free == ([] if words is not None else ["x"])
    assert set(known.words) == (words or set())


def test_a_file_that_has_changed_is_not_known():
    found = collect([builtin_folder()], [])
    files = marks.known(builtin_folder())
    eicar = next(source for source in found if source.space == "test/eicar")
    assert marks.of([eicar], files)[2] == set()
    for other in (eicar._replace(text=eicar.text + "\n"), eicar._replace(included={("", "x.yar"): ""})):
        assert marks.of([other], files)[2] == {"test/eicar"}


@pytest.mark.parametrize(("types", "asked"), [("", True), ("txt", True), ("js vb", False)])
def test_rules_of_ones_own_are_matched_on_all_that_they_are_for(tmp_path, monkeypatch, types, asked):
    named = f'meta: attachguard_types = "{types}"' if types else ""
    (tmp_path / "own.yar").write_text(f"rule own {{ {named} condition: filesize > 1 }}")
    scanner = Scanner(Policy.load("audit"), rules=Rules.load(tmp_path, builtin=True))
    contents = []
    ask = Stopwatch.ask
    monkeypatch.setattr(
        Stopwatch,
        "ask",
        lambda watch, rules, call, *rest: (contents.append(call.data), ask(watch, rules, call, *rest))[1],
    )
    report = scanner.scan(LETTER % b"plain" + b"Good day.", kind="message")
    assert (b"Good day." in contents) == asked
    assert ("own" in {finding.yara.rule for finding in report.findings if finding.yara is not None}) == asked


def test_a_letter_and_a_plain_page_never_reach_libyara(monkeypatch):
    def ask(*_args):
        raise AssertionError("libyara is asked")

    scanner = Scanner(Policy.load("strict"), rules=pickle.loads(pickle.dumps(Rules.builtin())))
    monkeypatch.setattr(Stopwatch, "ask", ask)
    for kind, text in (
        (b"plain", b"Good day,\r\nsee you."),
        (b"html", b"<html><p>Good day</p><a href='https://x.example'>x</a></html>"),
    ):
        report = scanner.scan(LETTER % kind + text, kind="message")
        assert report.complete
        assert not report.findings
