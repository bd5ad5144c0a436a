"""The rules of a set, each with what it says of itself and how many tests it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from attachguard.errors import RuleError
from attachguard.rulekit.files import sources_at
from attachguard.rulekit.trial import tests_of
from attachguard.yara.compiling import Described, described, usable
from attachguard.yara.metadata import CODE, score
from attachguard.yara.source import Source

SCHEMA: Final = "attachguard.rules-list/1"


class Listed(msgspec.Struct, frozen=True):
    """One rule.

    Args:
        rule: its name.
        area: the folder of its subject; empty for a file named by itself.
        file: where it is.
        scope: what it is shown; empty for the bytes of every part.
        types: types and groups that a match counts for; empty for all.
        score: its grade; None without one.
        code: reason code of its findings.
        tags: its tags.
        description: what it says was found.
        author: who answers for it.
        nursery: whether it is only tried.
        match: how many samples it must match.
        no_match: how many it must not.
    """

    rule: str
    area: str
    file: str
    scope: tuple[str, ...]
    types: tuple[str, ...]
    score: int | None
    code: str
    tags: tuple[str, ...]
    description: str
    author: str
    nursery: bool
    match: int
    no_match: int


def listed(paths: Iterable[str | Path], problems: list[RuleError]) -> list[Listed]:
    """Every rule that can be reported, in the order of files.

    Args:
        paths: rule files and folders.
        problems: what is wrong with files that cannot be used is added here.

    Raises:
        RuleError: a path does not exist or holds no rules.
    """
    sources, compiled = usable(sources_at(paths, problems), (), problems)
    if compiled is None:
        return []
    by_space = {source.space: source for source in sources}
    tests: dict[str, Counter[tuple[str, bool]]] = {}
    for space, source in by_space.items():
        tests[space] = Counter((case.rule, case.expected) for case in tests_of(source.file).cases)
    return [_listed(rule, by_space[rule.space], tests[rule.space]) for rule in described(compiled)]


def _listed(rule: Described, source: Source, tests: Counter[tuple[str, bool]]) -> Listed:
    meta = rule.meta
    return Listed(
        rule=rule.name,
        area=rule.space.rpartition("/")[0],
        file=str(source.file),
        scope=tuple(str(meta.get("attachguard_scope", "")).split()),
        types=tuple(str(meta.get("attachguard_types", "")).split()),
        score=score(meta),
        code=str(meta.get("attachguard_code", CODE)),
        tags=rule.tags,
        description=str(meta.get("description", "")),
        author=str(meta.get("author", "")),
        nursery=source.nursery or meta.get("attachguard_nursery") is True,
        match=tests[rule.name, True],
        no_match=tests[rule.name, False],
    )
