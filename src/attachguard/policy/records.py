"""The records of a policy besides its rules: bounds, lists of types and names, what archives and signatures must be like, exceptions."""

from __future__ import annotations

import datetime as dt
from typing import Final

import msgspec

from attachguard.limits import Limits
from attachguard.model import Action, Envelope
from attachguard.part import Part
from attachguard.policy.rules import Rule, all_match, matches

#: What can be bounded, and the code that says it was too much.
BOUNDS: Final = {
    "message-size": "message-too-large",
    "attachment-size": "attachment-too-large",
    "attachments-size": "attachment-too-large",
    "attachments": "too-many-attachments",
    "recipients": "too-many-recipients",
}
MODES: Final = ("enforce", "report", "include-only")
BASES: Final = ("wire", "decoded")
#: What somebody outside may check, and the code that says nobody did.
CHECKS: Final = {
    "spam": "spam-not-evaluated",
    "malware-engine": "scan-incomplete",
    "sender-validity": "sender-reputation",
    "signature-trust": "signature-trust-not-evaluated",
}
#: How a signature is attached to what it signs.
SIGNATURE_FORMATS: Final = ("pdf", "cms-detached", "cms-enveloping", "smime", "xml", "ooxml", "odf", "asic", "pgp")
#: What to do where a part would have to be taken out of content that is signed as a whole.
ON_SIGNED: Final = ("withhold", "reject", "deliver-as-is")


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """The most that is allowed of something; equal passes.

    Args:
        on: one of `BOUNDS`.
        maximum: bytes or a number.
        basis: for message sizes, `wire` (octets as sent) or `decoded` (sum of the bodies and attachments).
        soft: whether it is only an advice: going past it is flagged.
        channels: only for mail on these channels; empty for the rest.
        recipients: only for mail to these addresses.
        begins: first day of its validity.
        ends: last day of its validity.
        cite: the clause.
        shown: the figure as the file has it, with its unit.
        place: file and line it stands in.
    """

    on: str
    maximum: int
    basis: str = "wire"
    soft: bool = False
    channels: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    begins: dt.date | None = None
    ends: dt.date | None = None
    cite: str = ""
    shown: str = ""
    place: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What it is about; of two bounds with one key the nearer file's holds."""
        return self.on, self.soft, self.channels, self.recipients, self.begins, self.ends

    def rank(self, envelope: Envelope) -> int:
        """How closely it fits a mail: -1 not at all, else one for each condition that is met."""
        if self.channels and envelope.channel not in self.channels:
            return -1
        if self.recipients and not all_match(envelope.recipients, self.recipients):
            return -1
        return bool(self.channels) + bool(self.recipients)


class TypeRules(msgspec.Struct, frozen=True, kw_only=True):
    """Which file types may come in.

    Args:
        accept: file-name suffixes by accepted type id; empty when there is no list and everything is accepted.
        charsets: character sets by type id, where the list asks for some.
        versions: ranges of versions by type id, each with both ends in it; an open end is empty.
        archival: PDF/A parts and levels by type id (`1b`, `2`, or `any`).
        beside: types that must be attached too, by type id of what only accompanies them.
        block: type ids that may not come in.
        block_groups: groups of types that may not come in.
        block_suffixes: suffixes that may not come in.
        block_media: media types that a header may not claim; `*` stands for anything.
        mail_charsets: character sets that texts of the mail may declare; empty for any.
        roles: roles of the parts that must be on the list.
    """

    accept: dict[str, frozenset[str]] = {}
    charsets: dict[str, frozenset[str]] = {}
    versions: dict[str, tuple[tuple[str, str], ...]] = {}
    archival: dict[str, frozenset[str]] = {}
    beside: dict[str, frozenset[str]] = {}
    block: frozenset[str] = frozenset()
    block_groups: frozenset[str] = frozenset()
    block_suffixes: frozenset[str] = frozenset()
    block_media: frozenset[str] = frozenset()
    mail_charsets: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset({"attachment", "member"})


class NameRules(msgspec.Struct, frozen=True, kw_only=True):
    """What file names of attachments must look like.

    Args:
        max_length: characters, the suffix included; None for any length.
        max_signature_length: the same for signature files; None for `max_length`.
        allowed: characters that may stand in a name, as in a regular expression's brackets; empty for any.
        forbidden: a regular expression that finds what may not stand in a name; empty for nothing.
        spaces: whether there may be blanks.
        max_dots: how many dots there may be; None for any number.
        reserved: names that may not be used, with or without suffix, in lower case.
        pattern: a regular expression that the whole name must match; empty for any.
        unique: whether two attachments may not have one name.
        cite: the clause.
    """

    max_length: int | None = None
    max_signature_length: int | None = None
    allowed: str = ""
    forbidden: str = ""
    spaces: bool = True
    max_dots: int | None = None
    reserved: frozenset[str] = frozenset()
    pattern: str = ""
    unique: bool = False
    cite: str = ""


