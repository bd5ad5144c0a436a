"""What follows from other tables of a policy than its rules, and what is left of a policy on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from attachguard.model import Action, Scope
from attachguard.policy.judging.measures import BOUNDS
from attachguard.policy.judging.records import CHECKS, UNCHECKED, PolicyData
from attachguard.policy.judging.rule_conditions import given
from attachguard.policy.judging.rules import Rule, in_force

_FILES: Final = frozenset({"attachment", "member", "embedded"})


def implied_rules(data: PolicyData) -> Iterator[Rule]:
    """The rules that follow from other tables: what is only advised, what archives may be, what unmade checks lead to.

    They precede all others, because they say which facts the other rules are not about.
    """
    advice = {
        (BOUNDS[bound.on].code, BOUNDS[bound.on].advised): bound.cite for bound in reversed(data.bounds) if bound.soft
    }
    for (code, advised), cite in sorted(advice.items()):
        kind = frozenset({advised})
        if not any(rule.code == code and rule.of("kind") == kind for rule in data.rules):
            yield Rule(code=code, action=Action.FLAG, scope=Scope.ATTACHMENT, given=given(kind=kind), cite=cite)
    archives = data.archives
    flagged = Rule(code="", action=Action.FLAG, scope=Scope.ATTACHMENT, cite=archives.cite, given=given(roles=_FILES))
    if archives.nesting:
        shallow = given(roles=_FILES, max_depth=archives.nesting - 1)
        yield replace(flagged, code="archive-nested", given=shallow)
    if archives.folders:
        yield replace(flagged, code="archive-directories")
    if archives.self_extracting:
        yield replace(flagged, code="archive-self-extracting")
    for check, action in data.unchecked.items():
        scope = Scope.MESSAGE if action.strength >= Action.DEFER.strength else Scope.ATTACHMENT
        yield Rule(code=CHECKS[check], action=action, scope=scope, given=given(kind=frozenset({UNCHECKED[check]})))


def changes_with_time(data: PolicyData) -> bool:
    """Whether anything in a policy begins or ends on some day."""
    days = [(data.begins, data.ends), *((rule.begins, rule.ends) for rule in data.rules)]
    days += [(bound.begins, bound.ends) for bound in data.bounds]
    days += [(waiver.begins, waiver.ends) for waiver in data.waivers]
    return any(map(any, days)) or any(changes_with_time(each.data) for each in data.overrides)


def on_day(data: PolicyData, today: dt.date) -> PolicyData:
    """A policy without what is not valid on a day."""
    return replace(
        data,
        day=today,
        rules=tuple(rule for rule in data.rules if in_force(*rule.dates, today)),
        bounds=tuple(bound for bound in data.bounds if in_force(bound.begins, bound.ends, today)),
        waivers=tuple(waiver for waiver in data.waivers if in_force(waiver.begins, waiver.ends, today)),
        overrides=tuple(replace(each, data=on_day(each.data, today)) for each in data.overrides),
    )
