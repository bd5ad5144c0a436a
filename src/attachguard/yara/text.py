"""The text of a rule file taken apart: where its rules begin and end, and each of them with no more than it needs.

yaramod does that better and builds a tree; it is optional, and what is asked here is only where rules are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from attachguard.later import later
from attachguard.yara.source import blanked

_MARKS: Final = later(r"[{}]|(?P<head>(?:\b(?:private|global)\s+)*)\brule\s+(?P<name>\w+)")
_WORD: Final = re.compile(r"\b\w+\b")


class Span(NamedTuple):
    """Where a rule is in a text.

    Args:
        name: its name.
        start: offset of its first word.
        end: offset after its last brace.
        line: line of its name, from 1.
        silent: whether it is private or global, and so may follow others.
    """

    name: str
    start: int
    end: int
    line: int
    silent: bool


def _spans(plain: str) -> Iterator[Span]:
    """The rules of a text of which only the words are left."""
    depth = 0
    line, counted = 1, 0
    head: re.Match[str] | None = None
    for mark in _MARKS.finditer(plain):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
            if depth == 0 and head is not None:
                line += plain.count("\n", counted, head.start("name"))
                counted = head.start("name")
                yield Span(head["name"], head.start(), mark.end(), line, bool(head["head"]))
                head = None
        elif depth == 0:
            head = mark


class Pieces:
    """A text taken apart once, so that some of its rules can be taken out of it quickly.

    Args:
        text: the text of a rule file.
    """

    def __init__(self, text: str) -> None:
        plain = blanked(text)
        self.spans = list(_spans(plain))
        self._text = text
        names = {span.name for span in self.spans}
        #: The rules that each rule refers to.
        self._needs = {span.name: names.intersection(_WORD.findall(plain, span.start, span.end)) for span in self.spans}

    def only(self, names: Iterable[str]) -> str:
        """The text with some rules left, those that they refer to, and those that are private or global."""
        needed: set[str] = set()
        waiting = [*names, *(span.name for span in self.spans if span.silent)]
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting += self._needs[name]
        kept, at = [], 0
        for span in self.spans:
            if span.name not in needed:
                kept.append(self._text[at : span.start])
                at = span.end
        return "".join((*kept, self._text[at:]))


def spans(text: str) -> list[Span]:
    """The rules of a text, in their order."""
    return list(_spans(blanked(text)))


def alone(text: str) -> Iterator[tuple[str, int, str]]:
    """Each rule of a text by its name and line, with the rest of the text gone but for the rules that it stands on."""
    pieces = Pieces(text)
    for span in pieces.spans:
        if not span.silent:
            yield span.name, span.line, pieces.only([span.name])
