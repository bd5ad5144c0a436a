"""Policies: which finding leads to which action, for whom, and which clause says so.

A policy is data (see `policyfile.py`); this module judges with it. Each finding is judged on its own, so neither the order of parts nor how the
input was cut into chunks changes anything, and the verdict, being the strongest action seen, only ever gets stronger.

Among the rules of one code the first one holds whose conditions are met: the policy's own before included ones, then the one with more conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from attachguard.limits import Limits
from attachguard.model import CODES, OWN_FAILURES, Action, Check, Envelope, Finding, Notify, PolicyName, Scope, Verdict
from attachguard.part import Part
from attachguard.policy import file as policyfile
from attachguard.policy.reply import smtp_reply
from attachguard.policy.rules import BOUNDS, WITHHOLDING, Bound, PolicyData, Rule
from attachguard.policy.typelists import NameList, TypeList

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
        "_conditional",
        "_data",
        "_default",
        "_final",
        "_inspections",
        "_plain",
        "_replies",
        "_reports_missing_spam",
    )

    def __init__(self, data: PolicyData) -> None:
        self._data = data
        self._conditional: dict[str, tuple[Rule, ...]] = {}
        self._plain: dict[str, Rule] = {}
        for code in sorted(CODES):
            rules = [rule for rule in data.rules if rule.code == code]
            self._conditional[code] = tuple(rule for rule in rules if rule.conditional)
            self._plain[code] = next((rule for rule in rules if not rule.conditional), self._unnamed(code))
        self._conditional = {code: rules for code, rules in self._conditional.items() if rules}
        self._default = self._unnamed("")
        self._final = self._find_final()
        lists = (TypeList(data.types), NameList(data.names))
        self._inspections: tuple[Callable[[Part], Iterator[Finding]], ...] = tuple(
            each.findings for each in lists if each.asks
        )
        if any(bound.on == "attachment-size" for bound in data.bounds):
            self._inspections += (self._size_findings,)
        self._replies = {(rule.code, rule.cite): rule.reply for rule in data.rules if rule.reply}
        self._reports_missing_spam = any(rule.code == "spam-not-evaluated" for rule in data.rules)

    @classmethod
    def load(cls, source: str | Path) -> Policy:
        """The policy with this built-in name, or in this file; raises `PolicyError` with file, line and remedy of a mistake."""
        return cls(policyfile.read(source))

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

    def message_findings(self, size: int, parts: Iterable[Part], envelope: Envelope) -> Iterator[Finding]:
        """What the policy says about a whole message; of a single file only that it could not come in a message.

        Args:
            size: octets as they came over the wire.
            parts: every part, in any state.
            envelope: what the mail server knows.
        """
        parts = tuple(parts)
        amounts = {"message-size": size, "recipients": len(envelope.recipients)}
        for on in ("message-size", "attachments", "recipients"):
            bound = self._bound(on, envelope)
            if bound is None:
                continue
            amount, unit = amounts.get(on, 0), ""
            if on == "attachments":
                amount = sum(_is_attachment_of_message(part) for part in parts)
            elif on == "message-size":
                decoded = bound.basis == "decoded"
                amount, unit = (_decoded_size(parts), " bytes decoded") if decoded else (size, " bytes on the wire")
            if amount > bound.maximum:
                yield Finding(BOUNDS[on], detail=f"{on}: {amount}{unit}, {bound.maximum} allowed", source="policy")
        if not parts or parts[0].role != "message":
            return
        if envelope.spam:
            yield Finding("spam", detail="spam: the upstream filter says so", source="policy")
        elif envelope.spam is None and self._reports_missing_spam:
            yield Finding("spam-not-evaluated", detail="spam: no upstream verdict", source="policy")
        yield from self._address_findings(parts, envelope)

    def max_message_size(self, envelope: Envelope) -> int | None:
        """Octets on the wire above which a message is too large on this channel; None where the policy does not say."""
        bound = self._bound("message-size", envelope)
        return bound.maximum if bound is not None and bound.basis == "wire" else None

    def checks(self, envelope: Envelope) -> Iterator[Check]:
        """What the policy wants verified from outside, and whether anybody did."""
        yield _check("spam", None if envelope.spam is None else not envelope.spam, "no upstream verdict")
        yield _check("malware-engine", None, "no engine configured")
        yield _check("sender-validity", envelope.sender_valid, "nobody said whether SPF, DKIM or DMARC hold")
        yield _check("signature-trust", None, "no validation service configured")

    def _bound(self, on: str, envelope: Envelope) -> Bound | None:
        """The bound that counts on this channel: one made for it before the general one."""
        bounds = [bound for bound in self._data.bounds if bound.on == on]
        for bound in bounds:
            if envelope.channel in bound.channels:
                return bound
        return next((bound for bound in bounds if not bound.channels), None)

    def _size_findings(self, part: Part) -> Iterator[Finding]:
        bound = self._bound("attachment-size", Envelope())
        if bound is not None and part.role == "attachment" and (part.size or 0) > bound.maximum:
            yield part.finding("attachment-too-large", f"attachment-size: {part.size} bytes, {bound.maximum} allowed")

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
        return Finding(
            code, finding.part, rule.action, rule.scope, rule.notify, finding.detail, finding.source, rule.cite, rule.origin,
            finding.score, finding.offset,
        )  # fmt: skip

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


def _is_attachment_of_message(part: Part) -> bool:
    """Whether a part is an attachment of the message itself, not of one that is inside it."""
    return part.role == "attachment" and (part.parent is None or part.parent.role == "message")


def _decoded_size(parts: Iterable[Part]) -> int:
    return sum(part.size or 0 for part in parts if part.role in ("body", "inline") or _is_attachment_of_message(part))


def _check(name: str, passed: bool | None, cause: str) -> Check:  # noqa: FBT001 -- the answer of the check itself
    if passed is None:
        return Check(name, "not-evaluated", cause)
    return Check(name, "pass" if passed else "fail")
