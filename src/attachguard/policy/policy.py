"""Policies: which finding leads to which action, for whom, and which clause says so.

A policy is data (see `file.py`); this module judges with it. Each finding is judged on its own, so neither the order of parts nor how the
input was cut into chunks changes anything, and the verdict, being the strongest action seen, only ever gets stronger.

Among the rules of one code the first one holds whose conditions are met: the policy's own before included ones, then the one with more conditions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from attachguard.limits import Limits
from attachguard.model import CODES, OWN_FAILURES, Action, Check, Envelope, Finding, Notify, PolicyName, Scope, Verdict
from attachguard.part import Part
from attachguard.policy import file as policyfile
from attachguard.policy.implied import NOT_EVALUATED, implied_rules, on_day
from attachguard.policy.records import CHECKS, PolicyData, Waiver
from attachguard.policy.reply import smtp_reply
from attachguard.policy.rules import WITHHOLDING, Rule
from attachguard.policy.typelists import TypeList
from attachguard.policy.whole import About, NameList, Whole, excess

#: Actions after which nothing more of the message need be read: the others keep the mail, or ask for it again.
_STOPPING: Final = frozenset({Action.REJECT, Action.DISCARD})
_TO_SENDER: Final = frozenset({Notify.SENDER, Notify.SENDER_IF_VALID, Notify.BOTH})
_TO_RECIPIENT: Final = frozenset({Notify.RECIPIENT, Notify.BOTH})


class Policy:
    """Judges findings; immutable, made by `Policy.load`.

    Args:
        data: a checked policy.
    """

    __slots__ = (
        "_conditional", "_data", "_default", "_final", "_inspections", "_labels", "_overrides", "_plain", "_replies", "_reported_checks",
        "_waivers", "_whole", "fingerprinted",
    )  # fmt: skip

    def __init__(self, data: PolicyData) -> None:
        self._data = data
        self._conditional: dict[str, tuple[Rule, ...]] = {}
        self._plain: dict[str, Rule] = {}
        rules_of: dict[str, list[Rule]] = {}
        for rule in (*implied_rules(data), *data.rules):
            rules_of.setdefault(rule.code, []).append(rule)
        for code in sorted(CODES):
            rules = rules_of.get(code, [])
            conditional = tuple(rule for rule in rules if rule.conditional)
            if conditional:
                self._conditional[code] = conditional
            self._plain[code] = next((rule for rule in rules if not rule.conditional), self._unnamed(code))
        self._default = self._unnamed("")
        self._waivers: dict[str, tuple[Waiver, ...]] = {
            code: tuple(waiver for waiver in data.waivers if code in waiver.codes)
            for code in sorted(frozenset().union(*(waiver.codes for waiver in data.waivers)))
        }
        #: Codes that a known file or script may be excepted from: their findings are judged anew once its digest is there.
        self.fingerprinted: frozenset[str] = frozenset().union(
            *(waiver.codes for waiver in data.waivers if waiver.sha256 or waiver.types)
        )
        self._final = self._find_final()
        self._whole = Whole(data)
        lists = (TypeList(data.types, data.archives), NameList(data.names))
        self._inspections: tuple[Callable[[Part], Iterator[Finding]], ...] = tuple(
            each.findings for each in lists if each.asks
        )
        self._replies = {(rule.code, rule.cite): rule.reply for rule in data.rules if rule.reply}
        self._labels = {(rule.code, rule.cite): rule.label for rule in data.rules if rule.label}
        named = {rule.code for rule in data.rules}
        #: Checks whose absence is a finding: those that the policy says something about.
        self._reported_checks = {
            check: code
            for check, code in CHECKS.items()
            if check in data.unchecked or (code == "spam-not-evaluated" and code in named)
        }
        self._overrides = tuple((each, Policy(each.data)) for each in data.overrides)

    @classmethod
    def load(cls, source: str | Path, *, today: dt.date | None = None) -> Policy:
        """The policy with this built-in name, or in this file; raises `PolicyError` with file, line and remedy of a mistake.

        Args:
            source: built-in name or path.
            today: the day that its rules, bounds and exceptions are for; those that are not valid then are left out. The clock says it
                where nobody does: a gateway that runs for long loads its policy anew each day.
        """
        return cls(on_day(policyfile.read(source), today or dt.datetime.now(dt.UTC).date()))

    def under(self, envelope: Envelope) -> Policy:
        """The policy that holds for a mail: this one, or what it says for its channel or recipients."""
        return next((policy for override, policy in self._overrides if override.holds(envelope)), self)

    @staticmethod
    def builtin_names() -> tuple[str, ...]:
        """Names that `load` knows without a file."""
        return policyfile.builtin_names()

    def __repr__(self) -> str:
        return f"<Policy {self.id} {self.version}>"

    @property
    def id(self) -> str:
        """Short name."""
        return self._data.id

    @property
    def version(self) -> str:
        """Version of its text, as its author counts."""
        return self._data.version

    @property
    def name(self) -> PolicyName:
        """Id and version, as a report names it."""
        return PolicyName(self._data.id, self._data.version)

    @property
    def data(self) -> PolicyData:
        """Everything it says, for those who show it."""
        return self._data

    @property
    def limits(self) -> Limits:
        """Resource limits of a scan under it."""
        return self._data.limits

    # -- facts that only a policy makes -----------------------------------------------------------------------------------

    def part_findings(self, part: Part) -> Iterator[Finding]:
        """What the policy's lists say about a part whose types are known and whose bytes are still there."""
        for inspection in self._inspections:
            yield from inspection(part)

    def message_findings(
        self, size: int, parts: Sequence[Part], envelope: Envelope, checks: Iterable[Check] | None = None
    ) -> Iterator[About]:
        """What the policy says about a whole message, each finding with the part that it is about; of a single file only its size.

        Args:
            size: octets as they came over the wire.
            parts: every part, in any state; the first is the root.
            envelope: what the mail server knows.
            checks: every check with its result; those of the envelope where nobody made others.
        """
        if not parts:
            return
        yield from self._whole.findings(size, parts, envelope)
        root = parts[0]
        if any(bound.on == "attachment-size" for bound in self._data.bounds):
            for part in parts:
                yield from ((part, finding) for finding in self._size_findings(part, envelope))
        if root.role != "message":
            return
        if envelope.spam:
            yield root, Finding("spam", detail="spam: the upstream filter says so", source="policy")
        yield from ((root, finding) for finding in self._address_findings(parts, envelope))
        yield from self._unchecked(self.checks(envelope) if checks is None else checks, parts)

    def _unchecked(self, checks: Iterable[Check], parts: Sequence[Part]) -> Iterator[About]:
        """What the policy makes of checks that nobody carried out."""
        for check in checks:
            code = self._reported_checks.get(check.check)
            if (
                code is None
                or check.result != "not-evaluated"
                or self._data.unchecked.get(check.check) is Action.DELIVER
            ):
                continue
            if check.check == "signature-trust" and not any(part.signed for part in parts):
                continue
            yield parts[0], Finding(code, detail=f"{NOT_EVALUATED}{check.check}: {check.cause}", source="policy")

    def max_message_size(self, envelope: Envelope) -> int | None:
        """Octets on the wire above which a message is too large on this channel; None where the policy does not say."""
        for bound in self._whole.bounds("message-size", envelope):
            if not bound.soft and bound.basis == "wire":
                return bound.maximum
        return None

    def checks(self, envelope: Envelope) -> Iterator[Check]:
        """What the policy wants verified from outside, and whether anybody did."""
        yield _check("spam", None if envelope.spam is None else not envelope.spam, "no upstream verdict")
        yield _check("malware-engine", None, "no engine configured")
        yield _check("sender-validity", envelope.sender_valid, "nobody said whether SPF, DKIM or DMARC hold")
        yield _check("signature-trust", None, "no validation service configured")

    def _size_findings(self, part: Part, envelope: Envelope) -> Iterator[Finding]:
        if part.role == "attachment" and part.size is not None:
            for bound in self._whole.bounds("attachment-size", envelope):
                if part.size > bound.maximum:
                    yield part.finding("attachment-too-large", excess(bound, f"{part.size} bytes"))

    def _address_findings(self, parts: Iterable[Part], envelope: Envelope) -> Iterator[Finding]:
        binding = self._data.binding
        if not binding or not envelope.recipients or any(address.lower() in binding for address in envelope.recipients):
            return
        if self._data.binding_for == "all" or any(part.signed for part in parts):
            yield Finding("address-not-binding", detail="address: not sent to a binding address", source="policy")

    # -- judgement --------------------------------------------------------------------------------------------------------

    def judge(self, finding: Finding, part: Part, envelope: Envelope) -> Finding:
        """The finding with what follows from it: action, scope, who is told, clause and where the rule comes from."""
        code = finding.code
        rule = self._plain.get(code, self._default)
        for candidate in self._conditional.get(code, ()):
            if candidate.applies(finding, part, envelope):
                rule = candidate
                break
        if code in self._waivers:
            waiver = self.waiver(finding, part, envelope)
            if waiver is not None:
                return msgspec.structs.replace(
                    finding,
                    action=waiver.action,
                    scope=Scope.ATTACHMENT,
                    notify=Notify.NONE,
                    cite=waiver.cite or rule.cite,
                    origin="operator",
                )
        return Finding(
            code, finding.part, rule.action, rule.scope, rule.notify, finding.detail, finding.source, rule.cite, rule.origin,
            finding.score, finding.offset,
        )  # fmt: skip

    def waiver(self, finding: Finding, part: Part, envelope: Envelope) -> Waiver | None:
        """The agreed exception that lets a finding through; None for almost every finding."""
        for waiver in self._waivers.get(finding.code, ()):
            if waiver.applies(part, envelope):
                return waiver
        return None

    def label(self, finding: Finding) -> str:
        """The legal effect that the policy gives to a judged finding, in its own words; empty for none."""
        return self._labels.get((finding.code, finding.cite), "")

    def is_final(self, finding: Finding) -> bool:
        """Whether no later finding can change action, scope or notice of a verdict that has this judged finding in it."""
        return (
            finding.action in self._final
            and finding.scope is Scope.MESSAGE
            and finding.notify in self._final[finding.action]
        )

    def verdict(self, findings: Iterable[Finding], envelope: Envelope) -> Verdict:
        """The strongest action of all judged findings.

        Its reasons are the codes of the findings that lead to that very action, in order of first sight; a message that is simply
        delivered has none. It is about the whole message as soon as one of these is. Those are told whom these findings name, but nobody
        where any finding keeps content back in silence.
        """
        seen = tuple(findings)
        if not seen:
            return Verdict(Action.DELIVER, Scope.MESSAGE, Notify.NONE)
        action = max((finding.action for finding in seen), key=lambda each: each.strength)
        if action is Action.DELIVER:
            return Verdict(action, Scope.MESSAGE, Notify.NONE)
        leading = [finding for finding in seen if finding.action is action]
        whole = any(finding.scope is Scope.MESSAGE for finding in leading)
        silent = any(finding.notify is Notify.NONE and finding.action in WITHHOLDING for finding in seen)
        notify = Notify.NONE if silent else _notice({finding.notify for finding in leading}, envelope)
        return Verdict(
            action=action,
            scope=Scope.MESSAGE if whole else Scope.ATTACHMENT,
            notify=notify,
            reasons=tuple(dict.fromkeys(finding.code for finding in leading)),
            smtp=smtp_reply(action, leading, self._replies),
        )

    def _unnamed(self, code: str) -> Rule:
        """What a code leads to that no rule names: the default, or the floor under the scanner's own failures."""
        action = self._data.default
        if code in OWN_FAILURES and self._data.mode != "report" and action not in (Action.DEFER, Action.QUARANTINE):
            action = Action.DEFER
        whole = action.strength >= Action.DEFER.strength
        return Rule(code=code, action=action, scope=Scope.MESSAGE if whole else Scope.ATTACHMENT)

    def _find_final(self) -> dict[Action, frozenset[Notify]]:
        """The action that ends a scan early, with the notices that nothing later can change; empty where there is none."""
        rules = [*self._plain.values(), *(rule for group in self._conditional.values() for rule in group)]
        # What would have to be taken out of signed content may become a refusal at the end of the message.
        raised = (Action.SANITIZE, Action.WITHHOLD) if self._data.on_signed == "reject" else ()
        strongest = max(
            (Action.REJECT if rule.action in raised else rule.action for rule in rules),
            key=lambda action: action.strength,
        )
        if strongest not in _STOPPING:
            return {}
        # Silence stays silence. A notice stays a notice where no rule is silent and all rules of that strength tell the same people.
        certain = {Notify.NONE}
        refusing = (strongest, *raised) if strongest is Action.REJECT else (strongest,)
        told = {rule.notify for rule in rules if rule.action in refusing}
        if len(told) == 1 and not any(rule.silent for rule in rules):
            certain |= told
        return {strongest: frozenset(certain)}


def _notice(wanted: set[Notify], envelope: Envelope) -> Notify:
    """Who is told where several findings want several to be told; an unproven sender only where nobody asks for proof."""
    sender = bool(wanted & _TO_SENDER)
    recipient = bool(wanted & _TO_RECIPIENT)
    careful = Notify.SENDER_IF_VALID in wanted
    if sender and recipient:
        return Notify.BOTH if not careful or envelope.sender_valid else Notify.RECIPIENT
    if sender:
        return Notify.SENDER_IF_VALID if careful else Notify.SENDER
    return Notify.RECIPIENT if recipient else Notify.NONE


def _check(name: str, passed: bool | None, cause: str) -> Check:  # noqa: FBT001 -- the answer of the check itself
    if passed is None:
        return Check(name, "not-evaluated", cause)
    return Check(name, "pass" if passed else "fail")
