"""Each condition of a rule changes a judgement, is spoken in both languages, is written down, and is one whole record."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest

from attachguard.model import Envelope, Finding, RuleMatch
from attachguard.policy import Policy
from attachguard.policy.explaining import sentences
from attachguard.policy.judging import rule_conditions
from attachguard.policy.judging.narrowing import OF_BOUNDS, OF_EXCEPTIONS
from attachguard.policy.judging.rule_conditions import BY_KEY, CONDITIONS, Condition, Spoken, given
from attachguard.policy.judging.rules import Rule
from attachguard.policy.reading import file as policyfile
from tests.policies.conftest import make_part

PAGE = Path("docs/policies.md").read_text("utf-8")
BODY = {"role": "body", "kind": "txt", "name": ""}


class Case(NamedTuple):
    """One condition tried.

    Args:
        value: as it is written in the file.
        wide: a value that covers it, as the file has it.
        yes: what differs from the usual mail where it holds.
        no: where it does not.
        english: what must be in the sentence.
        german: the same in German.
    """

    value: str
    wide: str
    yes: dict[str, Any]
    no: dict[str, Any]
    english: str
    german: str


def deep(levels: int) -> dict[str, Any]:
    part = make_part("zip", "a.zip")
    for _ in range(levels):
        part = make_part("pdf", "a.pdf", role="member", parent=part)
    return {"part": part}


CASES = {
    "types": Case('["pdf"]', '["pdf", "doc"]', {"part": make_part("pdf")}, {"part": make_part("doc")}, "PDF", "PDF"),
    "groups": Case('["image"]', '["image", "document"]', {"part": make_part("png")}, {"part": make_part("pdf")}, "image", "Bild"),
    "roles": Case('["body"]', '["body", "inline"]', {"part": make_part(**BODY)}, {"part": make_part()}, "text of the mail", "Text der E-Mail"),
    "media": Case('["application/x-*"]', '["application/x-*", "a/b"]', {"part": make_part(declared="application/x-a")}, {"part": make_part(declared="text/plain")}, "application/x-*", "application/x-*"),
    "channels": Case('["vps"]', '["vps", "smtp"]', {"envelope": Envelope(channel="VPS")}, {"envelope": Envelope(channel="smtp")}, "channel vps", "Kanal vps"),
    "recipients": Case('["a@x.example"]', '["a@x.example", "b@x.example"]', {"envelope": Envelope(recipients=("A@x.example",))}, {"envelope": Envelope(recipients=("a@x.example", "b@x.example"))}, "mail to a@x.example", "E-Mails an a@x.example"),
    "senders": Case('["*@x.example"]', '["*@x.example", "c"]', {"envelope": Envelope(sender="a@x.example")}, {"envelope": Envelope(sender="a@y.example")}, "from *@x.example", "von *@x.example"),
    "kind": Case('["vba"]', '["vba", "xlm"]', {"kind": "vba"}, {"kind": "xlm"}, "VBA macros", "VBA-Makros"),
    "encryption": Case('["key-held"]', '["key-held", "none"]', {"part": make_part(encryption="key-held")}, {"part": make_part()}, "a key that is held", "Schlüssel"),
    "suffixes": Case('[".docm"]', '["docm", "pdf"]', {"part": make_part(name="a.docm")}, {"part": make_part(name="a.pdf")}, ".docm", ".docm"),
    "signed": Case("true", "true", {"part": make_part(signed=True)}, {"part": make_part()}, "is signed", "signiert ist"),
    "max-depth": Case("1", "2", deep(1), deep(2), "at most 1 files deep", "höchstens 1 Dateien tief"),
    "min-depth": Case("2", "1", deep(2), deep(1), "at least 2 files deep", "mindestens 2 Dateien tief"),
    "min-score": Case("60", "50", {"score": 60}, {"score": 59}, "score from 60", "Wert ab 60"),
    "yara-rules": Case('["drop*"]', '["*"]', {"yara": RuleMatch("dropper", "office/a")}, {"yara": RuleMatch("other", "office/a")}, "YARA rule is drop*", "YARA-Regel drop* ist"),
    "yara-namespaces": Case('["office/*"]', '["office/*", "pdf/*"]', {"yara": RuleMatch("r", "office/a")}, {"yara": RuleMatch("r", "pdf/a")}, "YARA rule is in office/*", "YARA-Regel in office/* steht"),
    "yara-tags": Case('["APT"]', '["APT", "FILE"]', {"yara": RuleMatch("r", "a", ("APT",))}, {}, "YARA rule has the tag APT", "YARA-Regel das Kennzeichen APT hat"),
    "max-score": Case("60", "70", {"score": 60}, {"score": 61}, "score up to 60", "Wert bis 60"),
}  # fmt: skip


def text(*rules: str) -> str:
    tables = "".join(
        f'[[rule]]\ncode = "macro-content"\naction = "{action}"\n{keys}\n'
        for action, keys in (rule.split("|") for rule in rules)
    )
    return '[policy]\nid = "t"\nversion = "1"\n' + tables


def load(tmp_path: Path, *rules: str) -> Policy:
    (tmp_path / "t.toml").write_text(text(*rules), "utf-8")
    return Policy.load(tmp_path / "t.toml")


def action(policy: Policy, *, kind: str = "vba", part=None, envelope=None, score=None, yara=None) -> str:
    finding = Finding("macro-content", kind=kind, score=score, yara=yara)
    return policy.judge(finding, part or make_part(), envelope or Envelope()).action.value


def test_every_condition_is_tried_here():
    assert set(CASES) == set(BY_KEY)
    assert len(BY_KEY) == len(CONDITIONS)


@pytest.mark.parametrize("key", CASES)
def test_a_condition_changes_a_judgement(key, tmp_path):
    case = CASES[key]
    policy = load(tmp_path, "flag|", f"reject|{key} = {case.value}")
    assert (action(policy, **case.yes), action(policy, **case.no)) == ("reject", "flag")


@pytest.mark.parametrize("key", CASES)
def test_a_rule_of_a_wider_condition_covers_one_of_a_narrower(key, tmp_path):
    case = CASES[key]
    # The wider one answers first because its action is stronger.
    (tmp_path / "t.toml").write_text(text(f"flag|{key} = {case.value}", f"reject|{key} = {case.wide}"), "utf-8")
    if case.value == case.wide:
        return
    _, problems = policyfile.check(tmp_path / "t.toml")
    assert any("can never apply" in str(problem) for problem in problems)
    (tmp_path / "t.toml").write_text(text(f"reject|{key} = {case.value}", f"flag|{key} = {case.wide}"), "utf-8")
    _, problems = policyfile.check(tmp_path / "t.toml")
    assert not problems


@pytest.mark.parametrize("key", CASES)
def test_a_condition_is_spoken_in_both_languages(key, tmp_path):
    case = CASES[key]
    (rule,) = load(tmp_path, f"reject|{key} = {case.value}").data.rules
    assert [name for name, _value in rule.given] == [key]
    assert case.english in sentences.conditions(rule, "en")
    assert case.german in sentences.conditions(rule, "de")


@pytest.mark.parametrize("key", CASES)
def test_a_condition_is_written_down(key):
    conditions = PAGE[PAGE.index("Conditions, all of which must hold") :].partition("\n\n")[0]
    assert f"`{key}`" in conditions


def test_a_half_built_condition_is_none():
    whole = CONDITIONS[0]._asdict()
    for missing in whole:
        with pytest.raises(TypeError):
            Condition(**{key: value for key, value in whole.items() if key != missing})
    assert not Condition._field_defaults


def test_every_way_of_speaking_has_a_speaker_and_is_used():
    assert (
        set(get_args(Spoken))
        == set(sentences.SPEAKERS)
        == {record.spoken for record in (*CONDITIONS, *OF_BOUNDS, *OF_EXCEPTIONS)}
    )


def test_what_a_rule_states_is_what_its_table_has(tmp_path):
    (rule,) = load(
        tmp_path, 'reject|types = ["pdf"]\nmin-depth = 0\nroles = []\nmax-depth = 0\nsigned = false'
    ).data.rules
    assert rule.given == (("types", frozenset({"pdf"})), ("signed", False), ("max-depth", 0))
    assert rule.of("roles") is None


def test_an_unknown_condition_is_a_mistake_of_the_programmer():
    with pytest.raises(ValueError, match="no condition of a rule: colour"):
        given(colour="red")


def test_a_new_condition_needs_nothing_but_its_record(monkeypatch, tmp_path):
    """Nowhere else is there a list of conditions: a record alone is read, judged, covered and spoken."""
    new = Condition(
        key="name-length", read=lambda table: table.number("name-length"), holds=lambda least, facts: len(facts.part.name) >= least,
        covers=lambda wide, narrow: narrow >= wide, sentence=lambda _least: ("named with {value} letters", "mit {value} Buchstaben im Namen"), spoken="number",
    )  # fmt: skip
    monkeypatch.setattr(rule_conditions, "CONDITIONS", (*CONDITIONS, new))
    monkeypatch.setitem(BY_KEY, new.key, new)
    policy = load(tmp_path, "flag|", "reject|name-length = 9")
    assert (action(policy, part=make_part(name="a-long-name.pdf")), action(policy, part=make_part(name="a.pdf"))) == (
        "reject",
        "flag",
    )
    rule = next(rule for rule in policy.data.rules if rule.given)
    assert sentences.conditions(rule, "de") == "mit 9 Buchstaben im Namen"
    assert isinstance(rule, Rule)
