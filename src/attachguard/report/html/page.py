"""The page as a whole: head, style and title around what `message` and `overview` write."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from xml.etree.ElementTree import Element

from attachguard.errors import PolicyError
from attachguard.model import Finding, Report
from attachguard.policy import Policy
from attachguard.policy.explaining.verdict_page import rule_of
from attachguard.policy.judging.records import PolicyData
from attachguard.report.formats import Look
from attachguard.report.html.build import h, theirs, written
from attachguard.report.html.message import MessagePage
from attachguard.report.html.overview import Overview, Tally
from attachguard.report.html.words import Words
from attachguard.version import VERSION


class Page:
    """Writes reports as one page: all about one, or an overview of many.

    Args:
        look: the language, and the policy whose clauses are explained where it is none of the built-in ones.
    """

    def __init__(self, look: Look) -> None:
        self._words = Words(look.language)
        self._policy = look.policy
        self._tally = Tally()

    def add(self, report: Report) -> bytes:
        """Nothing yet."""
        self._tally.add(report)
        return b""

    def end(self) -> bytes:
        """The whole page."""
        words, tally = self._words, self._tally
        message = MessagePage(words, self._clause)
        if tally.count == 1:
            report = tally.reports()[0]
            title = h("h1", theirs(report.source or words("report")))
            header = h("header", h("p", words("report"), class_="over"), title, message.facts(report))
            return self._page(report.source or words("report"), header, message.body(report), ())
        overview = Overview(words, message)
        name = words("report-of", count=tally.count)
        policies = words(
            "one-policy" if len(tally.policies) == 1 else "policies", names=", ".join(sorted(tally.policies))
        )
        header = h(
            "header",
            h("p", words("report"), class_="over"),
            h("h1", name),
            h("p", policies if tally.count else words("empty")),
        )
        return self._page(name, header, overview.body(tally) if tally.count else (), overview.rules(tally))

    def _page(self, title: str, header: Element, body: Iterable[Element], rules: Iterable[str]) -> bytes:
        style = "\n".join((_style(), *rules))
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        head = h(
            "head",
            h("meta", charset="utf-8"),
            h("meta", http_equiv="Content-Security-Policy", content=policy),
            h("meta", name="viewport", content="width=device-width, initial-scale=1"),
            h("meta", name="referrer", content="no-referrer"),
            h("title", theirs_title(title)),
        )
        sheet = Element("style")
        sheet.text = style
        head.append(sheet)
        made = self._words("made-by", day=f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC", version=VERSION)
        footer = h("footer", [h("p", said) for said in (self._words("details-english"), made) if said])
        page = h("html", head, h("body", header, h("main", body), footer), lang=self._words.language)
        return f"<!DOCTYPE html>\n{written(page)}\n".encode("utf-8", "replace")

    def _clause(self, report: Report, finding: Finding) -> str:
        """The sentence of the rule that a finding was judged by."""
        data = _policy_of(report.policy.id)
        if self._policy is not None and self._policy.id == report.policy.id:
            data = self._policy
        if data is None or data.version != report.policy.version:
            return ""
        rule = rule_of(finding, data)
        if rule is None:
            return ""
        return rule.because_de if self._words.language == "de" and rule.because_de else rule.because


def theirs_title(title: str) -> str:
    """A title, in which there are no elements: what nobody would see is left out."""
    return "".join(letter for letter in title if letter.isprintable())[:200]


@cache
def _policy_of(name: str) -> PolicyData | None:
    """The built-in policy of this id; reports are data, so no file is opened by a name that one gives."""
    if name not in Policy.builtin_names():
        return None
    try:
        return Policy.load(name).data
    except PolicyError:
        return None


@cache
def _style() -> str:
    return (resources.files("attachguard.report.html") / "page.css").read_text("utf-8")
