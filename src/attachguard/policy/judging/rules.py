"""Rules: what a reason code leads to, under which conditions, and what no file may overrule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from attachguard.model import Action, Envelope, Finding, Notify, Scope
from attachguard.part import Part

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

#: Encryption states of a file whose content could be had.
_UNLOCKED: Final = frozenset({"opens-without-password", "default-password", "known-password"})

#: Characters of an address or media type that are compared.
_LONGEST: Final = 320

ROLES: Final = ("message", "body", "inline", "attachment", "member", "embedded", "layer")
ORIGINS: Final = ("text", "inferred", "operator")


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What one reason code leads to, under conditions that must all hold; an empty condition always holds.

    Args:
        code: the reason code.
        action: what the gateway shall do.
        scope: what the action applies to.
        notify: who is told.
        cite: the clause.
        because: what the clause says, in a sentence.
        because_de: the same in German; empty where nobody has written it.
        origin: one of `ORIGINS`.
        reply: sentence for the SMTP reply; empty for the usual one.
        label: legal effect of the fact, e.g. "not received"; the gateway shows it, nothing follows from it here.
        tag: what the gateway puts in front of the subject.
        hold_days: how long the gateway keeps what is quarantined; None where the text does not say.
        types: the part is of one of these types.
        groups: the part is of a type of one of these groups.
        roles: the part has one of these roles (see `standing`).
        suffixes: the part's name ends in one of these.
        media: its header claims one of these media types; `*` stands for anything.
        channels: the mail came in on one of these channels.
        recipients: every recipient matches one of these addresses; `*` stands for anything.
        senders: the reverse-path matches one of these addresses.
        encryption: the part is in one of these encryption states.
        kind: the finding is of one of these kinds.
        signed: whether the part carries a signature, or stands in one that does.
        min_depth: at least so many files around the part; 0 is an attachment itself.
        max_depth: at most so many; 0 is "top level only".
        min_score: the finding grades itself at least so high.
        max_score: the finding grades itself at most so high.
        begins: first day of its validity; None for always.
        ends: last day of its validity.
        place: file and line it stands in.
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
    types: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    suffixes: frozenset[str] = frozenset()
    media: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    senders: frozenset[str] = frozenset()
    encryption: frozenset[str] = frozenset()
    kind: frozenset[str] = frozenset()
    signed: bool | None = None
    min_depth: int = 0
    max_depth: int | None = None
    min_score: int | None = None
    max_score: int | None = None
    begins: dt.date | None = None
    ends: dt.date | None = None
    place: str = ""
    ref: str = ""
    layer: int = 0

    @property
    def conditions(self) -> tuple[object, ...]:
        """Everything that must hold; two rules of one code with equal conditions contradict or repeat each other."""
        return (
            self.types, self.groups, self.roles, self.suffixes, self.media, self.channels, self.recipients, self.senders,
            self.encryption, self.kind, self.signed, self.min_depth, self.max_depth, self.min_score, self.max_score,
        )  # fmt: skip

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
    def conditional(self) -> bool:
        """Whether there is any condition."""
        return self._count > 0

    @property
    def precedence(self) -> tuple[int, int, int]:
        """Sort key among the rules of one code: own rules first, then more conditions, the stronger action."""
        return self.layer, -self._count, -self.action.strength

    @property
    def _count(self) -> int:
        conditions = self.conditions
        empty = sum(condition in (frozenset(), ()) or condition is None for condition in conditions)
        return len(conditions) - empty - (self.min_depth == 0)

    @property
    def silent(self) -> bool:
        """Whether it keeps content from the addressee and tells nobody."""
        return self.notify is Notify.NONE and self.action in WITHHOLDING

    def applies(self, finding: Finding, part: Part, envelope: Envelope) -> bool:
        """Whether every condition holds."""
        document = document_of(part)
        if self.roles and standing(part) not in self.roles and not self._stands_in(finding, document):
            return False
        if self.types and not any(kind.id in self.types for kind in (*part.types, *document.types)):
            return False
        if self.groups and not any(kind.group in self.groups for kind in (*part.types, *document.types)):
            return False
        if self.kind and (finding.kind or finding.code) not in self.kind:
            return False
        if self.encryption and part.encryption not in self.encryption:
            return False
        if self.channels and envelope.channel.lower() not in self.channels:
            return False
        return self._place_holds(document) and self._addresses_hold(envelope) and self._grade(finding.score)

    def _stands_in(self, finding: Finding, document: Part) -> bool:
        """Whether the document has one of the roles; damage in a piece of it is not damage of the whole."""
        return finding.code != "malformed-file" and standing(document) in self.roles

    def _place_holds(self, part: Part) -> bool:
        if self.min_depth and containers(part) < self.min_depth:
            return False
        if self.max_depth is not None and containers(part) > self.max_depth:
            return False
        if self.suffixes and self.suffixes.isdisjoint(part.extensions):
            return False
        if self.media and not matches(part.declared or "", self.media):
            return False
        return self.signed is None or self.signed == is_signed(part)

    def _addresses_hold(self, envelope: Envelope) -> bool:
        if self.recipients and not all_match(envelope.recipients, self.recipients):
            return False
        return not self.senders or matches(envelope.sender, self.senders)

    def _grade(self, score: int | None) -> bool:
        if self.min_score is not None and (score is None or score < self.min_score):
            return False
        return self.max_score is None or (score is not None and score <= self.max_score)


def document_of(part: Part) -> Part:
    """The file that somebody sees: a macro project is a piece of its document, a derived layer of what it was derived from."""
    while part.parent is not None and (
        part.role == "layer" or (part.role == "embedded" and part.type.group == "macro")
    ):
        part = part.parent
    return part


def standing(part: Part) -> str:
    """The role that rules see: what a known password unlocked stands where its locked form stands."""
    holder = part.parent
    while (
        part.role == "embedded" and part.name == "decrypted" and holder is not None and holder.encryption in _UNLOCKED
    ):
        part, holder = holder, holder.parent
    return part.role


def containers(part: Part) -> int:
    """How many files are around a part: 0 for an attachment, 1 for a member of it."""
    count = 0
    holder = part.parent
    while holder is not None:
        count += holder.role in ("attachment", "member", "embedded", "inline")
        holder = holder.parent
    return count


def is_signed(part: Part) -> bool:
    """Whether a part carries a signature or stands in something that does."""
    holder: Part | None = part
    while holder is not None:
        if holder.signed:
            return True
        holder = holder.parent
    return False


def matches(text: str, patterns: Collection[str]) -> bool:
    """Whether a text matches one of these patterns, in whatever case; `*` stands for anything."""
    text = text[:_LONGEST].lower()
    return any(fnmatchcase(text, pattern) for pattern in patterns)


def all_match(addresses: Collection[str], patterns: Collection[str]) -> bool:
    """Whether there are addresses and each of them matches one of these patterns: mail to several offices is not the mail of one."""
    return bool(addresses) and all(matches(address, patterns) for address in addresses)


def short_place(place: str) -> str:
    """File and line without the folder: reports do not say where a gateway keeps its files."""
    return place.replace("\\", "/").rpartition("/")[2]


def in_force(begins: dt.date | None, ends: dt.date | None, today: dt.date) -> bool:
    """Whether something is valid on a day; both ends belong to it."""
    return (begins is None or begins <= today) and (ends is None or today <= ends)
