"""Prints what each sanitizer removes, keeps and refuses, as it is in `docs/sanitizing.md`: `python -m attachguard.sanitizers`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from attachguard.kinds import KINDS
from attachguard.sanitizers import SANITIZERS
from attachguard.sanitizers.record import Sanitizer


def page() -> str:
    """The sections of all sanitizers."""
    return "\n".join(line for sanitizer in SANITIZERS for line in _section(sanitizer))


def _section(sanitizer: Sanitizer) -> Iterator[str]:
    yield f"### {', '.join(sorted(sanitizer.TYPES))}\n"
    yield "| kind | what goes |"
    yield "|---|---|"
    yield from (f"| `{kind}` ({KINDS[kind].code}) | {what} |" for kind, what in sanitizer.REMOVES.items())
    yield f"\nStays: {sanitizer.KEEPS}\n"
    yield f"Refused: {sanitizer.REFUSES}\n"


if __name__ == "__main__":
    sys.stdout.write(page())
