"""What a policy says of YARA rules: which are not heard, which are only tried, and what a match of others is called.

The table `[rules]` of a file. A pattern means a rule by its name, by its file (the namespace, `office/dropper`) or by both (`office/dropper:name`);
`*` stands for anything.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Final

import msgspec
from msgspec.structs import replace

from attachguard.model import Finding, RuleMatch

#: Answers for rules that are kept; there are as many as there are rules that match.
_KEPT: Final = 4096


class Named(msgspec.Struct, frozen=True):
    """A pattern of rules.

    Args:
        pattern: as the file has it.
        place: file and line it is in.
    """

    pattern: str
    place: str = ""

    def means(self, namespace: str, rule: str) -> bool:
        """Whether it means a rule."""
        return any(fnmatchcase(name, self.pattern) for name in (rule, namespace, f"{namespace}:{rule}"))


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """What matches of some rules are called; every condition that is stated must hold.

    Args:
        code: the reason code that their findings get.
        names: patterns of rule names.
        namespaces: patterns of their files.
        tags: tags, of which the rule has one.
        least: the lowest score.
        most: the highest score.
        cite: the clause.
        place: file and line it is in.
    """

    code: str
    names: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    least: int | None = None
    most: int | None = None
    cite: str = ""
    place: str = ""

    def applies(self, match: RuleMatch, score: int | None) -> bool:
        """Whether it is about a match."""
        if self.least is not None and (score is None or score < self.least):
            return False
        if self.most is not None and (score is None or score > self.most):
            return False
        return (
            (not self.names or like_any(match.rule, self.names))
            and (not self.namespaces or like_any(match.namespace, self.namespaces))
            and (not self.tags or not self.tags.isdisjoint(match.tags))
        )


class MatchRules(msgspec.Struct, frozen=True, kw_only=True):
    """The table `[rules]` of a policy.

    Args:
        disable: rules whose matches are dropped.
        nursery: rules whose matches are reported and lead to nothing.
        called: what matches of others are called; the first that applies counts.
    """

    disable: tuple[Named, ...] = ()
    nursery: tuple[Named, ...] = ()
    called: tuple[Called, ...] = ()


def like_any(name: str, patterns: frozenset[str]) -> bool:
    """Whether a name is like one of some patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def wider_patterns(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    """Whether all that one of some patterns matches is matched by others: certain only where these are plain names, or everything."""
    return "*" in wide or all(
        pattern in wide or (not set(pattern) & set("*?[") and like_any(pattern, wide)) for pattern in narrow
    )


class Matches:
    """Applies the table to findings of rules.

    Args:
        rules: what the file says.
    """

    def __init__(self, rules: MatchRules) -> None:
        self._rules = rules
        self._disabled: dict[tuple[str, str], bool] = {}
        self._tried: dict[tuple[str, str], bool] = {}

    def met(self, finding: Finding) -> Finding | None:
        """A finding of a rule as the policy takes it; None for one that it does not want to hear of."""
        match = finding.yara
        if match is None:
            return finding
        if self._among(self._rules.disable, self._disabled, match):
            return None
        if not match.nursery and self._among(self._rules.nursery, self._tried, match):
            finding = replace(finding, yara=replace(match, nursery=True))
        for called in self._rules.called:
            if called.applies(match, finding.score):
                return replace(finding, code=called.code, kind=called.code)
        return finding

    @staticmethod
    def _among(patterns: tuple[Named, ...], known: dict[tuple[str, str], bool], match: RuleMatch) -> bool:
        if not patterns:
            return False
        key = match.namespace, match.rule
        answer = known.get(key)
        if answer is None:
            if len(known) >= _KEPT:
                known.clear()
            answer = known[key] = any(each.means(*key) for each in patterns)
        return answer


def unmatched(rules: MatchRules, exists: Callable[[Named], bool]) -> list[Named]:
    """Patterns that mean no rule.

    Args:
        rules: what the file says.
        exists: whether a pattern means any rule that is loaded.
    """
    return [each for each in (*rules.disable, *rules.nursery) if not exists(each)]
