"""What the content itself answers: numbers at fixed places, its size, external variables. Each is looked at once for a content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import and_, eq, ge, gt, le, lshift, lt, ne, or_, rshift, xor
from typing import Any, Final

from attachguard.yara.externals import Value
from attachguard.yara.prefilter.program import FALSE, READERS, TRUE, UNKNOWN, Fact, Number

_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_BITS: Final = 64


class Asked:
    """One content that is asked.

    Args:
        data: the content.
        externals: values of the external variables.
        facts: every fact, ready to be looked at.
    """

    __slots__ = ("_facts", "data", "externals", "known", "numbers", "touched")

    def __init__(self, data: bytes, externals: Mapping[str, Value], facts: list[Look]) -> None:
        self.data = data
        self.externals = externals
        self._facts = facts
        #: Values of the facts that have been asked for.
        self.known: dict[int, int] = {}
        #: Numbers that have been read or computed, None for undefined ones.
        self.numbers: dict[Number, int | None] = {}
        #: Strings that may occur, by rule, for rules of which one does.
        self.touched: dict[int, set[int]] = {}

    def fact(self, number: int) -> int:
        """Whether a fact holds: `TRUE`, `FALSE`, which is said of undefined ones, too, or `UNKNOWN`."""
        value = self.known.get(number)
        if value is None:
            value = self.known[number] = self._facts[number](self)
        return value

    def number(self, tree: Number) -> int | None:
        """A number; None where it is undefined."""
        if isinstance(tree, int):
            return tree
        if tree in self.numbers:
            return self.numbers[tree]
        value = self.numbers[tree] = self._computed(tree)
        return value

    def _computed(self, tree: Number) -> int | None:
        if tree == "filesize":
            return len(self.data)
        reader = READERS.get(tree[0])
        if reader is not None:
            size, order, signed = reader
            place = self.number(tree[1])
            piece = self.data[place : place + size] if place is not None and place >= 0 else b""
            return int.from_bytes(piece, order, signed=signed) if len(piece) == size else None
        left, right = self.number(tree[1]), self.number(tree[2])
        return None if left is None or right is None else _ARITHMETIC[tree[0]](left, right)


Look = Callable[[Asked], int]


def look(fact: Fact) -> Look:
    """A fact, ready to be looked at."""
    if fact.asks == "begins":
        octets, place = fact.value, int(fact.subject)
        return lambda asked: TRUE if asked.data.startswith(octets, place) else FALSE
    if fact.asks == "compare":
        return _comparison(hashable(fact.subject), hashable(fact.value), _OPERATORS[fact.operator])
    name, value = fact.subject, fact.value

    def text(asked: Asked) -> int:
        there = asked.externals.get(name)
        if not isinstance(there, str):
            return UNKNOWN
        if fact.asks == "holds":
            octets = there.encode()
            return UNKNOWN if any(each in (octets.lower() if folded else octets) for each, folded in value) else FALSE
        return TRUE if (there == value) == (fact.asks == "equal") else FALSE

    return text


def _comparison(left: Number, right: Number, compare: Callable[[Any, Any], bool]) -> Look:
    if left == "filesize" and isinstance(right, int):
        return lambda asked: TRUE if compare(len(asked.data), right) else FALSE

    def look_at(asked: Asked) -> int:
        one, other = asked.number(left), asked.number(right)
        if one is None or other is None:
            return FALSE  # undefined
        return TRUE if compare(one, other) else FALSE

    return look_at


def hashable(tree: Number) -> Number:
    """A number as a key: what was kept on disk comes back as lists."""
    return tuple(map(hashable, tree)) if isinstance(tree, (list, tuple)) else tree


def _wrapped(value: int) -> int:
    """A number as it is in 64 bits with a sign."""
    return ((value + (1 << 63)) & ((1 << 64) - 1)) - (1 << 63)


def _shift(left: int, right: int, way: Callable[[int, int], int]) -> int | None:
    return None if right < 0 else 0 if right >= _BITS else _wrapped(way(left, right))


_ARITHMETIC: Final[dict[str, Callable[..., int | None]]] = {
    "+": lambda left, right: _wrapped(left + right),
    "-": lambda left, right: _wrapped(left - right),
    "*": lambda left, right: _wrapped(left * right),
    "&": and_,
    "|": or_,
    "^": xor,
    "<<": lambda left, right: _shift(left, right, lshift),
    ">>": lambda left, right: _shift(left, right, rshift),
}
