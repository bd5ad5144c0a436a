"""What libyara tells the people who write rules, and never on the way of a mail: its warnings, and how long a rule takes on given content."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import yara

from attachguard.part import Part
from attachguard.yara.compiling import compiled
from attachguard.yara.externals import DEFAULTS, EXTERNALS, Value
from attachguard.yara.rules import Rules
from attachguard.yara.source import Source

#: A rule that takes longer on one piece of content has no place on the way of a mail; libyara counts whole seconds.
SECONDS: Final = 5


_WARNING: Final = re.compile(r"line (\d+): (.*)", re.DOTALL)


def warnings_of(source: Source) -> list[tuple[int, str]]:
    """What libyara warns of in a file that compiles: line and message of each."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rules = yara.compile(source=source.text, externals=DEFAULTS, includes=False)
    except yara.Error:
        return []  # it stands on what it includes, or does not compile at all, which is said elsewhere
    found = (_WARNING.fullmatch(warning) for warning in rules.warnings)
    return [(int(each[1]), each[2]) for each in found if each is not None]


class Shown(NamedTuple):
    """Something that rules are shown.

    Args:
        name: where it is from.
        data: its bytes.
        externals: the values of all external variables.
    """

    name: str
    data: bytes
    externals: Mapping[str, Value]


class Spent(NamedTuple):
    """What a rule took.

    Args:
        seconds: of the processor, over all content once.
        matches: on how much of the content it matched.
        limits: limits that it ran into, in words, each once.
    """

    seconds: float
    matches: int
    limits: tuple[str, ...]


class Recorder(Rules):
    """In place of rules: keeps what a scan would show them."""

    __slots__ = ("shown",)

    def __init__(self) -> None:
        super().__init__((), (), 0)
        self.shown: list[Shown] = []

    def asking(self, part: Part) -> Sequence[Any]:  # noqa: ARG002 - whatever it is
        """Every part is asked for."""
        return (self,)

    def match(self, part: Part, *_: object) -> Iterable[Any]:  # type: ignore[override]  # it finds nothing
        """Keep a part."""
        if part.data:
            values = {name: value(part) for name, value in EXTERNALS.items()}
            self.shown.append(Shown(part.path, bytes(part.data), values))
        return ()


class Probe:
    """Rules that are timed.

    Args:
        source: their text.

    Raises:
        yara.Error: they do not compile.
    """

    def __init__(self, source: Source) -> None:
        self._rules = compiled([source])

    @classmethod
    def of(cls, source: Source, text: str) -> Probe | None:
        """The rules of a text in place of a file's; None where they do not compile by themselves."""
        try:
            return cls(source._replace(text=text))
        except yara.Error:
            return None

    def spend(self, shown: Sequence[Shown], *, rounds: int = 3, clock: Callable[[], float] = time.thread_time) -> Spent:
        """What the rules take on some content: the least of several rounds, because what comes on top of that was others' work.

        Args:
            shown: the content.
            rounds: how often each piece is looked at.
            clock: seconds of the processor.
        """
        limits: dict[str, None] = {}
        total, matched = 0.0, 0

        def warned(kind: int, message: Any) -> int:
            if kind == yara.CALLBACK_TOO_MANY_MATCHES:
                limits[f"too many matches of {message.string}"] = None
            return int(yara.CALLBACK_CONTINUE)

        for each in shown:
            least = float("inf")
            for _ in range(rounds):
                begun = clock()
                try:
                    found = self._rules.match(
                        data=each.data,
                        externals=dict(each.externals),
                        timeout=SECONDS,
                        fast=True,
                        warnings_callback=warned,
                    )
                except yara.TimeoutError:
                    limits[f"stopped after {SECONDS} s on {each.name}"] = None
                    least, found = clock() - begun, []
                    break
                least = min(least, clock() - begun)
                if limits:  # that it ran into one is all there is to know
                    break
            total += least
            matched += bool(found)
        return Spent(total, matched, tuple(limits))
