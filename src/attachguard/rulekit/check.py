"""Checks rule files: loads them as a scanner would, looks at each file (`examining`) and at all of them together, and gives everything that is wrong.

Two styles. A rule of the *house* is reviewed content: it says who answers for it, has tests, and is fast. A set from others (*community*) is taken
as it is: what makes a rule wrong or slow is a warning, what it looks like is nobody's business here. Which of the two a file is held to is the
caller's choice, or follows from the file: whoever writes tests beside it or `attachguard_…` into its metadata wrote it for this house.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from attachguard.errors import RuleError
from attachguard.rulekit.checks import sets
from attachguard.rulekit.diagnostics import CHECKS, Diagnostic, Level, Style
from attachguard.rulekit.examining import Examined, Stumble, examining, parsed
from attachguard.rulekit.files import orphans, sources_at
from attachguard.rulekit.trial import from_error, from_problem
from attachguard.yara.compiling import usable
from attachguard.yara.rules import Rules, builtin_folder
from attachguard.yara.source import Source, collect

#: libyara names a line that is so far below a mistake.
_READ_ON: Final = 2
#: What is an error even in a nursery.
_ALWAYS: Final = frozenset({"does-not-load", "wrong-metadata", "test-file"})


class Result(NamedTuple):
    """What a check found.

    Args:
        diagnostics: in the order of files and lines.
        files: how many files were looked at.
        rules: how many rules they have.
        house: how many of the files are held to the house's style.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: int
    rules: int
    house: int

    def count(self, level: Level) -> int:
        """How many diagnostics there are of a level."""
        return sum(diagnostic.level is level for diagnostic in self.diagnostics)


def check(paths: Iterable[str | Path], *, style: Style | None = None, clean: bool = True) -> Result:
    """Everything that is wrong with some rules.

    Args:
        paths: rule files and folders.
        style: what they are held to; None decides file by file.
        clean: whether to try the rules on the clean files of the test kit.

    Raises:
        RuleError: a path does not exist or holds no rules.
    """
    paths = list(paths)
    unreadable: list[RuleError] = []
    sources = sources_at(paths, unreadable)
    found = [*map(from_error, unreadable), *map(from_problem, orphans(paths))]
    with examining(sources, style) as under_way:  # libyara compiles meanwhile
        loaded, broken = _loaded(paths, sources)
        files = list(under_way)
    for file in files:
        found += file.found
        found += _unusable(file, broken.get(file.source.file, ()))
    rules = [rule for file in files for rule in file.rules]
    found += sets.same(rules, _builtin({source.file.resolve() for source in sources}))
    if clean and loaded is not None:
        found += sets.on_clean_files([rule for rule in rules if not rule.private], loaded)
    shown = _levelled(found, {file.source.file: file for file in files}, style or Style.COMMUNITY)
    house = sum(file.style is Style.HOUSE for file in files)
    return Result(tuple(shown), len(sources) + len(unreadable), len(rules), house)


def _loaded(paths: list[str | Path], sources: list[Source]) -> tuple[Rules | None, dict[Path, list[RuleError]]]:
    """The rules as a scanner loads them, and what libyara says of those that it cannot compile."""
    problems: list[RuleError] = []
    try:
        loaded = Rules.load(*paths, lenient=True)
        problems += loaded.problems
    except RuleError:  # nothing of it can be used: each file is asked
        loaded = None
        usable(sources, (), problems)
    by_file: dict[Path, list[RuleError]] = {}
    for problem in problems:
        by_file.setdefault(Path(problem.file), []).append(problem)
    return loaded, by_file


def _unusable(file: Examined, errors: Iterable[RuleError]) -> list[Diagnostic]:
    """What libyara says of a file that it cannot compile, and that yaramod could not read one that libyara can."""
    # Wrong metadata is found again among the rules, all of it and with its column.
    errors = [error for error in errors if not error.where.startswith("rule ")]
    stumble = file.stumble
    if stumble is None:
        return [from_error(error) for error in errors]
    return [_from_error(error, stumble) for error in errors] or [_not_parsed(file.source, stumble)]


def _from_error(error: RuleError, seen: Stumble) -> Diagnostic:
    """What libyara says. It has read on when it notices a mistake, and knows no columns; where yaramod stumbled shortly before, that was it."""
    near = 0 <= error.line - seen.place.line <= _READ_ON
    return from_error(error, seen.place if near else None)


def _not_parsed(source: Source, seen: Stumble) -> Diagnostic:
    remedy = "no action needed: the file compiles, but is not checked any further"
    return Diagnostic("not-parsed", source.file, *seen.place, "", f"yaramod stops here: {seen.message}", remedy)


def _builtin(given: Collection[Path]) -> list[sets.Known]:
    """The rules that come with attachguard, but for files that are checked themselves."""
    return [known for file in _sources() if file not in given for known in _known(file)]


@cache
def _sources() -> dict[Path, Source]:
    """The rule files that come with attachguard; they do not change while a process runs."""
    return {source.file.resolve(): source for source in collect([builtin_folder()], [])}


@cache
def _known(file: Path) -> tuple[sets.Known, ...]:
    return tuple(map(sets.known, parsed(_sources()[file])[0]))


def _levelled(found: list[Diagnostic], files: dict[Path, Examined], style: Style) -> Iterator[Diagnostic]:
    """The diagnostics that count, in order, each with its level and the line that it is about."""
    for each in sorted(found, key=lambda one: (str(one.file), one.line, one.column, one.code)):
        file = files.get(each.file)
        level = CHECKS[each.code].level(file.style if file else style)
        if level is Level.ERROR and file is not None and each.code not in _ALWAYS and file.nursery(each.rule):
            level = Level.WARNING
        if level is Level.OFF or (file is not None and file.suppressions.hide(each)):
            continue
        source = (_line(file.source.text, each.line) if file else "") or each.source
        yield each._replace(level=level, source=source)


def _line(text: str, number: int) -> str:
    """A line by its number; empty past the end."""
    lines = text.split("\n", number) if number else []
    return lines[number - 1] if len(lines) >= number > 0 else ""
