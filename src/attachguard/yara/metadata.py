"""The metadata that attachguard reads, and what may be in it.

A word that is wrong here makes a rule that nobody hears, so it is an error like one of syntax. Everything else in `meta` belongs to the author
and is only shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, NamedTuple

from attachguard.codes import CODES
from attachguard.errors import RuleError
from attachguard.later import later
from attachguard.types.filetypes import GROUPS, TYPES, UNKNOWN
from attachguard.types.near import near
from attachguard.yara.source import Source

PREFIX: Final = "attachguard_"
#: The reason code of a rule that names none.
CODE: Final = "malware-suspected"
#: What a rule may be shown; `scopes` has what each word means.
SCOPES: Final = ("file", "macro", "script", "pdf-script", "html-text", "message", "name")
_TYPES: Final = frozenset({*TYPES, *GROUPS, UNKNOWN.id, UNKNOWN.group})
_NUMBER: Final = later(r"\d{1,3}")

Meta = dict[str, Any]


class Key(NamedTuple):
    """One key.

    Args:
        says: what it is for, in a sentence.
        wrong: what is wrong with a value and how to mend it; empty for nothing.
    """

    says: str
    wrong: Callable[[Any], str]


def _wrong_code(value: object) -> str:
    return "" if value in CODES else f"unknown reason code {value!r}{near(str(value), CODES)}"


def _wrong_words(known: Collection[str], what: str) -> Callable[[Any], str]:
    def wrong(value: object) -> str:
        words = value.split() if isinstance(value, str) else []
        if not words:
            return f'must be names in quotes with blanks between, as in "{next(iter(sorted(known)))}"'
        unknown = [word for word in words if word not in known]
        return f"unknown {what} {unknown[0]!r}{near(unknown[0].strip(','), known)}" if unknown else ""

    return wrong


def _wrong_flag(value: object) -> str:
    return "" if isinstance(value, bool) else f"is {value!r}: must be true or false, without quotes"


def _wrong_score(value: object) -> str:
    return (
        ""
        if score({"score": value}) is not None
        else f"is {value!r}: must be a whole number from 0 to 100, without quotes"
    )


#: Every key, in the order in which people are told of them.
KEYS: Final[dict[str, Key]] = {
    "attachguard_code": Key("reason code of its findings", _wrong_code),
    "attachguard_types": Key("types that a match counts for, by id or group", _wrong_words(_TYPES, "type or group")),
    "attachguard_scope": Key("which content it is shown", _wrong_words(SCOPES, "scope")),
    "attachguard_nursery": Key("whether it is only tried: reported, never judged", _wrong_flag),
    "score": Key("how sure, and how bad, from 0 to 100", _wrong_score),
}


def score(meta: Meta) -> int | None:
    """The grade that a rule gives itself; None without one. Public rules write it in quotes, too."""
    value = meta.get("score")
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100:
        return value
    return None


def words(meta: Meta, key: str) -> frozenset[str]:
    """The words of a key."""
    return frozenset(str(meta.get(key, "")).split())


def mistakes(meta: Meta, own: Collection[str] = ()) -> Iterable[tuple[str, str]]:
    """Key and message of everything that is wrong with a rule's metadata.

    Args:
        meta: the metadata.
        own: ids of types that are not in the table, because inspectors of the caller bring them.
    """
    for name, value in meta.items():
        key = KEYS.get(name)
        if key is None:
            if name.startswith(PREFIX):
                yield name, f"unknown key{near(name, [each for each in KEYS if each.startswith(PREFIX)])}"
            continue
        if name == "attachguard_types" and own:
            value = " ".join(word for word in str(value).split() if word not in own) or "text"
        said = key.wrong(value)
        if said:
            yield name, said


def error_of(source: Source, rule: str, meta: Meta, own: Collection[str] = ()) -> RuleError | None:
    """The first mistake in the metadata of a rule, with its place."""
    for key, said in mistakes(meta, own):
        return RuleError(said, file=str(source.file), line=_line(source.text, rule, key), where=f"rule {rule}: {key}")
    return None


def _line(text: str, rule: str, key: str) -> int:
    """The line of a key of a rule, or of the rule."""
    found = re.search(rf"\brule\s+{re.escape(rule)}\b", text)
    if found is None:
        return 0
    place = re.compile(rf"\b{re.escape(key)}\s*=").search(text, found.end()) or found
    return text.count("\n", 0, place.start()) + 1
