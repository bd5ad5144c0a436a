"""The `[types]` table of a policy file: what may come in and what may not, by type id, group, media type or suffix."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final

from attachguard.later import later
from attachguard.policy.judging.conditions import TypeRules
from attachguard.policy.judging.type_lists import CHARSETS
from attachguard.policy.reading.values import Section
from attachguard.types.filetypes import GROUPS, TYPES, ids
from attachguard.types.near import near

_KEYS: Final = (
    "accept", "withdraw", "block", "block-groups", "block-suffixes", "block-media", "mail-charsets", "roles", "replace",
)  # fmt: skip
_ENTRY_KEYS: Final = (
    "type",
    "group",
    "media",
    "suffix",
    "suffixes",
    "charsets",
    "versions",
    "pdf-a",
    "producers",
    "links",
    "beside",
)
_WHAT: Final = ("type", "group", "media", "suffix")
_LISTED_ROLES: Final = ("attachment", "member", "embedded", "inline", "body")
_RANGE: Final = later(r"(\d+(?:\.\d+)?)?\s*(-)?\s*(\d+(?:\.\d+)?)?")
_ARCHIVAL: Final = re.compile(r"any|1[ab]?|[23][abu]?|4[ef]?")
#: Types that tell their version; see the format modules that fill `Part.profile`.
VERSIONED: Final = ids("versioned")


class _Accepted:
    """The list while it is read: what is included, then what the file adds."""

    def __init__(self, included: Iterable[TypeRules]) -> None:
        self.suffixes: dict[str, frozenset[str]] = {}
        self.charsets: dict[str, frozenset[str]] = {}
        self.versions: dict[str, tuple[tuple[str, str], ...]] = {}
        self.archival: dict[str, frozenset[str]] = {}
        self.producers: dict[str, frozenset[str]] = {}
        self.linkless: set[str] = set()
        self.beside: dict[str, frozenset[str]] = {}
        for rules in included:
            for key, suffixes in rules.accept.items():
                self.suffixes[key] = self.suffixes.get(key, frozenset()) | suffixes
            self.charsets.update(rules.charsets)
            self.versions.update(rules.versions)
            self.archival.update(rules.archival)
            self.producers.update(rules.producers)
            self.linkless |= rules.linkless
            self.beside.update(rules.beside)

    def add(self, item: Section) -> None:
        """Take one entry."""
        given = frozenset(word.lower().lstrip(".") for word in item.words("suffixes"))
        wanted = frozenset(item.words("charsets", CHARSETS, "charset"))
        versions, archival = _versions(item), _archival(item)
        producers, linkless = item.patterns("producers"), item.flag("links") is False
        beside = frozenset(item.words("beside", TYPES, "type"))
        for key, suffixes in _meant(item):
            known = self.suffixes.get(key, frozenset())
            self.suffixes[key] = known | (given or suffixes)
            self.charsets[key] = wanted
            self.versions[key] = versions
            self.archival[key] = archival
            self.producers[key] = producers
            (self.linkless.add if linkless else self.linkless.discard)(key)
            self.beside[key] = beside
            if versions and key not in VERSIONED:
                item.error(
                    "versions",
                    f"{key} has no version that is read; these have: {', '.join(sorted(VERSIONED))}. "
                    "Say in a [[not-decidable]] table that the version of the others is not read",
                )
            for name in ("pdf-a", "producers", "links"):
                if name in item and key != "pdf":
                    item.error(name, "only of a pdf is it read")

    def withdraw(self, section: Section, key: str) -> None:
        """Take a type off the list."""
        if self.suffixes.pop(key, None) is None:
            section.document.warn((*section.path, "withdraw"), f"{key!r} was not accepted in the first place")


def read_types(top: Section, included: list[TypeRules]) -> TypeRules:
    """The lists of types; a file adds to what it includes, and may withdraw from it or replace it."""
    section = top.section("types", _KEYS)
    if section.flag("replace"):
        included = []
    accepted = _Accepted(included)
    if isinstance(section.table.get("accept"), (str, dict)):
        section.table = {**section.table, "accept": [section.table["accept"]]}
    for path, entry in section.tables("accept"):
        table = {"type": entry} if isinstance(entry, str) else entry
        accepted.add(Section(section.document, path, table, _ENTRY_KEYS))
    for key in section.words("withdraw", TYPES, "type"):
        accepted.withdraw(section, key)
    block = frozenset(section.words("block", TYPES, "type"))
    for key in sorted(block & accepted.suffixes.keys()):
        section.error("block", f"{key!r} is accepted and blocked at once: keep one of the two")
    groups = frozenset(section.words("block-groups", GROUPS, "group"))
    for key in sorted(key for key in accepted.suffixes if TYPES[key].group in groups):
        section.error(
            "block-groups", f"{key!r} is accepted, and its group {TYPES[key].group!r} blocked: keep one of the two"
        )
    suffixes = frozenset(word.lower().lstrip(".") for word in section.words("block-suffixes"))
    return TypeRules(
        accept=accepted.suffixes,
        charsets=_kept(accepted.charsets, accepted),
        versions=_kept(accepted.versions, accepted),
        archival=_kept(accepted.archival, accepted),
        producers=_kept(accepted.producers, accepted),
        linkless=frozenset(accepted.linkless & accepted.suffixes.keys()),
        beside=_kept(accepted.beside, accepted),
        block=block.union(*(rules.block for rules in included)),
        block_groups=groups.union(*(rules.block_groups for rules in included)),
        block_suffixes=suffixes.union(*(rules.block_suffixes for rules in included)),
        block_media=section.patterns("block-media").union(*(rules.block_media for rules in included)),
        mail_charsets=section.patterns("mail-charsets") or (included[-1].mail_charsets if included else frozenset()),
        roles=frozenset(section.words("roles", _LISTED_ROLES, "role"))
        or (included[-1].roles if included else TypeRules().roles),
    )


def _kept(values: dict[str, frozenset[str]] | dict[str, tuple[tuple[str, str], ...]], accepted: _Accepted) -> dict:  # type: ignore[type-arg]
    """Conditions of types that are still on the list."""
    return {key: value for key, value in values.items() if value and key in accepted.suffixes}


def _meant(item: Section) -> Iterator[tuple[str, frozenset[str]]]:
    """The types that an entry means, each with the suffixes that are usual for it."""
    if sum(key in item for key in _WHAT) != 1:
        item.error("", 'an entry needs a type, as in { type = "pdf" }, or a group, media type or suffix in its place')
        return
    for key in item.words("type", TYPES, "type"):
        yield key, frozenset(TYPES[key].extensions)
    for group in item.words("group", GROUPS, "group"):
        for key, kind in TYPES.items():
            if kind.group == group:
                yield key, frozenset(kind.extensions)
    for media in item.patterns("media"):
        found = [key for key, kind in TYPES.items() if fnmatchcase(kind.mime, media)]
        if not found:
            item.error(
                "media", f"no type has the media type {media!r}{near(media, {kind.mime for kind in TYPES.values()})}"
            )
        for key in found:
            yield key, frozenset(TYPES[key].extensions)
    for word in item.words("suffix"):
        suffix = word.lower().lstrip(".")
        found = [key for key, kind in TYPES.items() if suffix in kind.extensions]
        if not found:
            item.error(
                "suffix", f'no type goes by .{suffix}: name the type, as in {{ type = "txt", suffixes = ["{suffix}"] }}'
            )
        for key in found:
            yield key, frozenset({suffix})


def _versions(item: Section) -> tuple[tuple[str, str], ...]:
    """Ranges such as `1.4-1.7`, `-1.6`, `2.0`."""
    ranges: list[tuple[str, str]] = []
    for word in item.words("versions"):
        found = _RANGE.fullmatch(word.strip())
        if found is None or not _is_range(found[1] or "", found[2], found[3] or ""):
            item.error("versions", f'{word!r} is not a range of versions, as in "1.4", "1.4-1.7" or "-1.6"')
            continue
        ranges.append((found[1] or "", (found[3] or "") if found[2] else found[1] or ""))
    return tuple(ranges)


def _is_range(low: str, dash: str | None, high: str) -> bool:
    if dash is None:
        return bool(low) and not high
    return bool(low or high) and (not low or not high or number(low) <= number(high))


def _archival(item: Section) -> frozenset[str]:
    if item.table.get("pdf-a") is True:
        return frozenset({"any"})
    words = [word.lower().removeprefix("pdf/a").lstrip("- ") for word in item.words("pdf-a")]
    for word in words:
        if not _ARCHIVAL.fullmatch(word):
            item.error("pdf-a", f'{word!r} is not a part of PDF/A, as in "1b", "2" or "any"')
    return frozenset(words)


def number(version: str) -> tuple[int, ...]:
    """A version as a thing that can be compared."""
    return tuple(int(step) for step in version.split("."))
