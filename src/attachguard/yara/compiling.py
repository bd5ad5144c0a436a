"""From rule files to compiled rules: all of them in one set, a namespace a file; what is broken is named with file, line and remedy.

libyara stops at the first mistake and does not say which file has it, so after a failure each file is compiled alone. That costs a second for
thousands of rules, and only where something is wrong.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

import yara

from attachguard.errors import RuleError
from attachguard.later import later
from attachguard.types.near import near
from attachguard.yara.externals import DEFAULTS, EXTERNALS
from attachguard.yara.image import loaded, saved
from attachguard.yara.metadata import Meta, error_of
from attachguard.yara.source import Source, blanked

_PLACE: Final = later(r"^(?:line (?P<line>\d+)|(?P<file>.*)\((?P<number>\d+)\)): (?P<said>.*)$", re.DOTALL)
_UNDEFINED: Final = re.compile(r'undefined identifier "([^"]+)"')


class Described(NamedTuple):
    """A compiled rule, as it describes itself; private rules, which no report names, are not among them.

    Args:
        space: its namespace.
        name: its name.
        tags: its tags.
        meta: its metadata.
    """

    space: str
    name: str
    tags: tuple[str, ...]
    meta: Meta


def compiled(sources: Iterable[Source]) -> Any:
    """Compiled rules, as they are when they have been saved and loaded again: without the 9 MB that a compiler leaves with each set.

    Raises:
        yara.Error: a rule does not compile.
    """
    by_space = {source.space: source for source in sources}

    def included(wanted: str, caller: str | None, space: str) -> str | None:
        return by_space[space].included.get((caller or "", wanted))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rules = yara.compile(
            sources={space: source.text for space, source in by_space.items()},
            externals=DEFAULTS,
            includes=any(source.included for source in by_space.values()),
            include_callback=included,
        )
    return loaded(saved(rules))


def described(rules: Any) -> list[Described]:
    """What the rules of a compiled set say of themselves. Only a match knows their namespaces, so they are matched with nothing."""
    found: list[Described] = []

    def keep(rule: dict[str, Any]) -> int:
        found.append(Described(rule["namespace"], rule["rule"], tuple(rule["tags"]), rule["meta"]))
        return int(yara.CALLBACK_CONTINUE)

    rules.match(data=b"", callback=keep, which_callbacks=yara.CALLBACK_ALL)
    return found


def usable(sources: list[Source], own: Collection[str], problems: list[RuleError]) -> tuple[list[Source], Any]:
    """The sources that can be used, and their rules compiled; each of the others is added to the problems once.

    Args:
        sources: the rule files.
        own: ids of types that inspectors of the caller bring.
        problems: what is wrong with the others.
    """
    good, rules = _compiling(sources, problems)
    if rules is None:
        return [], None
    by_space = {source.space: source for source in good}
    wrong: dict[str, RuleError] = {}
    for rule in described(rules):
        error = error_of(by_space[rule.space], rule.name, rule.meta, own)
        if error is not None:
            wrong.setdefault(rule.space, error)
    if not wrong:
        return good, rules
    problems += wrong.values()
    good = [source for source in good if source.space not in wrong]
    return good, compiled(good) if good else None


def _compiling(sources: list[Source], problems: list[RuleError]) -> tuple[list[Source], Any]:
    try:
        return sources, compiled(sources) if sources else None
    except yara.Error as together:
        good: list[Source] = []
        for source in sources:
            try:
                compiled([source])
            except yara.Error as error:
                problems.append(error_in(source, str(error), sources))
            else:
                good.append(source)
        if len(good) == len(sources):
            raise RuleError(f"the rule files do not compile together: {together}") from together
        return good, compiled(good) if good else None


def error_in(source: Source, message: str, others: Iterable[Source] = ()) -> RuleError:
    """What libyara says of a file, with its place and the remedy.

    Args:
        source: the file.
        message: what libyara says.
        others: the files that are loaded with it; a rule that is missing may be in one of them.
    """
    found = _PLACE.match(message)
    if found is None:
        return RuleError(message, file=str(source.file))
    said = found["said"]
    file = str(source.file.parent / found["file"]) if found["file"] else str(source.file)
    return RuleError(said + _remedy(said, source, others), file=file, line=int(found["line"] or found["number"]))


def _remedy(said: str, source: Source, others: Iterable[Source]) -> str:
    undefined = _UNDEFINED.search(said)
    if undefined is not None:
        return _remedy_of_name(undefined[1], source, others)
    return next((f"; {remedy}" for part, remedy in _REMEDIES if part in said), "")


def _remedy_of_name(name: str, source: Source, others: Iterable[Source]) -> str:
    """What to do about a name that nothing in the file defines."""
    if name in yara.modules:
        return f'; write import "{name}" at the top of the file'
    rule = re.compile(rf"\brule\s+{re.escape(name)}\b")
    for other in others:
        if other is not source and rule.search(other.text) and rule.search(blanked(other.text)):
            return f'; it is a rule of {other.file}: write include "{other.file.name}" above, or move it here'
    return f"; no rule above has this name, and no external variable{near(name, EXTERNALS)}"


#: By a part of what libyara says; the first that fits is the remedy.
_REMEDIES: Final = (
    (
        "unknown module",
        f"this build of YARA has: {', '.join(sorted(yara.modules))}; without it the file cannot be used",
    ),
    ("invalid field name", "the module of this build of YARA has no such field; without it the file cannot be used"),
    ("duplicated identifier", "two things in the file have this name: rename one"),
    ("duplicated string identifier", "two strings of the rule have this name: rename one"),
    ("unterminated string", 'close it with " on the same line; a quote inside is written \\"'),
    ("unterminated regular expression", "close it with / on the same line; a slash inside is written \\/"),
    ("unreferenced string", "use it in the condition, remove it, or begin its name with _"),
    ("undefined string", "define it under strings:, or take it out of the condition"),
    ("illegal escape sequence", r"known are \n \t \r \" \\ and \xNN; a backslash itself is written \\"),
    ("non-ascii character", "only comments and strings may have letters beyond ASCII"),
    ("unexpected end of file", "something above is not closed: look for the quote, slash or brace that is missing"),
    ("syntax error", "look at this line and at the end of the one above"),
    ("wrong type", "the two sides are not of one kind: compare numbers with numbers and text with text"),
)
