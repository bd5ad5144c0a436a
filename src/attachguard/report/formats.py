"""The forms that reports are written in. Each has a writer, which is given one report after another and says what to write.

To add a form, write a module with a writer and add its row here.
"""

from __future__ import annotations

import importlib
from pathlib import PurePath
from typing import Final, NamedTuple, Protocol, cast

from attachguard.errors import OperatorError
from attachguard.model import Report
from attachguard.policy.judging.records import PolicyData


class Look(NamedTuple):
    """How a report is to look, where its form has a choice.

    Args:
        colour: whether to use terminal colours.
        language: `en` or `de`, of pages for people.
        policy: the policy whose clauses are explained, where it is none of the built-in ones.
    """

    colour: bool = False
    language: str = "en"
    policy: PolicyData | None = None


class Writer(Protocol):
    """Writes reports in one form."""

    def add(self, report: Report) -> bytes:
        """What to write once this report is known; may be nothing."""

    def end(self) -> bytes:
        """What to write after the last one."""


class Form(NamedTuple):
    """One form.

    Args:
        module: of this package, with the writer.
        writer: name of its class, which takes a `Look`.
        suffixes: of files in this form.
        streams: whether what was written so far is of use by itself; other files appear when they are whole.
        says: what it is for.
    """

    module: str
    writer: str
    suffixes: tuple[str, ...]
    streams: bool
    says: str


FORMS: Final = {
    "human": Form("human", "Text", (".txt",), True, "one line a file, then the reasons"),
    "json": Form("json", "Array", (".json",), False, "one array of reports"),
    "jsonl": Form("json", "Lines", (".jsonl", ".ndjson"), True, "one report a line"),
    "csv": Form("table", "Table", (".csv",), True, "a table for spreadsheets"),
    "sarif": Form("sarif", "Log", (".sarif",), False, "for code review and CI"),
    "html": Form("html.page", "Page", (".html", ".htm"), False, "a page to look at"),
}


def writer(form: str, look: Look) -> Writer:
    """A new writer of one of `FORMS`."""
    row = FORMS[form]
    made = getattr(importlib.import_module(f"attachguard.report.{row.module}"), row.writer)(look)
    return cast("Writer", made)


def by_name(file: str) -> str:
    """The form that a file of this name is in.

    Raises:
        OperatorError: none has such a suffix.
    """
    suffix = PurePath(file).suffix.lower()
    for name, form in FORMS.items():
        if suffix in form.suffixes:
            return name
    known = ", ".join(suffix for form in FORMS.values() for suffix in form.suffixes)
    raise OperatorError(
        f"no form has the suffix {suffix or 'that is missing here'}; say it with --format, or end in one of {known}",
        file=file,
    )
