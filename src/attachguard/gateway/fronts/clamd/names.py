"""The name under which a client of clamd learns why something was not accepted.

Mail filters look at the beginning of a name: `Heuristics.Encrypted`, `Heuristics.OLE2.ContainsMacros` and `Heuristics.Limits.Exceeded` are kinds of
their own to them, everything else is a virus. So a name of these beginnings is given only where nothing worse was found.
"""

from __future__ import annotations

import re
from typing import Final

from attachguard.model import Action, Finding, Report

_TOKEN: Final = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST: Final = 120
_ENCRYPTED: Final = frozenset(
    {
        "encrypted-unknown-password", "encrypted-known-password", "encrypted-default-password", "encrypted-unknown-key",
        "encryption-scheme-not-supported", "password-protected", "smime-encrypted",
    }
)  # fmt: skip
#: A scan that did not come to its end; which limit it was is said in the finding's kind or its code.
_LIMITS: Final = frozenset({"resource-limit-exceeded", "scan-incomplete", "inspection-failed", "policy-error"})
_LIMIT_NAMES: Final = {
    "depth": "MaxRecursion", "parts": "MaxFiles", "part_bytes": "MaxFileSize", "total_bytes": "MaxScanSize", "seconds": "MaxScanTime",
}  # fmt: skip
#: Names of containers as ClamAV writes them, by type.
_FORMATS: Final = {
    "zip": "Zip", "7z": "7Zip", "rar": "RAR", "pdf": "PDF", "doc": "OLE2", "xls": "OLE2", "ppt": "OLE2", "cfb": "OLE2", "ooxml-enc": "OLE2",
    "arj": "ARJ", "ace": "ACE",
}  # fmt: skip
_FAILED: Final = "Heuristics.Limits.Exceeded.MaxScanTime"
BUSY: Final = "Heuristics.Limits.Exceeded.Busy"


def name(report: Report) -> str:
    """The name for a report whose verdict does not deliver."""
    led = [finding for finding in report.findings if finding.code in report.verdict.reasons and _leads(finding, report)]
    ranked = sorted(led, key=_rank)
    if not ranked:
        reason = report.verdict.reasons[0] if report.verdict.reasons else report.verdict.action.value
        return safe(f"Attachguard.{reason}")
    return safe(_named(ranked[0], report))


def failure(*, busy: bool) -> str:
    """The name for a scan that could not be made."""
    return BUSY if busy else _FAILED


def all_names(report: Report) -> tuple[str, ...]:
    """Every name of a report, the first one first: for clients that want all matches."""
    found = [_named(finding, report) for finding in sorted(report.findings, key=_rank) if not finding.action.delivers]
    return tuple(dict.fromkeys(safe(each) for each in (name(report), *found)))


def safe(text: str) -> str:
    """A name that every client takes: no blank, colon or parenthesis, not too long."""
    return _TOKEN.sub("_", text)[:_LONGEST]


def _leads(finding: Finding, report: Report) -> bool:
    """Whether a finding led to the verdict; any that keeps something back, where none has the verdict's own action."""
    action = report.verdict.action
    return finding.action is action or (
        action.delivers is False and not finding.action.delivers and finding.action is not Action.DEFER
    )


def _rank(finding: Finding) -> int:
    """Viruses before macros before encryption before limits."""
    if finding.code in _LIMITS:
        return 3
    if finding.code in _ENCRYPTED:
        return 2
    return 1 if finding.code == "macro-content" else 0


def _named(finding: Finding, report: Report) -> str:
    if finding.code in _ENCRYPTED:
        return f"Heuristics.Encrypted.{_format(finding, report)}"
    if finding.code == "macro-content":
        return f"Heuristics.OLE2.ContainsMacros.{'XLM' if finding.kind == 'xlm' else 'VBA'}"
    if finding.code in _LIMITS:
        limit = next(
            (word for key, word in _LIMIT_NAMES.items() if finding.detail.startswith(f"{key}:")), "MaxScanTime"
        )
        return f"Heuristics.Limits.Exceeded.{limit}"
    return f"Attachguard.{finding.code}"


def _format(finding: Finding, report: Report) -> str:
    part = next((part for part in report.parts if part.path == finding.part), None)
    if part is None:
        return "Unknown"
    kind = part.type
    for key in (kind.id, *part.types):
        if key in _FORMATS:
            return _FORMATS[key]
    return kind.id.upper() if kind.id.isalnum() else kind.id
