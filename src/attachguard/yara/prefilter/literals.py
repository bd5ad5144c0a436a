"""Literals without which a string of a rule cannot match: from plain strings, hex strings and regular expressions of YARA.

Own code: what is asked here, necessary literals of YARA's own dialect, no library answers. YARA's expressions differ from Perl's in what a
backslash means, in `{,n}` and in classes, so they are read by their own grammar (libyara's `re_lexer.l`, `re_grammar.y`, `hex_lexer.l`). Whatever
is not understood has no literal, and the rule is then not ruled out by this string.
"""

from __future__ import annotations

import base64
import re
from typing import Final, NamedTuple

#: A literal that is shorter occurs everywhere; of a longer one the beginning is enough.
SHORTEST: Final = 2
LONGEST: Final = 24
#: A literal that weighs more is not better.
_ENOUGH: Final = 24
#: Alternatives of one string.
_MOST: Final = 48
#: Nested deeper than people write.
_DEEPEST: Final = 40

_QUANTIFIER: Final = re.compile(rb"\{(\d*)(?:(,)(\d*))?\}")
_ESCAPED: Final = {ord("n"): 10, ord("t"): 9, ord("r"): 13, ord("f"): 12, ord("a"): 7}
_CLASSES: Final = frozenset(b"wWsSdD")
_BOUNDARIES: Final = frozenset(b"bB")
_REPEATS: Final = frozenset(b"*+?")
_HEX: Final = re.compile(r"~?[0-9A-Fa-f?]{2}|\[[^\]]*\]|[()|]")
_COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


class Unclear(Exception):
    """A string that is not understood, or has no literal worth looking for."""


class Literal(NamedTuple):
    """Octets that must occur.

    Args:
        octets: what; None for any octet.
        folded: whether ASCII letters may stand in either case.
    """

    octets: tuple[int | None, ...]
    folded: bool


class Octet(NamedTuple):
    """One octet of a pattern; None for any of several."""

    value: int | None
    folded: bool = False


class Seq(NamedTuple):
    """Pieces one behind the other."""

    pieces: list[Node]


class Alt(NamedTuple):
    """One of several."""

    branches: list[Node]


class Repeat(NamedTuple):
    """A piece, at least so many times."""

    piece: Node
    least: int
    exact: bool


Node = Octet | Seq | Alt | Repeat
_ANY: Final = Octet(None)
_NOTHING: Final = Seq([])


def of_plain(octets: bytes) -> Node:
    """The pattern of a plain string."""
    return Seq([Octet(value) for value in octets])


def of_hex(text: str) -> Node:
    """The pattern of a hex string, without its braces."""
    plain = _COMMENT.sub(" ", text)
    if _HEX.sub("", plain).strip():
        raise Unclear
    tokens = _HEX.findall(plain)
    branches: list[list[list[Node]]] = [[[]]]
    for piece in tokens:
        top = branches[-1][-1]
        if piece == "(":
            branches.append([[]])
        elif piece == "|":
            branches[-1].append([])
        elif piece == ")":
            if len(branches) == 1:
                raise Unclear
            alternatives = branches.pop()
            branches[-1][-1].append(Alt([Seq(branch) for branch in alternatives]))
        elif piece.startswith("["):
            jump = re.fullmatch(r"\[\s*(\d+)\s*\]", piece)
            top.append(Repeat(_ANY, int(jump[1]), exact=True) if jump else Repeat(_ANY, 0, exact=False))
        else:
            top.append(Octet(int(piece, 16)) if "?" not in piece and "~" not in piece else _ANY)
    if len(branches) != 1 or len(branches[0]) != 1:
        raise Unclear
    return Seq(branches[0][0])


