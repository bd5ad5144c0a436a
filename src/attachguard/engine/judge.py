"""The judge: every finding goes through it once, gets the policy's answer and is kept for the report.

Facts come from the walk, the readings and the hooks; what they lead to is decided by `Policy.judge` and written down here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from attachguard.engine.caught import caught
from attachguard.engine.tree import top_level
from attachguard.errors import BudgetSpent, LimitExceeded
from attachguard.model import Action, Envelope, Finding, Notify, Scope
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.policy import Policy

#: Limits whose overrun proves that something was built to exhaust; the others are only more than this scanner takes.
_HOSTILE_LIMITS: Final = frozenset({"bomb_bytes"})
#: Actions that take a part out of the message.
TAKING: Final = frozenset({Action.SANITIZE, Action.WITHHOLD})
#: What makes content active, or hides whether it is.
_ACTIVE: Final = frozenset({
    "executable-content", "script-content", "macro-content", "active-content", "encrypted-unknown-password",
    "encryption-scheme-not-supported", "uninspectable-content", "malware-signature",
})  # fmt: skip


class Judge:
    """Judges and keeps the findings of one scan.

    Args:
        policy: judges each finding.
        envelope: what the mail server knows.

    `findings` are in the order they came. `complete` is False as soon as anything was left unread. `final` says that nothing that follows can
    change the verdict. `withheld` says what has to be taken out of the message: by top-level part the code and clause of each reason, and who is
    told of it.
    """

    __slots__ = (
        "_counts", "_kinds", "_pending", "complete", "envelope", "final", "findings", "kept", "over", "policy", "withheld",
    )  # fmt: skip

    def __init__(self, policy: Policy, envelope: Envelope) -> None:
        self.policy = policy
        self.envelope = envelope
        self.findings: list[Finding] = []
        self.complete = True
        self.final = False
        #: A bound of the whole scan has been reached: nothing more is parsed or inspected.
        self.over = False
        self.withheld: dict[Part, dict[tuple[str, str], Notify]] = {}
        #: Every finding that is kept, with its part, while somebody wants to know.
        self.kept: list[tuple[Part, Finding, bool]] | None = None
        self._counts: dict[str, int] = {}
        self._kinds: set[tuple[str, Action, Scope, Notify, str]] = set()
        #: Findings about parts under inspection that a known script may excuse, by path: they wait until all scripts have been seen.
        self._pending: dict[str, list[tuple[Finding, str]]] = {}

    def note(self, part: Part, finding: Finding, source: str) -> None:
        """Judge a finding about a part and keep it."""
        met = self.policy.met(finding)
        if met is None:
            return
        finding = met
        if finding.yara is not None and finding.yara.nursery:
            named = msgspec.structs.replace(finding, part=part.path, source=finding.source or source)
            self.keep(part, self._answer(named, part), tried=True)
            return
        if finding.code in self.policy.fingerprinted and part.path in self._pending:
            self._pending[part.path].append((finding, source))
            return
        judged = self._answer(
            msgspec.structs.replace(
                finding, part=part.path, source=finding.source or source, kind=finding.kind or finding.code
            ),
            part,
        )
        self.keep(part, judged)
        waiver = self.policy.waiver(judged, part, self.envelope)
        if waiver is not None:
            self.note(part, part.finding("exception-applied", f"exception {waiver.name}: {judged.code}"), "policy")

    def keep(self, part: Part, judged: Finding, *, tried: bool = False) -> None:
        """Keep a finding that has been judged.

        Args:
            part: what it is about.
            judged: with the answer of the policy.
            tried: whether it is the match of a rule that is only tried: it is reported, and nothing follows from it.
        """
        if self.kept is not None:
            self.kept.append((part, judged, tried))
        if tried:
            if len(self.findings) < part.budget.limits.findings:
                self.findings.append(judged)
            return
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
        kind = (judged.code, judged.action, judged.scope, judged.notify, judged.label)
        # What is said of the file itself, each code once, never goes with the rest: it explains the answer.
        own = (f"{judged.code} of the file itself", *kind[1:]) if part.parent is None else kind
        if len(self.findings) < part.budget.limits.findings or own not in self._kinds:
            self.findings.append(judged)
            self._kinds |= {kind, own}

    def ask(self, part: Part, question: Callable[[], Iterable[tuple[Part, Finding]]]) -> None:
        """Note what the lists of the policy find; where they fail over a part or a message, that is the finding.

        Args:
            part: what they are asked about.
            question: gives each finding with the part it is about.
        """
        found, error = caught(lambda: list(question()))
        if found is None:
            self.complete = False
            found = [(part, part.finding("policy-error", f"policy: {type(error).__name__}"))]
        for about, finding in found:
            self.note(about, finding, "policy")

    def ask_of(self, part: Part) -> None:
        """Note what the lists of the policy find about a part whose types are known, where it has any."""
        if self.policy.lists_parts:
            self.ask(part, lambda: ((part, finding) for finding in self.policy.part_findings(part)))

    def _answer(self, finding: Finding, part: Part) -> Finding:
        """The policy's answer to a finding; where there is none, the message waits until somebody has looked at the policy."""
        answer, error = caught(partial(self.policy.judge, finding, part, self.envelope))
        if answer is not None:
            return answer
        self.complete = False
        if finding.code != "policy-error":
            detail = f"policy: {type(error).__name__} over {finding.kind}"
            self.note(part, part.finding("policy-error", detail), "policy")
        return msgspec.structs.replace(finding, action=Action.DEFER, scope=Scope.MESSAGE, notify=Notify.NONE)

    def alone_is_final(self, part: Part, finding: Finding) -> bool:
        """Whether the policy's answer to this finding alone settles the verdict."""
        if finding.code in self.policy.fingerprinted:
            return False
        return self.policy.is_final(self._answer(finding, part))

    def note_limit(self, part: Part, error: LimitExceeded, source: str) -> None:
        """Report a bound that was reached while a part was read or inspected."""
        self.complete = False
        self.over = self.over or isinstance(error, BudgetSpent)
        bomb = error.limit in _HOSTILE_LIMITS and part.role != "message"
        code = "runaway-size" if bomb else "resource-limit-exceeded"
        self.note(part, part.finding(code, str(error)), source)

    def has_said(self, code: str) -> bool:
        """Whether there was a finding of this code."""
        return code in self._counts

    # -- findings that a known script may excuse -----------------------------------------------------------------------------

    def begin(self, part: Part) -> None:
        """The inspection of a part begins: what a known script in it may excuse is held back until `end`."""
        if self.policy.fingerprinted:
            self._pending[part.path] = []

    def waiting(self, part: Part) -> set[str]:
        """Codes of the findings about a part that are held back."""
        return {finding.code for finding, _ in self._pending.get(part.path, ())}

    def end(self, part: Part) -> None:
        """The inspection of a part has ended, all its scripts are known."""
        for finding, source in self._pending.pop(part.path, ()):
            self.note(part, finding, source)
