"""Reports as a table for spreadsheets: one row a finding, and one for a mail or file without any.

A spreadsheet takes a cell for a formula that begins with one of a few signs, and finds the beginnings of cells by separators of its own choice (a
German one by semicolons). So such a sign gets an apostrophe in front at every place where a cell could begin, all cells are quoted, and none has
a line break (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
import re
from typing import Final

from attachguard.model import Finding, Report
from attachguard.report.formats import Look
from attachguard.types.letters import printable, whole

COLUMNS: Final = (
    "source", "kind", "size", "sha256", "verdict", "reasons", "smtp", "complete", "policy", "action", "code", "finding", "part", "type",
    "detail", "clause", "rule", "part_sha256",
)  # fmt: skip
#: The signs that begin a formula, in their wide forms too, where a cell may begin: at its start, after a separator or a quote.
_FORMULA: Final = re.compile(r"(^|[;,|\"'])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")


class Table:
    """Writes reports as rows of CSV in UTF-8, with the mark by which spreadsheets know it."""

    def __init__(self, _look: Look) -> None:
        self._begun = False

    def add(self, report: Report) -> bytes:
        """The rows of one report."""
        parts = {part.path: part for part in report.parts}
        rows = []
        for finding in report.findings or (None,):
            part = parts.get(finding.part) if finding else None
            kind = part.type.id if part else report.parts[0].type.id if report.parts else ""
            rows.append((*_of_report(report), *_of_finding(finding, kind), (part.sha256 or "") if part else ""))
        return self._written(rows)

    def end(self) -> bytes:
        """The heads of the columns, where there was no row."""
        return self._written(())

    def _written(self, rows: list[tuple[str, ...]] | tuple[()]) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        if not self._begun:
            self._begun = True
            out.write("\ufeff")
            writer.writerow(COLUMNS)
        writer.writerows(map(cell, row) for row in rows)
        return out.getvalue().encode()


def _of_report(report: Report) -> tuple[str, ...]:
    verdict = report.verdict
    return (
        report.source, report.kind, str(report.size), report.sha256 or "", verdict.action.value, " ".join(verdict.reasons), verdict.smtp or "",
        "yes" if report.complete else "no", f"{report.policy.id} {report.policy.version}",
    )  # fmt: skip


def _of_finding(finding: Finding | None, kind: str) -> tuple[str, ...]:
    if finding is None:
        return ("", "", "", "", kind, "", "", "")
    return (
        finding.action.value, finding.code, finding.kind, finding.part, kind, finding.detail, finding.cite, finding.rule,
    )  # fmt: skip


def cell(text: str) -> str:
    """Text as it may stand in a cell: whole, on one line, and no formula for anybody."""
    return _FORMULA.sub(r"\1\2'", printable(whole(text)))
