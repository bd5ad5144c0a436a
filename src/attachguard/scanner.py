"""The entry: a `Scanner` is built once from policy and rules, a `Scan` takes one message or file and gives its report."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from attachguard.formats import INSPECTORS, Inspector
from attachguard.limits import Budget, Limits
from attachguard.model import Check, Envelope, Report, Verdict
from attachguard.part import Part
from attachguard.policy import Policy
from attachguard.rules import Rules
from attachguard.walk import Walk, by_type


class Scanner:
    def __init__(
        self,
        policy: Policy | None = None,
        *,
        rules: Rules | None = None,
        passwords: Iterable[str] = (),
        inspectors: Sequence[Inspector] = INSPECTORS,
        limits: Limits | None = None,
    ) -> None:
        self.policy = policy or Policy.load("strict")
        self.rules = rules if rules is not None else Rules.builtin()
        self.passwords = tuple(passwords)
        self.limits = limits or self.policy.limits
        self._table = by_type(inspectors)

    def scan(self, content: bytes, *, name: str = "", kind: str = "auto") -> Report:
        start = time.perf_counter()
        budget = Budget(self.limits)
        root = Part(name, content, role="attachment", budget=budget, passwords=self.passwords)
        walk = Walk(self.policy, self.rules, self._table, Envelope())
        walk.visit(root)
        return Report(
            source=name, kind="file", policy=self.policy.name, verdict=self.policy.verdict(walk.findings, walk.envelope),
            findings=tuple(walk.findings), parts=tuple(part.record() for part in walk.parts), checks=(),
            sha256=root.sha256, size=len(content), complete=walk.complete, seconds=time.perf_counter() - start,
        )
