"""Metadata and names: who answers for a rule, what it says when it matches, which content it is for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

from attachguard.rulekit.diagnostics import Diagnostic
from attachguard.rulekit.parsing import Parsed, Place, Value
from attachguard.yara.metadata import mistakes

_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]*(_[A-Z0-9][A-Za-z0-9]*)*")
#: What a rule of the house has to say, and how.
_WANTED: Final = {
    "author": 'author = "…": who answers for the rule',
    "description": 'description = "…": what was found, in one plain sentence; it is what the reader of a report sees',
    "date": 'date = "2026-11-30": day of the last change',
    "score": "score = 75: how sure, and how bad, from 0 to 100",
}
_FOR: Final = ("attachguard_types", "attachguard_scope")


def wrong(rule: Parsed) -> Iterator[Diagnostic]:
    """Values of keys that attachguard reads, and that it cannot use."""
    meta = rule.meta
    for key, said in mistakes(meta):
        message, _, remedy = said.partition("; ")
        yield _about(rule, rule.meta_place(key), "wrong-metadata", f"{key}: {message}", remedy)


def form(rule: Parsed) -> Iterator[Diagnostic]:
    """What the house asks of metadata and names beyond that."""
    if not _NAME.fullmatch(rule.name):
        yield _about(
            rule, rule.place, "rule-name", f"{rule.name} does not follow the naming of the house",
            "words that begin with capitals, joined by underscores, as in Script_Downloads_And_Runs",
        )  # fmt: skip
    if rule.private:
        return
    meta = rule.meta
    for key, remedy in _WANTED.items():
        if key not in meta:
            yield _about(rule, rule.place, "missing-metadata", f"{rule.name} has no {key}", remedy)
    if not any(key in meta for key in _FOR):
        yield _about(
            rule, rule.place, "missing-metadata", f"{rule.name} does not say what it is for, so all rules would be shown all content",
            'attachguard_types = "js vb", with the types that it matches on, or attachguard_scope',
        )  # fmt: skip
    yield from _sentence(rule, meta.get("description", ""), rule.meta_place("description"))
    yield from _day(rule, meta.get("date", ""), rule.meta_place("date"))


def _sentence(rule: Parsed, value: Value, place: Place) -> Iterator[Diagnostic]:
    if isinstance(value, str) and value and not (value[0].isupper() or value[0].isdigit()):
        yield _about(
            rule,
            place,
            "metadata-form",
            "the description does not begin with a capital",
            "one plain sentence: what was found",
        )
    elif isinstance(value, str) and value.endswith("."):
        yield _about(
            rule,
            place,
            "metadata-form",
            "the description ends with a full stop",
            "drop it: reports continue after it",
        )


def _day(rule: Parsed, value: Value, place: Place) -> Iterator[Diagnostic]:
    if value == "":
        return
    try:
        dt.date.fromisoformat(str(value))
    except ValueError:
        yield _about(
            rule,
            place,
            "metadata-form",
            f"the date is {value!r}, which is not a date",
            'write it as in date = "2026-11-30"',
        )


def _about(rule: Parsed, place: Place, code: str, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(code, rule.text.file, *place, rule.name, message, remedy)