def of_base64(octets: bytes) -> list[bytes]:
    """What is in every base64 text of something that has these octets in it, for each of the three places where they may begin."""
    found = []
    for skipped in range(3):
        whole = octets[skipped : skipped + (len(octets) - skipped) // 3 * 3]
        found.append(base64.b64encode(whole))
    return found


def of_xor(octets: bytes, low: int, high: int) -> list[bytes]:
    """Octets under each key of a range."""
    return [bytes([value ^ key for value in octets[:LONGEST]]) for key in range(low, high + 1)]


class _Reader:
    """Reads one regular expression."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._at = 0

    def all(self) -> Node:
        node = self._alternatives(0)
        if self._at != len(self._text):
            raise Unclear
        return node

    def _peek(self) -> int:
        return self._text[self._at] if self._at < len(self._text) else -1

    def _alternatives(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise Unclear
        branches = [self._sequence(depth)]
        while self._peek() == ord("|"):
            self._at += 1
            branches.append(self._sequence(depth))
        return branches[0] if len(branches) == 1 else Alt(branches)

    def _sequence(self, depth: int) -> Node:
        pieces: list[Node] = []
        while self._peek() not in (-1, ord("|"), ord(")")):
            pieces.append(self._quantified(self._atom(depth)))
        return Seq(pieces)

    def _quantified(self, atom: Node) -> Node:
        following = self._peek()
        if following in _REPEATS:
            self._at += 1
            atom = Repeat(atom, 1 if following == ord("+") else 0, exact=False)
        elif following == ord("{"):
            found = _QUANTIFIER.match(self._text, self._at)
            if found is None or not (found[1] or found[2]):
                return atom  # a brace that stands for itself
            self._at = found.end()
            least = int(found[1] or 0)
            atom = Repeat(atom, least, exact=found[2] is None or found[3] == found[1])
        else:
            return atom
        if self._peek() == ord("?"):
            self._at += 1
        if self._peek() in _REPEATS:
            raise Unclear
        return atom

    def _atom(self, depth: int) -> Node:
        value = self._text[self._at]
        self._at += 1
        if value == ord("("):
            if self._peek() == ord("?"):
                raise Unclear
            inner = self._alternatives(depth + 1)
            if self._peek() != ord(")"):
                raise Unclear
            self._at += 1
            return inner
        if value == ord("["):
            return self._class()
        if value == ord("."):
            return _ANY
        if value in b"^$":
            return _NOTHING
        if value == ord("\\"):
            return self._escape()
        if value in _REPEATS:
            raise Unclear
        return Octet(value)

    def _escape(self) -> Node:
        if self._at >= len(self._text):
            raise Unclear
        value = self._text[self._at]
        self._at += 1
        if value in _CLASSES:
            return _ANY
        if value in _BOUNDARIES:
            return _NOTHING
        if value == ord("x"):
            digits = self._text[self._at : self._at + 2]
            self._at += 2
            try:
                return Octet(int(digits, 16)) if len(digits) == 2 else _ANY
            except ValueError:
                raise Unclear from None
        return Octet(_ESCAPED.get(value, value))

    def _class(self) -> Node:
        """A class in brackets; one octet of several, or a letter in both cases, or one octet."""
        negated = self._peek() == ord("^")
        self._at += negated
        members: list[Node] = []
        first = True
        while first or self._peek() != ord("]"):
            if self._at >= len(self._text):
                raise Unclear
            value = self._text[self._at]
            self._at += 1
            first = False
            members.append(self._escape() if value == ord("\\") else Octet(value))
        self._at += 1
        # A minus may mean a range, so that a class with one is not looked into.
        values = {member.value if isinstance(member, Octet) else None for member in members}
        if negated or None in values or ord("-") in values or len(values) > 2 or not values:
            return _ANY
        if len(values) == 1:
            return Octet(values.pop())
        one, other = sorted(value for value in values if value is not None)
        return Octet(other, folded=True) if one ^ other == 0x20 and chr(other).isalpha() and other < 0x80 else _ANY


def of_regex(text: bytes) -> Node:
    """The pattern of a regular expression, without its slashes and flags."""
    return _Reader(text).all()


def necessary(node: Node, *, nocase: bool, wide: bool, ascii_: bool, gaps: bool = True) -> list[Literal]:
    """Literals one of which occurs wherever the pattern matches.

    Args:
        node: the pattern.
        nocase: whether letters may stand in either case.
        wide: whether a zero may stand behind each octet.
        ascii_: whether it may stand without these.
        gaps: whether literals may have octets in them that may be any.

    Raises:
        Unclear: there are none that are worth looking for.
    """
    found = _best(node, gaps=gaps)
    if found is None:
        raise Unclear
    literals: dict[Literal, None] = {}
    for octets, folded in found:
        if ascii_ or not wide:
            literals[Literal(octets[:LONGEST], folded or nocase)] = None
        if wide:
            literals[Literal(spread(octets[: LONGEST // 2]), folded or nocase)] = None
    return list(literals)


def spread(octets: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """Octets with a zero behind each."""
    return tuple(each for octet in octets for each in (octet, 0))


def _best(node: Node, *, gaps: bool) -> list[Literal] | None:
    """The best set of literals of which one must occur; None for none."""
    run = _Run(gaps=gaps)
    _walk(node, run)
    run.end()
    return max(run.found, key=_worth, default=None)


def _worth(literals: list[Literal]) -> tuple[int, int]:
    """How rarely something occurs: octets side by side count a little more than as many with gaps."""
    return min(_ENOUGH, *map(_weight, literals)), -len(literals)


def _weight(literal: Literal) -> int:
    gaps = literal.octets.count(None)
    return 2 * (len(literal.octets) - gaps) - (gaps > 0)


class _Run:
    """Octets at fixed distances from each other."""

    def __init__(self, *, gaps: bool) -> None:
        self.found: list[list[Literal]] = []
        self.gaps = gaps
        self._octets: list[int | None] = []
        self._folded = False

    def add(self, octet: Octet) -> None:
        self._octets.append(octet.value)
        self._folded = self._folded or octet.folded

    def offer(self, branches: list[Node]) -> None:
        """Take the literals of alternatives, where each has some."""
        each = [_best(branch, gaps=self.gaps) for branch in branches]
        chosen = [literals for literals in each if literals is not None]
        joined = [literal for literals in chosen for literal in literals]
        if chosen and len(chosen) == len(each) and len(joined) <= _MOST:
            self.found.append(joined)

    def end(self) -> None:
        octets, folded = self._octets, self._folded
        self._octets, self._folded = [], False
        for begin, value in enumerate(octets):
            if value is None or (begin and octets[begin - 1] is not None):
                continue
            window = octets[begin : begin + LONGEST]
            gap = window.index(None) if None in window else len(window)
            while window[-1] is None:
                window.pop()
            for piece in (window[:gap], window) if self.gaps else (window[:gap],):
                if len(piece) - piece.count(None) >= SHORTEST:
                    self.found.append([Literal(tuple(piece), folded)])


def _walk(node: Node, run: _Run) -> None:
    """Add what must occur in a pattern to a run."""
    if isinstance(node, Octet):
        run.add(node)
    elif isinstance(node, Seq):
        for place, piece in enumerate(node.pieces):
            _walk(piece, run)
            if isinstance(piece, Alt):
                run.offer(_embedded(node.pieces, place, piece))
    elif isinstance(node, Repeat):
        for _ in range(min(node.least, LONGEST)):
            _walk(node.piece, run)
        if not node.exact or node.least > LONGEST:
            run.end()
            if node.least and isinstance(node.piece, Octet):
                run.add(node.piece)  # the last of them stands before what follows
    else:
        run.end()
        run.offer(node.branches)


def _embedded(pieces: list[Node], place: int, alternatives: Alt) -> list[Node]:
    """Each of some alternatives with the octets beside them, which together are rarer; nothing where these are not all plain octets."""
    branches = [_in_row(branch) for branch in alternatives.branches]
    if not all(isinstance(piece, Octet) for branch in branches for piece in branch):
        return []
    begin, end = place, place + 1
    while begin > 0 and isinstance(pieces[begin - 1], Octet):
        begin -= 1
    while end < len(pieces) and isinstance(pieces[end], Octet):
        end += 1
    return [Seq([*pieces[begin:place], *branch, *pieces[place + 1 : end]]) for branch in branches]


def _in_row(node: Node) -> list[Node]:
    """The pieces of a pattern."""
    return node.pieces if isinstance(node, Seq) else [node]
