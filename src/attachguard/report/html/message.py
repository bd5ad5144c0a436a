"""The page about one message or file: the verdict with its clauses, what follows, the tree of parts with what was found in each, and the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element

from attachguard.model import Action, Finding, PartRecord, Report
from attachguard.policy.explaining.follows import follows
from attachguard.policy.explaining.phrases import phrase
from attachguard.policy.explaining.sentences import type_name
from attachguard.report.html.build import cut, h, theirs
from attachguard.report.html.words import Said, Words
from attachguard.report.human import size_text

#: Parts of one report, findings of one part, and levels of the tree that a page shows.
_PARTS: Final = 400
_FINDINGS: Final = 25
_LEVELS: Final = 24

#: Gives the sentence of the clause that a finding was judged by; empty where the policy is not at hand.
Clauses = Callable[[Report, Finding], str]


class MessagePage:
    """Writes reports in one language.

    Args:
        words: the language.
        clauses: who knows the sentences of the policy.
    """

    def __init__(self, words: Words, clauses: Clauses) -> None:
        self._words = words
        self._clauses = clauses

    def body(self, report: Report) -> Iterator[Element]:
        """Everything about one report."""
        yield self._verdict(report)
        yield self._section("tree", self._tree(report))
        if report.signatures:
            yield self._section("signatures", h("ul", self._signatures(report), class_="plain"))
        if report.removed:
            yield self._section("removed", h("ul", self._removals(report), class_="plain"))
        if report.checks:
            yield self._section("checks", h("dl", self._checks(report), class_="pairs"))

    def badge(self, action: Action) -> Element:
        """The label of a verdict."""
        return _badge(self._words.verdict(action), action)

    def facts(self, report: Report) -> Element:
        """What was scanned, under which policy, in a line."""
        words = self._words
        pieces = [words(report.kind), size_text(report.size)]
        line = [h("span", piece) for piece in pieces]
        line.append(h("span", words("policy", id=report.policy.id, version=report.policy.version)))
        digest = h("p", "SHA-256 ", h("code", report.sha256), class_="digest") if report.sha256 else None
        return h("div", h("p", line, class_="facts"), digest)

    def _section(self, title: str, content: Element) -> Element:
        return h("section", h("h2", self._words(title)), content)

    # -- the verdict ---------------------------------------------------------------------------------------------------------

    def _verdict(self, report: Report) -> Element:
        verdict, words = report.verdict, self._words
        sentences = list(
            follows(
                verdict.action, verdict.scope, verdict.notify, words.language, reply=verdict.smtp, labels=verdict.labels, tag=verdict.tag,
                hold_days=verdict.hold_days,
            )
        )  # fmt: skip
        if report.receipt_due:
            sentences.append(words("receipt"))
        reasons = list(self._reasons(report))
        title = "noted" if verdict.action.delivers and reasons else "why"
        why = h("ul", reasons, class_="reasons") if reasons else h("p", words("nothing-stands"))
        rest = h("div", h("h2", words("follows")), _list(sentences[1:])) if sentences[1:] else None
        incomplete = None if report.complete else h("p", words("incomplete"), class_="warning")
        return h(
            "section",
            h("p", self.badge(verdict.action), " ", h("strong", sentences[0]), class_="outcome"),
            incomplete,
            h("div", h("div", h("h2", words(title)), why), rest, class_="columns"),
            class_=f"verdict {verdict.action.value}",
        )  # fmt: skip

    def titles(self, report: Report) -> dict[str, list[Said]]:
        """The reasons of a verdict in words: why something is not accepted or, where all is delivered, what was found."""
        titles = {code: self._ours(self._words.reason(code)) for code in report.verdict.reasons}
        if report.verdict.action.delivers:
            for finding in reversed(report.findings):
                if finding.code in titles and finding.action is report.verdict.action:
                    titles[finding.code] = self._words.detail(finding) or titles[finding.code]
        return titles

    def _reasons(self, report: Report) -> Iterator[Element]:
        """The reasons of the verdict, each with the clauses that made it one."""
        for code, title in self.titles(report).items():
            led = [each for each in report.findings if each.code == code and each.action is report.verdict.action]
            clauses = dict.fromkeys(filter(None, (self._clause(report, finding) for finding in led)))
            yield h("li", h("strong", self.said(title)), " ", h("code", code), _list(clauses, "clauses"))

    def _ours(self, text: str) -> list[Said]:
        return [Said(text, self._words.language)]

    def said(self, pieces: Iterable[Said]) -> Element:
        """Text that may be about content; what is not in the language of the page is marked, so that it is read aloud as what it is."""
        here = self._words.language
        return h(
            "bdi",
            (
                cut(piece.text) if piece.language == here else h("span", cut(piece.text), lang=piece.language)
                for piece in pieces
            ),
        )

    def _clause(self, report: Report, finding: Finding) -> str:
        """The clause, its sentence, and whether the text itself says so."""
        if not finding.cite and not finding.rule:
            return ""
        sentence = self._clauses(report, finding)
        said = f"{finding.cite}: {sentence}" if finding.cite and sentence else finding.cite or sentence
        if not said:
            return ""
        end = "" if said.endswith((".", "!", "?")) else "."
        return f"{said}{end} ({phrase(f'origin-{finding.origin}', self._words.language).rstrip('.')})"

    # -- the tree ------------------------------------------------------------------------------------------------------------

    def _tree(self, report: Report) -> Element:
        below: dict[str | None, list[PartRecord]] = {}
        # What is shown below what, and how deep. A part stands after the one that holds it; whatever else a file says of itself, it is shown.
        above: dict[str | None, str | None] = {None: None}
        levels: dict[str | None, int] = {None: 0}
        for part in report.parts[:_PARTS]:
            parent = part.parent if part.parent in levels else None
            if (
                levels[parent] >= _LEVELS
            ):  # deeper ones stand beside each other: no browser and no reader follows that far
                parent = above[parent]
            if part.path not in levels:
                above[part.path], levels[part.path] = parent, levels[parent] + 1
            below.setdefault(parent, []).append(part)
        found: dict[str, list[Finding]] = {}
        for finding in sorted(report.findings, key=lambda each: -each.action.strength):
            found.setdefault(finding.part, []).append(finding)
        loose = [finding for path, several in found.items() if path not in levels for finding in several]
        tree = h("ul", self._branches(report, None, below, found), class_="tree")
        left = len(report.parts) - _PARTS
        more = h("p", self._words("more-parts", count=left), class_="quiet") if left > 0 else None
        return h("div", tree, self._findings(report, loose, places=True), more)

    def _branches(
        self,
        report: Report,
        parent: str | None,
        below: dict[str | None, list[PartRecord]],
        found: dict[str, list[Finding]],
    ) -> Iterator[Element]:
        for part in below.pop(parent, ()):
            node = h("div", self._part(part), self._findings(report, found.pop(part.path, [])), class_="part")
            inner = list(self._branches(report, part.path, below, found))
            yield h("li", node, h("ul", inner) if inner else None)

    def _part(self, part: PartRecord) -> Iterator[Element]:
        words = self._words
        name = part.name or (part.path.rpartition("!/")[2] if "!/" in part.path else "")
        title: list[str | Element] = [h("strong", theirs(name) if name else words.named("role", part.role)), " "]
        title.append(h("span", f"{type_name(part.type.id, words.language)} ({part.type.id})", class_="type"))
        yield h("p", title, class_="name")
        facts = [words.named("role", part.role)] if name else []
        facts.append(size_text(part.size) if part.size is not None else words("unread"))
        if part.encryption != "none":
            facts.append(words.named("encryption", part.encryption))
        if part.signed:
            facts.append(words("signed"))
        if len(part.types) > 1:
            facts.append(words("also", types=", ".join(part.types[1:])))
        line = [h("span", fact) for fact in facts]
        if part.declared and part.declared != part.type.mime:
            line.append(h("span", theirs(words("declared", type=part.declared))))
        yield h("p", line, class_="facts")
        if part.sha256 and part.parent is not None:  # that of the root stands above
            yield h("p", "SHA-256 ", h("code", part.sha256), class_="digest")

    def _findings(self, report: Report, findings: list[Finding], *, places: bool = False) -> Element | None:
        if not findings:
            return None
        rows = [self._finding(report, finding, place=places) for finding in findings[:_FINDINGS]]
        left = len(findings) - _FINDINGS
        if left > 0:
            rows.append(h("li", self._words("more-findings", count=left), class_="quiet"))
        return h("ul", rows, class_="findings")

    def _finding(self, report: Report, finding: Finding, *, place: bool) -> Element:
        words = self._words
        detail, clause = words.detail(finding), self._clause(report, finding)
        # What is let through is described by what it is: the sentence of its code says why it would not be.
        title = detail if detail and finding.action.delivers else self._ours(words.reason(finding.code))
        offset = words("offset", offset=finding.offset) if finding.offset is not None else ""
        said = [self.said(detail)] if detail and detail != title else []
        said += [h("span", f" ({offset})")] if offset else []
        quiet = [finding.part] if place else []
        quiet += [clause] if clause else [f"{words('rule')} {finding.rule}"] if finding.rule else []
        label = _badge(words.finding(finding.action), finding.action)
        return h(
            "li",
            h("p", label, " ", h("strong", self.said(title)), " ", h("code", finding.kind or finding.code)),
            h("p", said) if said else None,
            [h("p", theirs(line), class_="quiet") for line in quiet if line],
            h("p", theirs(phrase("label", words.language).format(label=finding.label))) if finding.label else None,
        )  # fmt: skip

    # -- the rest ------------------------------------------------------------------------------------------------------------

    def _signatures(self, report: Report) -> Iterator[Element]:
        words = self._words
        for each in report.signatures:
            answers = [
                ("coverage", each.coverage, ""),
                ("integrity", each.integrity, each.cause),
                ("trust", each.trust, each.trust_cause),
            ]
            if each.qualified_cause:
                answers.append(("qualified", each.qualified, each.qualified_cause))
            pairs: list[tuple[str, str | Element]] = [
                (words.word(key), theirs(words.word(result) + (f" ({words.word(cause)})" if cause else "")))
                for key, result, cause in answers
            ]
            pairs += [
                (words.word(key), theirs(value))
                for key, value in (("signer", each.signer), ("signed-at", each.time))
                if value
            ]
            yield h(
                "li",
                h("p", h("strong", each.format), " ", theirs(each.part or words.word("message"))),
                h("dl", _pairs(pairs), class_="pairs"),
            )

    def _removals(self, report: Report) -> Iterator[Element]:
        for each in report.removed:
            size = f", {size_text(each.size)}" if each.size is not None else ""
            yield h(
                "li",
                h(
                    "p",
                    h("strong", self.said([Said(each.detail or each.kind, "en")])),
                    " ",
                    h("code", each.kind or each.code),
                ),
                h("p", theirs(each.part), size, class_="quiet"),
                h("p", "SHA-256 ", h("code", each.sha256), class_="digest") if each.sha256 else None,
            )

    def _checks(self, report: Report) -> Iterator[Element]:
        words = self._words
        for each in report.checks:
            cause = f" ({words.word(each.cause)})" if each.cause else ""
            yield from _pairs([(words.word(each.check), theirs(words.word(each.result) + cause))])


def _badge(text: str, action: Action) -> Element:
    return h("span", text, class_=f"badge {action.value}")


def _list(lines: Iterable[str], class_: str = "plain") -> Element | None:
    rows = [h("li", theirs(line)) for line in lines]
    return h("ul", rows, class_=class_) if rows else None


def _pairs(pairs: Iterable[tuple[str, str | Element]]) -> Iterator[Element]:
    for name, value in pairs:
        yield h("div", h("dt", name), h("dd", value))
