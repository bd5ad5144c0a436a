"""The `[[rule]]` tables of a policy file, and everything that can be wrong with a rule."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final

import msgspec

from attachguard.codes import CODES, MALWARE, OWN_FAILURES
from attachguard.kinds import KINDS
from attachguard.model import Action, Notify, Scope
from attachguard.policy.judging.rule_conditions import BY_KEY, read
from attachguard.policy.judging.rules import (
    HEURISTICS,
    ORIGINS,
    OWN_FAILURE_ACTIONS,
    SESSION_ACTIONS,
    Rule,
    short_place,
)
from attachguard.policy.reading.positions import KeyPath
from attachguard.policy.reading.values import Document, Problem, Section
from attachguard.types.filetypes import TYPES

_RULE_KEYS: Final = (
    "code", "codes", "action", "scope", "notify", "cite", "because", "because-de", "origin", "reply", "label", "tag", "hold-days",
    "valid-from", "valid-until",
)  # fmt: skip
#: Codes that are noted about the message itself.
_OF_MESSAGE: Final = frozenset(
    {
        "message-too-large",
        "too-many-attachments",
        "too-many-recipients",
        "address-not-binding",
        "spam",
        "spam-not-evaluated",
        "sender-reputation",
    }
)
#: RFC 5321 section 4.5.3.1.5: a reply line has at most 512 octets; it is printable ASCII.
_REPLY: Final = re.compile(r"[ -~]{1,400}")


class RuleReader:
    """Reads the rules of one file.

    Args:
        document: the file; mistakes are reported to it.
        report_only: whether the policy refuses nothing (`mode = "report"`).
        today: where given, a rule that has expired is reported.
    """

    def __init__(self, document: Document, *, report_only: bool, today: dt.date | None = None) -> None:
        self._document = document
        self._report_only = report_only
        self._today = today

    def default(self, section: Section) -> Action:
        """What a code leads to that no rule names."""
        action = section.choice("action", Action, Action.FLAG)
        if action is Action.DISCARD:
            section.error("action", "facts that no rule names must not make a mail vanish: use quarantine or reject")
        if self._report_only and not action.delivers:
            section.error("action", 'a policy with mode = "report" refuses nothing: use flag')
        return action

    def rules(self, tables: Iterable[tuple[KeyPath, object]]) -> list[Rule]:
        """Every rule, one for each of its codes; contradictions and repetitions are reported."""
        rules: dict[tuple[object, ...], Rule] = {}
        for path, table in tables:
            for rule in self._read(Section(self._document, path, table, (*_RULE_KEYS, *BY_KEY))):
                first = rules.setdefault((rule.code, rule.given, rule.dates), rule)
                if first is rule:
                    continue
                if first.outcome != rule.outcome:
                    self._document.error(
                        path, f"contradicts the rule for {rule.code} at {first.place}: keep one, or add a condition"
                    )
                else:
                    self._document.warn(path, f"repeats the rule for {rule.code} at {first.place}")
        return list(rules.values())

    def unreachable(self, rules: Iterable[Rule]) -> None:
        """Report rules that can never apply because another one, which comes first, holds wherever they would.

        Args:
            rules: those of one file, in their final order.
        """
        earlier: dict[str, list[Rule]] = {}
        for rule in rules:
            before = earlier.setdefault(rule.code, [])
            cover = next((other for other in before if other.covers(rule)), None)
            before.append(rule)
            if cover is None or rule.layer or cover.layer:
                continue
            line = int(rule.place.rpartition(":")[2])
            message = (
                f"can never apply to {rule.code}: the rule at {cover.place} holds for all of it and comes first; "
                "take what is meant here out of that one, or add a condition"
            )
            self._document.problems.append(
                Problem(str(self._document.path), line, "rule", message, cover.outcome != rule.outcome)
            )

    def _read(self, section: Section) -> list[Rule]:
        codes = (*section.words("code", CODES, "reason code"), *section.words("codes", CODES, "reason code"))
        conditions = read(section)
        kinds: frozenset[str] = dict(conditions).get("kind", frozenset())
        if "code" not in section and "codes" not in section:
            # The kinds say the codes; a rule for a kind need not repeat them.
            codes = tuple(dict.fromkeys(KINDS[kind].code for kind in sorted(kinds)))
            if "kind" not in section:
                section.error(
                    "", 'a rule needs its reason code or a kind, as in code = "macro-content" or kind = "vba"'
                )
        for kind in sorted(kinds):
            if KINDS[kind].code not in codes:
                section.error("kind", f"{kind} is a kind of {KINDS[kind].code}, which this rule is not about")
        for code in codes if kinds else ():
            if all(KINDS[kind].code != code for kind in kinds):
                section.error("kind", f"none of these kinds belongs to {code}, so the rule can never apply to it")
        if "action" not in section:
            section.error("", 'a rule needs its action, as in action = "reject"')
        action = section.choice("action", Action, Action.FLAG)
        # What an action reaches when the file does not say: taking something out is about one attachment, refusing about the mail.
        usual = Scope.MESSAGE if action.strength >= Action.DEFER.strength else Scope.ATTACHMENT
        origin = section.words("origin", ORIGINS, "origin")
        begins, ends = section.validity()
        rule = Rule(
            code="",
            action=action,
            scope=section.choice("scope", Scope, usual),
            notify=section.choice("notify", Notify, Notify.NONE),
            cite=section.text("cite"),
            because=section.text("because"),
            because_de=section.text("because-de"),
            origin=origin[0] if origin else "operator",
            reply=section.text("reply"),
            label=section.text("label"),
            tag=section.text("tag"),
            hold_days=section.number("hold-days"),
            given=conditions,
            begins=begins,
            ends=ends,
            place=section.place,
            ref=short_place(section.place),
        )
        self._look_over(section, rule)
        self._look_at_conditions(section, rule)
        rules = [msgspec.structs.replace(rule, code=code) for code in codes]
        for each in rules:
            self._look_at_code(section, each)
        return rules

    def _look_over(self, section: Section, rule: Rule) -> None:
        """Mistakes that do not depend on the code."""
        if self._report_only and not rule.action.delivers:
            section.error("action", 'a policy with mode = "report" refuses nothing: use flag')
        if rule.action in SESSION_ACTIONS and rule.scope is Scope.ATTACHMENT:
            section.error(
                "scope", f"{rule.action.value} answers for the whole mail: use message, or withhold for one attachment"
            )
        if rule.action in (Action.WITHHOLD, Action.SANITIZE) and rule.scope is Scope.MESSAGE:
            section.error(
                "scope", f"{rule.action.value} changes one attachment: use attachment, or quarantine for the whole mail"
            )
        if rule.action is Action.DISCARD and rule.notify not in (Notify.NONE, Notify.RECIPIENT):
            section.error("notify", "discard is silent towards the sender: use none, or action = reject")
        if rule.origin == "text" and not rule.cite:
            section.error("origin", 'a rule that the text gives names its clause: add cite = "…"')
        if rule.reply and rule.action not in SESSION_ACTIONS:
            section.error("reply", "only reject and defer answer in the SMTP session")
        elif rule.reply and not _REPLY.fullmatch(rule.reply):
            section.error("reply", "must be one line of at most 400 ASCII characters (RFC 5321)")
        if rule.hold_days is not None and rule.action is not Action.QUARANTINE:
            section.error("hold-days", "only quarantine keeps something")
        if self._today and rule.ends and rule.ends < self._today:
            section.error("valid-until", f"the rule has expired on {rule.ends}: remove it, or give it a new date")

    def _look_at_conditions(self, section: Section, rule: Rule) -> None:
        """Conditions that contradict each other."""
        most, least = rule.of("max-depth"), rule.of("min-depth") or 0
        if most is not None and most < least:
            section.error("max-depth", "is below min-depth, so the rule can never apply")
        for key in ("min-score", "max-score"):
            if (rule.of(key) or 0) > 100:
                section.error(key, "scores go from 0 to 100")
        most, least = rule.of("max-score"), rule.of("min-score")
        if most is not None and least is not None and least > most:
            section.error("min-score", "is above max-score, so the rule can never apply")
        types, groups = rule.of("types"), rule.of("groups")
        if types and groups and not any(TYPES[key].group in groups for key in types):
            section.error("types", "none of these types belongs to the groups of the rule, so it can never apply")

    def _look_at_code(self, section: Section, rule: Rule) -> None:
        """Mistakes that only this code makes one."""
        key = "action"
        roles = rule.of("roles")
        if rule.code in _OF_MESSAGE and (
            rule.of("types") or rule.of("groups") or rule.of("suffixes") or (roles and "message" not in roles)
        ):
            section.error(
                "", f"{rule.code} is about the message, which is not a file: the conditions on files can never hold"
            )
        if rule.code in OWN_FAILURES and not self._report_only and rule.action not in OWN_FAILURE_ACTIONS:
            way = "too strong" if rule.action.strength > Action.QUARANTINE.strength else "too weak"
            section.error(
                key,
                f"{way} for {rule.code}: the scanner's own failure is deferred or quarantined, never the sender's fault, never clean",
            )
        if rule.code in HEURISTICS and rule.action is Action.DISCARD:
            section.error(
                key, f"{rule.code} rests on a guess, and a guess must not make a mail vanish: use quarantine or reject"
            )
        if rule.code in MALWARE and rule.notify in (Notify.SENDER, Notify.BOTH):
            section.error("notify", "malware forges its sender: use sender-if-valid or none")
