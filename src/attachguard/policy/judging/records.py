"""The records of a policy besides its rules and conditions: agreed exceptions, overrides, what no machine decides, and the whole of it."""

from __future__ import annotations

import datetime as dt
from typing import Final

import msgspec

from attachguard.limits import Limits
from attachguard.model import Action, Envelope
from attachguard.part import Part
from attachguard.passwords import Secrets
from attachguard.policy.judging.conditions import (
    ArchiveRules,
    Bound,
    ContentRules,
    NameRules,
    SignatureRules,
    TypeRules,
)
from attachguard.policy.judging.narrowing import OF_EXCEPTIONS, Given, Mail, hold
from attachguard.policy.judging.rules import Rule, short_place
from attachguard.policy.judging.standing import all_match
from attachguard.policy.judging.yara_rules import MatchRules
from attachguard.readers.crypto.certificate import Certificate

MODES: Final = ("enforce", "report", "include-only")
#: What somebody outside may check, and the code that says nobody did.
CHECKS: Final = {
    "spam": "spam-not-evaluated",
    "malware-engine": "scan-incomplete",
    "sender-validity": "sender-reputation",
    "signature-trust": "signature-trust-not-evaluated",
}
#: The kind of finding that says of a check that nobody made it.
UNCHECKED: Final = {
    "spam": "spam-not-checked",
    "malware-engine": "malware-not-checked",
    "sender-validity": "sender-not-checked",
    "signature-trust": "trust-not-checked",
}
#: What to do where a part would have to be taken out of content that is signed as a whole.
ON_SIGNED: Final = ("withhold", "reject", "deliver-as-is")


class Waiver(msgspec.Struct, frozen=True, kw_only=True):
    """An agreed exception: facts that are let through for a sender, recipient, case or file. All that is named must hold.

    Args:
        name: how reports call it.
        codes: reason codes that it lets through.
        action: what they lead to instead, `deliver` or `flag`.
        given: what it is narrowed to, by the keys of `narrowing.OF_EXCEPTIONS`.
        proven: whether a sender must be proven by SPF, DKIM or DMARC.
        begins: first day.
        ends: last day.
        cite: on what it rests.
        place: file and line it is in.
    """

    name: str
    codes: frozenset[str]
    action: Action = Action.FLAG
    given: Given = ()
    proven: bool = True
    begins: dt.date | None = None
    ends: dt.date | None = None
    cite: str = ""
    place: str = ""

    @property
    def ref(self) -> str:
        """File name and line, as a report names it."""
        return short_place(self.place)

    def applies(self, part: Part, envelope: Envelope) -> bool:
        """Whether everything that it names holds for a part of this mail."""
        return hold(OF_EXCEPTIONS, self.given, Mail(part, envelope, self.proven))

    def names(self, *about: str) -> bool:
        """Whether it is narrowed to something of these sorts, see `Narrowing.about`."""
        stated = dict(self.given)
        return any(record.about in about for record in OF_EXCEPTIONS if record.keys[0] in stated)


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
        place: file and line it is in.
    """

    channels: frozenset[str]
    recipients: frozenset[str]
    title: str
    data: PolicyData
    place: str = ""

    def holds(self, envelope: Envelope) -> bool:
        """Whether it is made for such a mail."""
        if self.channels and envelope.channel.lower() not in self.channels:
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
        yara: which YARA rules are not heard, only tried, or called something else.
        names: rules for file names.
        content: what texts may hold.
        binding: addresses that are binding for the sender, in lower case.
        binding_for: `all` mail, or `signed` mail only.
        blocked_senders: address patterns whose mail counts as of bad repute.
        allowed_senders: the only senders that may write; empty for anybody.
        limits: resource limits.
        on_signed: one of `ON_SIGNED`; `withhold` keeps the whole content back.
        decrypted: whether a cleaned file that was locked under a known password is passed on without its lock.
        archives: conditions for archives.
        signatures: conditions for signatures.
        key_elsewhere: certificates for S/MIME whose keys live further on.
        unchecked: what a check leads to that nobody carried out, by its name.
        waivers: agreed exceptions.
        not_decidable: sentences that no machine decides.
        overrides: what holds instead on channels and for recipients.
        receipts: channels whose senders get a routing slip.
        ambiguity_results: in whose name MIME-Ambiguity-Results is written; empty where it is not.
        passwords: words to try on encrypted content.
        begins: first day of its validity.
        ends: last day of its validity.
        day: the day that dated rules, bounds and exceptions have been chosen for; None for the whole text.
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
    decrypted: bool = False
    title_de: str = ""
    archives: ArchiveRules = ArchiveRules()
    signatures: SignatureRules = SignatureRules()
    content: ContentRules = ContentRules()
    yara: MatchRules = MatchRules()
    key_elsewhere: tuple[Certificate, ...] = ()
    unchecked: dict[str, Action] = {}
    waivers: tuple[Waiver, ...] = ()
    not_decidable: tuple[NotDecidable, ...] = ()
    overrides: tuple[Override, ...] = ()
    receipts: frozenset[str] = frozenset()
    ambiguity_results: str = ""
    blocked_senders: frozenset[str] = frozenset()
    allowed_senders: frozenset[str] = frozenset()
    passwords: Secrets = Secrets()
    begins: dt.date | None = None
    ends: dt.date | None = None
    day: dt.date | None = None
