"""Rules: what a reason code leads to, under which conditions, and what no file may overrule."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import msgspec

from attachguard.model import Action, Envelope, Finding, Notify, Scope
from attachguard.part import Part
from attachguard.policy.judging.rule_conditions import BY_KEY, Facts
from attachguard.policy.judging.standing import document_of

#: What the scanner's own failures may lead to: never the sender's fault, never clean.
OWN_FAILURE_ACTIONS: Final = frozenset({Action.DEFER, Action.QUARANTINE})
#: Codes that rest on a guess: a guess never makes a mail vanish in silence.
HEURISTICS: Final = frozenset(
    {"malware-suspected", "link-only-message", "linked-content", "filename-deceptive", "hidden-content"}
)
#: Actions that refuse the whole mail in the SMTP session and therefore have no smaller scope.
SESSION_ACTIONS: Final = frozenset({Action.DEFER, Action.REJECT})
#: Actions that keep content from the addressee for good; without a notice they are silent.
WITHHOLDING: Final = frozenset({Action.SANITIZE, Action.WITHHOLD, Action.QUARANTINE, Action.REJECT, Action.DISCARD})

ORIGINS: Final = ("text", "inferred", "operator")


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What one reason code leads to, under conditions that must all hold; an empty condition always holds.

    Args:
        code: the reason code.
        action: what the gateway shall do.
        scope: what the action applies to.
        notify: who is notified.
        cite: the clause.
        because: what the clause says, in a sentence.
        because_de: the same in German; empty where nobody has written it.
        origin: one of `ORIGINS`.
        reply: sentence for the SMTP reply; empty for the usual one.
        label: legal effect of the fact, e.g. "not received"; the gateway shows it, nothing follows from it here.
        tag: what the gateway puts before the subject.
        hold_days: how long the gateway keeps what is quarantined; None where the text does not say.
        given: its conditions by their keys, in the order of `rule_conditions.CONDITIONS`; what is not stated is not in it.
        begins: first day of its validity; None for always.
        ends: last day of its validity.
        place: file and line it is in.
        ref: the same without its folder, as reports name it.
        layer: 0 in the policy's own file, one more for each include between; a nearer rule overrules a farther one.
    """

    code: str
    action: Action
    scope: Scope
    notify: Notify = Notify.NONE
    cite: str = ""
    because: str = ""
    because_de: str = ""
    origin: str = "operator"
    reply: str = ""
    label: str = ""
    tag: str = ""
    hold_days: int | None = None
    given: tuple[tuple[str, Any], ...] = ()
    begins: dt.date | None = None
    ends: dt.date | None = None
    place: str = ""
    ref: str = ""
    layer: int = 0

    def of(self, key: str) -> Any:
        """The value of a condition; None where it is not stated."""
        return next((value for name, value in self.given if name == key), None)

    @property
    def dates(self) -> tuple[dt.date | None, dt.date | None]:
        """First and last day of its validity."""
        return self.begins, self.ends

    @property
    def outcome(self) -> tuple[object, ...]:
        """What follows."""
        return (
            self.action,
            self.scope,
            self.notify,
            self.cite,
            self.origin,
            self.reply,
            self.label,
            self.tag,
            self.hold_days,
        )

    @property
    def precedence(self) -> tuple[int, int, int]:
        """Sort key among the rules of one code: own rules first, then more conditions, the stronger action."""
        return self.layer, -len(self.given), -self.action.strength

    @property
    def silent(self) -> bool:
        """Whether it keeps content from the addressee and tells nobody."""
        return self.notify is Notify.NONE and self.action in WITHHOLDING

    def applies(self, finding: Finding, part: Part, envelope: Envelope) -> bool:
        """Whether every condition holds."""
        if not self.given:
            return True
        facts = Facts(finding, part, document_of(part), envelope)
        return all(BY_KEY[key].holds(value, facts) for key, value in self.given)

    def covers(self, narrow: Rule) -> bool:
        """Whether it applies to everything that another rule of its code applies to, on every day of its validity."""
        if self.dates != (None, None) and self.dates != narrow.dates:
            return False
        asked = dict(narrow.given)
        return all(key in asked and BY_KEY[key].covers(value, asked[key]) for key, value in self.given)


def short_place(place: str) -> str:
    """File and line without the folder: reports do not say where a gateway keeps its files."""
    return place.replace("\\", "/").rpartition("/")[2]


def in_force(begins: dt.date | None, ends: dt.date | None, today: dt.date) -> bool:
    """Whether something is valid on a day; both ends belong to it."""
    return (begins is None or begins <= today) and (ends is None or today <= ends)
