"""What libyara can search a string by: the fixed bytes that every match of it has, one after the other.

From each string libyara picks up to four bytes in a row and looks at a place of the content only where they are. A string that has fewer, or of which
any part may be missing, is tried at very many places.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import yaramod

from attachguard.rulekit.parsing import text_of

#: So many bytes in a row libyara searches by, at most.
ATOM: Final = 4

_ZERO_WIDTH: Final = (
    yaramod.RegexpStartOfLine,
    yaramod.RegexpEndOfLine,
    yaramod.RegexpWordBoundary,
    yaramod.RegexpNonWordBoundary,
)
_HEX: Final = re.compile(r"\[[^\]]*\]|//[^\n]*|/\*.*?\*/|[()|]|((?:[0-9A-Fa-f]{2}\s*)+)|~?[0-9A-Fa-f?]{2}", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\x([0-9A-Fa-f]{2})")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "a": "\a", "v": "\v"}


class Run(NamedTuple):
    """The literal bytes of a pattern.

    Args:
        first: those that it begins with.
        best: the most in a row anywhere in it.
        last: those that it ends with.
        whole: whether it is nothing but these bytes.
    """

    first: bytes = b""
    best: bytes = b""
    last: bytes = b""
    whole: bool = False

    def then(self, other: Run) -> Run:
        """One pattern after the other."""
        best = max(self.best, other.best, self.last + other.first, key=len)
        first = self.first + other.first if self.whole else self.first
        last = self.last + other.last if other.whole else other.last
        return Run(first, best, last, self.whole and other.whole)

    def either(self, other: Run) -> Run:
        """One pattern or the other: what is there in any case is the worse of the two."""
        return Run(best=min(self.best, other.best, key=len))


_EMPTY: Final = Run(whole=True)
_ANYTHING: Final = Run()


def literal(data: bytes) -> Run:
    """Bytes as they are."""
    return Run(data, data, data, whole=True)


def of_string(node: Any) -> Run:
    """The literal bytes of a string of a rule."""
    if node.is_regexp:
        return of_regexp(node.unit)
    if node.is_hex:
        return of_hex(node.pure_text.decode("ascii", "replace"))
    text: bytes = node.pure_text
    if node.is_wide and not node.is_ascii:
        text = b"".join(bytes((letter, 0)) for letter in text)
    return literal(text)


def of_regexp(unit: Any) -> Run:
    """The literal bytes of a regular expression."""
    kind = type(unit)
    if kind is yaramod.RegexpConcat:
        run = _EMPTY
        for each in unit.units:
            run = run.then(of_regexp(each))
        return run
    if kind is yaramod.RegexpText:
        return literal(_letter(text_of(unit)))
    if kind is yaramod.RegexpGroup:
        return of_regexp(unit.unit)
    if kind is yaramod.RegexpOr:
        return of_regexp(unit.left).either(of_regexp(unit.right))
    if kind is yaramod.RegexpPositiveIteration:
        return of_regexp(unit.operand).then(_ANYTHING)
    if kind is yaramod.RegexpRange:
        return _repeated(unit)
    if kind is yaramod.RegexpClass and not unit.is_negative and len(text_of(unit, "characters")) == 1:
        return literal(text_of(unit, "characters").encode("latin-1", "replace"))
    return _EMPTY if kind in _ZERO_WIDTH else _ANYTHING


def _repeated(unit: Any) -> Run:
    low, high = unit.range
    run = _EMPTY
    for _ in range(min(low or 0, 2 * ATOM)):
        run = run.then(of_regexp(unit.operand))
    return run if low == high else run.then(_ANYTHING)


def _letter(text: str) -> bytes:
    """The byte that a letter of a regular expression stands for."""
    found = _ESCAPE.fullmatch(text)
    if found:
        return bytes.fromhex(found[1])
    if text.startswith("\\"):
        text = _ESCAPES.get(text[1:], text[1:])
    return text.encode("utf-8", "replace")


def of_hex(text: str) -> Run:
    """The literal bytes of a hex string."""
    run = _EMPTY
    above: list[tuple[Run, Run | None]] = []
    for found in _HEX.finditer(text):
        piece = found[0]
        if found[1]:
            run = run.then(literal(bytes.fromhex(piece)))
        elif piece == "(":
            above.append((run, None))
            run = _EMPTY
        elif piece == "|" and above:
            before, chosen = above.pop()
            above.append((before, run if chosen is None else chosen.either(run)))
            run = _EMPTY
        elif piece == ")" and above:
            before, chosen = above.pop()
            run = before.then(run if chosen is None else chosen.either(run))
        elif not piece.startswith("/"):
            run = run.then(_ANYTHING)
    return run
