"""Grading of VBA source: does it start by itself, and which words in it are worth a second look.

The lists of words are olevba's, taken out of its source when there is macro source to grade: to import it takes an eighth of a second and forty
megabytes, for parsers that are not used here. The search is our own: olevba runs some three hundred regular expressions over the text and lets an
attacker choose how long that takes; here words are looked for as plain substrings whose neighbours are no letters.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from attachguard._core.marks import KEY, Table, standing, table

#: Source that is graded; what follows is not read.
_MAXIMUM: Final = 1 << 20
#: Words of olevba's lists that say nothing by themselves: ordinary names and statements in most harmless macros.
_PLAIN: Final = frozenset(
    {
        "open",
        "write",
        "put",
        "output",
        "binary",
        "windows",
        "create",
        "command",
        "run",
        "call",
        "system",
        "andy",
        "lib",
        "print #",
    }
)
#: What its lists are called: words that start code, expressions that do, words that may do harm.
_LISTS: Final = ("AUTOEXEC_KEYWORDS", "AUTOEXEC_KEYWORDS_REGEX", "SUSPICIOUS_KEYWORDS")
_CONTINUED: Final = re.compile(r" _\r?\n")
_HANDLER: Final = re.compile(r"\\w\+(_\w+)")
#: Longest name of a control that is shown before `_Click`.
_NAME: Final = 40


class Grade(NamedTuple):
    """Words found, as the source spells them.

    Args:
        running: that make the code start by itself.
        suspicious: that may do harm.
    """

    running: tuple[str, ...]
    suspicious: tuple[str, ...]


#: Words of olevba by what they may do.
Words = dict[str, tuple[str, ...]]


@functools.cache
def _words() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The lists of olevba in lower case: words that start code, endings of event handlers, words that may do harm."""
    simple, patterns, harmful = read_lists() or imported_lists()
    running = [word.lower() for words in simple.values() for word in words]
    handlers = [
        match[1].lower() for words in patterns.values() for word in words if (match := _HANDLER.fullmatch(word))
    ]
    suspicious = [word.lower() for words in harmful.values() for word in words]
    return tuple(running), tuple(handlers), tuple(word for word in suspicious if word not in _PLAIN)


def read_lists() -> tuple[Words, ...] | None:
    """The lists as they stand in the source of olevba; None where that is not there, or where they are more than tables of words."""
    spec = importlib.util.find_spec("oletools.olevba")
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    try:
        text = Path(spec.origin).read_text("utf-8")
        lists = [
            ast.literal_eval(table[1])
            for table in (re.search(rf"(?ms)^{name} = (\{{$.*?^\}}$)", text) for name in _LISTS)
            if table
        ]
    except (OSError, ValueError, SyntaxError):
        return None
    sound = len(lists) == len(_LISTS) and all(
        isinstance(each, dict)
        and all(isinstance(words, tuple) and all(isinstance(word, str) for word in words) for words in each.values())
        for each in lists
    )
    return tuple(lists) if sound else None


def imported_lists() -> tuple[Words, ...]:
    """The lists of olevba itself."""
    with warnings.catch_warnings():
        # Its grammar, which is not used here, is written for an older pyparsing.
        warnings.simplefilter("ignore")
        from oletools import olevba

    return tuple(getattr(olevba, name) for name in _LISTS)


@functools.cache
def _table() -> tuple[frozenset[str], Table]:
    """The words that are too short to be looked for all at once, and the others made ready for that."""
    words = frozenset(word for words in _words() for word in words)
    short = frozenset(word for word in words if len(word) < KEY)
    return short, table([(word.encode(), False) for word in sorted(words - short)])


def grade(source: str) -> Grade:
    """What the source of a project contains; only the first megabyte is read."""
    source = _CONTINUED.sub(" ", source[:_MAXIMUM])
    lowered = source.lower()
    if len(lowered) != len(source):  # a few letters grow in lower case
        source = lowered
    running, handlers, suspicious = _words()
    short, longer = _table()
    there = short.union(word.decode() for word in standing(lowered.encode("utf-8", "surrogatepass"), longer))
    found: dict[str, None] = {}
    for word in filter(there.__contains__, running):
        at = _find(lowered, word)
        if at >= 0:
            found[source[at : at + len(word)]] = None
    for ending in filter(there.__contains__, handlers):
        at = _find(lowered, ending)
        if at >= 0:
            start = at
            while start > 0 and at - start < _NAME and _is_word(lowered[start - 1]):
                start -= 1
            found[source[start : at + len(ending)]] = None
    harmful: dict[str, None] = {}
    for word in filter(there.__contains__, suspicious):
        at = _find(lowered, word)
        if at >= 0:
            harmful[source[at : at + len(word)]] = None
    return Grade(tuple(found), tuple(harmful))


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _find(text: str, word: str) -> int:
    """Where the word stands by itself, or as the ending of a name if it begins with an underscore; -1 where it does not."""
    at = text.find(word)
    while at >= 0:
        before = at > 0 and _is_word(text[at - 1])
        end = at + len(word)
        after = end < len(text) and _is_word(text[end])
        if (before if word[0] == "_" else not (before and _is_word(word[0]))) and not (after and _is_word(word[-1])):
            return at
        at = text.find(word, at + 1)
    return -1


def vba_kind(flags: Sequence[str]) -> str:
    """The kind of VBA with these flags, the worst that holds: it runs by itself, it lacks its source, it has suspicious words."""
    for flag, kind in (("auto-exec", "vba-auto-exec"), ("stomped", "vba-stomped"), ("suspicious", "vba-suspicious")):
        if flag in flags:
            return kind
    return "vba"
