"""Policies: which finding leads to which action, for whom, and which clause says so.

A policy is data (see `file.py`); this module judges with it. Each finding is judged on its own, so neither the order of parts nor how the
input was cut into chunks changes anything, and the verdict, being the strongest action seen, only ever gets stronger.

Among the rules of one code the first one holds whose conditions are met: the policy's own before included ones, then the one with more conditions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from attachguard.codes import CODES, OWN_FAILURES
from attachguard.limits import Limits
from attachguard.model import Action, Check, Envelope, Finding, Notify, PolicyName, Scope, Verdict
from attachguard.part import Part
from attachguard.policy.judging.contents import ContentList
from attachguard.policy.judging.implied import changes_with_time, implied_rules, on_day
from attachguard.policy.judging.message_checks import Whole
from attachguard.policy.judging.names import NameList
from attachguard.policy.judging.records import PolicyData, Waiver
from attachguard.policy.judging.rule_conditions import OF_ENVELOPES
from attachguard.policy.judging.rules import Rule
from attachguard.policy.judging.signing import About
from attachguard.policy.judging.type_lists import TypeList
from attachguard.policy.judging.verdict import combine, final_notices
from attachguard.policy.judging.yara_rules import Matches
from attachguard.policy.reading import file as policyfile

#: Days of which a policy remembers what holds on them: today, and the one that begins at midnight.
_DAYS = 2


class Policy:
    """Judges findings; immutable, made by `Policy.load`.

    Args:
        data: a checked policy, without what is not valid on the day that it is for.
        text: the whole policy, where it changes from day to day.
    """

    __slots__ = (
        "_answers", "_conditional", "_data", "_days", "_default", "_final", "_inspections", "_matches", "_name", "_overrides", "_plain", "_text",
        "_waivers", "_whole", "asks_envelope", "fingerprinted",
    )  # fmt: skip

    def __init__(self, data: PolicyData, text: PolicyData | None = None) -> None:
        self._data = data
        self._name = PolicyName(data.id, data.version)
        self._text = text
        self._days: dict[dt.date, Policy] = {}
        self._conditional: dict[str, tuple[Rule, ...]] = {}
        self._plain: dict[str, Rule] = {}
        rules_of: dict[str, list[Rule]] = {}
        for rule in (*implied_rules(data), *data.rules):
            rules_of.setdefault(rule.code, []).append(rule)
        for code in sorted(CODES):
            rules = rules_of.get(code, [])
            conditional = tuple(rule for rule in rules if rule.given)
            if conditional:
                self._conditional[code] = conditional
            self._plain[code] = next((rule for rule in rules if not rule.given), self._unnamed(code))
        self._default = self._unnamed("")
        self._waivers: dict[str, tuple[Waiver, ...]] = {
            code: tuple(waiver for waiver in data.waivers if code in waiver.codes)
            for code in sorted(frozenset().union(*(waiver.codes for waiver in data.waivers)))
        }
        #: Codes that a known file or script may be excepted from: their findings are judged anew once its digest is there.
        self.fingerprinted: frozenset[str] = frozenset().union(
            *(waiver.codes for waiver in data.waivers if waiver.names("file", "type"))
        )
        #: Whether what is said of a part may depend on who writes to whom, and not on the part alone.
        self.asks_envelope: bool = any(waiver.names("mail") for waiver in data.waivers) or any(
            rule.of(key) is not None for rules in self._conditional.values() for rule in rules for key in OF_ENVELOPES
        )
        reachable = [*self._plain.values(), *(rule for group in self._conditional.values() for rule in group)]
        self._final = final_notices(reachable, data.on_signed)
        self._whole = Whole(data)
        self._matches = Matches(data.yara)
        lists = (TypeList(data.types, data.archives), NameList(data.names), ContentList(data.content))
        self._inspections: tuple[Callable[[Part], Iterator[Finding]], ...] = tuple(
            each.findings for each in lists if each.asks
        )
        self._answers = {
            (rule.code, rule.ref): rule for rule in data.rules if rule.reply or rule.tag or rule.hold_days is not None
        }
        self._overrides = tuple((each, Policy(each.data)) for each in data.overrides)

    @classmethod
    def load(cls, source: str | Path, *, today: dt.date | None = None) -> Policy:
        """The policy with this built-in name, or in this file; raises `PolicyError` with file, line and remedy of a mistake.

        Args:
            source: built-in name or path.
            today: the day that its rules, bounds and exceptions are for, whenever a scan is made. Without it each scan asks for its own day: a
                gateway that runs for long sees a rule begin and expire.
        """
        data = policyfile.read(source)
        if today is not None:
            return cls(on_day(data, today))
        if not changes_with_time(data):
            return cls(data)
        return cls(on_day(data, local_day()), data)

    @property
    def changes_with_time(self) -> bool:
        """Whether what it says depends on the day."""
        return self._text is not None

    def on(self, day: dt.date) -> Policy:
        """The policy as it is on a day; itself where the day makes no difference."""
        if self._text is None:
            return self
        policy = self._days.get(day)
        if policy is None:
            while len(self._days) >= _DAYS:
                self._days.pop(next(iter(self._days)), None)
            policy = self._days[day] = Policy(on_day(self._text, day))
        return policy

    def under(self, envelope: Envelope, day: dt.date | None = None) -> Policy:
        """The policy that holds for a mail: this one, or what it says for its channel or recipients.

        Args:
            envelope: what the mail server knows.
            day: when the mail is judged; the day that the policy was loaded on, without it.
        """
        if day is not None and self.changes_with_time:
            return self.on(day).under(envelope)
        return next((other for override, other in self._overrides if override.holds(envelope)), self)

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
        return self._name

    @property
    def data(self) -> PolicyData:
        """Everything it says, for those who show it."""
        return self._data

    @property
    def limits(self) -> Limits:
        """Resource limits of a scan under it."""
        return self._data.limits

    # -- facts that only a policy makes -----------------------------------------------------------------------------------

    @property
    def lists_parts(self) -> bool:
        """Whether any of its lists has something to ask of a single part."""
        return bool(self._inspections)

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
            checks: every check with its result; those of the envelope if no others were made.
        """
        return self._whole.findings(size, parts, envelope, self.checks(envelope) if checks is None else checks)

    def max_message_size(self, envelope: Envelope) -> int | None:
        """Octets on the wire above which a message is too large on this channel; None where the policy does not say."""
        return self._whole.max_message_size(envelope)

    def checks(self, envelope: Envelope) -> Iterator[Check]:
        """What the policy wants verified from outside, and whether anybody did."""
        return self._whole.checks(envelope)

    def gives_receipt(self, envelope: Envelope) -> bool:
        """Whether senders on this channel get a routing slip."""
        return envelope.channel.lower() in self._data.receipts

    @property
    def ambiguity_results(self) -> str:
        """In whose name MIME-Ambiguity-Results is written; empty where it is not."""
        return self._data.ambiguity_results

    # -- judgement --------------------------------------------------------------------------------------------------------

    def met(self, finding: Finding) -> Finding | None:
        """A finding as the policy takes it, before it is judged; None for the match of a YARA rule that it does not want to hear of."""
        return finding if finding.yara is None else self._matches.met(finding)

    def judge(self, finding: Finding, part: Part, envelope: Envelope) -> Finding:
        """The finding with what follows from it: action, scope, who is notified, clause and where the rule comes from."""
        if finding.yara is not None and finding.yara.nursery:
            return msgspec.structs.replace(finding, action=Action.DELIVER, scope=Scope.ATTACHMENT, notify=Notify.NONE)
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
                    rule=waiver.ref,
                )
        return Finding(
            code, finding.part, rule.action, rule.scope, rule.notify, finding.detail, finding.source, rule.cite, rule.origin,
            finding.score, finding.offset, rule.label, rule.ref, finding.kind, finding.yara,
        )  # fmt: skip

    def waiver(self, finding: Finding, part: Part, envelope: Envelope) -> Waiver | None:
        """The agreed exception that lets a finding through; None for almost every finding."""
        for waiver in self._waivers.get(finding.code, ()):
            if waiver.applies(part, envelope):
                return waiver
        return None

    def is_final(self, finding: Finding) -> bool:
        """Whether no later finding can change action, scope or notice of a verdict that has this judged finding in it."""
        return (
            finding.action in self._final
            and finding.scope is Scope.MESSAGE
            and finding.notify in self._final[finding.action]
        )

    def verdict(self, findings: Iterable[Finding], envelope: Envelope) -> Verdict:
        """The strongest action of all judged findings; see `attachguard.policy.judging.verdict`."""
        return combine(findings, envelope, self._answers)

    def _cleans(self) -> bool:
        """Whether it has anything cleaned."""
        answers = (self._data.default, *(rule.action for rule in self._data.rules))
        return self._data.mode != "report" and Action.SANITIZE in answers

    def _unnamed(self, code: str) -> Rule:
        """What a code leads to that no rule names: the default, or the floor under the scanner's own failures."""
        action = self._data.default
        if code in OWN_FAILURES and self._data.mode != "report" and action not in (Action.DEFER, Action.QUARANTINE):
            action = Action.DEFER
        if code == "sanitize-failed" and action.strength < Action.WITHHOLD.strength and self._cleans():
            # What could not be cleaned is not delivered as it came.
            action = Action.WITHHOLD
        whole = action.strength >= Action.DEFER.strength
        return Rule(code=code, action=action, scope=Scope.MESSAGE if whole else Scope.ATTACHMENT)


def local_day() -> dt.date:
    """The day it is where the gateway stands: a rule that ends on a date ends there at midnight."""
    return dt.datetime.now(dt.UTC).astimezone().date()
