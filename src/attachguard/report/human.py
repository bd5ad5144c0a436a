"""Reports for people: one line a file, then the reasons."""

from __future__ import annotations

import time
from collections import Counter
from typing import Final

from attachguard.model import Action, Finding, Report
from attachguard.report.formats import Look
from attachguard.types.letters import printable

#: Reasons shown for one file; the JSON has them all.
_REASONS: Final = 12
_COLOURS: Final = {
    Action.DELIVER: "32",
    Action.FLAG: "33",
    Action.SANITIZE: "33",
    Action.WITHHOLD: "35",
    Action.DEFER: "36",
    Action.QUARANTINE: "35",
    Action.REJECT: "31",
    Action.DISCARD: "31",
}


def size_text(size: int | None) -> str:
    """A size as people read it."""
    if size is None:
        return "-"
    value = float(size)
    for unit in ("B", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"


def render(report: Report, *, colour: bool = False, reasons: bool = True) -> str:
    """One report as lines of text.

    Args:
        report: what to show.
        colour: whether to use terminal colours.
        reasons: whether to list the findings below the line of the file.
    """
    root = report.parts[0] if report.parts else None
    kind = root.type.id if root is not None else "-"
    action = f"{report.verdict.action.value:<10}"
    if colour:
        action = f"\x1b[{_COLOURS[report.verdict.action]}m{action}\x1b[0m"
    unfinished = "" if report.complete else "  (not everything could be examined)"
    lines = [f"{action} {kind:<9} {size_text(report.size):>10}  {printable(report.source) or '-'}{unfinished}"]
    if reasons:
        findings = sorted(
            (finding for finding in report.findings if finding.action is not Action.DELIVER),
            key=lambda finding: -finding.action.strength,
        )
        lines += [_reason(finding) for finding in findings[:_REASONS]]
        if len(findings) > _REASONS:
            lines.append(f"           … and {len(findings) - _REASONS} more (--json shows all)")
    return "\n".join(lines)


def _reason(finding: Finding) -> str:
    where = finding.part or "message"
    detail = f": {finding.detail}" if finding.detail else ""
    cite = f"  [{finding.cite}]" if finding.cite else ""
    return printable(f"           {finding.action.value:<10} {finding.code}  {where}{detail}{cite}")


def summary(counts: dict[Action, int], seconds: float) -> str:
    """The closing line: how many files met which end."""
    total = sum(counts.values())
    ends = ", ".join(f"{counts[action]} {action.value}" for action in Action if counts.get(action))
    return f"{total} scanned in {seconds:.1f} s: {ends or 'nothing'}"


class Text:
    """Writes reports as text, and counts them.

    Args:
        look: whether there are colours.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._counts: Counter[Action] = Counter()
        self._begun = time.perf_counter()

    def add(self, report: Report) -> bytes:
        """The lines of one report."""
        self._counts[report.verdict.action] += 1
        return (render(report, colour=self._look.colour) + "\n").encode("utf-8", "replace")

    def end(self) -> bytes:
        """The closing line."""
        return (summary(dict(self._counts), time.perf_counter() - self._begun) + "\n").encode()