class ArchiveRules(msgspec.Struct, frozen=True, kw_only=True):
    """Under which conditions an archive is accepted; None and empty mean that the section does not say.

    Args:
        formats: type ids of archives that are taken.
        members: type ids that may be inside; a member of another type is `archive-member-rejected`.
        nesting: how many archives may stand inside each other, 0 for none.
        folders: whether members may stand in folders.
        self_extracting: whether an archive may be a program.
        max_members: members of one archive.
        max_unpacked: bytes of all members of one archive.
        cite: the clause.
    """

    formats: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    nesting: int | None = None
    folders: bool | None = None
    self_extracting: bool | None = None
    max_members: int | None = None
    max_unpacked: int | None = None
    cite: str = ""


class SignatureRules(msgspec.Struct, frozen=True, kw_only=True):
    """What signatures must be like.

    Args:
        required: type ids of attachments that must carry one, or have one beside them.
        formats: those of `SIGNATURE_FORMATS` that count; empty for all.
        pairing: whether a detached signature must be named after its file: `x.pdf.p7s` beside `x.pdf`.
        cite: the clause.
    """

    required: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    pairing: bool = False
    cite: str = ""


class Waiver(msgspec.Struct, frozen=True, kw_only=True):
    """An agreed exception: facts that are let through for a sender, recipient, case or file. All that is named must hold.

    Args:
        name: how reports call it.
        codes: reason codes that it lets through.
        action: what they lead to instead, `deliver` or `flag`.
        senders: reverse-paths; they count only where the sender is proven, unless `proven` is off.
        recipients: forward-paths.
        cases: case ids, as the caller says them.
        sha256: digests of files or of the scripts in them.
        types: type ids of the part.
        proven: whether a sender must be proven by SPF, DKIM or DMARC.
        begins: first day.
        ends: last day.
        cite: on what it rests.
        place: file and line it stands in.
    """

    name: str
    codes: frozenset[str]
    action: Action = Action.FLAG
    senders: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    sha256: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    proven: bool = True
    begins: dt.date | None = None
    ends: dt.date | None = None
    cite: str = ""
    place: str = ""

    def applies(self, part: Part, envelope: Envelope) -> bool:
        """Whether everything that it names holds for a part of this mail."""
        if self.senders and not (matches(envelope.sender, self.senders) and (envelope.sender_valid or not self.proven)):
            return False
        if self.recipients and not all_match(envelope.recipients, self.recipients):
            return False
        if self.cases and not matches(envelope.case_id, self.cases):
            return False
        if self.types and not any(kind.id in self.types for kind in part.types):
            return False
        return not self.sha256 or self._knows(part)

    def _knows(self, part: Part) -> bool:
        """Whether the file, something around it, or every script in it is a known one."""
        if part.scripts and part.scripts <= self.sha256:
            return True
        holder: Part | None = part
        while holder is not None:
            if holder.sha256 in self.sha256:
                return True
            holder = holder.parent
        return False


class NotDecidable(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of the text that no machine can decide from a mail; shown by `policy explain`.

    Args:
        what: the sentence, shortened.
        because: why it cannot be decided, and who decides it.
        cite: the clause.
        what_de: the sentence in German.
        because_de: the reason in German.
    """

    what: str
    because: str
    cite: str = ""
    what_de: str = ""
    because_de: str = ""


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """What holds instead for mail on some channels or to some addresses.

    Args:
        channels: names of channels; empty for all.
        recipients: address patterns; empty for all.
        title: what it is for.
        data: the whole policy that holds there.
    """

    channels: frozenset[str]
    recipients: frozenset[str]
    title: str
    data: PolicyData

    def holds(self, envelope: Envelope) -> bool:
        """Whether it is made for such a mail."""
        if self.channels and envelope.channel not in self.channels:
            return False
        return not self.recipients or all_match(envelope.recipients, self.recipients)


class PolicyData(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as its file says it, checked and merged with what it includes.

    Args:
        id: short name.
        version: as the operator counts.
        title: what it is, in a line.
        title_de: the same in German.
        source: where the authority publishes the text.
        mode: `enforce`; `report`, where nothing is refused; `include-only` for a list that is no policy by itself.
        default: what a code leads to that no rule names.
        rules: every rule, the one that comes first first.
        bounds: every bound.
        types: accepted and blocked types.
        names: rules for file names.
        binding: addresses that are binding for the sender, in lower case.
        binding_for: `all` mail, or `signed` mail only.
        limits: resource limits.
        on_signed: one of `ON_SIGNED`; `withhold` keeps the whole content back.
        archives: conditions for archives.
        signatures: conditions for signatures.
        unchecked: what a check leads to that nobody carried out, by its name.
        waivers: agreed exceptions.
        not_decidable: sentences that no machine decides.
        overrides: what holds instead on channels and for recipients.
        receipts: channels whose senders get a routing slip.
        begins: first day of its validity.
        ends: last day of its validity.
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
    title_de: str = ""
    archives: ArchiveRules = ArchiveRules()
    signatures: SignatureRules = SignatureRules()
    unchecked: dict[str, Action] = {}
    waivers: tuple[Waiver, ...] = ()
    not_decidable: tuple[NotDecidable, ...] = ()
    overrides: tuple[Override, ...] = ()
    receipts: frozenset[str] = frozenset()
    begins: dt.date | None = None
    ends: dt.date | None = None
