"""One rule file by itself: parsed, and everything that is wrong with it. Of thousands of rules each processor takes its share.

What comes back is plain data, since what yaramod has parsed cannot leave its process.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
import os
import signal
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from attachguard.rulekit.checks import conditions, metadata, strings
from attachguard.rulekit.checks.sets import Known, known
from attachguard.rulekit.diagnostics import Diagnostic, Style
from attachguard.rulekit.parsing import NotParsed, Parsed, Parser, Place, Text
from attachguard.rulekit.suppressions import Suppressions
from attachguard.rulekit.templates import PLACEHOLDER
from attachguard.rulekit.testfile import beside
from attachguard.rulekit.trial import from_problem, tests_of
from attachguard.yara.metadata import PREFIX
from attachguard.yara.probing import warnings_of
from attachguard.yara.source import Source

#: A rule that says so, or lies in a folder for it, is tried on live mail and never judged: what is unfinished there is no error.
_NURSERY_KEY: Final = "attachguard_nursery"
_FILE_NAME: Final = "abcdefghijklmnopqrstuvwxyz0123456789_"
#: From so many characters on processes are worth their start.
_MANY: Final = 1_000_000
#: Shares of a process, so that none waits long for the last.
_SHARES: Final = 4


class Stumble(NamedTuple):
    """Where yaramod could not read on.

    Args:
        place: where.
        message: what it says.
    """

    place: Place
    message: str


class Examined(NamedTuple):
    """One rule file.

    Args:
        source: the file.
        style: what it is held to.
        rules: its rules.
        tried: names of those that are only tried.
        suppressions: what its author has looked at.
        found: what is wrong with it.
        stumble: where it could not be parsed, if so; it has no rules then.
    """

    source: Source
    style: Style
    rules: tuple[Known, ...]
    tried: frozenset[str]
    suppressions: Suppressions
    found: tuple[Diagnostic, ...]
    stumble: Stumble | None

    def nursery(self, rule: str) -> bool:
        """Whether a rule is only tried."""
        return self.source.nursery or rule in self.tried


@cache
def _parser() -> Parser:
    return Parser()


def parsed(source: Source) -> tuple[list[Parsed], Stumble | None]:
    """The rules of a file, or where it could not be read."""
    try:
        return _parser().parse(source), None
    except NotParsed as error:
        return [], Stumble(error.place, str(error))


def examined(source: Source, style: Style | None) -> Examined:
    """A file and what is wrong with it.

    Args:
        source: the file.
        style: what it is held to; None leaves it to the file.
    """
    rules, stumble = parsed(source)
    text = rules[0].text if rules else Text(source)
    style = style or _style(source, rules)
    suppressions = Suppressions(text, rules)
    found = [*_of_file(source, rules, text, style), *suppressions.mistakes]
    tried = frozenset(rule.name for rule in rules if rule.meta.get(_NURSERY_KEY) is True)
    return Examined(source, style, tuple(map(known, rules)), tried, suppressions, tuple(found), stumble)


@contextlib.contextmanager
def examining(sources: Sequence[Source], style: Style | None) -> Iterator[Iterator[Examined]]:
    """The same of many files, in their order; several processes are at it while the caller does something else.

    Args:
        sources: the files.
        style: what they are held to; None leaves it to each file.
    """
    processes = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if processes < 2 or sum(len(source.text) for source in sources) < _MANY:
        yield (examined(source, style) for source in sources)
        return
    pool = concurrent.futures.ProcessPoolExecutor(
        processes, multiprocessing.get_context("fork"), signal.signal, (signal.SIGINT, signal.SIG_DFL)
    )  # Ctrl-C ends them at once and without a word
    try:
        shares = list(_shares(sources, processes * _SHARES))
        with warnings.catch_warnings():  # of forking beside threads; the command line has none
            warnings.simplefilter("ignore", DeprecationWarning)
            futures = [pool.submit(_share, share, style) for share in shares]
        yield _gathered(futures, shares, style)
    finally:
        pool.shutdown(cancel_futures=True)


def _share(sources: Sequence[Source], style: Style | None) -> list[Examined]:
    return [examined(source, style) for source in sources]


def _shares(sources: Sequence[Source], number: int) -> Iterator[list[Source]]:
    """The files in their order, in so many shares of about the same length."""
    length = sum(len(source.text) for source in sources) / number
    share: list[Source] = []
    so_far = 0
    for source in sources:
        share.append(source)
        so_far += len(source.text)
        if so_far >= length:
            yield share
            share, so_far = [], 0
    if share:
        yield share


def _gathered(
    futures: Sequence[concurrent.futures.Future[list[Examined]]],
    shares: Sequence[Sequence[Source]],
    style: Style | None,
) -> Iterator[Examined]:
    for future, share in zip(futures, shares, strict=True):
        try:
            yield from future.result()
        except BrokenProcessPool:  # out of memory, or ended by somebody: slower, but here
            yield from _share(share, style)


def _style(source: Source, rules: Sequence[Parsed]) -> Style:
    ours = beside(source.file).is_file() or any(key.startswith(PREFIX) for rule in rules for key in rule.meta)
    return Style.HOUSE if ours else Style.COMMUNITY


def _of_file(source: Source, rules: Sequence[Parsed], text: Text, style: Style) -> Iterator[Diagnostic]:
    """What is wrong with the rules of a file, each by itself."""
    found: list[Diagnostic] = []
    for rule in rules:
        found += _of_rule(rule)
        if style is Style.HOUSE:
            found += metadata.form(rule)
    yield from found
    yield from _placeholders(text.file, text.lines)
    if style is Style.HOUSE:
        yield from _name(source.file)
        if rules:
            yield from _warned(source, {each.line for each in found})
        tests = beside(source.file)
        if tests.is_file():
            yield from _placeholders(tests, tests.read_text("utf-8", "replace").split("\n"))
        for problem in tests_of(source.file).problems:
            yield from_problem(problem)


def _of_rule(rule: Parsed) -> list[Diagnostic]:
    try:
        return [*metadata.wrong(rule), *strings.check(rule), *conditions.check(rule)]
    except RecursionError:
        message = f"{rule.name} is nested too deeply to be checked"
        return [Diagnostic("not-parsed", rule.text.file, *rule.place, rule.name, message, "use fewer brackets")]


def _warned(source: Source, said: set[int]) -> Iterator[Diagnostic]:
    """What libyara warns of, where nothing else was said of the line."""
    remedy = "rules of the house compile without warnings: change the line so that there is nothing to warn about"
    for line, message in warnings_of(source):
        if line not in said:
            warning = f"libyara warns: {message.rstrip('. ')}"
            yield Diagnostic("yara-warning", source.file, line, 0, 0, "", warning, remedy)


def _name(file: Path) -> Iterator[Diagnostic]:
    if not set(file.stem) <= set(_FILE_NAME):
        message = f"{file.name} does not follow the naming of the house"
        remedy = "small letters, digits and underscores, as in hidden_login.yar"
        yield Diagnostic("file-name", file, 0, 0, 0, "", message, remedy)


def _placeholders(file: Path, lines: list[str]) -> Iterator[Diagnostic]:
    for number, line in enumerate(lines, 1):
        at = line.find(PLACEHOLDER)
        if at >= 0:
            message = f"{PLACEHOLDER} is left from the template"
            yield Diagnostic(
                "placeholder", file, number, at + 1, len(PLACEHOLDER), "", message, "write what belongs here", source=line
            )  # fmt: skip
