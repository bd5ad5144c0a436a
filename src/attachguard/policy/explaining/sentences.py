"""What a policy says in words: conditions of rules, names of types and roles, what a reason code means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from attachguard.kinds import KINDS
from attachguard.policy.explaining.phrases import phrase
from attachguard.policy.explaining.vocabulary import ENCRYPTION, GROUPS_DE, ROLES
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
    return ", ".join(phrase(key, language).format(value=value) for key, value in _conditions(rule, language))


def _conditions(rule: Rule, language: str) -> Iterator[tuple[str, str]]:
    either = phrase("or", language)
    states = [ENCRYPTION[key][language == "de"] for key in ENCRYPTION if key in rule.encryption]
    told: tuple[tuple[object, str, str], ...] = (
        (rule.types, "types", type_names(rule.types, language)),
        (rule.groups, "groups", group_names(rule.groups, language)),
        (rule.roles, "roles", roles(rule.roles, language)),
        (rule.media, "media", either.join(sorted(rule.media))),
        (rule.channels, "channels", either.join(sorted(rule.channels))),
        (rule.recipients, "recipients", either.join(sorted(rule.recipients))),
        (rule.senders, "senders", either.join(sorted(rule.senders))),
        (rule.kind, "kind", either.join(KINDS[each].title(language) or each for each in sorted(rule.kind))),
        (states, "encryption", either.join(states)),
        (rule.suffixes, "suffixes-condition", either.join(f".{each}" for each in sorted(rule.suffixes))),
        (rule.signed is not None, f"signed-{str(bool(rule.signed)).lower()}", ""),
        (rule.max_depth is not None, "max-depth" if rule.max_depth else "max-depth-0", str(rule.max_depth)),
        (rule.min_depth, "min-depth", str(rule.min_depth)),
        (rule.min_score is not None, "min-score", str(rule.min_score)),
        (rule.max_score is not None, "max-score", str(rule.max_score)),
        (rule.begins or rule.ends, "days", days(rule.begins, rule.ends, language)),
    )
    yield from ((key, value) for stated, key, value in told if stated)
