"""What a policy says in words: conditions of rules, names of types and roles, what a reason code means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from attachguard.kinds import KINDS
from attachguard.policy.explaining.phrases import phrase
from attachguard.policy.explaining.vocabulary import ENCRYPTION, GROUPS_DE, ROLES
from attachguard.policy.judging.narrowing import Given, Narrowing
from attachguard.policy.judging.rule_conditions import BY_KEY, Spoken
from attachguard.policy.judging.rules import Rule
from attachguard.types.filetypes import TABLE

if TYPE_CHECKING:
    from attachguard.outcome.templates import Templates


@cache
def texts() -> Templates:
    """The sentences of the notices, which say what each reason means."""
    from attachguard.outcome.templates import Templates

    return Templates()


def reason(code: str, language: str) -> str:
    """What a reason code means, as the notices say it, without its full stop."""
    return texts().sentence(code, language).rstrip(".")


def type_name(key: str, language: str) -> str:
    """A file type in plain words."""
    row = TABLE.rows.get(key)
    if row is None:
        return key
    return row.german or row.title if language == "de" else row.title


def type_names(keys: Iterable[str], language: str) -> str:
    """Several types in plain words."""
    return ", ".join(sorted((type_name(key, language) for key in keys), key=str.casefold))


def group_names(keys: Iterable[str], language: str) -> str:
    """Groups of types in plain words."""
    return ", ".join(sorted(GROUPS_DE.get(key, key) if language == "de" else key for key in keys))


def roles(keys: Iterable[str], language: str) -> str:
    """Roles of parts in plain words."""
    return phrase("or", language).join(ROLES[key][language == "de"] for key in ROLES if key in frozenset(keys))


def days(begins: dt.date | None, ends: dt.date | None, language: str) -> str:
    """The days of a validity, at least one end of which is known."""
    key = "from-until" if begins and ends else "from" if begins else "until-day"
    return phrase(key, language).format(begins=begins, ends=ends)


def octets(size: int) -> str:
    """A size in the unit in which it is a round number."""
    for unit, length in (("MiB", 1 << 20), ("MB", 10**6), ("KiB", 1 << 10), ("kB", 10**3)):
        if size >= length and size % length == 0:
            return f"{size // length} {unit}"
    return f"{size} B"


def conditions(rule: Rule, language: str) -> str:
    """The conditions of a rule in words."""
    said = [
        BY_KEY[key].sentence(value)[language == "de"].format(value=SPEAKERS[BY_KEY[key].spoken](value, language))
        for key, value in rule.given
    ]
    if rule.begins or rule.ends:
        said.append(phrase("days", language).format(value=days(rule.begins, rule.ends, language)))
    return ", ".join(said)


def narrowed(records: Iterable[Narrowing], given: Given, language: str) -> str:
    """What a bound or an exception is narrowed to, in words; empty where it is not."""
    stated = dict(given)
    return ", ".join(
        record.sentence[language == "de"].format(value=SPEAKERS[record.spoken](stated[record.keys[0]], language))
        for record in records
        if record.keys[0] in stated
    )


def _joined(words: Iterable[str], language: str) -> str:
    return phrase("or", language).join(words)


def _states(keys: Iterable[str], language: str) -> str:
    return _joined((ENCRYPTION[key][language == "de"] for key in ENCRYPTION if key in frozenset(keys)), language)


#: How the value of a condition is spoken, also of what a bound or an exception is narrowed to: one speaker for each of `rule_conditions.Spoken`.
SPEAKERS: Final[dict[Spoken, Callable[[Any, str], str]]] = {
    "types": type_names,
    "groups": group_names,
    "roles": roles,
    "kinds": lambda keys, language: _joined((KINDS[key].title(language) or key for key in sorted(keys)), language),
    "states": _states,
    "words": lambda words, language: _joined(sorted(words), language) if isinstance(words, frozenset) else "",
    "suffixes": lambda words, language: _joined((f".{word}" for word in sorted(words)), language),
    "number": lambda number, _language: str(number),
    "files": lambda kinds, language: ", ".join(
        filter(None, (type_names(kinds[0], language), group_names(kinds[1], language)))
    ),
    "digests": lambda digests, _language: ", ".join(f"SHA-256 {digest[:16]}…" for digest in sorted(digests)),
}
