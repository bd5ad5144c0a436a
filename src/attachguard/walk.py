"""The walk: from one part to its types, facts, children, rule matches and judged findings.

Inspectors are generators. A child's bytes are pulled here, in the driver's frame, never inside the inspector that announced it, so a corrupt
member cannot hide its siblings. This module and no other turns exceptions over content into findings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import msgspec

from attachguard.errors import LimitExceeded, Malformed
from attachguard.filetypes import FACTS, TITLES, filetype, refines
from attachguard.identify import identify
from attachguard.identify.names import name_findings
from attachguard.inspector import Fact, Inspector
from attachguard.model import Action, Envelope, FileType, Finding, Notify, Scope
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.hooks import Consultation
    from attachguard.policy import Policy
    from attachguard.rules import Rules

T = TypeVar("T")

#: Limits whose overrun looks built to exhaust; the others are only more than this scanner takes.
_HOSTILE_LIMITS: Final = frozenset({"ratio", "depth"})
#: Actions that take a part out of the message.
TAKING: Final = frozenset({Action.SANITIZE, Action.WITHHOLD})
#: Bytes of locked parts that are kept until the end of the message, in case its text has their password.
_HELD_BYTES: Final = 32 << 20


class _Locked(NamedTuple):
    """A part that no password has opened so far, and how far its inspection had come.

    Args:
        part: the part, with its bytes.
        done: inspectors that are through with it, by identity.
        taken: facts of the next one that have been taken.
        first: number of findings before any of its own.
    """

    part: Part
    done: frozenset[int]
    taken: int
    first: int


#: What makes content active, or hides whether it is.
_ACTIVE: Final = frozenset({
    "executable-content", "script-content", "macro-content", "active-content", "encrypted-unknown-password",
    "encryption-scheme-not-supported", "uninspectable-content", "malware-signature",
})  # fmt: skip


class Walk:
    """Collects what one scan finds; one instance a scan, fed with parts in document order.

    Args:
        policy: judges each finding.
        rules: YARA rules, matched on every part and layer.
        inspectors: format modules by the type id they inspect.
        envelope: what the mail server knows.
        consultation: what others are asked.

    `withheld` says what has to be taken out of the message: by top-level part the code and clause of each reason, and who is told of it.
    """

    __slots__ = (
        "_counts",
        "_held",
        "_kinds",
        "_locked",
        "_paths",
        "_pending",
        "complete",
        "consultation",
        "envelope",
        "final",
        "findings",
        "inspectors",
        "parts",
        "policy",
        "rules",
        "withheld",
    )

    def __init__(
        self,
        policy: Policy,
        rules: Rules,
        inspectors: dict[str, tuple[Inspector, ...]],
        envelope: Envelope,
        consultation: Consultation | None = None,
    ) -> None:
        self.policy = policy
        self.rules = rules
        self.inspectors = inspectors
        self.envelope = envelope
        self.findings: list[Finding] = []
        self.parts: list[Part] = []
        self.complete = True
        self.final = False
        self.consultation = consultation
        self.withheld: dict[Part, dict[tuple[str, str], Notify]] = {}
        self._paths: set[str] = set()
        self._counts: dict[str, int] = {}
        self._kinds: set[tuple[str, Action, Scope, Notify]] = set()
        self._locked: list[_Locked] = []
        self._held = 0
        #: Findings about parts under inspection that a known script may excuse, by path: they wait until all scripts have been seen.
        self._pending: dict[str, list[tuple[Finding, str]]] = {}

    # -- findings -----------------------------------------------------------------------------------------------------------

    def note(self, part: Part, finding: Finding, source: str) -> None:
        """Judge a finding about a part and keep it."""
        if finding.code in self.policy.fingerprinted and part.path in self._pending:
            self._pending[part.path].append((finding, source))
            return
        judged = self.policy.judge(
            msgspec.structs.replace(finding, part=part.path, source=finding.source or source), part, self.envelope
        )
        if self.policy.is_final(judged):
            self.final = True
        holder: Part | None = part
        if judged.code in _ACTIVE:
            while holder is not None and not holder.active:
                holder.active = True
                holder = holder.parent
        if judged.code == "macro-content":
            holder = part
            while holder is not None and not holder.has_macros:
                holder.has_macros = True
                holder = holder.parent
        if judged.action in TAKING:
            self.withheld.setdefault(top_level(part), {}).setdefault((judged.code, judged.cite), judged.notify)
        self._counts[judged.code] = self._counts.get(judged.code, 0) + 1
        # Past the cap only what says something new is kept: a thousand copies of one fact are one fact, but a stronger answer is another.
        kind = (judged.code, judged.action, judged.scope, judged.notify)
        if len(self.findings) < part.budget.limits.findings or kind not in self._kinds:
            self.findings.append(judged)
            self._kinds.add(kind)
        waiver = self.policy.waiver(judged, part, self.envelope)
        if waiver is not None:
            self.note(part, part.finding("exception-applied", f"exception {waiver.name}: {judged.code}"), "policy")

    def would_be_final(self, part: Part, finding: Finding) -> bool:
        """Whether the policy's answer to this finding alone settles the verdict."""
        if finding.code in self.policy.fingerprinted:
            return False
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
        if self.policy.fingerprinted and part.role == "layer" and part.parent is not None and part.size:
            # Layers have no digest as a rule; who knows scripts by their digest asks for it.
            part.sha256 = hashlib.sha256(part.data).hexdigest()
            part.parent.scripts |= {part.sha256}
        if part.role == "body":
            part.passwords.add_text(part.data, html=part.name.endswith(".html") or part.declared == "text/html")
        self.inspect(part)
        return True

    def inspect(self, part: Part) -> None:
        """Everything that can be known of a part that has its bytes; releases them at the end."""
        if self.policy.fingerprinted:
            self._pending[part.path] = []
        if part.fixed_type is not None:
            part.types = [part.fixed_type]
            self._conclude(part)
            return
        if part.size is None:
            part.types = [filetype("unread")]
        else:
            part.types = self.attempt(part, "identify", lambda: identify(part.data, part.name, part.declared)) or []
        self._inspect_on(_Locked(part, frozenset(), 0, len(self.findings)))

    def settle(self) -> None:
        """Judge the parts that had to wait for words of the message, now that there will be no more of them."""
        locked, self._locked = self._locked, []
        for waiting in locked:
            waiting.part.passwords.growing = False
            self._inspect_on(waiting)

    def _inspect_on(self, begun: _Locked) -> None:
        """Inspect a part from where its inspection stands; a part that stays locked waits while the message may still hold its password."""
        part, taken = begun.part, begun.taken
        done = set(begun.done)
        for inspector in self._matching(part, done):
            taken = self._run(inspector, part, taken)
            if taken:
                self._locked.append(_Locked(part, frozenset(done - {id(inspector)}), taken - 1, begun.first))
                return
        said = {finding.code for finding in self.findings[begun.first :] if finding.part == part.path}
        self._type_facts(part, said.union(finding.code for finding, _ in self._pending.get(part.path, ())))
        self._conclude(part)

    def _conclude(self, part: Part) -> None:
        self.match(part)
        self._consult(part)
        for finding in self.policy.part_findings(part):
            self.note(part, finding, "policy")
        for finding, source in self._pending.pop(part.path, ()):
            self.note(part, finding, source)
        part.ledger.keep(part)
        part.release()

    def _consult(self, part: Part) -> None:
        """Show the part's bytes to the malware engine, where there is one."""
        if self.consultation is None or part.role == "layer":
            return
        finding = self.consultation.look(part)
        if finding is not None:
            self.complete = self.complete and finding.code != "scan-incomplete"
            self.note(part, finding, "engine")

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
        result, error = caught(step)
        if isinstance(error, Malformed):
            self.note(part, part.finding("malformed-file", str(error)), source)
        elif isinstance(error, LimitExceeded):
            self.note_limit(part, error, source)
        elif error is not None:
            self._failed(part, error, source)
        return result

    def _matching(self, part: Part, done: set[int]) -> Iterator[Inspector]:
        """Each inspector of each type, once; types found on the way count."""
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

    def _run(self, inspector: Inspector, part: Part, taken: int) -> int:
        """Take the facts of one inspector, but for those taken before; 0 when it is through, else the number of the fact that has to wait."""
        source = getattr(inspector, "__name__", type(inspector).__name__).rpartition(".")[2]
        facts = iter(inspector.inspect(part))
        refused = number = 0
        # Where there is no room for children any more, facts about the part itself may still come, but not without end.
        while refused <= part.budget.limits.parts:
            # A generator that has raised is at its end; what it gave before stays.
            fact: Fact | None = self.attempt(part, source, lambda: next(facts, None))
            if fact is None:
                return 0
            number += 1
            if number <= taken:
                continue
            if isinstance(fact, Finding):
                if fact.code == "encrypted-unknown-password" and self._may_wait(part):
                    return number
                self.note(part, fact, source)
            elif isinstance(fact, FileType):
                add_type(part.types, fact)
            elif not self.visit(fact):
                refused += 1
        return 0

    def _may_wait(self, part: Part) -> bool:
        """Whether a part that no password has opened so far is kept until the message has ended."""
        if not part.passwords.growing or part.tries is None:
            return False
        self._held += len(part.data)
        if self._held > _HELD_BYTES:
            self._held -= len(part.data)
            part.passwords.unheld += 1
            return False
        part.encryption = "none"
        return True

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


def caught(step: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """The result of a step, or what it raised."""
    try:
        return step(), None
    except Exception as error:  # noqa: BLE001 - the one place: a defect over one part must not lose the message
        return None, error


def top_level(part: Part) -> Part:
    """The part of the message itself that a part belongs to; the root for the root."""
    while part.parent is not None and part.parent.parent is not None:
        part = part.parent
    return part


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
