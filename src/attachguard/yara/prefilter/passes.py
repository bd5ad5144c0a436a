"""From the rules that may match to the passes that libyara makes over a content, with few rules each.

A pass costs some two nanoseconds an octet whatever few rules it is for, one with thousands of rules five times as much and half a millisecond
besides. So a few rules are tried one by one, more of them together where the same ones have come before, and else all rules in one pass as without
a prefilter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from attachguard.yara.compiling import compiled
from attachguard.yara.prefilter.gate import Prefilter
from attachguard.yara.prefilter.program import Program
from attachguard.yara.running import Call
from attachguard.yara.source import Source
from attachguard.yara.text import Pieces

#: Content up to this size costs little; so many rules are tried one by one on it, and so many on larger content.
_SMALL: Final = 1 << 15
_FEW: Final = 5
_FEW_ON_LARGE: Final = 3
#: After so many contents in vain it is tried on one of so many.
_PATIENCE: Final = 8
#: So often a group has to come before its rules are compiled together.
_OFTEN: Final = 12
#: More rules than these are not compiled together.
_TOGETHER: Final = 24
#: Compiled rules that are kept, and groups that have been seen.
_KEPT: Final = 768


class Pass(NamedTuple):
    """One pass of libyara.

    Args:
        rules: compiled rules.
        names: namespaces and names of those that are meant, the others only came along; None where all are.
    """

    rules: Any
    names: frozenset[tuple[str, str]] | None = None


class Passes:
    """Chooses the passes over a content.

    Args:
        program: what is known of the rules.
        database: their literals.
        sources: their files.
    """

    def __init__(self, program: Program, database: bytes, sources: Sequence[Source]) -> None:
        by_space = {source.space: source for source in sources}
        self._sources = [by_space[space] for space in program.spaces]
        self._rules = program.rules
        self._prefilter = Prefilter(program, database)
        unread = [self._sources[space] for space in program.open]
        #: The files that were not understood.
        self._unread = [Pass(compiled(unread))] if unread else []
        self._known: dict[tuple[int, ...], Pass] = {}
        #: How often groups have come that are not compiled yet.
        self._seen: dict[tuple[int, ...], int] = {}
        self._pieces: dict[int, Pieces] = {}
        #: Contents in a row on which all rules in one pass were better.
        self._vain = 0
        self._spaces = {space: place for place, space in enumerate(program.spaces)}
        self._places = {
            (program.spaces[space], name): place for place, (space, name) in enumerate(program.rules) if space >= 0
        }

    def over(self, call: Call) -> list[Pass] | None:
        """The passes over a content; None where all rules in one are better."""
        # Where it has been in vain again and again, as on a mail full of hits, it is only tried now and then.
        if self._vain >= _PATIENCE and self._vain % _PATIENCE:
            self._vain += 1
            return None
        chosen = self._chosen(call)
        self._vain = self._vain + 1 if chosen is None else 0
        return chosen

    def _chosen(self, call: Call) -> list[Pass] | None:
        numbers = self._prefilter.rules(call.data, call.externals)
        if numbers is None:
            return None
        if len(numbers) <= (_FEW if len(call.data) <= _SMALL else _FEW_ON_LARGE):
            return [*self._unread, *(self._pass((number,)) for number in numbers)]
        if len(numbers) > _TOGETHER:
            return None
        group = tuple(numbers)
        if group in self._known:
            return [*self._unread, self._pass(group)]
        # To compile some rules takes as long as a few passes of all: a group has to come often before it is worth that.
        seen = self._seen[group] = self._seen.get(group, 0) + 1
        if seen >= _OFTEN:
            del self._seen[group]
            return [*self._unread, self._pass(group)]
        if len(self._seen) > _KEPT:
            self._seen.clear()
        return None

    def sorted(self, matches: Iterable[Any]) -> list[Any]:
        """Matches of several passes in the order in which one pass gives them."""
        return sorted(matches, key=self._place)

    def _place(self, match: Any) -> tuple[int, int]:
        return self._spaces[match.namespace], self._places.get((match.namespace, match.rule), 0)

    def _pass(self, group: tuple[int, ...]) -> Pass:
        known = self._known.get(group)
        if known is None:
            while len(self._known) >= _KEPT:
                self._known.pop(next(iter(self._known)), None)
            known = self._known[group] = self._made(group)
        return known

    def _made(self, group: tuple[int, ...]) -> Pass:
        """Some rules compiled together, each with what it stands on, in the order of their files."""
        wanted: dict[int, list[str]] = {}
        for number in group:
            space, name = self._rules[number]
            wanted.setdefault(space, []).append(name)
        pieces = [self._source(space, names) for space, names in wanted.items()]
        meant = frozenset((self._sources[space].space, name) for space, names in wanted.items() for name in names)
        return Pass(compiled(pieces), meant)

    def _source(self, space: int, names: list[str]) -> Source:
        """A file with some of its rules."""
        source = self._sources[space]
        pieces = self._pieces.get(space)
        if pieces is None:
            pieces = self._pieces[space] = Pieces(source.text)
        return source._replace(text=pieces.only(names))
