"""What only shows when rules are looked at together: names and rules that are there twice, and what matches clean files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from attachguard.engine.scanner import Scanner
from attachguard.policy import Policy
from attachguard.rulekit.diagnostics import Diagnostic
from attachguard.rulekit.parsing import Parsed, Place, said, text_of
from attachguard.rulekit.trial import matches
from attachguard.testkit.clean import clean
from attachguard.yara.rules import Rules

_REFERENCE: Final = re.compile(r"([$#@!])(\w*)(\*?)")
_LISTED: Final = 3


class Known(NamedTuple):
    """What others have to know of a rule.

    Args:
        name: its name.
        space: the namespace of its file.
        private: whether only other rules ask for it.
        file: its file.
        place: of its name.
        body: what it looks for, whatever its strings are called and in whatever order they stand.
    """

    name: str
    space: str
    private: bool
    file: Path
    place: Place
    body: tuple[object, ...]


def known(rule: Parsed) -> Known:
    """What others have to know of a rule."""
    return Known(rule.name, rule.space, rule.private, rule.text.file, rule.place, _body(rule))


def same(rules: Iterable[Known], others: Iterable[Known] = ()) -> Iterator[Diagnostic]:
    """Names that several rules have, and rules that are another one under a different name.

    Args:
        rules: the rules.
        others: what they are compared with, too.
    """
    names = {rule.name: rule for rule in others}
    bodies = {rule.body: rule for rule in others}
    for rule in rules:
        first = names.setdefault(rule.name, rule)
        if first is not rule:
            yield _about(
                rule,
                "same-name",
                f"{rule.name} is also the name of a rule at {_where(first)}",
                "rename one: reports and tests name rules",
            )
        twin = bodies.setdefault(rule.body, rule)
        if twin is not rule:
            yield _about(
                rule,
                "same-rule",
                f"{rule.name} has the strings and the condition of {twin.name} at {_where(twin)}",
                "remove one of the two",
            )


def _body(rule: Parsed) -> tuple[object, ...]:
    """What a rule looks for, whatever its strings are called and in whatever order they stand."""
    strings = sorted(
        (text_of(node), node.pure_text, " ".join(sorted(node.modifiers_text.split())), node.identifier)
        for node in rule.node.strings
    )
    places = {name[1:]: str(place) for place, (*_, name) in enumerate(strings) if name != "$"}

    def renamed(found: re.Match[str]) -> str:
        sign, name, star = found.groups()
        if star:
            chosen = sorted(place for other, place in places.items() if other.startswith(name))
            return f"{sign}({','.join(chosen)})"
        return sign + places.get(name, name)

    condition = _REFERENCE.sub(renamed, said(rule.node.condition))
    return (*(tuple(about) for *about, _ in strings), condition, rule.node.is_global)


def on_clean_files(rules: Iterable[Known], loaded: Rules) -> Iterator[Diagnostic]:
    """Rules that match files which the test kit builds, and which are harmless.

    Args:
        rules: the rules, but for private ones.
        loaded: the same rules, as they are matched.
    """
    scanner = Scanner(Policy.load("audit"), rules=loaded)
    found: dict[tuple[str, str], list[str]] = {}
    for name, content in clean():
        for match in matches(scanner.scan(content, name=name)):
            places = found.setdefault((match.space, match.rule), [])
            if name not in places:
                places.append(name)
    for rule in rules:
        files = found.get((rule.space, rule.name), [])
        if files:
            more = f" and {len(files) - _LISTED} more" if len(files) > _LISTED else ""
            yield _about(
                rule, "matches-clean", f"{rule.name} matches files that are harmless: {', '.join(files[:_LISTED])}{more}",
                "require more in the condition, or name fewer types",
            )  # fmt: skip


def _where(rule: Known) -> str:
    return f"{rule.file}:{rule.place.line}"


def _about(rule: Known, code: str, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(code, rule.file, *rule.place, rule.name, message, remedy)
