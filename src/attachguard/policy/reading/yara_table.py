"""The table `[rules]` of a policy file: YARA rules that are not heard, only tried, or called something else."""

from __future__ import annotations

from typing import Final

from attachguard.codes import CODES, OWN_FAILURES
from attachguard.policy.judging.yara_rules import Called, MatchRules, Named
from attachguard.policy.reading.values import Section

_KEYS: Final = ("disable", "nursery", "called")
_CALLED: Final = ("code", "names", "namespaces", "tags", "min-score", "max-score", "cite")
_BEST: Final = 100


def read_yara_rules(top: Section, included: list[MatchRules]) -> MatchRules:
    """What the file says, before what it includes."""
    section = top.section("rules", _KEYS)
    called = [_called(Section(section.document, path, table, _CALLED)) for path, table in section.tables("called")]
    return MatchRules(
        disable=_named(section, "disable") + tuple(each for rules in included for each in rules.disable),
        nursery=_named(section, "nursery") + tuple(each for rules in included for each in rules.nursery),
        called=(*called, *(each for rules in included for each in rules.called)),
    )


def _named(section: Section, key: str) -> tuple[Named, ...]:
    document = section.document
    return tuple(
        Named(word, f"{document.path}:{document.line((*section.path, key, place))}")
        for place, word in enumerate(section.words(key))
    )


def _called(section: Section) -> Called:
    codes = section.words("code", CODES, "reason code")
    if "code" not in section:
        section.error("", 'says what matches are called: add the reason code, as in code = "malware-signature"')
    if codes and codes[0] in OWN_FAILURES:
        section.error("code", f"{codes[0]} is the scanner's own failure, which no rule finds")
    called = Called(
        code="".join(codes[:1]),
        names=frozenset(section.words("names")),
        namespaces=frozenset(section.words("namespaces")),
        tags=frozenset(section.words("tags")),
        least=section.number("min-score"),
        most=section.number("max-score"),
        cite=section.text("cite"),
        place=section.place,
    )
    for key, value in (("min-score", called.least), ("max-score", called.most)):
        if (value or 0) > _BEST:
            section.error(key, "scores go from 0 to 100")
    if called.least is not None and called.most is not None and called.least > called.most:
        section.error("min-score", "is above max-score, so it can never apply")
    return called
