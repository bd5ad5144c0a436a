"""attachguard decides what a mail attachment really is and what happens to it.

The names below are the whole public interface:

    scanner = Scanner(Policy.load("strict"))
    report = scanner.scan(Path("mail.eml"))
    report.verdict.action
"""

from attachguard.engine.scan import Scan
from attachguard.engine.scanner import Scanner
from attachguard.errors import LimitExceeded, Malformed, PolicyError, RuleError
from attachguard.limits import Limits
from attachguard.model import (
    Action,
    Check,
    Envelope,
    FileType,
    Finding,
    Notify,
    PartRecord,
    Report,
    Scope,
    Verdict,
)
from attachguard.part import Part
from attachguard.policy import Policy
from attachguard.yara.rules import Rules

__all__ = [
    "Action",
    "Check",
    "Envelope",
    "FileType",
    "Finding",
    "LimitExceeded",
    "Limits",
    "Malformed",
    "Notify",
    "Part",
    "PartRecord",
    "Policy",
    "PolicyError",
    "Report",
    "RuleError",
    "Rules",
    "Scan",
    "Scanner",
    "Scope",
    "Verdict",
]
