"""Policies: which finding leads to which action. Placeholder shape, replaced by the real one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attachguard.limits import Limits
from attachguard.model import Action, Envelope, Finding, Notify, PolicyName, Scope, Verdict
from attachguard.part import Part


class Policy:
    def __init__(self) -> None:
        self.id = "audit"
        self.version = "0"
        self.limits = Limits()

    @classmethod
    def load(cls, source: str) -> "Policy":
        return cls()

    @property
    def name(self) -> PolicyName:
        return PolicyName(self.id, self.version)

    def part_findings(self, part: Part) -> Iterator[Finding]:
        yield from ()

    def message_findings(self, size: int, parts: Iterable[Part], envelope: Envelope) -> Iterator[Finding]:
        yield from ()

    def judge(self, finding: Finding, part: Part, envelope: Envelope) -> Finding:
        return finding

    def is_final(self, finding: Finding) -> bool:
        return False

    def verdict(self, findings: Iterable[Finding], envelope: Envelope) -> Verdict:
        return Verdict(Action.DELIVER, Scope.MESSAGE, Notify.NONE)
