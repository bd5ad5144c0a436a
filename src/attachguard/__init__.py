"""attachguard decides what a mail attachment really is and what happens to it.

The names below are the whole public interface:

    scanner = Scanner(Policy.load("strict"))
    report = scanner.scan(Path("mail.eml"))
    report.verdict.action
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
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

#: Where each name is at home. A module is loaded when its name is asked for: who wants a record need not wait for the scanner.
_HOMES: Final = {
    "engine.scan": "Scan",
    "engine.scanner": "Scanner",
    "errors": "LimitExceeded Malformed PolicyError RuleError",
    "limits": "Limits",
    "model": "Action Check Envelope FileType Finding Notify PartRecord Report Scope Verdict",
    "part": "Part",
    "policy": "Policy",
    "yara.rules": "Rules",
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
