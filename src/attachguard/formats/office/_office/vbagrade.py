"""Grading of VBA source: does it start by itself, and which words in it are worth a second look.

The lists of words are olevba's, imported when there is source to grade. The search is not: olevba runs some three hundred regular expressions over
the text and lets an attacker choose how long that takes; here words are looked for as plain substrings whose neighbours are no letters.
"""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Sequence
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


@functools.cache
def _words() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The lists of olevba in lower case: words that start code, endings of event handlers, words that may do harm."""
    with warnings.catch_warnings():
        # Its grammar, which is not used here, is written for an older pyparsing.
        warnings.simplefilter("ignore")
        from oletools import olevba

    running = [word.lower() for words in olevba.AUTOEXEC_KEYWORDS.values() for word in words]
    handlers = [
        match[1].lower()
        for words in olevba.AUTOEXEC_KEYWORDS_REGEX.values()
        for word in words
        if (match := _HANDLER.fullmatch(word))
    ]
    suspicious = [word.lower() for words in olevba.SUSPICIOUS_KEYWORDS.values() for word in words]
    return tuple(running), tuple(handlers), tuple(word for word in suspicious if word not in _PLAIN)


def grade(source: str) -> Grade:
    """What the source of a project contains; only the first megabyte is read."""
    source = _CONTINUED.sub(" ", source[:_MAXIMUM])
    lowered = source.lower()
    if len(lowered) != len(source):  # a few letters grow in lower case
        source = lowered
    running, handlers, suspicious = _words()
    found: dict[str, None] = {}
    for word in running:
        at = _find(lowered, word)
        if at >= 0:
            found[source[at : at + len(word)]] = None
    for ending in handlers:
        at = _find(lowered, ending)
        if at >= 0:
            start = at
            while start > 0 and at - start < _NAME and _is_word(lowered[start - 1]):
                start -= 1
            found[source[start : at + len(ending)]] = None
    harmful: dict[str, None] = {}
    for word in suspicious:
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
