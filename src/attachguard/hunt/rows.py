"""Rows: what a report says as flat records for a table, one a finding or one a message.

The columns are in the two tables here; the Parquet schema, the filter and the documentation are made from them. A row holds nothing that differs
from run to run, so that two hunts can be compared.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from attachguard.model import Report

__all__ = ["COLUMNS", "Column", "Granularity", "Row", "rows"]

Row = dict[str, Any]
Granularity = Literal["findings", "messages"]


class Column(NamedTuple):
    """One column of the result.

    Args:
        name: how filters and tables call it.
        kind: `text`, `number`, `truth`, or `texts` for a list of them; each may be missing but `texts`.
        about: what it holds, for people.
    """

    name: str
    kind: Literal["text", "number", "truth", "texts"]
    about: str


_INPUT: Final = (
    Column("source", "text", "address of the mail or file; `box.mbox!/message-7.eml` for a member"),
    Column("sha256", "text", "digest of the mail or file; missing where it was not read whole"),
    Column("size", "number", "its bytes"),
    Column("input", "text", "`message` or `file`"),
    Column("complete", "truth", "whether nothing of it was left unread"),
)
_FINDING: Final = (
    *_INPUT,
    Column("verdict", "text", "action for the whole mail or file"),
    Column("part", "text", "path of the part that the finding is about"),
    Column("name", "text", "file name of the part"),
    Column("type", "text", "true type of the part"),
    Column("part_sha256", "text", "digest of the part"),
    Column("part_size", "number", "bytes of the part"),
    Column("code", "text", "reason code"),
    Column("kind", "text", "kind of the finding within its code"),
    Column("action", "text", "what the policy says about this finding alone"),
    Column("scope", "text", "`attachment` or `message`"),
    Column("rule", "text", "the YARA rule that matched; missing where no rule did"),
    Column("namespace", "text", "namespace of the rule: its file without the ending"),
    Column("tags", "texts", "tags of the rule"),
    Column("score", "number", "0–100 where the rule grades itself"),
    Column("found_by", "text", "format module or component that noticed it"),
    Column("cite", "text", "clause of the policy"),
    Column("detail", "text", "the finding in plain words"),
)
_MESSAGE: Final = (
    *_INPUT,
    Column("action", "text", "verdict on the whole mail or file"),
    Column("scope", "text", "`attachment` or `message`"),
    Column("notify", "text", "who would be told"),
    Column("reasons", "texts", "reason codes that led to the verdict"),
    Column("codes", "texts", "reason codes of all findings, each once"),
    Column("kinds", "texts", "kinds of all findings, each once"),
    Column("rules", "texts", "YARA rules that matched, each once"),
    Column("types", "texts", "true types of all parts, each once"),
    Column("findings", "number", "how many findings there are"),
    Column("parts", "number", "how many parts there are"),
)
#: The columns of each kind of row.
COLUMNS: Final[dict[Granularity, tuple[Column, ...]]] = {"findings": _FINDING, "messages": _MESSAGE}


def rows(report: Report, granularity: Granularity) -> Iterator[Row]:
    """The rows of one report, in its order.

    Args:
        report: what a scan has found.
        granularity: one row a finding, or one for the whole.
    """
    shared: Row = {
        "source": report.source,
        "sha256": report.sha256,
        "size": report.size,
        "input": report.kind,
        "complete": report.complete,
    }
    if granularity == "messages":
        yield shared | _message(report)
        return
    parts = {part.path: part for part in report.parts}
    for finding in report.findings:
        part = parts.get(finding.part)
        rule = finding.yara
        yield shared | {
            "verdict": report.verdict.action.value,
            "part": finding.part,
            "name": part.name if part is not None else posixpath.basename(finding.part),
            "type": part.type.id if part is not None else None,
            "part_sha256": part.sha256 if part is not None else None,
            "part_size": part.size if part is not None else None,
            "code": finding.code,
            "kind": finding.kind,
            "action": finding.action.value,
            "scope": finding.scope.value,
            "rule": rule.rule if rule is not None else None,
            "namespace": rule.namespace if rule is not None else None,
            "tags": list(rule.tags) if rule is not None else [],
            "score": finding.score,
            "found_by": finding.source,
            "cite": finding.cite,
            "detail": finding.detail,
        }


def _message(report: Report) -> Row:
    verdict = report.verdict
    return {
        "action": verdict.action.value,
        "scope": verdict.scope.value,
        "notify": verdict.notify.value,
        "reasons": list(verdict.reasons),
        "codes": list(dict.fromkeys(finding.code for finding in report.findings)),
        "kinds": list(dict.fromkeys(finding.kind for finding in report.findings)),
        "rules": list(dict.fromkeys(finding.yara.rule for finding in report.findings if finding.yara is not None)),
        "types": list(dict.fromkeys(part.type.id for part in report.parts)),
        "findings": len(report.findings),
        "parts": len(report.parts),
    }
