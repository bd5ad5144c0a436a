"""`// suppress: CODE`: one diagnostic, at one place, that the author has looked at.

Behind a line it holds for that line, alone on a line for the next one, and above a rule for the whole rule. Several codes are separated by commas;
what follows in brackets says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from attachguard.rulekit.diagnostics import CHECKS, Diagnostic
from attachguard.rulekit.parsing import Parsed, Text
from attachguard.types.near import near

_COMMENT: Final = re.compile(r"//[ \t]*suppress:[ \t]*([\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)")
_RULE_LINE: Final = re.compile(r"\s*(?:(?:private|global)\s+)*rule\s")


class _Suppression(NamedTuple):
    """One comment: what it suppresses, from line to line."""

    codes: frozenset[str]
    first: int
    last: int


class Suppressions:
    """The suppressions of a file.

    Args:
        text: the file.
        rules: its rules.
    """

    def __init__(self, text: Text, rules: list[Parsed]) -> None:
        there = "suppress:" in text.text
        ends = {rule.place.line: rule.last_line for rule in rules} if there else {}
        self._all = list(_read(text.lines, ends)) if there else []
        #: Codes that do not exist.
        self.mistakes = list(_mistakes(text)) if self._all else []

    def hide(self, diagnostic: Diagnostic) -> bool:
        """Whether the author has said that it shall not be shown."""
        return any(diagnostic.code in each.codes and each.first <= diagnostic.line <= each.last for each in self._all)


def _mistakes(text: Text) -> Iterator[Diagnostic]:
    for number, line in enumerate(text.lines, 1):
        comment = _COMMENT.search(line)
        if comment is None:
            continue
        for code in re.finditer(r"[\w-]+", comment[1]):
            if code[0] not in CHECKS:
                message, _, remedy = f"there is no code {code[0]!r}{near(code[0], CHECKS)}".partition("; ")
                column = comment.start(1) + code.start() + 1
                yield Diagnostic("unknown-suppression", text.file, number, column, len(code[0]), "", message, remedy)


def _read(lines: list[str], ends: Mapping[int, int]) -> Iterator[_Suppression]:
    """The comments of a file; `ends` has the last line of each rule by its first."""
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line)
        if found is None:
            continue
        codes = frozenset(re.findall(r"[\w-]+", found[1]))
        if line[: found.start()].strip():
            yield _Suppression(codes, number, number)
            continue
        target = _next(lines, number)
        yield _Suppression(codes, target, ends.get(target, target))


def _next(lines: list[str], number: int) -> int:
    """The next line that is not a comment of its own."""
    for line in range(number + 1, len(lines) + 1):
        text = lines[line - 1].strip()
        if text and not text.startswith("//"):
            return line
    return number
