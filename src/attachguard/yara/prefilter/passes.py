"""From the rules that may match to the passes that libyara makes over a content, with few rules each.

A pass costs some two nanoseconds an octet whatever few rules it is for, one with thousands of rules five to ten times as much and half a millisecond
besides. So a few rules are tried one by one, more of them together where the same ones have come before, and else all rules see the content in one
pass as without a prefilter.

Books are kept of it: what is tried in vain and what is compiled counts against what was saved, and where content is full of hits the prefilter stands
aside, but for as much as is a small part of what libyara does.
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

#: Costs are in octets that a pass of all rules could read instead. What it costs before the first octet, and what it costs to compile a few rules.
_BEGINNING: Final = 1 << 15
_COMPILING: Final = 1 << 19
#: A pass with few rules: before the first octet, and so many octets for one of these.
_BEGINNING_FEW: Final = 1 << 12
_FASTER: Final = 6
#: The part of a pass of all rules that it takes to find out which ones may match, and the part of it that may be spent in vain.
_TRYING: Final = 3
_IN_VAIN: Final = 32
#: What may be spent before anything was saved, and at most.
_CREDIT: Final = 1 << 18
_MOST_CREDIT: Final = 1 << 22
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
        #: What may be spent in vain; below nothing, it is only waited.
        self._credit = _CREDIT
        self._spaces = {space: place for place, space in enumerate(program.spaces)}
        self._places = {
            (program.spaces[space], name): place for place, (space, name) in enumerate(program.rules) if space >= 0
        }

    def over(self, call: Call) -> list[Pass] | None:
        """The passes over a content; None where all rules in one are better."""
        whole = len(call.data) + _BEGINNING
        if self._credit < 0:
            self._credit += whole // _IN_VAIN
            return None
        self._credit -= whole // _TRYING
        chosen = self._chosen(call, whole)
        if chosen is not None:
            self._credit = min(self._credit + whole - _cost(call, len(chosen)), _MOST_CREDIT)
        return chosen

    def _chosen(self, call: Call, whole: int) -> list[Pass] | None:
        numbers = self._prefilter.rules(call.data, call.externals)
        if numbers is None or len(numbers) > _TOGETHER:
            return None
        group = tuple(numbers)
        if len(group) > 1 and self._is_at_hand(group):
            return [*self._unread, self._pass(group)]
        if _cost(call, len(group)) > whole // 2:
            return None
        unknown = sum((number,) not in self._known for number in numbers)
        if unknown and not self._affords(unknown):
            return None
        return [*self._unread, *(self._pass((number,)) for number in numbers)]

    def _is_at_hand(self, group: tuple[int, ...]) -> bool:
        """Whether some rules are compiled together, or have come often enough to be."""
        if group in self._known:
            return True
        seen = self._seen[group] = self._seen.get(group, 0) + 1
        if seen < _OFTEN or not self._affords(len(group)):
            if len(self._seen) > _KEPT:
                self._seen.clear()
            return False
        del self._seen[group]
        return True

    def _affords(self, compilings: int) -> bool:
        """Whether rules may be compiled; if so it is paid for."""
        price = compilings * _COMPILING
        if price > self._credit:
            return False
        self._credit -= price
        return True

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


def _cost(call: Call, passes: int) -> int:
    """What some passes with few rules cost."""
    return passes * (_BEGINNING_FEW + len(call.data) // _FASTER)
