"""What each rule of a set costs: alone, on the content that a scan would show it, per byte, beyond the reading of the bytes themselves.

In a set all rules share one pass over the bytes; what a rule adds to it is what its strings make libyara look at more closely, and what its condition
calculates. That is measured here: a rule by itself, less a rule that looks for something that is nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from attachguard.engine.scanner import Scanner
from attachguard.errors import RuleError
from attachguard.policy import Policy
from attachguard.rulekit.diagnostics import CHECKS, Diagnostic, Level, Style
from attachguard.rulekit.files import sources_at
from attachguard.rulekit.parsing import NotParsed, Parsed, Parser, String, text_of
from attachguard.testkit.workload import workload
from attachguard.yara.compiling import usable
from attachguard.yara.probing import Probe, Recorder, Shown, Spent
from attachguard.yara.source import Source
from attachguard.yara.text import alone

#: What costs more, in nanoseconds per byte, is worth a look: a scan without rules takes some two for a byte.
SLOW: Final = 0.5
#: A rule with more strings is slow by their number; measuring each would take minutes and name none.
_FEW: Final = 64
#: Strings of a rule that are named, and the part of its cost that makes one of them worth naming.
_NAMED: Final = 3
_SHARE: Final = 0.2

_NOWHERE: Final = "rule Nothing { strings: $a = { 97 1B E4 C2 5D 08 F1 3C } condition: $a }"


class StringCost(NamedTuple):
    """A string that costs time.

    Args:
        string: its name.
        line: where it stands.
        cost: nanoseconds per byte.
    """

    string: str
    line: int
    cost: float


class Cost(NamedTuple):
    """What a rule costs.

    Args:
        rule: its name.
        file: where it is.
        line: its line.
        cost: nanoseconds per byte.
        matches: on how many pieces of the content it matched.
        strings: those of its strings that cost most.
        limits: limits that it ran into.
        many: how many strings it has, where the cost is spread over all of them.
    """

    rule: str
    file: Path
    line: int
    cost: float
    matches: int
    strings: tuple[StringCost, ...]
    limits: tuple[str, ...]
    many: int = 0

    @property
    def where(self) -> str:
        """What costs the time, as far as it was measured."""
        if self.many:
            return f"spread over its {self.many} strings"
        if self.strings:
            return "most of it for " + ", ".join(
                f"{each.string} (line {each.line}: {each.cost:.2f})" for each in self.strings
            )
        return "in its condition"


class Bench(NamedTuple):
    """What the rules of a set cost.

    Args:
        costs: each rule, the dearest first.
        reading: nanoseconds per byte that looking for anything at all takes.
        pieces: on how many pieces of content it was measured.
        size: their bytes.
        problems: files that cannot be used.
    """

    costs: tuple[Cost, ...]
    reading: float
    pieces: int
    size: int
    problems: tuple[RuleError, ...]


def bench(paths: Iterable[str | Path], content: Sequence[Path] = (), *, slow: float = SLOW) -> Bench:
    """Measure every rule by itself.

    Args:
        paths: rule files and folders.
        content: files to measure on; what the test kit builds without any.
        slow: from which cost on the strings of a rule are measured, too, in nanoseconds per byte.

    Raises:
        RuleError: a path does not exist or holds no rules.
        OSError: content cannot be read.
    """
    problems: list[RuleError] = []
    sources, _ = usable(sources_at(paths, problems), (), problems)
    shown = _shown(content)
    size = sum(len(each.data) for each in shown)
    meter = _Meter(shown, size, slow)
    costs = [cost for source in sources for cost in meter.of_file(source)]
    costs.sort(key=lambda cost: (-cost.cost, cost.rule))
    return Bench(tuple(costs), meter.reading, len(shown), size, tuple(problems))


def diagnostics(found: Bench, slow: float) -> list[Diagnostic]:
    """Rules that are slow or ran into a limit."""
    said: list[Diagnostic] = []
    for cost in found.costs:
        for limit in cost.limits:
            message = f"{cost.rule} ran into a limit: {limit}"
            said += [_about(cost, "rule-limit", message, "give its strings rarer bytes to be searched for by")]
        if cost.cost >= slow:
            message = f"{cost.rule} costs {cost.cost:.2f} ns per byte, {cost.where}"
            said += [_about(cost, "slow-rule", message, "see `attachguard rules check`, and put cheap tests first")]
    return said


def _about(cost: Cost, code: str, message: str, remedy: str) -> Diagnostic:
    level: Level = CHECKS[code].level(Style.HOUSE)
    return Diagnostic(code, cost.file, cost.line, 0, 0, cost.rule, message, remedy, level)


def _shown(content: Sequence[Path]) -> list[Shown]:
    """What a scan of the content would show rules."""
    recorder = Recorder()
    scanner = Scanner(Policy.load("audit"), rules=recorder)
    if content:
        for path in content:
            scanner.scan(path)
    else:
        for name, data in workload():
            scanner.scan(data, name=name)
    return recorder.shown


class _Meter:
    """Measures rules on some content."""

    def __init__(self, shown: Sequence[Shown], size: int, slow: float) -> None:
        self._shown = shown
        self._size = max(1, size)
        self._slow = slow
        self._parser = Parser()
        nothing = Probe(Source("nothing", Path("nothing.yar"), _NOWHERE, {}))
        self._base = nothing.spend(shown).seconds
        self.reading = self._per_byte(self._base)

    def of_file(self, source: Source) -> Iterable[Cost]:
        """Every rule of a file; a file that does not compile has none."""
        trees: dict[str, Parsed] | None = None
        for name, line, text in alone(source.text):
            probe = Probe.of(source, text)
            if probe is None:
                continue
            spent = probe.spend(self._shown)
            if self._beyond(spent) >= self._slow and not spent.limits:
                # The machine may have been busy just then.
                spent = min(spent, probe.spend(self._shown), key=lambda each: each.seconds)
            cost = Cost(name, source.file, line, self._beyond(spent), spent.matches, (), spent.limits)
            if cost.cost >= self._slow:
                trees = self._trees(source) if trees is None else trees
                cost = self._explained(source, trees[name], cost) if name in trees else cost
            yield cost

    def _trees(self, source: Source) -> dict[str, Parsed]:
        try:
            return {rule.name: rule for rule in self._parser.parse(source)}
        except NotParsed:
            return {}

    def _explained(self, source: Source, rule: Parsed, cost: Cost) -> Cost:
        """The cost with the strings that make it up."""
        strings = rule.strings
        if len(strings) > _FEW:
            return cost._replace(many=len(strings))
        found = [StringCost(string.name, string.place.line, self._of_string(source, string)) for string in strings]
        dear = sorted((each for each in found if each.cost >= cost.cost * _SHARE), key=lambda each: -each.cost)
        spread = not dear and sum(each.cost for each in found) >= cost.cost / 2
        return cost._replace(strings=tuple(dear[:_NAMED]), many=len(strings) if spread else 0)

    def _of_string(self, source: Source, string: String) -> float:
        text = f"rule Probe {{ strings: $a = {text_of(string.node)} condition: #a > 0x7FFFFFFF }}"
        probe = Probe.of(source, text)
        return self._beyond(probe.spend(self._shown)) if probe is not None else 0.0

    def _beyond(self, spent: Spent) -> float:
        return max(0.0, self._per_byte(spent.seconds - self._base))

    def _per_byte(self, seconds: float) -> float:
        return seconds * 1e9 / self._size
