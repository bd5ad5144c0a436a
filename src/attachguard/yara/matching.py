"""One pass of compiled rules over some content, and what a match says.

libyara is asked in its fast mode: of a string of which it is enough to know that it is there, the first occurrence is given. Everything that a
report keeps of a match is bounded here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from attachguard.model import Finding, RuleMatch, RuleString
from attachguard.part import Part
from attachguard.yara.externals import EXTERNALS
from attachguard.yara.metadata import CODE, score
from attachguard.yara.running import Call, Slow, Spent, Stopwatch
from attachguard.yara.scopes import READ, VIEWS, Wanted

if TYPE_CHECKING:
    from attachguard.yara.marks import Marks
    from attachguard.yara.prefilter.passes import Passes

#: Combinations of types and roles of which is remembered who asks for them.
_KEPT: Final = 4096
_DETAIL_LENGTH: Final = 160
#: Strings of a match that a report shows, and of these so many with one name.
_STRINGS: Final = 16
_ALIKE: Final = 4
#: Octets of a matched string that a report shows.
_SHOWN: Final = 48

_PRINTABLE: Final = {code: chr(code) if 32 <= code < 127 and code != 92 else f"\\x{code:02x}" for code in range(256)}


def likeness(part: Part) -> tuple[object, ...]:
    """What parts have in common that meet the same rules."""
    parent = part.parent
    return (
        part.role,
        tuple([kind.id for kind in part.types]),
        parent is not None and parent.type.id,
        part.name == "macros.txt",
    )


class View:
    """The rules that look at one kind of content.

    Args:
        name: one of `scopes.VIEWS`.
        compiled: the compiled rules.
        externals: external variables that they use.
        wanted: what the rules among them are for, each combination once.
        nursery: namespaces of which every rule is only tried.
    """

    __slots__ = (
        "_content",
        "_freed",
        "compiled",
        "externals",
        "free",
        "marks",
        "name",
        "nursery",
        "passes",
        "wanted",
        "watch",
    )

    def __init__(
        self,
        name: str,
        compiled: Any,
        externals: tuple[str, ...],
        wanted: frozenset[Wanted],
        nursery: frozenset[str] = frozenset(),
    ) -> None:
        self.name = name
        self.compiled = compiled
        self.externals = externals
        self.wanted = wanted
        self.nursery = nursery
        #: Who asks libyara.
        self.watch = Stopwatch()
        #: What finds out which rules may match at all; None without a prefilter.
        self.passes: Passes | None = None
        #: Words without one of which none does; None where that is not known.
        self.marks: Marks | None = None
        #: What those are for that may match without.
        self.free: frozenset[Wanted] = frozenset()
        #: Whether one of them is for a part, by what it has in common with others.
        self._freed: dict[tuple[object, ...], bool] = {}
        self._content = VIEWS[name]

    def asks(self, part: Part) -> bool:
        """Whether a match of any of the rules would count for a part like this one."""
        return any(each.takes(self.name, part) for each in self.wanted)

    def match(self, part: Part, data: bytes | None = None) -> Iterator[Finding]:
        """One finding for each rule that matches.

        Args:
            part: what the content belongs to; one that the rules ask for.
            data: the content, where it is not to be had from the part.

        Raises:
            LimitExceeded: the rules took too long.
        """
        data = self._content(part) if data is None else data
        if not data or (self.marks is not None and not self._asks_freely(part) and self.marks.absent_from(data)):
            return
        call = Call(data, {name: EXTERNALS[name](part) for name in self.externals})
        slow: Slow | None = None
        try:
            matches = self._matches(call, part)
        except Slow as error:
            matches, slow = error.matches, error
        for match in matches:
            if Wanted.of(match.meta).takes(self.name, part):
                yield self._finding(match)
        if slow is not None:
            raise slow

    def _asks_freely(self, part: Part) -> bool:
        """Whether a rule that may match without any of the words asks for a part like this one."""
        if not self.free:
            return False
        key = likeness(part)
        found = self._freed.get(key)
        if found is None:
            if len(self._freed) >= _KEPT:
                self._freed.clear()
            found = self._freed[key] = any(each.takes(self.name, part) for each in self.free)
        return found

    def _matches(self, call: Call, part: Part) -> list[Any]:
        """What libyara finds, with all rules in one pass, or with the few that may match at all."""
        spent, limits = part.context.get(Spent), part.budget.limits
        passes = self.passes.over(call) if self.passes is not None else None
        if passes is None or self.passes is None:
            return self.watch.ask(self.compiled, call, spent, limits)
        found: list[Any] = []
        for rules, names in passes:
            matches = self.watch.ask(rules, call, spent, limits)
            found += (
                matches if names is None else [match for match in matches if (match.namespace, match.rule) in names]
            )
        return self.passes.sorted(found) if len(passes) > 1 else found

    def _finding(self, match: Any) -> Finding:
        meta = match.meta
        about = f": {meta['description']}" if isinstance(meta.get("description"), str) else ""
        code = meta.get("attachguard_code", CODE)
        strings = _strings(match)
        return Finding(
            code=code,
            detail=f"YARA {match.rule}{about}"[:_DETAIL_LENGTH],
            source=f"yara:{match.namespace}",
            kind="yara-match" if code == CODE else code,
            score=score(meta),
            offset=min((each.offset for each in strings), default=None) if self.name in READ else None,
            yara=RuleMatch(
                rule=match.rule,
                namespace=match.namespace,
                tags=tuple(match.tags),
                meta={name: value for name, value in meta.items() if isinstance(value, (str, int))},
                strings=strings,
                nursery=match.namespace in self.nursery or meta.get("attachguard_nursery") is True,
            ),
        )


def _strings(match: Any) -> tuple[RuleString, ...]:
    """The first occurrences of the strings of a match."""
    shown: list[RuleString] = []
    for string in match.strings:
        for found in string.instances[:_ALIKE]:
            if len(shown) == _STRINGS:
                return tuple(shown)
            data = found.matched_data
            text = "".join([_PRINTABLE[octet] for octet in data[:_SHOWN]])
            shown.append(
                RuleString(
                    identifier=string.identifier,
                    offset=found.offset,
                    length=found.matched_length,
                    data=text + "…" * (found.matched_length > _SHOWN),
                )
            )
    return tuple(shown)
