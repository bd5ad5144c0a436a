"""From the tables of a policy file to `PolicyData`: what the file says, joined with what it includes."""

from __future__ import annotations

import datetime as dt
from typing import Final

import msgspec

from attachguard.later import later
from attachguard.limits import Limits
from attachguard.policy.judging.measures import BOUNDS
from attachguard.policy.judging.records import ON_SIGNED, PolicyData
from attachguard.policy.judging.rules import Rule
from attachguard.policy.reading.conditions_tables import (
    read_archives,
    read_bounds,
    read_content,
    read_limits,
    read_names,
    read_signatures,
)
from attachguard.policy.reading.exceptions_table import read_checks, read_sentences, read_waivers
from attachguard.policy.reading.passwords_table import read_passwords
from attachguard.policy.reading.positions import KeyPath
from attachguard.policy.reading.rules_table import RuleReader
from attachguard.policy.reading.smime_table import read_key_elsewhere
from attachguard.policy.reading.types_table import read_types
from attachguard.policy.reading.values import Document, Section
from attachguard.policy.reading.yara_table import read_yara_rules

#: The tables that a policy is made of, besides its head.
SECTIONS: Final = (
    "default", "rule", "bound", "types", "names", "content", "archives", "addresses", "signatures", "exception", "not-evaluated", "not-decidable",
    "receipt", "passwords", "resources", "smime", "headers", "sanitize", "rules",
)  # fmt: skip
_SIGNATURE_KEYS: Final = ("on-signed", "required", "formats", "pairing", "mail", "containers", "cite")
_HOST: Final = later(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")
#: Codes that something else in the file must ask for, and what does.
_ASKED_BY: Final = {
    "type-not-allowed": "an accept list in [types]",
    "type-blocked": "a block list in [types]",
    "format-version-not-allowed": "versions or producers in an accept list",
    "not-pdf-a": "pdf-a in an accept list",
    "charset-not-allowed": "mail-charsets in [types]",
    "message-too-large": 'a [[bound]] on "message-size"',
    "attachment-too-large": 'a [[bound]] on "attachment-size" or "attachments-size"',
    "too-many-attachments": 'a [[bound]] on "attachments"',
    "too-many-recipients": 'a [[bound]] on "recipients"',
    "filename-too-long": "max-length or max-path-length in [names]",
    "filename-invalid-character": "allowed, forbidden, spaces, max-dots, reserved or pattern in [names]",
    "filename-duplicate": "unique in [names]",
    "archive-member-rejected": "members, max-members or max-unpacked in [archives]",
    "signature-missing": "required or mail in [signatures]",
    "address-not-binding": "binding in [addresses]",
    "linked-content": "links = false in [content], or for pdf in an accept list",
}
#: Codes that are a label as a rule: being flagged is all that they lead to.
_LABELS: Final = frozenset(
    {"signature-missing", "signature-format-not-allowed", "signature-orphan", "address-not-binding"}
)
#: Codes of things that no inspector looks for.
_NEVER_FOUND: Final = ("fonts-not-embedded", "not-searchable")


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Who a policy is: the `[policy]` table."""

    id: str = ""
    version: str = ""
    title: str = ""
    title_de: str = ""
    source: str = ""
    mode: str = "enforce"
    begins: dt.date | None = None
    ends: dt.date | None = None


def build(top: Section, head: Head, included: list[PolicyData], today: dt.date | None) -> PolicyData:
    """The policy that some tables make.

    Args:
        top: the table that holds them: the file, or one of its overrides.
        head: its identity.
        included: what they change or add to; the last one counts where only one can.
        today: where given, what has expired is reported.
    """
    last = included[-1] if included else None
    report_only = head.mode == "report"
    reader = RuleReader(top.document, report_only=report_only, today=today)
    default = reader.default(top.section("default", ("action",)))
    own = reader.rules(top.tables("rule"))
    rules = _merge(top.document, own, [rule for policy in included for rule in policy.rules])
    reader.unreachable(rules)
    addresses = top.section("addresses", ("binding", "binding-for", "blocked-senders", "allowed-senders"))
    binding_for = "".join(addresses.words("binding-for", ("all", "signed"), "choice")[:1])
    signatures = top.section("signatures", _SIGNATURE_KEYS)
    receipt = top.section("receipt", ("channels",))
    decrypted = top.section("sanitize", ("decrypted",)).flag("decrypted")
    limits = read_limits(top, last.limits if last is not None else Limits())
    return PolicyData(
        id=head.id,
        version=head.version,
        title=head.title,
        title_de=head.title_de,
        source=head.source,
        mode=head.mode,
        begins=head.begins,
        ends=head.ends,
        default=default if "default" in top or last is None else last.default,
        rules=rules,
        bounds=read_bounds(top, [bound for policy in included for bound in policy.bounds]),
        types=read_types(top, [policy.types for policy in included]),
        names=read_names(top, [policy.names for policy in included]),
        archives=read_archives(top, [policy.archives for policy in included]),
        content=read_content(top, [policy.content for policy in included]),
        yara=read_yara_rules(top, [policy.yara for policy in included]),
        binding=addresses.patterns("binding") or frozenset().union(*(policy.binding for policy in included)),
        blocked_senders=addresses.patterns("blocked-senders").union(*(policy.blocked_senders for policy in included)),
        allowed_senders=addresses.patterns("allowed-senders")
        or (last.allowed_senders if last is not None else frozenset()),
        binding_for=binding_for or (last.binding_for if last is not None else "all"),
        signatures=read_signatures(signatures, [policy.signatures for policy in included]),
        key_elsewhere=read_key_elsewhere(top, [policy.key_elsewhere for policy in included], today),
        on_signed="".join(signatures.words("on-signed", ON_SIGNED, "choice")[:1])
        or (last.on_signed if last is not None else ON_SIGNED[0]),
        decrypted=decrypted if decrypted is not None else last is not None and last.decrypted,
        waivers=read_waivers(top, [waiver for policy in included for waiver in policy.waivers], today),
        unchecked=read_checks(top, [policy.unchecked for policy in included], report_only=report_only),
        not_decidable=read_sentences(top, [each for policy in included for each in policy.not_decidable]),
        ambiguity_results=_host(top.section("headers", ("ambiguity-results",)))
        or (last.ambiguity_results if last is not None else ""),
        receipts=receipt.channels() or frozenset().union(*(policy.receipts for policy in included)),
        passwords=read_passwords(top, [policy.passwords for policy in included], limits.passwords),
        limits=limits,
    )


def _host(headers: Section) -> str:
    """In whose name MIME-Ambiguity-Results is written; empty where it is not."""
    host = headers.text("ambiguity-results")
    if host and not _HOST.fullmatch(host):
        headers.error(
            "ambiguity-results", 'must be the name of the host that writes the field, as in "mx.town.example"'
        )
        return ""
    return host


def _merge(document: Document, own: list[Rule], included: list[Rule]) -> tuple[Rule, ...]:
    """One rule for each code and set of conditions; a file overrules what it includes."""
    final = {rule.code for rule in own if not rule.given and rule.dates == (None, None)}
    kept = {(rule.code, rule.given, rule.dates): rule for rule in own}
    for rule in sorted(included, key=lambda rule: rule.layer):
        if rule.code in final:
            continue
        rule = msgspec.structs.replace(rule, layer=rule.layer + 1)
        other = kept.setdefault((rule.code, rule.given, rule.dates), rule)
        if other.layer == rule.layer and other.outcome != rule.outcome:
            document.error(
                ("policy", "include"),
                f"two included policies contradict each other about {rule.code} ({other.place} and {rule.place}): "
                "say here which rule holds",
            )
    return tuple(sorted(kept.values(), key=lambda rule: rule.precedence))


def look_over(document: Document, data: PolicyData) -> None:
    """What is allowed but hardly meant: lists whose overrun leads nowhere, and rules for what nobody asks for."""
    if data.mode != "enforce":
        return
    named = {rule.code for rule in data.rules}
    refuses = not data.default.delivers
    asked = _asked(data)
    # What only mail on some channel or to some address is asked for is asked for, too.
    anywhere = asked.keys() | {code for override in data.overrides for code in _asked(override.data)}
    for code, where in asked.items():
        if code not in named and code not in _LABELS and not refuses:
            document.warn(where, f"no rule says what {code} leads to, so it is only flagged: add a [[rule]] for it")
    told: set[str] = set()
    for rule in data.rules:
        if rule.action.delivers or rule.layer or rule.code in told:
            continue
        told.add(rule.code)
        line = int(rule.place.rpartition(":")[2])
        if rule.code in _ASKED_BY and rule.code not in anywhere:
            document.warn_at(
                line, "rule", f"nothing asks for {rule.code}, so the rule never applies: add {_ASKED_BY[rule.code]}"
            )
        elif rule.code in _NEVER_FOUND:
            document.warn_at(
                line, "rule", f"{rule.code} is never found by this version: say so in a [[not-decidable]] table"
            )


def _asked(data: PolicyData) -> dict[str, KeyPath]:
    """Codes that the lists and limits of a policy give rise to, and where they stand."""
    types, names, archives = data.types, data.names, data.archives
    asked: dict[str, KeyPath] = {BOUNDS[bound.on].code: ("bound", 0) for bound in data.bounds if not bound.soft}
    told: tuple[tuple[object, str, KeyPath], ...] = (
        (types.accept or archives.formats, "type-not-allowed", ("types", "accept")),
        (
            types.block or types.block_groups or types.block_suffixes or types.block_media,
            "type-blocked",
            ("types", "block"),
        ),
        (types.versions or types.producers, "format-version-not-allowed", ("types", "accept")),
        (types.archival, "not-pdf-a", ("types", "accept")),
        (types.mail_charsets, "charset-not-allowed", ("types", "mail-charsets")),
        (
            names.max_length or names.max_signature_length or names.max_path,
            "filename-too-long",
            ("names", "max-length"),
        ),
        (
            names.allowed
            or names.forbidden
            or names.pattern
            or names.reserved
            or not names.spaces
            or names.max_dots is not None,
            "filename-invalid-character",
            ("names",),
        ),
        (names.unique, "filename-duplicate", ("names", "unique")),
        (archives.members or archives.max_members or archives.max_unpacked, "archive-member-rejected", ("archives",)),
        (archives.nesting is not None, "archive-nested", ("archives", "nesting")),
        (archives.folders is False, "archive-directories", ("archives", "folders")),
        (archives.self_extracting is False, "archive-self-extracting", ("archives", "self-extracting")),
        (data.signatures.required or data.signatures.mail, "signature-missing", ("signatures",)),
        (
            data.signatures.formats or not data.signatures.containers,
            "signature-format-not-allowed",
            ("signatures",),
        ),
        (data.blocked_senders or data.allowed_senders, "sender-reputation", ("addresses",)),
        (data.signatures.pairing, "signature-orphan", ("signatures", "pairing")),
        (not data.content.links, "linked-content", ("content", "links")),
        (types.linkless, "linked-content", ("types", "accept")),
        (data.binding, "address-not-binding", ("addresses", "binding")),
    )
    asked.update({code: where for stated, code, where in told if stated})
    return asked
