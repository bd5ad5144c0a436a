"""`// suppress: CODE`: one diagnostic, at one place, that the author has looked at.

Behind a line it holds for that line, alone on a line for the next one, and above a rule for the whole rule. Several codes are separated by commas;
what follows in brackets says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
        self._text = text
        self._ends = {rule.place.line: rule.last_line for rule in rules}
        self._all = list(self._read()) if "suppress:" in text.text else []

    def hide(self, diagnostic: Diagnostic) -> bool:
        """Whether the author has said that it shall not be shown."""
        return any(diagnostic.code in each.codes and each.first <= diagnostic.line <= each.last for each in self._all)

    def mistakes(self) -> Iterator[Diagnostic]:
        """Codes that do not exist."""
        if not self._all:
            return
        for number, line in enumerate(self._text.lines, 1):
            found = _COMMENT.search(line)
            for code in re.finditer(r"[\w-]+", found[1]) if found else ():
                if code[0] not in CHECKS:
                    assert found is not None
                    message, _, remedy = f"there is no code {code[0]!r}{near(code[0], CHECKS)}".partition("; ")
                    yield Diagnostic(
                        "unknown-suppression",
                        self._text.file,
                        number,
                        found.start(1) + code.start() + 1,
                        len(code[0]),
                        "",
                        message,
                        remedy,
                    )

    def _read(self) -> Iterator[_Suppression]:
        for number, line in enumerate(self._text.lines, 1):
            found = _COMMENT.search(line)
            if found is None:
                continue
            codes = frozenset(re.findall(r"[\w-]+", found[1]))
            if line[: found.start()].strip():
                yield _Suppression(codes, number, number)
                continue
            target = self._next(number)
            yield _Suppression(codes, target, self._ends.get(target, target))

    def _next(self, number: int) -> int:
        """The next line that is not a comment of its own."""
        for line in range(number + 1, len(self._text.lines) + 1):
            text = self._text.lines[line - 1].strip()
            if text and not text.startswith("//"):
                return line
        return number
