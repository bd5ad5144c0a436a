"""Checks rule files: loads them as a scanner would, looks at each rule and at all of them together, and gives everything that is wrong.

Two styles. A rule of the *house* is reviewed content: it says who answers for it, has tests, and is fast. A set from others (*community*) is taken
as it is: what makes a rule wrong or slow is a warning, what it looks like is nobody's business here. Which of the two a file is held to is the
caller's choice, or follows from the file: whoever writes tests beside it or `attachguard_…` into its metadata wrote it for this house.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from attachguard.errors import RuleError
from attachguard.rulekit.checks import conditions, metadata, sets, strings
from attachguard.rulekit.diagnostics import CHECKS, Diagnostic, Level, Style
from attachguard.rulekit.files import orphans, sources_at
from attachguard.rulekit.parsing import NotParsed, Parsed, Parser, Text
from attachguard.rulekit.suppressions import Suppressions
from attachguard.rulekit.templates import PLACEHOLDER
from attachguard.rulekit.testfile import beside
from attachguard.rulekit.trial import from_error, from_problem, tests_of
from attachguard.yara.compiling import usable
from attachguard.yara.metadata import PREFIX
from attachguard.yara.probing import warnings_of
from attachguard.yara.rules import Rules, builtin_folder
from attachguard.yara.source import Source, collect

#: A rule that says so, or lies in a folder for it, is tried on live mail and never judged: what is unfinished there is no error.
_NURSERY_KEY: Final = "attachguard_nursery"
#: libyara names a line that is so far below a mistake.
_READ_ON: Final = 2
#: What is an error even in a nursery.
_ALWAYS: Final = frozenset({"does-not-load", "wrong-metadata", "test-file"})
_FILE_NAME: Final = "abcdefghijklmnopqrstuvwxyz0123456789_"


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


class _File:
    """One rule file with its rules."""

    def __init__(self, source: Source, rules: list[Parsed], style: Style | None) -> None:
        self.source = source
        self.rules = rules
        self.text = rules[0].text if rules else Text(source)
        self.style = style or self._style()
        self.suppressions = Suppressions(self.text, rules)

    def _style(self) -> Style:
        ours = beside(self.source.file).is_file() or any(
            key.startswith(PREFIX) for rule in self.rules for key in rule.meta
        )
        return Style.HOUSE if ours else Style.COMMUNITY

    def nursery(self, rule: str) -> bool:
        """Whether a rule is only tried."""
        if self.source.nursery:
            return True
        return any(each.name == rule and each.meta.get(_NURSERY_KEY) is True for each in self.rules)


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
    loaded, broken = _loaded(paths, sources)
    files, found = _parsed(sources, broken, style)
    found += map(from_error, unreadable)
    found += map(from_problem, orphans(paths))
    rules = [rule for file in files for rule in file.rules]
    for file in files:
        found += _of_file(file)
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


def _parsed(
    sources: list[Source], broken: dict[Path, list[RuleError]], style: Style | None
) -> tuple[list[_File], list[Diagnostic]]:
    """The files that can be looked at, and what is to be said of the others."""
    parser = Parser()
    files: list[_File] = []
    found: list[Diagnostic] = []
    for source in sources:
        # Wrong metadata is found again among the rules, all of it and with its column.
        errors = [error for error in broken.get(source.file, ()) if not error.where.startswith("rule ")]
        try:
            rules = parser.parse(source)
        except NotParsed as error:
            files.append(_File(source, [], style))
            found += [_from_error(each, error) for each in errors] or [_not_parsed(source, error)]
            continue
        files.append(_File(source, rules, style))
        found += map(from_error, errors)
    return files, found


def _from_error(error: RuleError, seen: NotParsed) -> Diagnostic:
    """What libyara says. It has read on when it notices a mistake, and knows no columns; where yaramod stumbled shortly before, that was it."""
    near = 0 <= error.line - seen.place.line <= _READ_ON
    return from_error(error, seen.place if near else None)


def _not_parsed(source: Source, error: NotParsed) -> Diagnostic:
    return Diagnostic(
        "not-parsed",
        source.file,
        *error.place,
        "",
        f"yaramod stops here: {error}",
        "no action needed: the file compiles, but is not checked any further",
    )


def _builtin(given: Collection[Path]) -> list[Parsed]:
    """The rules that come with attachguard, but for files that are checked themselves."""
    sources = [source for source in collect([builtin_folder()], []) if source.file.resolve() not in given]
    return [rule for file in _parsed(sources, {}, Style.HOUSE)[0] for rule in file.rules]


def _of_file(file: _File) -> Iterator[Diagnostic]:
    """What is wrong with the rules of a file, each by itself."""
    found: list[Diagnostic] = []
    for rule in file.rules:
        found += _of_rule(rule)
        if file.style is Style.HOUSE:
            found += metadata.form(rule)
    yield from found
    yield from file.suppressions.mistakes()
    yield from _placeholders(file.text.file, file.text.lines)
    if file.style is Style.HOUSE:
        yield from _name(file.source.file)
        yield from _warned(file, {each.line for each in found})
        tests = beside(file.source.file)
        if tests.is_file():
            yield from _placeholders(tests, tests.read_text("utf-8", "replace").split("\n"))
        for problem in tests_of(file.source.file).problems:
            yield from_problem(problem)


def _of_rule(rule: Parsed) -> list[Diagnostic]:
    try:
        return [*metadata.wrong(rule), *strings.check(rule), *conditions.check(rule)]
    except RecursionError:
        message = f"{rule.name} is nested too deeply to be checked"
        return [Diagnostic("not-parsed", rule.text.file, *rule.place, rule.name, message, "use fewer brackets")]


def _warned(file: _File, known: set[int]) -> Iterator[Diagnostic]:
    """What libyara warns of, where nothing else was said of the line."""
    for line, message in warnings_of(file.source) if file.rules else ():
        if line not in known:
            remedy = (
                "rules of the house compile without warnings: change the line so that there is nothing to warn about"
            )
            yield Diagnostic(
                "yara-warning", file.source.file, line, 0, 0, "", f"libyara warns: {message.rstrip('. ')}", remedy
            )


def _name(file: Path) -> Iterator[Diagnostic]:
    if not set(file.stem) <= set(_FILE_NAME):
        yield Diagnostic(
            "file-name",
            file,
            0,
            0,
            0,
            "",
            f"{file.name} does not follow the naming of the house",
            "small letters, digits and underscores, as in hidden_login.yar",
        )


def _placeholders(file: Path, lines: list[str]) -> Iterator[Diagnostic]:
    for number, line in enumerate(lines, 1):
        at = line.find(PLACEHOLDER)
        if at >= 0:
            message = f"{PLACEHOLDER} is left from the template"
            yield Diagnostic(
                "placeholder",
                file,
                number,
                at + 1,
                len(PLACEHOLDER),
                "",
                message,
                "write what belongs here",
                source=line,
            )


def _levelled(found: list[Diagnostic], files: dict[Path, _File], style: Style) -> Iterator[Diagnostic]:
    """The diagnostics that count, in order, each with its level and the line that it is about."""
    for each in sorted(found, key=lambda one: (str(one.file), one.line, one.column, one.code)):
        file = files.get(each.file)
        level = CHECKS[each.code].level(file.style if file else style)
        if level is Level.ERROR and file is not None and each.code not in _ALWAYS and file.nursery(each.rule):
            level = Level.WARNING
        if level is Level.OFF or (file is not None and file.suppressions.hide(each)):
            continue
        source = (file.text.line(each.line) if file else "") or each.source
        yield each._replace(level=level, source=source)
