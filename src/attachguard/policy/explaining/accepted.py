"""What a policy accepts, in words: the types, the bounds, names, archives, signatures, addresses."""

from __future__ import annotations

from collections.abc import Iterator

from attachguard.policy.explaining.page import Block
from attachguard.policy.explaining.phrases import Speaker
from attachguard.policy.explaining.sentences import (
    days,
    group_names,
    narrowed,
    octets,
    reason,
    roles,
    type_name,
    type_names,
)
from attachguard.policy.explaining.vocabulary import SIGNED_AS
from attachguard.policy.judging.conditions import Bound, NameRules
from attachguard.policy.judging.measures import BOUNDS
from attachguard.policy.judging.narrowing import OF_BOUNDS


class Listing(Speaker):
    """What one policy, or what holds instead of it for some mail, accepts."""

    def blocks(self) -> Iterator[Block]:
        """A table of types, then a list of everything else."""
        types = self._data.types
        if types.accept:
            rows = sorted((self._type_row(key) for key in types.accept), key=lambda row: row[0].casefold())
            yield Block("table", (self._say("type"), self._say("suffixes"), self._say("on-condition")), tuple(rows))
        else:
            yield Block("text", (self._say("any-type"),))
        lines = (
            *self._types(),
            *self._bounds(),
            *self._names(),
            *self._archives(),
            *self._signatures(),
            *self._addresses(),
            *self._yara_rules(),
        )
        if lines:
            yield Block("list", lines)

    def _type_row(self, key: str) -> tuple[str, str, str]:
        types = self._data.types
        said: list[str] = []
        if key in types.charsets:
            said.append(self._say("charset", charsets=", ".join(sorted(types.charsets[key]))))
        if key in types.versions:
            ranges = (low if low == high else f"{low}–{high}" for low, high in types.versions[key])
            said.append(self._say("versions", versions=", ".join(ranges)))
        if key in types.archival:
            said.append(self._say("pdf-a", parts=", ".join(sorted(types.archival[key]))))
        if key in types.producers:
            said.append(self._say("producers", value=", ".join(sorted(types.producers[key]))))
        if key in types.linkless:
            said.append(self._say("linkless"))
        if key in types.beside:
            said.append(self._say("beside", types=type_names(types.beside[key], self._language)))
        suffixes = " ".join("." + suffix for suffix in sorted(types.accept[key]))
        return type_name(key, self._language), suffixes, "; ".join(said)

    def _types(self) -> Iterator[str]:
        types = self._data.types
        if types.accept:
            yield self._say("listed-roles", value=roles(types.roles, self._language))
        blocked = [
            type_names(types.block, self._language),
            group_names(types.block_groups, self._language),
            *(f".{each}" for each in sorted(types.block_suffixes)),
            *sorted(types.block_media),
        ]
        if any(blocked):
            yield self._say("blocked", types=", ".join(filter(None, blocked)))
        if types.mail_charsets:
            yield self._say("mail-charsets", charsets=", ".join(sorted(types.mail_charsets)))
        if not self._data.content.links:
            yield self._say("links") + _cited(self._data.content.cite)

    def _bounds(self) -> Iterator[str]:
        bounds = sorted(self._data.bounds, key=lambda each: (each.on, not each.soft, each.given != ()))
        yield from map(self._bound, bounds)

    def _bound(self, bound: Bound) -> str:
        said = BOUNDS[bound.on].sentence[self._language == "de"].format(most=bound.shown or bound.maximum)
        if bound.basis:
            said += self._say(f"basis-{bound.basis}")
        if bound.given:
            said += f" ({narrowed(OF_BOUNDS, bound.given, self._language)})"
        if bound.begins or bound.ends:
            said += self._say("dates", days=days(bound.begins, bound.ends, self._language))
        return f"{said}{self._say('soft') if bound.soft else ''}.{_cited(bound.cite)}"

    def _names(self) -> Iterator[str]:
        names = self._data.names
        told: tuple[tuple[object, str, object], ...] = (
            (names.max_length, "name-length", names.max_length),
            (names.max_signature_length, "name-signature-length", names.max_signature_length),
            (names.max_path, "name-path", names.max_path),
            (names.allowed, "name-allowed", names.allowed),
            (names.forbidden, "name-forbidden", names.forbidden),
            (not names.spaces, "name-spaces", ""),
            (names.max_dots is not None, "name-dots", names.max_dots),
            (names.reserved, "name-reserved", ", ".join(sorted(names.reserved))),
            (names.pattern, "name-pattern", names.pattern),
            (names.unique, "name-unique", ""),
            (names.roles != NameRules().roles, "name-roles", roles(names.roles, self._language)),
        )
        yield from (self._say(key, value=value) + _cited(names.cite) for stated, key, value in told if stated)

    def _archives(self) -> Iterator[str]:
        rules = self._data.archives
        told: tuple[tuple[object, str, object], ...] = (
            (rules.formats, "archive-formats", type_names(rules.formats, self._language)),
            (rules.members, "archive-members", type_names(rules.members, self._language)),
            (rules.nesting is not None, "archive-nesting" if rules.nesting else "archive-nesting-0", rules.nesting),
            (rules.folders is not None, f"archive-folders-{str(bool(rules.folders)).lower()}", ""),
            (rules.self_extracting is not None, f"archive-sfx-{str(bool(rules.self_extracting)).lower()}", ""),
            (rules.max_members is not None, "archive-max-members", rules.max_members),
            (rules.max_unpacked is not None, "archive-max-unpacked", octets(rules.max_unpacked or 0)),
        )
        yield from (self._say(key, value=value) + _cited(rules.cite) for stated, key, value in told if stated)

    def _signatures(self) -> Iterator[str]:
        rules = self._data.signatures
        told: tuple[tuple[object, str, object], ...] = (
            (rules.required, "signature-required", type_names(rules.required, self._language)),
            (rules.mail, "signature-mail", ""),
            (rules.formats, "signature-formats", ", ".join(sorted(SIGNED_AS[each] for each in rules.formats))),
            (not rules.containers, "signature-containers", ""),
            (rules.pairing, "signature-pairing", ""),
        )
        yield from (self._say(key, value=value) + _cited(rules.cite) for stated, key, value in told if stated)
        elsewhere = self._data.key_elsewhere
        if elsewhere:
            yield self._say("key-elsewhere", value=", ".join(each.holder or "?" for each in elsewhere))
        yield self._say(f"on-signed-{self._data.on_signed}")
        if self._data.decrypted:
            yield self._say("decrypted")

    def _addresses(self) -> Iterator[str]:
        data = self._data
        if data.binding:
            yield self._say(f"binding-{data.binding_for}", addresses=", ".join(sorted(data.binding)))
        if data.blocked_senders:
            yield self._say("blocked-senders", value=", ".join(sorted(data.blocked_senders)))
        if data.ambiguity_results:
            yield self._say("headers", host=data.ambiguity_results)
        if data.allowed_senders:
            yield self._say("allowed-senders", value=", ".join(sorted(data.allowed_senders)))
        if data.receipts:
            yield self._say("receipt", channels=", ".join(sorted(data.receipts)))

    def _yara_rules(self) -> Iterator[str]:
        rules = self._data.yara
        if rules.disable:
            yield self._say("rules-disable", value=", ".join(each.pattern for each in rules.disable))
        if rules.nursery:
            yield self._say("rules-nursery", value=", ".join(each.pattern for each in rules.nursery))
        for called in rules.called:
            said: tuple[tuple[object, str, object], ...] = (
                (called.names, "called-names", ", ".join(sorted(called.names))),
                (called.namespaces, "called-namespaces", ", ".join(sorted(called.namespaces))),
                (called.tags, "called-tags", ", ".join(sorted(called.tags))),
                (called.least is not None, "called-least", called.least),
                (called.most is not None, "called-most", called.most),
            )
            which = "".join(self._say(key, value=value) for stated, key, value in said if stated)
            meaning = f"{reason(called.code, self._language)} ({called.code})"
            yield self._say("called", which=which, code=meaning) + _cited(called.cite)


def _cited(cite: str) -> str:
    return f" [{cite}]" if cite else ""
