"""The conditions that a `[[rule]]` may have: one record each, with all that there is to say about it.

A record has the key in the file, how its value is read, when it holds, when it covers another value of its own, and how it is spoken in both
languages. It has no defaults: a record without one of these is not a condition. To add one, add its record here, a line to the table in
`docs/policies.md`, and a sample to `tests/policies/test_conditions.py`, which fails for a record that nobody has tried.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final, Literal, NamedTuple, Protocol

from attachguard.codes import ENCRYPTION_STATES
from attachguard.kinds import KINDS
from attachguard.model import Envelope, Finding
from attachguard.part import Part
from attachguard.policy.judging.standing import all_match, containers, is_signed, matches, standing
from attachguard.policy.judging.yara_rules import like_any, wider_patterns
from attachguard.types.filetypes import GROUPS, TYPES

ROLES: Final = ("message", "body", "inline", "attachment", "member", "embedded", "layer")

#: How the value of a condition is put into words; `policy/explaining/sentences.py` has a speaker for each.
Spoken = Literal["types", "groups", "roles", "kinds", "states", "words", "suffixes", "number", "files", "digests"]
#: A sentence with its place for the value, in English and in German.
Sentence = tuple[str, str]


class Facts(NamedTuple):
    """What a condition looks at.

    Args:
        finding: the fact that is judged.
        part: what it is about.
        document: the file that somebody sees, see `standing.document_of`.
        envelope: what the mail server knows.
    """

    finding: Finding
    part: Part
    document: Part
    envelope: Envelope


class Table(Protocol):
    """What a condition reads its value from: a table of the file, which reports mistakes by itself."""

    def words(self, key: str, known: Collection[str] | None = None, what: str = "word") -> tuple[str, ...]:
        """One word or a list of them, out of those that are known."""

    def patterns(self, key: str) -> frozenset[str]:
        """Patterns of addresses or media types."""

    def channels(self) -> frozenset[str]:
        """Names of channels."""

    def digests(self, key: str) -> frozenset[str]:
        """SHA-256 digests."""

    def flag(self, key: str) -> bool | None:
        """True or false; None where it is not stated."""

    def number(self, key: str) -> int | None:
        """A number; None where it is not stated."""


class Condition(NamedTuple):
    """One condition.

    Args:
        key: its key in the file.
        read: its value from a table; what is false, but for False and 0 where they mean something, is not stated.
        holds: whether a value holds for some facts.
        covers: whether all that holds for the second value holds for the first.
        sentence: the sentence for a value.
        spoken: how the value is spoken in it.
    """

    key: str
    read: Callable[[Table], Any]
    holds: Callable[[Any, Facts], bool]
    covers: Callable[[Any, Any], bool]
    sentence: Callable[[Any], Sentence]
    spoken: Spoken


def _always(english: str, german: str) -> Callable[[Any], Sentence]:
    return lambda _value: (english, german)


def _words(key: str, known: Collection[str], what: str) -> Callable[[Table], Any]:
    return lambda table: frozenset(table.words(key, known, what)) or None


def _wider(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    return narrow <= wide


def _equal(wide: object, narrow: object) -> bool:
    return wide == narrow


def _has_role(roles: frozenset[str], facts: Facts) -> bool:
    # Damage in a piece of a document is not damage of the whole.
    return standing(facts.part) in roles or (
        facts.finding.code != "malformed-file" and standing(facts.document) in roles
    )


def _is_type(types: frozenset[str], facts: Facts) -> bool:
    return any(kind.id in types for kind in (*facts.part.types, *facts.document.types))


def _is_group(groups: frozenset[str], facts: Facts) -> bool:
    return any(kind.group in groups for kind in (*facts.part.types, *facts.document.types))


def _scores(least: int, facts: Facts) -> bool:
    return facts.finding.score is not None and facts.finding.score >= least


def _scores_at_most(most: int, facts: Facts) -> bool:
    return facts.finding.score is not None and facts.finding.score <= most


#: Every condition, in the order in which they are spoken.
CONDITIONS: Final = (
    Condition(
        key="types",
        read=_words("types", TYPES, "type"),
        holds=_is_type,
        covers=_wider,
        sentence=_always("where the file is: {value}", "wenn die Datei ist: {value}"),
        spoken="types",
    ),
    Condition(
        key="groups",
        read=_words("groups", GROUPS, "group"),
        holds=_is_group,
        covers=_wider,
        sentence=_always("where the file is of the kind: {value}", "wenn die Datei von der Art ist: {value}"),
        spoken="groups",
    ),
    Condition(
        key="roles",
        read=_words("roles", ROLES, "role"),
        holds=_has_role,
        covers=_wider,
        sentence=_always("where this is about {value}", "wenn es um {value} geht"),
        spoken="roles",
    ),
    Condition(
        key="media",
        read=lambda table: table.patterns("media") or None,
        holds=lambda media, facts: matches(facts.document.declared or "", media),
        covers=_wider,
        sentence=_always("where it is declared as {value}", "wenn es als {value} angegeben ist"),
        spoken="words",
    ),
    Condition(
        key="channels",
        read=lambda table: table.channels() or None,
        holds=lambda channels, facts: facts.envelope.channel.lower() in channels,
        covers=_wider,
        sentence=_always("on the channel {value}", "über den Kanal {value}"),
        spoken="words",
    ),
    Condition(
        key="recipients",
        read=lambda table: table.patterns("recipients") or None,
        holds=lambda addresses, facts: all_match(facts.envelope.recipients, addresses),
        covers=_wider,
        sentence=_always("for mail to {value}", "für E-Mails an {value}"),
        spoken="words",
    ),
    Condition(
        key="senders",
        read=lambda table: table.patterns("senders") or None,
        holds=lambda addresses, facts: matches(facts.envelope.sender, addresses),
        covers=_wider,
        sentence=_always("for mail from {value}", "für E-Mails von {value}"),
        spoken="words",
    ),
    Condition(
        key="kind",
        read=_words("kind", KINDS, "kind"),
        holds=lambda kinds, facts: (facts.finding.kind or facts.finding.code) in kinds,
        covers=_wider,
        sentence=_always("namely: {value}", "und zwar: {value}"),
        spoken="kinds",
    ),
    Condition(
        key="encryption",
        read=_words("encryption", ENCRYPTION_STATES, "encryption state"),
        holds=lambda states, facts: facts.part.encryption in states,
        covers=_wider,
        sentence=_always("where it is: {value}", "wenn es so verschlüsselt ist: {value}"),
        spoken="states",
    ),
    Condition(
        key="suffixes",
        read=lambda table: frozenset(word.lower().lstrip(".") for word in table.words("suffixes")) or None,
        holds=lambda suffixes, facts: not suffixes.isdisjoint(facts.document.extensions),
        covers=_wider,
        sentence=_always("where the name ends in {value}", "wenn der Name auf {value} endet"),
        spoken="suffixes",
    ),
    Condition(
        key="signed",
        read=lambda table: table.flag("signed"),
        holds=lambda signed, facts: signed == is_signed(facts.document),
        covers=_equal,
        sentence=lambda signed: (
            ("where it is signed", "wenn es signiert ist")
            if signed
            else ("where it is not signed", "wenn es nicht signiert ist")
        ),
        spoken="words",
    ),
    Condition(
        key="max-depth",
        read=lambda table: table.number("max-depth"),
        holds=lambda most, facts: containers(facts.document) <= most,
        covers=lambda wide, narrow: narrow <= wide,
        sentence=lambda most: (
            ("at most {value} files deep", "höchstens {value} Dateien tief")
            if most
            else ("attached directly to the mail", "direkt an der E-Mail")
        ),
        spoken="number",
    ),
    Condition(
        key="min-depth",
        read=lambda table: table.number("min-depth") or None,
        holds=lambda least, facts: containers(facts.document) >= least,
        covers=lambda wide, narrow: narrow >= wide,
        sentence=_always("at least {value} files deep", "mindestens {value} Dateien tief"),
        spoken="number",
    ),
    Condition(
        key="min-score",
        read=lambda table: table.number("min-score"),
        holds=_scores,
        covers=lambda wide, narrow: narrow >= wide,
        sentence=_always("score from {value}", "Wert ab {value}"),
        spoken="number",
    ),
    Condition(
        key="max-score",
        read=lambda table: table.number("max-score"),
        holds=_scores_at_most,
        covers=lambda wide, narrow: narrow <= wide,
        sentence=_always("score up to {value}", "Wert bis {value}"),
        spoken="number",
    ),
    Condition(
        key="yara-rules",
        read=lambda table: frozenset(table.words("yara-rules")) or None,
        holds=lambda names, facts: facts.finding.yara is not None and like_any(facts.finding.yara.rule, names),
        covers=wider_patterns,
        sentence=_always("where the YARA rule is {value}", "wenn die YARA-Regel {value} ist"),
        spoken="words",
    ),
    Condition(
        key="yara-namespaces",
        read=lambda table: frozenset(table.words("yara-namespaces")) or None,
        holds=lambda names, facts: facts.finding.yara is not None and like_any(facts.finding.yara.namespace, names),
        covers=wider_patterns,
        sentence=_always("where the YARA rule is in {value}", "wenn die YARA-Regel in {value} steht"),
        spoken="words",
    ),
    Condition(
        key="yara-tags",
        read=lambda table: frozenset(table.words("yara-tags")) or None,
        holds=lambda tags, facts: facts.finding.yara is not None and not tags.isdisjoint(facts.finding.yara.tags),
        covers=_wider,
        sentence=_always("where the YARA rule has the tag {value}", "wenn die YARA-Regel das Kennzeichen {value} hat"),
        spoken="words",
    ),
)

BY_KEY: Final = {condition.key: condition for condition in CONDITIONS}
#: Those that ask who writes to whom and by which way, and not what a file is.
OF_ENVELOPES: Final = frozenset({"channels", "recipients", "senders"})


def given(**values: Any) -> tuple[tuple[str, Any], ...]:
    """Conditions as a rule keeps them: by keyword, with underscores for dashes, in the order of the table."""
    stated = {key.replace("_", "-"): value for key, value in values.items()}
    unknown = stated.keys() - BY_KEY.keys()
    if unknown:
        raise ValueError(f"no condition of a rule: {', '.join(sorted(unknown))}")
    return tuple((key, stated[key]) for key in BY_KEY if key in stated)


def read(table: Table) -> tuple[tuple[str, Any], ...]:
    """The conditions that a table states."""
    values = ((condition.key, condition.read(table)) for condition in CONDITIONS)
    return tuple((key, value) for key, value in values if value is not None)
