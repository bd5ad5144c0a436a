"""A rule that takes too long is stopped and named, the others are asked all the same, and a busy machine is no reason."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import yara

from attachguard import Limits, Policy, Rules, Scanner
from attachguard.errors import LimitExceeded
from attachguard.limits import Budget
from attachguard.part import Part
from attachguard.yara import running
from attachguard.yara.running import Call, Slow, Spent, Stopwatch
from attachguard.yara.source import Source
from attachguard.yara.text import alone, spans

SLOW = """
rule quick { condition: true }
private rule base { condition: filesize > 0 }
rule crawls { condition: base and for all i in (0..10000000000) : ( uint8(i % 3) != 255 ) }
rule after { condition: base }
"""


class Hours:
    """A clock that gives what a test says."""

    def __init__(self, step: float) -> None:
        self.now = itertools.count(0.0, step)

    def __call__(self) -> float:
        return next(self.now)


def test_a_slow_rule_is_named_with_its_file_and_the_others_are_heard(tmp_path):
    (tmp_path / "a.yar").write_text("rule other { condition: true }", "utf-8")
    (tmp_path / "b.yar").write_text(SLOW, "utf-8")
    rules = Rules.load(tmp_path)
    limits = Limits(part_rule_seconds=1.0, rule_seconds=2.0)
    report = Scanner(Policy.load("strict"), rules=rules, limits=limits).scan(b"hello", name="a.txt")
    (said,) = [finding.detail for finding in report.findings if finding.code == "resource-limit-exceeded"]
    assert (
        said == "rule_seconds: the YARA rules took longer than 1 s of the processor on one part: rule crawls (b.yar:4)"
    )
    assert [finding.yara.rule for finding in report.findings if finding.yara] == ["other"]
    assert not report.complete


def test_a_message_has_a_bound_of_its_own_and_says_who_was_slow(tmp_path):
    (tmp_path / "a.yar").write_text("rule r { condition: true }", "utf-8")
    part = Part("a", b"", role="attachment", budget=Budget(Limits(rule_seconds=3.0)))
    part.fill(b"x")
    rules = Rules.load(tmp_path)
    part.context.get(Spent).seconds = 2.0
    assert len(list(rules.match(part))) == 1
    part.context.get(Spent).seconds = 3.0
    with pytest.raises(LimitExceeded, match="the YARA rules have taken 3 s of the processor for this message"):
        list(rules.match(part))


def test_time_that_others_had_does_not_count(monkeypatch):
    asked = []

    def ask(_self, _rules, seconds):
        asked.append(seconds)
        if len(asked) < 3:
            raise yara.TimeoutError("busy")
        return ["match"]

    monkeypatch.setattr(Call, "ask", ask)
    watch = Stopwatch(clock=Hours(0.01))
    assert watch.ask(None, Call(b"x", {}), Spent(), Limits(rule_seconds=9.0, part_rule_seconds=7.0)) == ["match"]
    assert asked == [7, 7, 7]


def test_thousands_of_short_texts_are_not_slow_because_there_are_thousands_of_rules(monkeypatch):
    monkeypatch.setattr(Call, "ask", lambda *_: [])
    sources = [Source("many", Path("many.yar"), " " * 5_000_000, {})]
    spent = Spent()
    watch, few = Stopwatch(sources, clock=Hours(4e-4)), Stopwatch(clock=Hours(4e-4))
    for _ in range(5_000):
        assert watch.ask(None, Call(b"Guten Tag", {}), spent, Limits()) == []
    assert spent.seconds == 0
    few.ask(None, Call(b"Guten Tag", {}), spent, Limits())
    assert spent.seconds > 0


def test_work_counts_and_without_files_nobody_can_be_named(monkeypatch):
    def ask(_self, _rules, _seconds):
        raise yara.TimeoutError("slow")

    monkeypatch.setattr(Call, "ask", ask)
    spent = Spent()
    with pytest.raises(Slow, match="on one part: which of them cannot be told without their files"):
        Stopwatch(clock=Hours(6.0)).ask(None, Call(b"x", {}), spent, Limits())
    assert spent.seconds > 6


def rules_of(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.yar").write_text(text, "utf-8")
    return Rules.load(folder)._by_name["bytes"]


class Work:
    """A clock that goes on as rules read: for a byte so long, and for the rules of one file a hundred times as long."""

    def __init__(self, slow):
        self.now, self.slow, self.read = 0.0, slow, []

    def __call__(self):
        return self.now

    def asked(self):
        """In place of `Call.ask`."""

        def ask(call, sources, _seconds):
            self.read.append(len(call.data))
            dear = any(source.space == self.slow for source in sources)
            self.now += len(call.data) * (1e-6 if dear else 1e-8)
            return [source.space for source in sources]

        return ask


def test_what_is_slow_all_over_a_large_content_is_known_by_a_few_pieces_of_it(tmp_path, monkeypatch):
    texts = {name: f"rule {name} {{ condition: true }}\nrule {name}2 {{ condition: true }}" for name in "abcdefgh"}
    sources = rules_of(tmp_path, **texts).watch._sources
    work = Work("c")
    monkeypatch.setattr(running, "compiled", list)
    monkeypatch.setattr(Call, "ask", work.asked())
    call = Call(bytes(16 << 20), {})
    spent = Spent()
    with pytest.raises(Slow, match=r"longer than 1 s of the processor on one part: rule c \(c.yar:1\)") as error:
        Stopwatch(sources, clock=work).ask(sources, call, spent, Limits())
    assert error.value.matches == list("abdefgh")
    assert [size for size in work.read if size > 1 << 16] == [len(call.data)]  # the others, and nobody else
    assert spent.seconds == pytest.approx(work.now - 1e-8 * len(call.data), abs=0.01)


def test_what_is_foreseen_of_a_large_content_is_not_counted_as_taken(tmp_path, monkeypatch):
    sources = rules_of(tmp_path, a="rule a { condition: true }").watch._sources
    work = Work("a")
    monkeypatch.setattr(running, "compiled", list)
    monkeypatch.setattr(Call, "ask", work.asked())
    spent = Spent()
    with pytest.raises(Slow):
        Stopwatch(sources, clock=work).ask(sources, Call(bytes(16 << 20), {}), spent, Limits())
    assert 0 < spent.seconds < 0.1


def test_once_a_message_is_over_its_time_the_rules_that_were_not_slow_are_still_asked(tmp_path):
    view = rules_of(tmp_path, a="rule a { condition: true }", b="rule b { condition: true }")
    view.watch._named["b"] = "rule b (b.yar:1)"
    spent = Spent()
    spent.seconds = 1.1
    with pytest.raises(Slow, match=r"for this message; slow before: rule b \(b.yar:1\)") as error:
        view.watch.ask(view.compiled, Call(b"x", {}), spent, Limits())
    assert [match.rule for match in error.value.matches] == ["a"]


def test_where_no_file_is_slow_by_itself_none_is_named(tmp_path):
    view = rules_of(tmp_path, **{name: f"rule {name} {{ condition: true }}" for name in "abcdefgh"})
    assert "could not be found" in view.watch._search(Call(b"x" * 65536, {}))
    assert not view.watch._named


def test_rules_are_found_in_a_text_whatever_stands_around_them():
    text = (
        '// rule no { }\nimport "pe"\nrule a { strings: $a = "rule x {" $b = { 4d 5a /* } */ ( 00 | 01 ) } '
        "$c = /}{2}\\/rule y {/ condition: any of them }\n/* rule n { */\nglobal private rule b\n: t { condition: true } rule c { condition: b }"
    )
    assert [(span.name, span.line, span.silent) for span in spans(text)] == [
        ("a", 3, False),
        ("b", 5, True),
        ("c", 6, False),
    ]
    assert text[slice(*list(spans(text))[2][1:3])] == "rule c { condition: b }"


def test_a_rule_alone_takes_along_what_it_stands_on():
    text = (
        "rule a { condition: true } private rule p { condition: a } rule b { condition: p } rule c { condition: true }"
    )
    found = {name: kept for name, _line, kept in alone(text)}
    assert set(found) == {"a", "b", "c"}
    assert "rule c" not in found["b"]
    assert "rule a" in found["b"]
    yara.compile(source=found["b"])
