"""Limits, names, archives and signatures of a policy file, each joined with what included files say."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from attachguard.limits import Limits
from attachguard.policy.judging.conditions import (
    SIGNATURE_FORMATS,
    ArchiveRules,
    Bound,
    ContentRules,
    NameRules,
    SignatureRules,
)
from attachguard.policy.judging.measures import BOUNDS
from attachguard.policy.judging.narrowing import OF_BOUNDS, keys, read
from attachguard.policy.reading.values import Section
from attachguard.types.filetypes import TYPES

_BOUND_KEYS: Final = ("on", "max", "basis", "kind", "valid-from", "valid-until", "cite")
_NAME_KEYS: Final = (
    "max-length", "max-signature-length", "allowed", "forbidden", "spaces", "max-dots", "reserved", "pattern", "unique", "roles",
    "max-path-length", "cite",
)  # fmt: skip
_ARCHIVE_KEYS: Final = (
    "formats", "members", "nesting", "folders", "self-extracting", "max-members", "max-unpacked", "cite",
)  # fmt: skip
_SIZE_LIMITS: Final = {
    "total-size": "total_bytes",
    "part-size": "part_bytes",
    "header-size": "header_bytes",
    "ratio-floor": "ratio_floor",
}
_COUNT_LIMITS: Final = (
    "parts",
    "depth",
    "ratio",
    "findings",
    "seconds",
    "passwords",
    "password-seconds",
    "rule-seconds",
    "part-rule-seconds",
)
#: The names that reports and laws have for ways to sign, beside those of `SIGNATURE_FORMATS`.
_ALSO_CALLED: Final = {
    "pades": ("pdf",), "cades": ("cms-detached", "cms-enveloping"), "cades-detached": ("cms-detached",),
    "cades-enveloping": ("cms-enveloping",), "pkcs7": ("cms-detached", "cms-enveloping"), "pkcs#7": ("cms-detached", "cms-enveloping"),
    "xades": ("xml",), "s/mime": ("smime",), "asic-e": ("asic",), "asic-s": ("asic",), "openpgp": ("pgp",),
}  # fmt: skip
_NAMED_ROLES: Final = ("attachment", "member", "inline", "embedded")
_ARCHIVES: Final = frozenset(key for key, kind in TYPES.items() if kind.group == "archive")


def read_bounds(top: Section, included: list[Bound]) -> tuple[Bound, ...]:
    """The bounds; a file overrules an included bound on the same thing, channels and recipients."""
    own: dict[tuple[object, ...], Bound] = {}
    for path, table in top.tables("bound"):
        section = Section(top.document, path, table, (*_BOUND_KEYS, *keys(OF_BOUNDS)))
        bound = _read_bound(section)
        if bound is None:
            continue
        if bound.key in own:
            section.error("", f"the same bound is already at {own[bound.key].place}: keep one of the two")
        own[bound.key] = bound
    # One without dates holds always, so what is included for some days no longer counts either.
    always = {bound.subject for bound in own.values() if bound.begins is None and bound.ends is None}
    kept = (bound for bound in included if bound.key not in own and bound.subject not in always)
    return (*own.values(), *kept)


def _read_bound(section: Section) -> Bound | None:
    on = "".join(section.words("on", tuple(BOUNDS), "bound")[:1])
    if "on" not in section or "max" not in section:
        section.error("", 'a bound needs both, as in on = "message-size" and max = "25 MiB"')
        return None
    begins, ends = section.validity()
    given = read(OF_BOUNDS, section)
    if not on:
        return None
    measure = BOUNDS[on]
    maximum = section.size("max") if measure.octets else section.number("max")
    bases = tuple(measure.amounts)
    basis = bases[0]
    if bases == ("",):
        if "basis" in section:
            section.error("basis", "only the size of a message has one")
    else:
        basis = "".join(section.words("basis", bases, "basis")[:1]) or basis
    for record in OF_BOUNDS:
        for key in record.keys if record.about == "type" and not measure.each else ():
            if key in section:
                section.error(key, 'only the size of one attachment depends on its type: use on = "attachment-size"')
    if maximum is None:
        return None
    return Bound(
        on=on,
        maximum=maximum,
        basis=basis,
        soft="soft" in section.words("kind", ("hard", "soft"), "kind"),
        given=given,
        begins=begins,
        ends=ends,
        cite=section.text("cite"),
        shown=str(section.table["max"]),
        place=section.place,
    )


def read_names(top: Section, included: list[NameRules]) -> NameRules:
    """The rules for names; what a file does not say stays as it is included."""
    section = top.section("names", _NAME_KEYS)
    base = included[-1] if included else NameRules()
    allowed = section.text("allowed")
    try:
        re.compile(f"[{allowed}]" if allowed else "")
    except re.error as error:
        section.error("allowed", f'is not a set of characters, as in "A-Za-z0-9._-": {error}')
        allowed = ""
    spaces, unique = section.flag("spaces"), section.flag("unique")
    return NameRules(
        max_length=section.number("max-length", base.max_length),
        max_signature_length=section.number("max-signature-length", base.max_signature_length),
        allowed=allowed or base.allowed,
        forbidden=section.pattern("forbidden") or base.forbidden,
        spaces=base.spaces if spaces is None else spaces,
        max_dots=section.number("max-dots", base.max_dots),
        reserved=frozenset(word.lower() for word in section.words("reserved")) or base.reserved,
        pattern=section.pattern("pattern") or base.pattern,
        unique=base.unique if unique is None else unique,
        roles=frozenset(section.words("roles", _NAMED_ROLES, "role")) or base.roles,
        max_path=section.number("max-path-length", base.max_path),
        cite=section.text("cite") or base.cite,
    )


def read_archives(top: Section, included: list[ArchiveRules]) -> ArchiveRules:
    """The conditions for archives; what a file does not say stays as it is included."""
    section = top.section("archives", _ARCHIVE_KEYS)
    base = included[-1] if included else ArchiveRules()
    folders, extracting = section.flag("folders"), section.flag("self-extracting")
    size = section.size("max-unpacked")
    return ArchiveRules(
        formats=frozenset(section.words("formats", _ARCHIVES, "archive format")) or base.formats,
        members=frozenset(section.words("members", TYPES, "type")) or base.members,
        nesting=section.number("nesting", base.nesting),
        folders=base.folders if folders is None else folders,
        self_extracting=base.self_extracting if extracting is None else extracting,
        max_members=section.number("max-members", base.max_members),
        max_unpacked=base.max_unpacked if size is None else size,
        cite=section.text("cite") or base.cite,
    )


def read_signatures(section: Section, included: list[SignatureRules]) -> SignatureRules:
    """The conditions for signatures; what a file does not say stays as it is included."""
    base = included[-1] if included else SignatureRules()
    pairing, mail, containers = section.flag("pairing"), section.flag("mail"), section.flag("containers")
    known = (*SIGNATURE_FORMATS, *_ALSO_CALLED)
    formats = [word.lower() for word in section.words("formats", known, "signature format", folded=True)]
    return SignatureRules(
        required=frozenset(section.words("required", TYPES, "type")) or base.required,
        formats=frozenset(key for word in formats for key in _ALSO_CALLED.get(word, (word,))) or base.formats,
        pairing=base.pairing if pairing is None else pairing,
        mail=base.mail if mail is None else mail,
        containers=base.containers if containers is None else containers,
        cite=section.text("cite") or base.cite,
    )


def read_content(top: Section, included: list[ContentRules]) -> ContentRules:
    """What texts may hold; what a file does not say stays as it is included."""
    section = top.section("content", ("links", "cite"))
    base = included[-1] if included else ContentRules()
    links = section.flag("links")
    return ContentRules(links=base.links if links is None else links, cite=section.text("cite") or base.cite)


def read_limits(top: Section, inherited: Limits) -> Limits:
    """The resource limits; what is not named stays as it is."""
    section = top.section("resources", (*_SIZE_LIMITS, *_COUNT_LIMITS))
    changes: dict[str, int] = {}
    for key in section.table:
        value = section.size(key) if key in _SIZE_LIMITS else section.number(key) if key in _COUNT_LIMITS else None
        if value == 0:
            section.error(key, "must be more than 0: nothing could be scanned")
        elif value is not None:
            changes[_SIZE_LIMITS.get(key, key.replace("-", "_"))] = value
    return msgspec.structs.replace(inherited, **changes)
