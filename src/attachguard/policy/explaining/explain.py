"""What a policy says, as a page for people: what is accepted, what happens otherwise, which clause says so, and what no machine decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attachguard.model import Action, Scope
from attachguard.policy.explaining.accepted import Listing
from attachguard.policy.explaining.follows import action_sentence, follows
from attachguard.policy.explaining.page import Block
from attachguard.policy.explaining.phrases import Speaker
from attachguard.policy.explaining.sentences import conditions, days, narrowed, reason, texts
from attachguard.policy.judging.narrowing import OF_EXCEPTIONS
from attachguard.policy.judging.rules import Rule

LANGUAGES: Final = ("en", "de")


class Explainer(Speaker):
    """Explains one policy in one language."""

    def page(self) -> list[Block]:
        """The whole policy."""
        data = self._data
        title = data.title_de if self._language == "de" and data.title_de else data.title
        blocks = [Block("title", (title or data.id,)), Block("text", tuple(self._identity()))]
        blocks += [Block("heading", (self._say("accepted"),)), *Listing(data, self._language).blocks()]
        blocks += [
            Block("heading", (self._say("otherwise"),)),
            Block("text", (self._say("strongest"),)),
            self._rules(data.rules),
        ]
        blocks.append(Block("text", (self._say("default", action=self._action(data.default, _usual(data.default))),)))
        if data.unchecked:
            blocks += [Block("heading", (self._say("not-evaluated"),)), Block("list", tuple(self._unchecked()))]
        if data.waivers:
            blocks += [Block("heading", (self._say("exceptions"),)), Block("list", tuple(self._waivers()))]
        for override in data.overrides:
            where = " ".join(
                self._say(f"override-{name}", value=", ".join(sorted(values)))
                for name, values in (("channels", override.channels), ("recipients", override.recipients))
                if values
            )
            blocks.append(Block("heading", (self._say("override", where=where),)))
            if override.title:
                blocks.append(Block("text", (override.title,)))
            blocks += Listing(override.data, self._language).blocks()
            known = {rule.place for rule in data.rules}
            blocks.append(self._rules([rule for rule in override.data.rules if rule.place not in known]))
        if data.not_decidable:
            blocks += [Block("heading", (self._say("not-decidable"),)), self._sentences()]
        return blocks

    def _identity(self) -> Iterator[str]:
        data = self._data
        yield self._say("version", id=data.id, version=data.version)
        if data.source:
            yield self._say("source", source=data.source)
        if data.begins or data.ends:
            yield self._say("valid", days=days(data.begins, data.ends, self._language))
        if data.mode != "enforce":
            yield self._say(f"mode-{data.mode}")
        if data.passwords:
            yield self._say("passwords", count=len(data.passwords))

    # -- what happens otherwise -----------------------------------------------------------------------------------------------

    def _rules(self, rules: Iterable[Rule]) -> Block:
        """A row for each rule of the file, whichever and however many codes it has."""
        told = sorted(
            rules, key=lambda rule: (-rule.action.strength, rule.cite, rule.place, rule.code, rule.precedence)
        )
        rows: dict[tuple[object, ...], list[Rule]] = {}
        for rule in told:
            rows.setdefault((rule.place, rule.given, rule.outcome), []).append(rule)
        heads = (self._say("when"), self._say("then"), self._say("clause"))
        return Block(
            "table",
            heads,
            tuple((self._when(group), self.then(group[0]), self.clause(group[0])) for group in rows.values()),
        )

    def _when(self, rules: list[Rule]) -> str:
        under = conditions(rules[0], self._language)
        codes = "; ".join(f"{reason(rule.code, self._language)} ({rule.code})" for rule in rules)
        return codes + (f" – {under}" if under else "") + "."

    def then(self, rule: Rule) -> str:
        """What follows from a rule, in sentences."""
        return " ".join(
            follows(
                rule.action, rule.scope, rule.notify, self._language, reply=rule.reply, labels=[rule.label] if rule.label else [], tag=rule.tag,
                hold_days=rule.hold_days,
            )
        )  # fmt: skip

    def clause(self, rule: Rule) -> str:
        """The clause that a rule comes from, and how sure that is."""
        because = rule.because_de if self._language == "de" and rule.because_de else rule.because
        said = f"{rule.cite}: {because}" if rule.cite and because else rule.cite or because
        return f"{said} [{self._say('origin-' + rule.origin)}]".strip()

    def _action(self, action: Action, scope: Scope) -> str:
        return action_sentence(action, scope, self._language)

    def _unchecked(self) -> Iterator[str]:
        for check, action in sorted(self._data.unchecked.items()):
            yield self._say(
                "unchecked", check=texts().word(check, self._language), action=self._action(action, _usual(action))
            )

    def _waivers(self) -> Iterator[str]:
        for waiver in self._data.waivers:
            said = self._say(
                "exception",
                name=waiver.name,
                codes="; ".join(f"{reason(code, self._language)} ({code})" for code in sorted(waiver.codes)),
                whom=narrowed(OF_EXCEPTIONS, waiver.given, self._language),
                proven=self._say("proven") if "senders" in dict(waiver.given) and waiver.proven else "",
                until=self._say("until", day=waiver.ends) if waiver.ends else "",
                action=self._action(waiver.action, Scope.ATTACHMENT),
            )
            yield said + (f" [{waiver.cite}]" if waiver.cite else "")

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


def _usual(action: Action) -> Scope:
    """What an action applies to where no rule says it."""
    return Scope.MESSAGE if action.strength >= Action.DEFER.strength else Scope.ATTACHMENT
