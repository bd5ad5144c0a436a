"""What a policy says about a message as a whole: sizes, counts, addresses, what stands beside each other, checks that nobody made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from attachguard.model import Action, Check, Envelope, Finding
from attachguard.part import Part
from attachguard.policy.judging.conditions import ADVISED, BOUNDS, Bound
from attachguard.policy.judging.records import CHECKS, UNCHECKED, PolicyData
from attachguard.policy.judging.rules import in_force
from attachguard.policy.judging.signing import About, signature_findings
from attachguard.policy.judging.standing import matches
from attachguard.types.filetypes import TITLES


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
        for on in BOUNDS:
            if on != "attachment-size":
                yield from self._bounds(on, size, parts, attachments, envelope)
        if self._data.names.unique:
            yield from _duplicates(attachments)
        if self._data.types.beside:
            yield from self._lonely(attachments)
        yield from signature_findings(self._data.signatures, parts, attachments)
        yield from self._archives(parts)
        if any(bound.on == "attachment-size" for bound in self._data.bounds):
            for part in parts:
                yield from self._size(part, envelope)
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

    def _bounds(
        self, on: str, size: int, parts: Sequence[Part], attachments: Sequence[Part], envelope: Envelope
    ) -> Iterator[About]:
        for bound in self.bounds(on, envelope):
            unit = ""
            if on == "message-size" and bound.basis == "wire":
                amount, unit = size, " bytes on the wire"
            elif on == "message-size":
                bodies = (part.size or 0 for part in parts if part.role in ("body", "inline"))
                amount, unit = sum(bodies) + sum(part.size or 0 for part in attachments), " bytes decoded"
            elif on == "attachments-size":
                amount, unit = sum(part.size or 0 for part in attachments), " bytes"
            else:
                amount = len(envelope.recipients) if on == "recipients" else len(attachments)
            if amount > bound.maximum:
                yield _about(parts[0], BOUNDS[on], _excess(bound, f"{amount}{unit}"), _excess_kind(bound))

    def _size(self, part: Part, envelope: Envelope) -> Iterator[About]:
        if part.role == "attachment" and part.size is not None:
            for bound in self.bounds("attachment-size", envelope, part):
                if part.size > bound.maximum:
                    yield _about(
                        part, "attachment-too-large", _excess(bound, f"{part.size} bytes"), _excess_kind(bound)
                    )

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
        for check in checks:
            code = self._reported.get(check.check)
            if code is None or check.result != "not-evaluated":
                continue
            if self._data.unchecked.get(check.check) is Action.DELIVER:
                continue
            if check.check == "signature-trust" and not any(part.signed for part in parts):
                continue
            yield _about(parts[0], code, f"not evaluated: {check.check}: {check.cause}", UNCHECKED[check.check])


def _duplicates(attachments: Iterable[Part]) -> Iterator[About]:
    seen: set[str] = set()
    for part in attachments:
        name = part.name.casefold()
        if name and name in seen:
            yield _about(part, "filename-duplicate", "name: another attachment has it too")
        seen.add(name)


def _about(part: Part, code: str, detail: str, kind: str = "") -> About:
    return part, Finding(code, detail=detail, source="policy", kind=kind or code)


def _excess(bound: Bound, amount: str) -> str:
    """What is said of something above a bound."""
    advice = "advice: " if bound.soft else ""
    return f"{advice}{bound.on}: {amount}, {bound.maximum} allowed"


def _check(name: str, passed: bool | None, cause: str) -> Check:  # noqa: FBT001 -- the answer of the check itself
    if passed is None:
        return Check(name, "not-evaluated", cause)
    return Check(name, "pass" if passed else "fail")


def is_attachment_of_message(part: Part) -> bool:
    """Whether a part is an attachment of the message itself, not of one that is inside it."""
    return part.role == "attachment" and (part.parent is None or part.parent.role == "message")


def _excess_kind(bound: Bound) -> str:
    return ADVISED[BOUNDS[bound.on]] if bound.soft else BOUNDS[bound.on]
