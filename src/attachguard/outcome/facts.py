"""What a report says, as notices and slips want it: which top-level parts are concerned, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attachguard.model import Action, Finding, PartRecord, Report
from attachguard.outcome.templates import Item, Templates

#: Actions that keep something from the addressee, for good or for a time.
KEEPING: Final = frozenset(action for action in Action if not action.delivers)


def top_paths(report: Report) -> dict[str, str]:
    """For each part's path the path of the top-level part that it belongs to; the root belongs to itself."""
    parents = {part.path: part.parent for part in report.parts}
    root = report.parts[0].path if report.parts else ""
    tops: dict[str, str] = {}
    # A part follows the one that holds it, so one pass is enough.
    for path, parent in parents.items():
        tops[path] = path if parent is None or parent == root else tops.get(parent, path)
    return tops


def concerned(report: Report, actions: frozenset[Action] = KEEPING) -> dict[str, list[Finding]]:
    """The findings that lead to one of these actions, by the path of the top-level part they are about; the root's path for the whole."""
    groups: dict[str, list[Finding]] = {}
    found = [finding for finding in report.findings if finding.action in actions]
    tops = top_paths(report) if found else {}
    for finding in found:
        groups.setdefault(tops.get(finding.part, finding.part), []).append(finding)
    return groups


def items(report: Report) -> list[Item]:
    """The top-level parts that something keeps back, without the message itself."""
    records = {part.path: part for part in report.parts[1:]}
    return [item(records[path], findings) for path, findings in concerned(report).items() if path in records]


def item(part: PartRecord, findings: Sequence[Finding]) -> Item:
    """A part as texts name it."""
    return Item(
        name=part.name,
        type=f"{part.type.id}, {part.type.mime}",
        size=part.size,
        sha256=part.sha256,
        section=part.path.partition("!/")[0],
        reasons=tuple(dict.fromkeys((finding.code, finding.cite) for finding in findings)),
    )


def reasons(report: Report, templates: Templates, language: str) -> list[str]:
    """The verdict's reasons as sentences with their clauses, each once."""
    led = [finding for finding in report.findings if finding.code in report.verdict.reasons]
    cites: dict[str, dict[str, None]] = {code: {} for code in report.verdict.reasons}
    for finding in led:
        if finding.action is report.verdict.action and finding.cite:
            cites[finding.code][finding.cite] = None
    return [
        templates.sentence(code, language) + (f" ({', '.join(clauses)})" if clauses else "")
        for code, clauses in cites.items()
    ]


def policy_name(report: Report) -> str:
    """The policy as texts name it."""
    return f"{report.policy.id} {report.policy.version}"
