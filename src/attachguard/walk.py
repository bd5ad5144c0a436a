"""The walk: from one part to its types, facts, children, rule matches and judged findings.

Inspectors are generators. A child's bytes are pulled here, in the driver's frame, never inside the inspector that announced it, so a corrupt
member cannot hide its siblings. This module and no other turns exceptions over content into findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from attachguard.errors import LimitExceeded, Malformed
from attachguard.filetypes import FACTS, TITLES, filetype, refines
from attachguard.identify import identify
from attachguard.identify.names import name_findings
from attachguard.inspector import Fact, Inspector
from attachguard.model import Envelope, FileType, Finding
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.policy import Policy
    from attachguard.rules import Rules

T = TypeVar("T")

#: Limits whose overrun looks built to exhaust; the others are only more than this scanner takes.
_HOSTILE_LIMITS: Final = frozenset({"ratio", "depth"})


class Walk:
    """Collects what one scan finds; one instance a scan, fed with parts in document order.

    Args:
        policy: judges each finding.
        rules: YARA rules, matched on every part and layer.
        inspectors: format modules by the type id they inspect.
        envelope: what the mail server knows.
    """

    __slots__ = (
        "_counts",
        "_paths",
        "complete",
        "envelope",
        "final",
        "findings",
        "inspectors",
        "parts",
        "policy",
        "rules",
    )

    def __init__(
        self, policy: Policy, rules: Rules, inspectors: dict[str, tuple[Inspector, ...]], envelope: Envelope
    ) -> None:
        self.policy = policy
        self.rules = rules
        self.inspectors = inspectors
        self.envelope = envelope
        self.findings: list[Finding] = []
        self.parts: list[Part] = []
        self.complete = True
        self.final = False
        self._paths: set[str] = set()
        self._counts: dict[str, int] = {}

    # -- findings -----------------------------------------------------------------------------------------------------------

    def note(self, part: Part, finding: Finding, source: str) -> None:
        """Judge a finding about a part and keep it."""
        judged = self.policy.judge(
            msgspec.structs.replace(finding, part=part.path, source=finding.source or source), part, self.envelope
        )
        if self.policy.is_final(judged):
            self.final = True
        if judged.code == "macro-content":
            holder: Part | None = part
            while holder is not None and not holder.has_macros:
                holder.has_macros = True
                holder = holder.parent
        seen = self._counts.get(judged.code, 0)
        self._counts[judged.code] = seen + 1
        # Past the cap only what says something new is kept: a thousand copies of one fact are one fact.
        if len(self.findings) < part.budget.limits.findings or seen == 0:
            self.findings.append(judged)

    def would_be_final(self, part: Part, finding: Finding) -> bool:
        """Whether the policy's answer to this finding alone settles the verdict."""
        return self.policy.is_final(self.policy.judge(finding, part, self.envelope))

    def note_limit(self, part: Part, error: LimitExceeded, source: str) -> None:
        """Report a bound that was reached while a part was read or inspected."""
        self.complete = False
        bomb = error.limit in _HOSTILE_LIMITS and part.role != "message"
        code = "decompression-bomb" if bomb else "resource-limit-exceeded"
        self.note(part, part.finding(code, str(error)), source)

    # -- parts --------------------------------------------------------------------------------------------------------------

    def admit(self, part: Part, path: str) -> bool:
        """Give a part its place in the tree; False when the budget has no room for it."""
        part.path = self._unique(path)
        try:
            part.budget.add_part(part.depth)
        except LimitExceeded as error:
            # Said of the holder, which stands in the report, and once for the number of parts: every further one would say it again.
            if error.limit != "parts" or "resource-limit-exceeded" not in self._counts:
                self.note_limit(part.parent or part, error, "scanner")
            self.complete = False
            return False
        self.parts.append(part)
        return True

    def _unique(self, path: str) -> str:
        candidate, number = path, 1
        while candidate in self._paths:
            number += 1
            candidate = f"{path}~{number}"
        self._paths.add(candidate)
        return candidate

    def visit(self, part: Part) -> bool:
        """Take a part that an inspector announced: admit, read, inspect, release; False when there was no room for it."""
        if not self.admit(part, child_path(part)):
            return False
        self.attempt(part, "scanner", part.load)
        self.inspect(part)
        return True

    def inspect(self, part: Part) -> None:
        """Everything that can be known of a part that has its bytes; releases them at the end."""
        if part.fixed_type is not None:
            part.types = [part.fixed_type]
        else:
            if part.size is None:
                part.types = [filetype("unread")]
            else:
                part.types = self.attempt(part, "identify", lambda: identify(part.data, part.name, part.declared)) or []
            first = len(self.findings)
            for inspector in self._matching(part):
                self._run(inspector, part)
            self._type_facts(part, {finding.code for finding in self.findings[first:] if finding.part == part.path})
        self.match(part)
        for finding in self.policy.part_findings(part):
            self.note(part, finding, "policy")
        part.release()

    def match(self, part: Part) -> None:
        """Show the part's bytes to the YARA rules."""
        for finding in self.attempt(part, "yara", lambda: list(self.rules.match(part))) or ():
            self.note(part, finding, "yara")

    def attempt(self, part: Part, source: str, step: Callable[[], T]) -> T | None:
        """Run one step over content; what it raises becomes a finding about the part, and the result is None.

        Args:
            part: whom the finding is about.
            source: the component that runs.
            step: what to run.
        """
        try:
            return step()
        except Malformed as error:
            self.note(part, part.finding("malformed-file", str(error)), source)
        except LimitExceeded as error:
            self.note_limit(part, error, source)
        except Exception as error:  # noqa: BLE001 - the one place: a defect over one part must not lose the message
            self._failed(part, error, source)
        return None

    def _matching(self, part: Part) -> Iterator[Inspector]:
        """Each inspector of each type, once; types found on the way count."""
        done: set[int] = set()
        while True:
            waiting = (
                inspector
                for kind in tuple(part.types)
                for inspector in self.inspectors.get(kind.id, ())
                if id(inspector) not in done
            )
            inspector = next(waiting, None)
            if inspector is None:
                return
            done.add(id(inspector))
            yield inspector

    def _run(self, inspector: Inspector, part: Part) -> None:
        source = getattr(inspector, "__name__", type(inspector).__name__).rpartition(".")[2]
        facts = iter(inspector.inspect(part))
        refused = 0
        # Where there is no room for children any more, facts about the part itself may still come, but not without end.
        while refused <= part.budget.limits.parts:
            # A generator that has raised is at its end; what it gave before stays.
            fact: Fact | None = self.attempt(part, source, lambda: next(facts, None))
            if fact is None:
                return
            if isinstance(fact, Finding):
                self.note(part, fact, source)
            elif isinstance(fact, FileType):
                add_type(part.types, fact)
            elif not self.visit(fact):
                refused += 1

    def _type_facts(self, part: Part, said: set[str]) -> None:
        """What follows from the types alone, unless an inspector has said it better."""
        for kind in part.types:
            for code in FACTS.get(kind.id, ()):
                if code not in said:
                    said.add(code)
                    self.note(part, part.finding(code, TITLES[kind.id]), "identify")
        if not part.size:
            if part.size == 0 and part.role != "body":
                self.note(part, part.finding("empty-file", "no content"), "identify")
        elif not part.types:
            self.note(part, part.finding("type-unknown", "no known signature or structure"), "identify")
        for finding in name_findings(part):
            self.note(part, finding, "names")

    def _failed(self, part: Part, error: Exception, source: str) -> None:
        """A defect of ours or of a library: reported with its kind and place, never with content."""
        self.complete = False
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place is not None else "?"
        self.note(part, part.finding("inspection-failed", f"{source}: {type(error).__name__} in {where}"), source)


def add_type(types: list[FileType], kind: FileType) -> None:
    """Add a type to a part's list: a refinement takes the place of its base, anything else stands beside."""
    if any(known.id == kind.id or refines(known.id, kind.id) for known in types):
        return
    for place, known in enumerate(types):
        if refines(kind.id, known.id):
            types[place] = kind
            return
    types.append(kind)


def printable(name: str) -> str:
    """A name from content as it may stand in a path or on a terminal."""
    return name if name.isprintable() else "".join(letter if letter.isprintable() else "\ufffd" for letter in name)


def child_path(part: Part) -> str:
    """Path of a part: its holder's, `!/`, its name."""
    parent = part.parent.path if part.parent is not None else ""
    name = printable(part.name) or part.role
    return f"{parent}!/{name}" if parent else name


def by_type(inspectors: Sequence[Inspector]) -> dict[str, tuple[Inspector, ...]]:
    """The dispatch table: inspectors by the type ids they name, in the order given."""
    table: dict[str, list[Inspector]] = {}
    for inspector in inspectors:
        for key in inspector.TYPES:
            table.setdefault(key, []).append(inspector)
    return {key: tuple(modules) for key, modules in table.items()}
