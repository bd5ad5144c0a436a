"""How long rules may take: seconds of the processor, for a part and for a message, and which rule it was that took too long.

libyara stops by the clock, in whole seconds. A machine that is busy with other things must not make a harmless mail suspicious, so what counts is
the time that this thread was given: where libyara stopped for want of time that others had, it is asked again.

Which rule was slow libyara does not say. Once it was stopped, the files are tried on the same content in small groups and then one by one, with a
second for each: the slow one is named, and the others have been asked after all. That takes some seconds more, once; a file that has been slow is the
first suspect of the next time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import yara

from attachguard.errors import LimitExceeded
from attachguard.limits import Limits
from attachguard.yara.compiling import compiled
from attachguard.yara.externals import Value
from attachguard.yara.source import Source
from attachguard.yara.text import alone

#: So often libyara is asked again where it was stopped by the clock and not by work.
_ASKED: Final = 4
#: Less than this part of the time that it was given is no work.
_WORKED: Final = 0.5
#: Files that are tried together in search of the slow one, and the seconds that such a trial and the whole search may take.
_TOGETHER: Final = 32
_TRIAL: Final = 1
_SEARCH: Final = 12.0
LIMIT: Final = "rule_seconds"


class Spent:
    """Seconds of the processor that rules have taken for one message; kept in the context of its scan."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def left(self, limits: Limits) -> float:
        """What the next part may take."""
        return min(limits.part_rule_seconds, limits.rule_seconds - self.seconds)


class Call(NamedTuple):
    """What libyara is asked.

    Args:
        data: the content.
        externals: values of the external variables.
    """

    data: bytes
    externals: Mapping[str, Value]

    def ask(self, rules: Any, seconds: int) -> list[Any]:
        """The matches of some compiled rules; raises `yara.TimeoutError`."""
        found: list[Any] = rules.match(
            data=self.data, externals=self.externals, timeout=seconds, fast=True, warnings_callback=_go_on
        )
        return found


class Slow(LimitExceeded):
    """Rules took too long.

    Args:
        message: how long, and which rule it was.
        matches: what the others have found.
    """

    def __init__(self, message: str, matches: list[Any] | None = None) -> None:
        super().__init__(LIMIT, message)
        self.matches = matches or []


class Stopwatch:
    """Asks libyara within the time that a message has, and finds the slow rule where it was not enough.

    Args:
        sources: the files of the rules; without them the slow one cannot be found.
        clock: seconds of the processor that this thread was given.
    """

    __slots__ = ("_clock", "_named", "_sources")

    def __init__(self, sources: Sequence[Source] = (), clock: Callable[[], float] = time.thread_time) -> None:
        self._sources = sources
        self._clock = clock
        #: Slow rules by the namespace of their file.
        self._named: dict[str, str] = {}

    def ask(self, rules: Any, call: Call, spent: Spent, limits: Limits) -> list[Any]:
        """The matches of some rules.

        Raises:
            Slow: they took longer than they may.
        """
        left = spent.left(limits)
        if left <= 0:
            raise Slow(
                f"the YARA rules have taken {limits.rule_seconds:g} s of the processor for this message{self._known()}"
            )
        begun = self._clock()
        try:
            return call.ask(rules, max(1, math.ceil(left)))
        except yara.TimeoutError:
            found = self._within(rules, call, left, begun)
        finally:
            spent.seconds += self._clock() - begun
        if found is not None:
            return found
        matches, which = self._search(call)
        raise Slow(f"the YARA rules took longer than {left:.3g} s of the processor on one part: {which}", matches)

    def _within(self, rules: Any, call: Call, seconds: float, stopped: float | None = None) -> list[Any] | None:
        """The matches of some rules; None where they take longer than they may.

        Args:
            rules: the rules.
            call: what they are asked.
            seconds: what they may take.
            stopped: when libyara was asked for the first time, where it has been and was stopped.
        """
        for _ in range(_ASKED if stopped is None else _ASKED - 1):
            if stopped is not None and self._clock() - stopped >= seconds * _WORKED:
                return None
            stopped = self._clock()
            try:
                return call.ask(rules, max(1, math.ceil(seconds)))
            except yara.TimeoutError:
                continue
        return None

    def _known(self) -> str:
        return f"; slow before: {', '.join(sorted(self._named.values()))}" if self._named else ""

    def _search(self, call: Call) -> tuple[list[Any], str]:
        """The matches of all files but the slow ones, and in words which rule was slow."""
        if not self._sources:
            return [], "which of them cannot be told without their files"
        ends = self._clock() + _SEARCH
        matches: list[Any] = []
        slow: list[str] = []
        others = [source for source in self._sources if source.space not in self._named]
        groups = [[source] for source in self._sources if source.space in self._named]
        groups += [others[at : at + _TOGETHER] for at in range(0, len(others), _TOGETHER)]
        while groups and self._clock() < ends:
            group = groups.pop(0)
            found = self._within(compiled(group), call, _TRIAL)
            if found is not None:
                matches += found
            elif len(group) > 1:
                half = len(group) // 2
                groups[:0] = [group[:half], group[half:]]
            else:
                (source,) = group
                if source.space not in self._named:
                    self._named[source.space] = self._slowest(source, call)
                slow.append(self._named[source.space])
        left = sum(map(len, groups))
        said = [*slow, *([f"{left} files could not be tried"] if left else [])]
        return matches, ", ".join(said) or "all of them together, none by itself"

    def _slowest(self, source: Source, call: Call) -> str:
        """The rule of a slow file that is slow by itself, with its place; the file where none is."""
        for name, line, text in alone(source.text):
            try:
                rules = compiled([source._replace(text=text)])
            except yara.Error:
                continue  # it needs more of the file than was taken along
            if self._within(rules, call, _TRIAL) is None:
                return f"rule {name} ({source.file.name}:{line})"
        return f"a rule of {source.file.name}"


def _go_on(_kind: int, _message: object) -> int:
    """Too many matches of one string: libyara goes on with the rest, and so do we."""
    return int(yara.CALLBACK_CONTINUE)
