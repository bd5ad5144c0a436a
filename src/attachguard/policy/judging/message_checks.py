"""What a policy says about a message as a whole: sizes, counts, addresses, what is next to each other, checks that nobody made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attachguard.model import Action, Check, Envelope, Finding
from attachguard.part import Part
from attachguard.policy.judging.conditions import Bound
from attachguard.policy.judging.measures import MEASURES, Counted, Measure
from attachguard.policy.judging.records import CHECKS, UNCHECKED, PolicyData
from attachguard.policy.judging.rules import in_force
from attachguard.policy.judging.signing import About, signature_findings
from attachguard.policy.judging.standing import matches
from attachguard.types.filetypes import TITLES

_UNITS: Final = {"": " bytes", "wire": " bytes on the wire", "decoded": " bytes decoded"}


class Whole:
    """What one policy asks of a whole message.

    Args:
        data: the policy.
    """

    def __init__(self, data: PolicyData) -> None:
        self._data = data
        named = {rule.code for rule in data.rules}
        #: Checks whose absence is a finding: those that the policy says something about.
        self._reported = {
            check: code
            for check, code in CHECKS.items()
            if check in data.unchecked or (code == "spam-not-evaluated" and code in named)
        }
        bounded = {bound.on for bound in data.bounds}
        self._measures = tuple(measure for measure in MEASURES if measure.on in bounded)
        #: Whether it matters to the policy that the sender is known to be somebody else.
        self._asks_sender = "sender-reputation" in named
        #: The checks of the last envelope: most mail comes with the same one, or with none.
        self._asked: tuple[Envelope, tuple[Check, ...]] | None = None

    def findings(
        self, size: int, parts: Sequence[Part], envelope: Envelope, checks: Iterable[Check]
    ) -> Iterator[About]:
        """Facts about sizes and counts, then about attachments beside each other, then about addresses and checks.

        Args:
            size: octets as they came over the wire.
            parts: every part, in any state; the first is the root.
            envelope: what the mail server knows.
            checks: every check with its result.
        """
        if not parts:
            return
        attachments = [part for part in parts if is_attachment_of_message(part)]
        counted = Counted(size, parts, attachments, envelope)
        for measure in self._measures:
            if not measure.each:
                yield from self._excess(measure, counted, parts[0])
        if self._data.names.unique:
            yield from _duplicates(attachments)
        if self._data.types.beside:
            yield from self._lonely(attachments)
        yield from signature_findings(self._data.signatures, parts, attachments)
        yield from self._archives(parts)
        for measure in self._measures:
            for part in parts if measure.each else ():
                if part.role == "attachment" and part.size is not None:
                    yield from self._excess(measure, counted._replace(attachments=(part,)), part)
        if parts[0].role == "message":
            for finding in (*self._sender(envelope), *self._address(parts, envelope)):
                yield parts[0], finding
            yield from self._unchecked(checks, parts)

    # -- sizes and counts ---------------------------------------------------------------------------------------------------

    def bounds(self, on: str, envelope: Envelope, part: Part | None = None) -> Iterator[Bound]:
        """The bounds that count for a mail, or for one part of it: the hard and the soft one that fit it most closely."""
        for soft in (False, True):
            fitting = [
                bound
                for bound in self._data.bounds
                if bound.on == on and bound.soft == soft and bound.rank(envelope, part) >= 0
            ]
            if fitting:
                # A bound that is dated comes before one that always holds.
                yield max(
                    fitting,
                    key=lambda bound: (bound.rank(envelope, part), bound.begins is not None or bound.ends is not None),
                )

    def max_message_size(self, envelope: Envelope) -> int | None:
        """Octets on the wire above which a message is too large on this channel; None where the policy does not say."""
        for bound in self.bounds("message-size", envelope):
            if not bound.soft and bound.basis == "wire":
                return bound.maximum
        return None

    def _excess(self, measure: Measure, counted: Counted, about: Part) -> Iterator[About]:
        """What goes past the bounds on one thing."""
        for bound in self.bounds(measure.on, counted.envelope, about if measure.each else None):
            amount = measure.amounts[bound.basis](counted)
            if amount > bound.maximum:
                unit = _UNITS[bound.basis] if measure.octets else ""
                advice = "advice: " if bound.soft else ""
                detail = f"{advice}{bound.on}: {amount}{unit}, {bound.maximum} allowed"
                yield _about(about, measure.code, detail, measure.advised if bound.soft else measure.code)

    def _archives(self, parts: Sequence[Part]) -> Iterator[About]:
        rules = self._data.archives
        if rules.max_members is None and rules.max_unpacked is None:
            return
        members: Counter[int] = Counter()
        unpacked: Counter[int] = Counter()
        for part in parts:
            if part.role == "member" and part.parent is not None and part.parent.type.group == "archive":
                members[id(part.parent)] += 1
                unpacked[id(part.parent)] += part.size or 0
        for part in parts:
            if rules.max_members is not None and members[id(part)] > rules.max_members:
                yield _about(
                    part,
                    "archive-member-rejected",
                    f"archive: {members[id(part)]} members, {rules.max_members} allowed",
                )
            if rules.max_unpacked is not None and unpacked[id(part)] > rules.max_unpacked:
                detail = f"archive: unpacks to {unpacked[id(part)]} bytes, {rules.max_unpacked} allowed"
                yield _about(part, "archive-member-rejected", detail)

    def _lonely(self, attachments: Sequence[Part]) -> Iterator[About]:
        """Types that only accompany others, and stand alone."""
        there = {kind.id for part in attachments for kind in part.types}
        for part in attachments:
            for kind in part.types:
                wanted = self._data.types.beside.get(kind.id)
                if wanted and not wanted & there:
                    beside = " or ".join(sorted(wanted))
                    yield _about(part, "type-not-allowed", f"type: {TITLES[kind.id]} only beside {beside}")

    # -- addresses and checks -----------------------------------------------------------------------------------------------

    def _sender(self, envelope: Envelope) -> Iterator[Finding]:
        if envelope.spam:
            yield Finding("spam", detail="spam: the upstream filter says so", source="policy")
        if envelope.sender and matches(envelope.sender, self._data.blocked_senders):
            yield Finding("sender-reputation", detail="sender: on the list of blocked senders", source="policy")
        if self._data.allowed_senders and not matches(envelope.sender, self._data.allowed_senders):
            yield Finding("sender-reputation", detail="sender: not on the list of those who may write", source="policy")
        if self._asks_sender and envelope.sender_valid is False:
            yield Finding("sender-reputation", detail="sender: SPF, DKIM and DMARC do not hold", source="policy")

    def _address(self, parts: Iterable[Part], envelope: Envelope) -> Iterator[Finding]:
        binding = self._data.binding
        if not binding or not envelope.recipients or any(address.lower() in binding for address in envelope.recipients):
            return
        if self._data.binding_for == "all" or any(part.signed for part in parts):
            yield Finding("address-not-binding", detail="address: not sent to a binding address", source="policy")

    def checks(self, envelope: Envelope) -> Iterator[Check]:
        """What the policy wants verified from outside, and whether anybody did; and whether the policy itself is in force."""
        asked = self._asked
        if asked is None or asked[0] is not envelope:
            asked = self._asked = (envelope, tuple(self._checks(envelope)))
        return iter(asked[1])

    def _checks(self, envelope: Envelope) -> Iterator[Check]:
        yield _check("spam", None if envelope.spam is None else not envelope.spam, "no upstream verdict")
        yield _check("malware-engine", None, "no engine configured")
        yield _check("sender-validity", envelope.sender_valid, "nobody said whether SPF, DKIM or DMARC hold")
        yield _check("signature-trust", None, "no validation service configured")
        data = self._data
        if data.day is not None and (data.begins or data.ends):
            cause = f"valid from {data.begins or '…'} until {data.ends or '…'}"
            valid = in_force(data.begins, data.ends, data.day)
            yield Check("policy-validity", "pass" if valid else "fail", cause)

    def _unchecked(self, checks: Iterable[Check], parts: Sequence[Part]) -> Iterator[About]:
        """What the policy makes of checks that nobody carried out."""
        if not self._reported:
            return
        for check in checks:
            code = self._reported.get(check.check)
            if code is None or check.result != "not-evaluated":
                continue
            if self._data.unchecked.get(check.check) is Action.DELIVER:
                continue
            if check.check == "signature-trust" and not any(part.signed for part in parts):
                continue
            yield _about(parts[0], code, check.cause, UNCHECKED[check.check])


def _duplicates(attachments: Iterable[Part]) -> Iterator[About]:
    seen: set[str] = set()
    for part in attachments:
        name = part.name.casefold()
        if name and name in seen:
            yield _about(part, "filename-duplicate", "name: another attachment has it too")
        seen.add(name)


def _about(part: Part, code: str, detail: str, kind: str = "") -> About:
    return part, Finding(code, detail=detail, source="policy", kind=kind or code)


def _check(name: str, passed: bool | None, cause: str) -> Check:  # noqa: FBT001 -- the answer of the check itself
    if passed is None:
        return Check(name, "not-evaluated", cause)
    return Check(name, "pass" if passed else "fail")


def is_attachment_of_message(part: Part) -> bool:
    """Whether a part is an attachment of the message itself, not of one that is inside it."""
    return part.role == "attachment" and (part.parent is None or part.parent.role == "message")
