"""The records of a policy: rules that turn findings into actions, bounds on counts and sizes, and what no file may overrule."""

from __future__ import annotations

from typing import Final

import msgspec

from attachguard.limits import Limits
from attachguard.model import Action, Envelope, Finding, Notify, Scope
from attachguard.part import Part

#: What the scanner's own failures may lead to: never the sender's fault, never clean.
OWN_FAILURE_ACTIONS: Final = frozenset({Action.DEFER, Action.QUARANTINE})
#: Codes that rest on a guess: a guess never makes a mail vanish in silence.
HEURISTICS: Final = frozenset(
    {"malware-suspected", "link-only-message", "linked-content", "filename-deceptive", "hidden-content"}
)
#: Codes that tell of malware: an unproven sender address is never written to because of them.
MALWARE: Final = frozenset({"malware-signature", "malware-suspected", "decompression-bomb"})
#: Actions that refuse the whole mail in the SMTP session and therefore have no smaller scope.
SESSION_ACTIONS: Final = frozenset({Action.DEFER, Action.REJECT})
#: Actions that keep content from the addressee for good; without a notice they are silent.
WITHHOLDING: Final = frozenset({Action.SANITIZE, Action.WITHHOLD, Action.QUARANTINE, Action.REJECT, Action.DISCARD})

#: Encryption states of a file whose content could be had.
_UNLOCKED: Final = frozenset({"opens-without-password", "default-password", "known-password"})

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
        origin: one of `ORIGINS`.
        reply: sentence for the SMTP reply; empty for the usual one.
        types: the part is of one of these types.
        groups: the part is of a type of one of these groups.
        roles: the part has one of these roles (see `standing`).
        channels: the mail came in on one of these channels.
        encryption: the part is in one of these encryption states.
        detail: the finding's detail begins with one of these, in whatever case.
        min_depth: at least so many files around the part; 0 is an attachment itself.
        min_score: the finding grades itself at least so high.
        max_score: the finding grades itself at most so high.
        place: file and line it stands in.
        layer: 0 in the policy's own file, one more for each include between; a nearer rule overrules a farther one.
    """

    code: str
    action: Action
    scope: Scope
    notify: Notify = Notify.NONE
    cite: str = ""
    because: str = ""
    origin: str = "operator"
    reply: str = ""
    types: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    encryption: frozenset[str] = frozenset()
    detail: tuple[str, ...] = ()
    min_depth: int = 0
    min_score: int | None = None
    max_score: int | None = None
    place: str = ""
    layer: int = 0

    @property
    def conditions(self) -> tuple[object, ...]:
        """Everything that must hold; two rules of one code with equal conditions contradict or repeat each other."""
        return (
            self.types, self.groups, self.roles, self.channels, self.encryption, self.detail,
            self.min_depth, self.min_score, self.max_score,
        )  # fmt: skip

    @property
    def outcome(self) -> tuple[object, ...]:
        """What follows."""
        return (self.action, self.scope, self.notify, self.cite, self.origin, self.reply)

    @property
    def conditional(self) -> bool:
        """Whether there is any condition."""
        return self._count > 0

    @property
    def precedence(self) -> tuple[int, int, int, int]:
        """Sort key among the rules of one code: own rules first, then more conditions, the longer detail, the stronger action."""
        return self.layer, -self._count, -min(map(len, self.detail), default=0), -self.action.strength

    @property
    def _count(self) -> int:
        return sum(condition not in (frozenset(), (), 0, None) for condition in self.conditions)

    @property
    def silent(self) -> bool:
        """Whether it keeps content from the addressee and tells nobody."""
        return self.notify is Notify.NONE and self.action in WITHHOLDING

    def applies(self, finding: Finding, part: Part, envelope: Envelope) -> bool:
        """Whether every condition holds."""
        if self.roles and standing(part) not in self.roles:
            return False
        if self.types and not any(kind.id in self.types for kind in part.types):
            return False
        if self.groups and not any(kind.group in self.groups for kind in part.types):
            return False
        if self.detail and not finding.detail.lower().startswith(self.detail):
            return False
        if self.min_depth and containers(part) < self.min_depth:
            return False
        if self.encryption and part.encryption not in self.encryption:
            return False
        if self.channels and envelope.channel not in self.channels:
            return False
        return self._grade(finding.score)

    def _grade(self, score: int | None) -> bool:
        if self.min_score is not None and (score is None or score < self.min_score):
            return False
        return self.max_score is None or (score is not None and score <= self.max_score)


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """The most that is allowed of something; equal passes.

    Args:
        on: one of `BOUNDS`.
        maximum: bytes or a number.
        basis: for message sizes, `wire` (octets as sent) or `decoded` (sum of the bodies and attachments).
        channels: only for mail on these channels; empty for the rest.
        place: file and line it stands in.
    """

    on: str
    maximum: int
    basis: str = "wire"
    channels: frozenset[str] = frozenset()
    place: str = ""


#: What can be bounded, and the code that says it was too much.
BOUNDS: Final = {
    "message-size": "message-too-large",
    "attachment-size": "attachment-too-large",
    "attachments": "too-many-attachments",
    "recipients": "too-many-recipients",
}
#: What to do where a part would have to be taken out of content that is signed as a whole.
ON_SIGNED: Final = ("withhold", "reject", "deliver-as-is")
MODES: Final = ("enforce", "report", "include-only")
BASES: Final = ("wire", "decoded")


class TypeRules(msgspec.Struct, frozen=True, kw_only=True):
    """Which file types may come in.

    Args:
        accept: file-name suffixes by accepted type id; empty when there is no list and everything is accepted.
        charsets: character sets by type id, where the list asks for some.
        block: type ids that may not come in.
        block_groups: groups of types that may not come in.
        block_suffixes: suffixes that may not come in.
        roles: roles of the parts that must be on the list.
    """

    accept: dict[str, frozenset[str]] = {}
    charsets: dict[str, frozenset[str]] = {}
    block: frozenset[str] = frozenset()
    block_groups: frozenset[str] = frozenset()
    block_suffixes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset({"attachment", "member"})


class NameRules(msgspec.Struct, frozen=True, kw_only=True):
    """What file names of attachments must look like.

    Args:
        max_length: characters, the suffix included; None for any length.
        forbidden: a regular expression that finds a character which may not stand in a name; empty for any.
    """

    max_length: int | None = None
    forbidden: str = ""


class PolicyData(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as its file says it, checked and merged with what it includes.

    Args:
        id: short name.
        version: as the operator counts.
        title: what it is, in a line.
        source: where the authority publishes the text.
        mode: `enforce`; `report`, where nothing is refused; `include-only` for a list that is no policy by itself.
        default: what a code leads to that no rule names.
        rules: every rule.
        bounds: every bound.
        types: accepted and blocked types.
        names: rules for file names.
        binding: addresses that are binding for the sender, in lower case.
        binding_for: `all` mail, or `signed` mail only.
        limits: resource limits.
        on_signed: one of `ON_SIGNED`; `withhold` keeps the whole content back.
    """

    id: str
    version: str
    title: str
    source: str
    mode: str
    default: Action
    rules: tuple[Rule, ...]
    bounds: tuple[Bound, ...]
    types: TypeRules
    names: NameRules
    binding: frozenset[str]
    binding_for: str
    limits: Limits
    on_signed: str = "withhold"


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
