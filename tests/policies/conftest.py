"""What the tests of the built-in policies share: parts and findings made by hand, judged without a scan."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from attachguard.kinds import KINDS
from attachguard.limits import Budget, Limits
from attachguard.model import Envelope, Finding
from attachguard.part import Part
from attachguard.policy import Policy
from attachguard.types.filetypes import filetype


def make_part(
    kind: str = "pdf",
    name: str = "letter.pdf",
    *,
    role: str = "attachment",
    data: bytes = b"content",
    parent=None,
    **state,
) -> Part:
    """A finished part of a known type, an attachment of a message where nothing else is said."""
    if parent is None and role != "message":
        parent = Part("", b"", role="message", budget=Budget(Limits()))
        parent.types = [filetype("eml")]
    part = Part(name, b"", role=role, budget=Budget(Limits()), parent=parent)
    part.fill(data)
    part.path = name
    part.types = [filetype(each) for each in kind.split()]
    for key, value in state.items():
        setattr(part, key, value)
    return part


class Judge:
    """One policy, asked in a line."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def finding(
        self, kind: str, detail: str = "", *, part: Part | None = None, envelope: Envelope | None = None, score=None
    ) -> Finding:
        """The finding of a kind, or of a code alone, as judged."""
        finding = Finding(KINDS[kind].code, detail=detail, score=score, kind=kind)
        return self.policy.judge(finding, part or make_part(), envelope or Envelope())

    def outcome(self, code: str, detail: str = "", **options) -> tuple[str, str, str]:
        """Action, scope and notice of one finding."""
        found = self.finding(code, detail, **options)
        return found.action.value, found.scope.value, found.notify.value

    def clause(self, code: str, detail: str = "", **options) -> tuple[str, str]:
        """Clause and origin of one finding."""
        found = self.finding(code, detail, **options)
        return found.cite, found.origin

    def lists(self, kind: str, name: str, **options) -> set[str]:
        """What the policy's lists say about a part."""
        return {finding.code for finding in self.policy.part_findings(make_part(kind, name, **options))}

    def message(self, size: int = 1000, parts=None, envelope: Envelope | None = None) -> set[str]:
        """What the policy says about a whole message."""
        root = make_part("eml", "", role="message")
        return {
            finding.code
            for _, finding in self.policy.message_findings(size, [root, *(parts or [])], envelope or Envelope())
        }

    def verdict(self, *codes: str, envelope: Envelope | None = None):
        """The verdict over some codes."""
        return self.policy.verdict([self.finding(code) for code in codes], envelope or Envelope())


@pytest.fixture(scope="session")
def judging() -> Callable[[str], Judge]:
    """Gives a `Judge` by policy name."""
    return lambda name: Judge(Policy.load(name))


@pytest.fixture(scope="session")
def made() -> SimpleNamespace:
    """Makers of parts."""
    return SimpleNamespace(part=make_part)
