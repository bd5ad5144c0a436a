"""The lists and limits of a policy file: `[[bound]]`, `[types]`, `[names]`, `[resources]`, each joined with what included files say."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from attachguard.filetypes import TYPES
from attachguard.limits import Limits
from attachguard.policy.rules import BASES, BOUNDS, Bound, NameRules, TypeRules
from attachguard.policy.text import Document, Section
from attachguard.policy.typelists import CHARSETS

_TYPES_KEYS: Final = ("accept", "withdraw", "block", "block-groups", "block-suffixes", "roles")
_LISTED_ROLES: Final = ("attachment", "member", "embedded")
_SIZE_LIMITS: Final = {
    "total-size": "total_bytes",
    "part-size": "part_bytes",
    "header-size": "header_bytes",
    "ratio-floor": "ratio_floor",
}
_COUNT_LIMITS: Final = ("parts", "depth", "ratio", "findings", "seconds")
_GROUPS: Final = frozenset(kind.group for kind in TYPES.values())


def read_bounds(document: Document, top: Section, included: list[Bound]) -> tuple[Bound, ...]:
    """The bounds; a file overrules an included bound on the same thing and channels."""
    own: dict[tuple[str, frozenset[str]], Bound] = {}
    for path, table in top.tables("bound"):
        section = Section(document, path, table, ("on", "max", "basis", "channels"))
        kind = "".join(section.words("on", tuple(BOUNDS), "bound")[:1])
        if "on" not in section or "max" not in section:
            section.error("", 'a bound needs both, as in on = "message-size" and max = "25 MiB"')
            continue
        maximum = section.size("max") if kind.endswith("-size") else section.number("max") if kind else None
        basis = "".join(section.words("basis", BASES, "basis")) or "wire"
        if "basis" in section and kind and kind != "message-size":
            section.error("basis", "only the size of a message has one")
        if maximum is None:
            continue
        bound = Bound(
            on=kind, maximum=maximum, basis=basis, channels=frozenset(section.words("channels")),
            place=f"{document.path}:{document.line(path)}",
        )  # fmt: skip
        key = (bound.on, bound.channels)
        if key in own:
            section.error("", f"the same bound stands at {own[key].place} already: keep one of the two")
        own[key] = bound
    return (*own.values(), *(bound for bound in included if (bound.on, bound.channels) not in own))


def read_types(document: Document, included: list[TypeRules]) -> TypeRules:
    """The lists of types; a file adds to what it includes, and may withdraw from it."""
    section = Section(document, ("types",), document.data.get("types", {}), _TYPES_KEYS)
    accept: dict[str, frozenset[str]] = {}
    charsets: dict[str, frozenset[str]] = {}
    for rules in included:
        for key, suffixes in rules.accept.items():
            accept[key] = accept.get(key, frozenset()) | suffixes
        charsets.update(rules.charsets)
    for path, entry in section.tables("accept"):
        table = {"type": entry} if isinstance(entry, str) else entry
        item = Section(document, path, table, ("type", "suffixes", "charsets"))
        for key in item.words("type", TYPES, "type"):
            suffixes = frozenset(word.lower().lstrip(".") for word in item.words("suffixes"))
            accept[key] = accept.get(key, frozenset()) | (suffixes or frozenset(TYPES[key].extensions))
            wanted = frozenset(item.words("charsets", CHARSETS, "charset"))
            charsets[key] = wanted
        if "type" not in item:
            item.error("", 'an entry needs a type, as in { type = "pdf" }')
    for key in section.words("withdraw", TYPES, "type"):
        if accept.pop(key, None) is None:
            document.warn((*section.path, "withdraw"), f"{key!r} was not accepted in the first place")
    block = frozenset(section.words("block", TYPES, "type"))
    for key in sorted(block & accept.keys()):
        section.error("block", f"{key!r} is accepted and blocked at once: keep one of the two")
    return TypeRules(
        accept=accept,
        charsets={key: wanted for key, wanted in charsets.items() if key in accept},
        block=block.union(*(rules.block for rules in included)),
        block_groups=frozenset(section.words("block-groups", _GROUPS, "group")).union(
            *(rules.block_groups for rules in included)
        ),
        block_suffixes=frozenset(word.lower().lstrip(".") for word in section.words("block-suffixes")).union(
            *(rules.block_suffixes for rules in included)
        ),
        roles=frozenset(section.words("roles", _LISTED_ROLES, "role"))
        or (included[-1].roles if included else TypeRules().roles),
    )


def read_names(document: Document, included: list[NameRules]) -> NameRules:
    """The rules for names."""
    section = Section(document, ("names",), document.data.get("names", {}), ("max-length", "forbidden"))
    forbidden = section.text("forbidden")
    try:
        re.compile(forbidden)
    except re.error as error:
        section.error("forbidden", f"is no regular expression: {error}")
        forbidden = ""
    inherited = included[-1] if included else NameRules()
    return NameRules(
        max_length=section.number("max-length", inherited.max_length), forbidden=forbidden or inherited.forbidden
    )


def read_limits(document: Document, inherited: Limits) -> Limits:
    """The resource limits; what is not named stays as it is."""
    section = Section(document, ("resources",), document.data.get("resources", {}), (*_SIZE_LIMITS, *_COUNT_LIMITS))
    changes: dict[str, int] = {}
    for key in section.table:
        value = section.size(key) if key in _SIZE_LIMITS else section.number(key) if key in _COUNT_LIMITS else None
        if value == 0:
            section.error(key, "must be more than 0: nothing could be scanned")
        elif value is not None:
            changes[_SIZE_LIMITS.get(key, key)] = value
    return msgspec.structs.replace(inherited, **changes)
