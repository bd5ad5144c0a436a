"""How long rules may take: seconds of the processor, for a part and for a message, and which rule it was that took too long.

libyara stops by the clock, in whole seconds. A machine that is busy with other things must not make a harmless mail suspicious, so what counts is
the time that this thread was given, beyond what reading as many bytes takes with as many rules; where libyara stopped for want of time that others
had, it is asked again. Large content is shown to the rules in a few pieces from all over it before: where these say that the whole would take
longer than it may, the whole is not begun.

Which rule was slow libyara does not say. Once it was stopped, the files are tried on those pieces in groups, the dearest group in halves and its
dearest file rule by rule. The slow one is named and the others are asked about the whole content after all, in this message and in the next ones.
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
#: Seconds that reading a byte takes on a slow machine: with few rules, and for each byte of the rules' text besides.
_READING: Final = 1e-8
_READING_RULES: Final = 8e-15
#: The same for each content, however short: an archive of thousands of texts is not slow because there are thousands of rules.
_BEGINNING: Final = 2e-5
_BEGINNING_RULES: Final = 2e-10
#: Content of this size is looked at in pieces before: so many, each of so many bytes. A rule that crawls takes ten microseconds for one.
_LARGE: Final = 1 << 16
_PIECES: Final = 16
_PIECE: Final = 256
#: Bytes of each piece on which the slow file is searched: a dozen trials are needed.
_SEARCHED: Final = 1024
#: Files that are tried together in search of the slow one, seconds that libyara may take for such a trial, and that the whole search may take.
_TOGETHER: Final = 32
_TRIAL: Final = 1
_SEARCH: Final = 4.0
#: So many times what rules may take for a message the others may take it to, once one of them has been too slow.
_WITHOUT: Final = 1.2
#: Seconds beyond reading that the other rules may take for a large content, once one of them has been too slow for it.
_OTHERS: Final = 0.2
#: A file or rule that takes less than this part of what all of them take together is not the slow one.
_SHARE: Final = 0.3
#: Seconds for a byte that only a slow file takes.
_DEAR: Final = 2e-8
#: Without the slow ones the files are compiled anew up to this length of their text; more would take seconds.
_COMPILED: Final = 1 << 20
LIMIT: Final = "rule_seconds"


class Spent:
    """Seconds of the processor that rules have taken for one message beyond reading; kept in the context of its scan."""

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

    __slots__ = ("_begin", "_clock", "_named", "_others", "_rate", "_sources", "_text")

    def __init__(self, sources: Sequence[Source] = (), clock: Callable[[], float] = time.thread_time) -> None:
        self._sources = sources
        self._clock = clock
        #: Slow rules by the namespace of their file.
        self._named: dict[str, str] = {}
        #: The other files compiled without those that are named.
        self._others: tuple[frozenset[str], Any] | None = None
        self._text = sum([len(source.text) for source in sources])
        self._rate = _READING + _READING_RULES * self._text
        self._begin = _BEGINNING + _BEGINNING_RULES * self._text

    def ask(self, rules: Any, call: Call, spent: Spent, limits: Limits) -> list[Any]:
        """The matches of some rules.

        Raises:
            Slow: they took longer than they may.
        """
        left = spent.left(limits)
        if left <= 0:
            begun = self._clock()
            matches = self._without_named(call) if spent.seconds < _WITHOUT * limits.rule_seconds else []
            spent.seconds += self._clock() - begun
            raise Slow(
                f"the YARA rules have taken {limits.rule_seconds:g} s of the processor for this message{self._known()}",
                matches,
            )
        reading = self._begin + self._rate * len(call.data)
        begun = self._clock()
        found = None
        if len(call.data) < _LARGE or self._foreseen(rules, call) < left + reading:
            try:
                found = call.ask(rules, max(1, round(left + reading)))
            except yara.TimeoutError:
                found = self._within(rules, call, left + reading, begun)
        slow = ""
        if found is None:
            slow = f"the YARA rules took longer than {left:.3g} s of the processor on one part: {self._search(call)}"
            found = self._without_named(call)
        # What was foreseen has not been taken; what finding the slow one has taken counts as well.
        spent.seconds += max(0.0, self._clock() - begun - reading)
        if slow:
            raise Slow(slow, found)
        return found

    def _foreseen(self, rules: Any, call: Call) -> float:
        """The seconds that the whole of a content will take, by what pieces of it take."""
        pieces = _pieces(call.data)
        return self._tried(rules, call._replace(data=pieces)) * len(call.data) / len(pieces)

    def _tried(self, rules: Any, call: Call) -> float:
        """Seconds that some rules take; endless where libyara had to stop."""
        begun = self._clock()
        found = self._within(rules, call, _TRIAL)
        return self._clock() - begun if found is not None else math.inf

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
                return call.ask(rules, max(1, round(seconds)))
            except yara.TimeoutError:
                continue
        return None

    def _known(self) -> str:
        return f"; slow before: {', '.join(sorted(self._named.values()))}" if self._named else ""

    def _without_named(self, call: Call) -> list[Any]:
        """The matches of the files that have not been slow; none where there are too many of them, or where they are slow as well."""
        slow = frozenset(self._named)
        if not slow or self._text > _COMPILED:
            return []
        if self._others is None or self._others[0] != slow:
            self._others = slow, compiled([source for source in self._sources if source.space not in slow])
        # Shown to them only where they are through in no time: what the slow one has taken is enough for one message.
        if len(call.data) >= _LARGE and self._foreseen(self._others[1], call) > _OTHERS + self._rate * len(call.data):
            return []
        return self._within(self._others[1], call, _TRIAL) or []

    def _search(self, call: Call) -> str:
        """In words which rule was slow, by what all files take on some pieces of the content."""
        call = call._replace(data=_pieces(call.data, _SEARCHED))
        if not self._sources:
            return "which of them cannot be told without their files"
        ends = self._clock() + _SEARCH
        groups = [list(self._sources[at : at + _TOGETHER]) for at in range(0, len(self._sources), _TOGETHER)]
        first = 0.0
        while True:
            group, seconds = self._dearest(groups, call, ends)
            first = max(first, seconds)
            if first < len(call.data) * _DEAR:
                return "which of them could not be found"
            if seconds < min(first, _TRIAL) * _SHARE:
                return "all of them together, none by itself"
            if len(group) == 1:
                break
            half = len(group) // 2
            groups = [group[:half], group[half:]]
        if self._clock() > ends and first < math.inf:
            return "which of them could not be found"
        (source,) = group
        if source.space not in self._named:
            self._named[source.space] = self._slowest(source, call, seconds)
        return self._named[source.space]

    def _dearest(self, groups: list[list[Source]], call: Call, ends: float) -> tuple[list[Source], float]:
        """The files that take most time together, and the seconds; the last ones unseen, where the others have been tried in vain."""
        best, most = groups[-1], -1.0
        for group in groups:
            if self._clock() > ends:
                break
            seconds = self._tried(compiled(group), call)
            if seconds > most:
                best, most = group, seconds
            if most == math.inf:
                break
        return best, most

    def _slowest(self, source: Source, call: Call, whole: float) -> str:
        """The rule of a slow file that is slow by itself, with its place; the file where none is."""
        best, most = "", min(whole, _TRIAL) * _SHARE
        for name, line, text in alone(source.text):
            try:
                rules = compiled([source._replace(text=text)])
            except yara.Error:
                continue  # it needs more of the file than was taken along
            seconds = self._tried(rules, call)
            if seconds > most:
                best, most = f"rule {name} ({source.file.name}:{line})", seconds
            if seconds == math.inf:
                break
        return best or f"a rule of {source.file.name}"


def _pieces(data: bytes, size: int = _PIECE) -> bytes:
    """Pieces of some size from all over a content; the content itself where it is not much longer."""
    if len(data) <= 2 * _PIECES * size:
        return data
    step = (len(data) - size) // (_PIECES - 1)
    return b"".join([data[at : at + size] for at in range(0, step * _PIECES, step)])


def _go_on(_kind: int, _message: object) -> int:
    """Too many matches of one string: libyara goes on with the rest, and so do we."""
    return int(yara.CALLBACK_CONTINUE)
