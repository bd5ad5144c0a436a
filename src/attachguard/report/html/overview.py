"""The page about many messages and files: counts by verdict and by reason as bars, which are the filter too, and each report below its line.

The filter is radio buttons and style sheet: what is not chosen is not shown. It needs no script.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from attachguard.codes import CODES
from attachguard.model import Action, Report
from attachguard.report.html.build import h, theirs
from attachguard.report.html.message import MessagePage
from attachguard.report.html.words import Words
from attachguard.report.human import size_text

#: Reports that are listed, those of them with everything about them, and reasons to choose from.
LISTED: Final = 5000
DETAILED: Final = 1000
_REASONS: Final = 16


class Tally:
    """What came in so far: counts of everything, and the gravest reports themselves, no more than can be shown."""

    def __init__(self) -> None:
        self.count = 0
        self.verdicts: Counter[Action] = Counter()
        self.reasons: Counter[str] = Counter()
        self.policies: Counter[str] = Counter()
        self._heap: list[tuple[int, int, Report]] = []

    def add(self, report: Report) -> None:
        """One more report."""
        self.verdicts[report.verdict.action] += 1
        self.reasons.update(set(report.verdict.reasons) & CODES)
        self.policies[f"{report.policy.id} {report.policy.version}"] += 1
        row = (report.verdict.action.strength, -self.count, report)
        self.count += 1
        if len(self._heap) < LISTED:
            heapq.heappush(self._heap, row)
        else:
            heapq.heappushpop(self._heap, row)

    def reports(self) -> list[Report]:
        """The gravest first, and in the order they came."""
        return [report for _strength, _number, report in sorted(self._heap, key=lambda row: (-row[0], -row[1]))]


class Overview:
    """Writes the page of a tally.

    Args:
        words: the language.
        message: who writes each report.
    """

    def __init__(self, words: Words, message: MessagePage) -> None:
        self._words = words
        self._message = message

    def body(self, tally: Tally) -> Iterator[Element]:
        """Everything below the title."""
        words = self._words
        reports = tally.reports()
        yield h("p", words("shown"), class_="quiet screen")
        yield h("div", self._verdicts(tally), self._reasons(tally), class_="columns")
        if len(reports) < tally.count:
            yield h("p", words("cut", shown=len(reports), count=tally.count), class_="warning")
        yield h(
            "div", (self._row(report, whole=number < DETAILED) for number, report in enumerate(reports)), class_="rows"
        )

    def rules(self, tally: Tally) -> Iterator[str]:
        """The style that makes the filter of this page."""
        for name in (
            *(f"v-{action.value}" for action in tally.verdicts),
            *(f"r-{code}" for code in self._codes(tally)),
        ):
            yield f"body:has(#{name}:checked) .row:not(.{name}){{display:none}}"

    def _codes(self, tally: Tally) -> list[str]:
        return [code for code, _count in sorted(tally.reasons.items(), key=lambda row: (-row[1], row[0]))[:_REASONS]]

    def _verdicts(self, tally: Tally) -> Element:
        rows = [
            (f"v-{action.value}", self._message.badge(action), tally.verdicts[action], action.value)
            for action in sorted(tally.verdicts, key=lambda each: -each.strength)
        ]
        return self._choice("verdict", "by-verdict", rows, tally.count)

    def _reasons(self, tally: Tally) -> Element | None:
        rows = [
            (f"r-{code}", h("span", self._words.reason(code)), tally.reasons[code], "") for code in self._codes(tally)
        ]
        if not rows:
            return None
        choice, left = self._choice("reason", "by-reason", rows, tally.count), len(tally.reasons) - len(rows)
        if left > 0:
            choice.append(h("p", self._words("more-reasons", count=left), class_="quiet"))
        return choice

    def _choice(self, group: str, title: str, rows: Sequence[tuple[str, Element, int, str]], total: int) -> Element:
        """Radio buttons with bars; the first is for all."""
        everything = (f"{group}-all", h("span", self._words("all")), total, "")
        lines = []
        for number, (name, label, count, colour) in enumerate((everything, *rows)):
            share = f"{100 * count / max(total, 1):.1f}%"
            bar = h("svg", h("rect", width=share, height="100%"), class_=f"bar {colour}".strip(), aria_hidden="true")
            radio = h("input", type="radio", name=group, id=name, checked=number == 0)
            lines.append(h("li", radio, h("label", label, h("span", str(count), class_="count"), bar, for_=name)))
        return h("fieldset", h("legend", self._words(title)), h("ul", lines))

    def _row(self, report: Report, *, whole: bool) -> Element:
        words, verdict = self._words, report.verdict
        codes = [code for code in verdict.reasons if code in CODES]
        root = report.parts[0].type.id if report.parts else "-"
        line = (
            self._message.badge(verdict.action),
            h("span", theirs(report.source or words(report.kind)), class_="source"),
            h("span", f"{root}, {size_text(report.size)}", class_="type"),
            h("span", self._because(report), class_="because") if codes else None,
        )
        inner = (
            h("div", self._message.facts(report), self._message.body(report), class_="inner")
            if whole
            else h("p", words("no-details"), class_="inner quiet")
        )
        classes = " ".join(("row", f"v-{verdict.action.value}", *(f"r-{code}" for code in codes)))
        return h("details", h("summary", line), inner, class_=classes)

    def _because(self, report: Report) -> Iterator[Element | str]:
        for number, title in enumerate(self._message.titles(report).values()):
            yield "; " if number else ""
            yield self._message.said(title)
