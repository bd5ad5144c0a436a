"""What a policy says, as a page for people: what is accepted, what happens otherwise, which clause says so, and what no machine decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attachguard.filetypes import TITLES
from attachguard.model import Action, Finding, Notify, Report
from attachguard.policy.page import Block
from attachguard.policy.records import PolicyData
from attachguard.policy.rules import Rule
from attachguard.policy.said import conditions, phrase, reason

LANGUAGES: Final = ("en", "de")


class Explainer:
    """Explains one policy in one language.

    Args:
        data: the policy.
        language: `en` or `de`.
    """

    def __init__(self, data: PolicyData, language: str) -> None:
        self._data = data
        self._language = language

    def _say(self, key: str, **values: object) -> str:
        return phrase(key, self._language).format(**values)

    def page(self) -> list[Block]:
        """The whole policy."""
        data = self._data
        title = data.title_de if self._language == "de" and data.title_de else data.title
        blocks = [Block("title", (title or data.id,)), Block("text", tuple(self._identity()))]
        blocks += [Block("heading", (self._say("accepted"),)), *self._accepted(data)]
        blocks += [
            Block("heading", (self._say("otherwise"),)),
            Block("text", (self._say("strongest"),)),
            self._rules(data.rules),
        ]
        blocks.append(Block("text", (self._say("default", action=self._action(data.default)),)))
        if data.unchecked:
            lines = tuple(
                self._say("unchecked", check=check, action=self._action(action))
                for check, action in sorted(data.unchecked.items())
            )
            blocks += [Block("heading", (self._say("not-evaluated"),)), Block("list", lines)]
        if data.waivers:
            blocks += [Block("heading", (self._say("exceptions"),)), Block("list", tuple(self._waivers()))]
        for override in data.overrides:
            where = " · ".join((*sorted(override.channels), *sorted(override.recipients)))
            blocks += [
                Block("heading", (self._say("override", where=where, title=override.title),)),
                *self._accepted(override.data),
            ]
            blocks.append(self._rules([rule for rule in override.data.rules if rule.layer == 0]))
        if data.not_decidable:
            blocks += [Block("heading", (self._say("not-decidable"),)), self._sentences()]
        return blocks

    def _identity(self) -> Iterator[str]:
        data = self._data
        yield self._say("version", id=data.id, version=data.version)
        if data.source:
            yield self._say("source", source=data.source)
        if data.begins or data.ends:
            yield self._say("valid", begins=data.begins or "…", ends=data.ends or "…")
        if data.mode != "enforce":
            yield self._say(f"mode-{data.mode}")
        if data.passwords:
            yield self._say("passwords", count=len(data.passwords))

    # -- what is accepted ---------------------------------------------------------------------------------------------------

    def _accepted(self, data: PolicyData) -> Iterator[Block]:
        types = data.types
        if types.accept:
            rows = tuple(self._type_row(data, key) for key in sorted(types.accept))
            yield Block("table", (self._say("type"), self._say("suffixes"), self._say("on-condition")), rows)
        else:
            yield Block("text", (self._say("any-type"),))
        lines = [
            *self._lists(data),
            *self._bounds(data),
            *self._names(data),
            *self._archives(data),
            *self._signatures(data),
        ]
        if data.binding:
            lines.append(self._say(f"binding-{data.binding_for}", addresses=", ".join(sorted(data.binding))))
        if data.receipts:
            lines.append(self._say("receipt", channels=", ".join(sorted(data.receipts))))
        if lines:
            yield Block("list", tuple(lines))

    def _type_row(self, data: PolicyData, key: str) -> tuple[str, str, str]:
        types = data.types
        said: list[str] = []
        if key in types.charsets:
            said.append(self._say("charset", charsets=", ".join(sorted(types.charsets[key]))))
        if key in types.versions:
            ranges = (low if low == high else f"{low}–{high}" for low, high in types.versions[key])
            said.append(self._say("versions", versions=", ".join(ranges)))
        if key in types.archival:
            said.append(self._say("pdf-a", parts=", ".join(sorted(types.archival[key]))))
        if key in types.beside:
            said.append(self._say("beside", types=", ".join(sorted(types.beside[key]))))
        suffixes = " ".join("." + suffix for suffix in sorted(types.accept[key]))
        return TITLES.get(key, key), suffixes, "; ".join(said)

    def _lists(self, data: PolicyData) -> Iterator[str]:
        types = data.types
        blocked = [
            *sorted(types.block),
            *sorted(types.block_groups),
            *(f".{each}" for each in sorted(types.block_suffixes)),
            *sorted(types.block_media),
        ]
        if blocked:
            yield self._say("blocked", types=", ".join(blocked))
        if types.mail_charsets:
            yield self._say("mail-charsets", charsets=", ".join(sorted(types.mail_charsets)))

    def _bounds(self, data: PolicyData) -> Iterator[str]:
        for bound in sorted(data.bounds, key=lambda each: (each.on, each.soft, sorted(each.channels))):
            basis = self._say(f"basis-{bound.basis}") if bound.on == "message-size" else ""
            where = (
                self._say("on-channel", names=", ".join(sorted(bound.channels | bound.recipients)))
                if bound.channels | bound.recipients
                else ""
            )
            dates = (
                self._say("dates", begins=bound.begins or "…", ends=bound.ends or "…")
                if bound.begins or bound.ends
                else ""
            )
            soft = self._say("soft") if bound.soft else ""
            cite = f" [{bound.cite}]" if bound.cite else ""
            yield (
                self._say(f"bound-{bound.on}", most=bound.shown or bound.maximum) + basis + where + dates + soft + cite
            )

    def _names(self, data: PolicyData) -> Iterator[str]:
        names = data.names
        told: tuple[tuple[object, str, object], ...] = (
            (names.max_length, "name-length", names.max_length),
            (names.max_signature_length, "name-signature-length", names.max_signature_length),
            (names.allowed, "name-allowed", names.allowed),
            (names.forbidden, "name-forbidden", names.forbidden),
            (not names.spaces, "name-spaces", ""),
            (names.max_dots is not None, "name-dots", names.max_dots),
            (names.reserved, "name-reserved", ", ".join(sorted(names.reserved))),
            (names.pattern, "name-pattern", names.pattern),
            (names.unique, "name-unique", ""),
        )
        yield from (self._say(key, value=value) for stated, key, value in told if stated)

    def _archives(self, data: PolicyData) -> Iterator[str]:
        rules = data.archives
        told: tuple[tuple[object, str, object], ...] = (
            (rules.formats, "archive-formats", ", ".join(sorted(rules.formats))),
            (rules.members, "archive-members", ", ".join(sorted(rules.members))),
            (rules.nesting is not None, "archive-nesting", rules.nesting),
            (rules.folders is not None, f"archive-folders-{str(bool(rules.folders)).lower()}", ""),
            (rules.self_extracting is not None, f"archive-sfx-{str(bool(rules.self_extracting)).lower()}", ""),
            (rules.max_members is not None, "archive-max-members", rules.max_members),
            (rules.max_unpacked is not None, "archive-max-unpacked", rules.max_unpacked),
        )
        yield from (self._say(key, value=value) for stated, key, value in told if stated)

    def _signatures(self, data: PolicyData) -> Iterator[str]:
        rules = data.signatures
        if rules.required:
            yield self._say("signature-required", value=", ".join(sorted(rules.required)))
        if rules.formats:
            yield self._say("signature-formats", value=", ".join(sorted(rules.formats)))
        if rules.pairing:
            yield self._say("signature-pairing")
        yield self._say(f"on-signed-{data.on_signed}")

    # -- what happens otherwise -----------------------------------------------------------------------------------------------

    def _rules(self, rules: Iterable[Rule]) -> Block:
        told = sorted(rules, key=lambda rule: (-rule.action.strength, rule.cite, rule.code, rule.precedence))
        heads = (self._say("when"), self._say("then"), self._say("clause"))
        return Block("table", heads, tuple((self._when(rule), self._then(rule), self._clause(rule)) for rule in told))

    def _when(self, rule: Rule) -> str:
        under = conditions(rule, self._language)
        return f"{reason(rule.code, self._language)} ({rule.code})" + (f" – {under}" if under else "")

    def _then(self, rule: Rule) -> str:
        said = [self._action(rule.action)]
        if not rule.action.delivers:
            said.append(self._say(f"scope-{rule.scope.value}"))
            said.append(self._say(f"notify-{rule.notify.value}"))
        if rule.label:
            said.append(self._say("label", label=rule.label))
        if rule.tag:
            said.append(self._say("tag", tag=rule.tag))
        if rule.hold_days is not None:
            said.append(self._say("hold", days=rule.hold_days))
        return ", ".join(said)

    def _clause(self, rule: Rule) -> str:
        because = rule.because_de if self._language == "de" and rule.because_de else rule.because
        said = f"{rule.cite}: {because}" if rule.cite and because else rule.cite or because
        return f"{said} [{self._say('origin-' + rule.origin)}]".strip()

    def _action(self, action: Action) -> str:
        return self._say(f"action-{action.value}")

    def _waivers(self) -> Iterator[str]:
        for waiver in self._data.waivers:
            who = [
                *sorted(waiver.senders),
                *sorted(waiver.recipients),
                *sorted(waiver.cases),
                *(digest[:16] + "…" for digest in sorted(waiver.sha256)),
            ]
            until = self._say("until", day=waiver.ends) if waiver.ends else ""
            yield (
                f"{waiver.name}: {', '.join(sorted(waiver.codes))} → {self._action(waiver.action)} ({', '.join(who)}{until})"
                + (f" [{waiver.cite}]" if waiver.cite else "")
            )

    def _sentences(self) -> Block:
        german = self._language == "de"
        rows = tuple(
            (
                each.what_de if german and each.what_de else each.what,
                each.because_de if german and each.because_de else each.because,
                each.cite,
            )
            for each in self._data.not_decidable
        )
        return Block("table", (self._say("sentence"), self._say("because"), self._say("clause")), rows)

    # -- one verdict ----------------------------------------------------------------------------------------------------------

    def verdict(self, report: Report) -> list[Block]:
        """One report: finding, rule, clause, action; the ones that led to the verdict first."""
        verdict = report.verdict
        blocks = [
            Block("title", (self._say("verdict-of", source=report.source),)),
            Block("text", (self._say("policy-of", id=report.policy.id, version=report.policy.version),)),
            Block(
                "text",
                (
                    self._say(
                        "verdict", action=self._action(verdict.action), scope=self._say(f"scope-{verdict.scope.value}")
                    ),
                ),
            ),
        ]
        if not verdict.action.delivers:
            blocks.append(Block("text", (self._say(f"notify-{verdict.notify.value}").capitalize() + ".",)))
        known = {(report.policy.id, report.policy.version)}
        if (self._data.id, self._data.version) not in known:
            blocks.append(Block("text", (self._say("other-policy", id=self._data.id, version=self._data.version),)))
        rows = tuple(
            self._finding_row(finding, leading=finding.action is verdict.action) for finding in _ordered(report)
        )
        heads = (self._say("finding"), self._say("part"), self._say("rule"), self._say("then"))
        blocks.append(Block("table", heads, rows))
        undone = tuple(f"{check.check}: {check.cause}" for check in report.checks if check.result == "not-evaluated")
        if undone:
            blocks += [Block("heading", (self._say("not-evaluated"),)), Block("list", undone)]
        return blocks

    def _finding_row(self, finding: Finding, *, leading: bool) -> tuple[str, str, str, str]:
        rule = self._rule_of(finding)
        because = (
            "" if rule is None else rule.because_de if self._language == "de" and rule.because_de else rule.because
        )
        clause = f"{finding.cite}: {because}" if because else finding.cite or self._say("no-rule")
        place = "" if rule is None else f" ({rule.place.rpartition('/')[2]})"
        told = self._action(finding.action)
        if finding.notify is not Notify.NONE:
            told += ", " + self._say(f"notify-{finding.notify.value}")
        if rule is not None and rule.label:
            told += ", " + self._say("label", label=rule.label)
        mark = "» " if leading and not finding.action.delivers else ""
        detail = f" – {finding.detail}" if finding.detail else ""
        clause = f"{clause} [{self._say('origin-' + finding.origin)}]{place}"
        return f"{mark}{reason(finding.code, self._language)} ({finding.code}){detail}", finding.part, clause, told

    def _rule_of(self, finding: Finding) -> Rule | None:
        """The rule that a finding was judged by: the report names its clause and its outcome."""
        for rule in self._data.rules:
            if (rule.code, rule.cite, rule.action, rule.notify) == (
                finding.code,
                finding.cite,
                finding.action,
                finding.notify,
            ):
                return rule
        return None


def _ordered(report: Report) -> list[Finding]:
    return sorted(report.findings, key=lambda finding: -finding.action.strength)
