"""What a `[[bound]]` or an `[[exception]]` may be narrowed to: one record each, with all that there is to say about it.

A record has its keys in the file, how its value is read, when it holds, and how it is spoken in both languages; it has no defaults. All that are
stated must hold. To add one, add its record here, a line to the block in `docs/policies.md`, and a sample to
`tests/policies/test_bounds_exceptions.py`, which fails for a record that nobody has tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, NamedTuple

from attachguard.model import Envelope
from attachguard.part import Part
from attachguard.policy.judging.rule_conditions import Sentence, Spoken, Table
from attachguard.policy.judging.standing import all_match, document_of, matches
from attachguard.types.filetypes import GROUPS, TYPES

Given = tuple[tuple[str, Any], ...]


class Mail(NamedTuple):
    """What a narrowing looks at.

    Args:
        part: the part that is judged; None for the mail as a whole.
        envelope: what the mail server knows.
        proven: whether a sender counts only where SPF, DKIM or DMARC prove it.
    """

    part: Part | None
    envelope: Envelope
    proven: bool = False


class Narrowing(NamedTuple):
    """One narrowing.

    Args:
        keys: its keys in the file, of which one is enough; it is kept under the first.
        read: its value from a table; None where it is not stated.
        holds: whether a value holds for a mail.
        about: whether it names mail, one file, or a type of files, which everybody may send.
        sentence: the words for a value.
        spoken: how the value is spoken in them.
    """

    keys: tuple[str, ...]
    read: Callable[[Table], Any]
    holds: Callable[[Any, Mail], bool]
    about: Literal["mail", "file", "type"]
    sentence: Sentence
    spoken: Spoken


def _files(table: Table) -> tuple[frozenset[str], frozenset[str]] | None:
    types, groups = frozenset(table.words("types", TYPES, "type")), frozenset(table.words("groups", GROUPS, "group"))
    return (types, groups) if types or groups else None


def _are_files(value: tuple[frozenset[str], frozenset[str]], mail: Mail) -> bool:
    types, groups = value
    return mail.part is not None and any(kind.id in types or kind.group in groups for kind in mail.part.types)


def _is_type(types: frozenset[str], mail: Mail) -> bool:
    return mail.part is not None and any(kind.id in types for kind in (*mail.part.types, *document_of(mail.part).types))


def _is_known(digests: frozenset[str], mail: Mail) -> bool:
    """Whether the file, something around it, or every script in it is a known one."""
    part = mail.part
    if part is not None and part.scripts and part.scripts <= digests:
        return True
    while part is not None:
        if part.sha256 in digests:
            return True
        part = part.parent
    return False


_RECIPIENTS: Final = Narrowing(
    keys=("recipients",),
    read=lambda table: table.patterns("recipients") or None,
    holds=lambda addresses, mail: all_match(mail.envelope.recipients, addresses),
    about="mail",
    sentence=("for mail to {value}", "für E-Mails an {value}"),
    spoken="words",
)

#: What a bound may be narrowed to. The bound with more of them that hold comes before one with fewer.
OF_BOUNDS: Final = (
    Narrowing(
        keys=("channels",),
        read=lambda table: table.channels() or None,
        holds=lambda channels, mail: mail.envelope.channel.lower() in channels,
        about="mail",
        sentence=("on the channel {value}", "über den Kanal {value}"),
        spoken="words",
    ),
    _RECIPIENTS,
    Narrowing(
        keys=("types", "groups"),
        read=_files,
        holds=_are_files,
        about="type",
        sentence=("for files of the kind {value}", "für Dateien der Art {value}"),
        spoken="files",
    ),
)

#: What an exception may be narrowed to.
OF_EXCEPTIONS: Final = (
    Narrowing(
        keys=("senders",),
        read=lambda table: table.patterns("senders") or None,
        holds=lambda addresses, mail: (
            matches(mail.envelope.sender, addresses) and bool(mail.envelope.sender_valid or not mail.proven)
        ),
        about="mail",
        sentence=("for mail from {value}", "für E-Mails von {value}"),
        spoken="words",
    ),
    _RECIPIENTS,
    Narrowing(
        keys=("cases",),
        read=lambda table: table.patterns("cases") or None,
        holds=lambda cases, mail: matches(mail.envelope.case_id, cases),
        about="mail",
        sentence=("in the case {value}", "im Vorgang {value}"),
        spoken="words",
    ),
    Narrowing(
        keys=("sha256",),
        read=lambda table: table.digests("sha256") or None,
        holds=_is_known,
        about="file",
        sentence=("for the file or script {value}", "für die Datei oder das Skript {value}"),
        spoken="digests",
    ),
    Narrowing(
        keys=("types",),
        read=lambda table: frozenset(table.words("types", TYPES, "type")) or None,
        holds=_is_type,
        about="type",
        sentence=("in files of the kind {value}", "in Dateien der Art {value}"),
        spoken="types",
    ),
)


def keys(records: Iterable[Narrowing]) -> tuple[str, ...]:
    """The keys of a table that may have these."""
    return tuple(key for record in records for key in record.keys)


def read(records: Iterable[Narrowing], table: Table) -> Given:
    """What a table states, by the first key of each."""
    values = ((record.keys[0], record.read(table)) for record in records)
    return tuple((key, value) for key, value in values if value is not None)


def hold(records: Iterable[Narrowing], given: Given, mail: Mail) -> bool:
    """Whether all that is stated holds for a mail."""
    stated = dict(given)
    return all(record.holds(stated[record.keys[0]], mail) for record in records if record.keys[0] in stated)
