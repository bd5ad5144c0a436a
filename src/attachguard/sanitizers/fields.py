"""Field codes of Word in all its formats: which of them are not wanted."""

from __future__ import annotations

import re
from typing import Final

from attachguard.formats.office._office.fields import target
from attachguard.sanitizers.record import Work

_DDE: Final = re.compile(r"(?:^|[\x01{}])[\s\"]*DDE(?:AUTO)?(?![A-Za-z0-9])", re.IGNORECASE)
_NAMED: Final = re.compile(
    r"(?:^|[\x01{}])[\s\"]*(INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|DATABASE|RD|HYPERLINK)(?![A-Za-z0-9])(.{0,2000})",
    re.IGNORECASE | re.DOTALL,
)


def judged(code: str, work: Work) -> tuple[str, str, str] | None:
    """Reason code, kind and detail of a field that is not wanted; None for one that stays.

    Args:
        code: what the field says, inner ones after a mark or brace.
        work: what is wanted.
    """
    if _DDE.search(code):
        return ("active-content", "dde-field", "DDE field") if work.wants("dde-field") else None
    for found in _NAMED.finditer(code):
        name = found[1].upper()
        kind, _ = target(name, found[2])
        if kind and work.wants(kind):
            return "external-reference", kind, f"{name} field"
    return None
