"""The text of a rule file taken apart: where its rules begin and end, and each of them with no more than it needs.

yaramod does that better and builds a tree; it is optional, and what is asked here is only where rules are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.yara.source import blanked

_MARKS: Final = re.compile(r"[{}]|(?P<head>(?:\b(?:private|global)\s+)*)\brule\s+(?P<name>\w+)")
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


def spans(text: str) -> Iterator[Span]:
    """The rules of a text, in their order."""
    plain = blanked(text)
    depth = 0
    head: re.Match[str] | None = None
    for mark in _MARKS.finditer(plain):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
            if depth == 0 and head is not None:
                line = plain.count("\n", 0, head.start("name")) + 1
                yield Span(head["name"], head.start(), mark.end(), line, bool(head["head"]))
                head = None
        elif depth == 0:
            head = mark


def alone(text: str) -> Iterator[tuple[str, int, str]]:
    """Each rule of a text by its name and line, with the rest of the text blank but for the rules that it depends on."""
    found = list(spans(text))
    by_name = {span.name: span for span in found}
    plain = blanked(text)
    for span in found:
        if span.silent:
            continue
        needed = {each.name for each in found if each.silent}
        waiting = [span.name, *needed]
        while waiting:
            name = waiting.pop()
            needed.add(name)
            body = plain[by_name[name].start : by_name[name].end]
            waiting += [word for word in set(_WORD.findall(body)) if word in by_name and word not in needed]
        kept = text
        for other in reversed(found):
            if other.name not in needed:
                kept = kept[: other.start] + kept[other.end :]
        yield span.name, span.line, kept
