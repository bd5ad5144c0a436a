"""Grading of VBA source: does it start by itself, and which words in it are worth a second look.

The lists of words are olevba's, imported when there is source to grade. The search is not: olevba runs some three hundred regular expressions over
the text and lets an attacker choose how long that takes; here each word is first looked for as a plain substring.
"""

from __future__ import annotations

import functools
import re
import warnings
from typing import Final, NamedTuple

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
_CONTINUED: Final = re.compile(r" _\r?\n")
_NAMED: Final = re.compile(r"\\w\+(_\w+)")


class Grade(NamedTuple):
    """Words found, as the source spells them.

    Args:
        running: that make the code start by itself.
        suspicious: that may do harm.
    """

    running: tuple[str, ...]
    suspicious: tuple[str, ...]


class _Word(NamedTuple):
    hint: str
    pattern: re.Pattern[str]


@functools.cache
def _words() -> tuple[tuple[_Word, ...], tuple[_Word, ...]]:
    """The lists of olevba as plain substrings (lower case) and patterns that confirm them."""
    with warnings.catch_warnings():
        # Its grammar, which is not used here, is written for an older pyparsing.
        warnings.simplefilter("ignore")
        from oletools import olevba

    running = [
        _Word(word.lower(), _pattern(re.escape(word))) for words in olevba.AUTOEXEC_KEYWORDS.values() for word in words
    ]
    for words in olevba.AUTOEXEC_KEYWORDS_REGEX.values():
        for word in words:
            named = _NAMED.fullmatch(word)
            # A handler `Something_Click`: matched from its last part, so that long words cost nothing.
            running.append(
                _Word(
                    named[1].lower() if named else "",
                    _pattern(rf"(?<=\w){named[1]}" if named else word, front=not named),
                )
            )
    suspicious = [
        _Word(word.lower(), _pattern(re.escape(word)))
        for words in olevba.SUSPICIOUS_KEYWORDS.values()
        for word in words
        if word.lower() not in _PLAIN
    ]
    return tuple(running), tuple(suspicious)


def _pattern(word: str, *, front: bool = True) -> re.Pattern[str]:
    return re.compile((r"\b" if front else "") + word + r"\b", re.IGNORECASE)


def grade(source: str) -> Grade:
    """What the source of a project contains; only the first megabyte is read."""
    source = _CONTINUED.sub(" ", source[:_MAXIMUM])
    lowered = source.lower()
    running, suspicious = _words()
    return Grade(_found(running, source, lowered), _found(suspicious, source, lowered))


def _found(words: tuple[_Word, ...], source: str, lowered: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in words:
        # Lower case keeps the places only where it keeps the length, so the pattern searches from the beginning.
        if word.hint in lowered:
            match = word.pattern.search(source)
            if match:
                found[_whole(source, match)] = None
    return tuple(found)


def _whole(source: str, match: re.Match[str]) -> str:
    """The word that was matched; a handler with the name in front of it."""
    start = match.start()
    if match[0].startswith("_"):
        first = max(0, start - 40)
        name = re.search(r"\w+\Z", source[first:start])
        if name:
            start = first + name.start()
    return source[start : match.end()]
