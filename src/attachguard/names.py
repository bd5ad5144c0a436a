"""What a file name alone gives away: deception, and disagreement with the content."""

from __future__ import annotations

from collections.abc import Iterator

from attachguard.model import Finding
from attachguard.part import Part


def name_findings(part: Part) -> Iterator[Finding]:
    """Facts about the name of a part whose types are known."""
    yield from ()
