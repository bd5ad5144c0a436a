"""Fixtures of the tests of encryption."""

from __future__ import annotations

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.readers.outside import Tools
from tests.encryption.tools import TEXT


@pytest.fixture(scope="module")
def look():
    """`look(data, name, *passwords)`: state of the file, ids of all types found in it, details of its encryption."""
    policy, rules = Policy.load("audit"), Rules.empty()

    def scan(data: bytes, name: str, *passwords: str) -> tuple[str, set[str], list[str]]:
        report = Scanner(policy, rules=rules, passwords=passwords, tools=Tools.system()).scan(
            data, name=name, kind="file"
        )
        details = [
            finding.detail for finding in report.findings if "encrypt" in finding.code or "password" in finding.code
        ]
        said = repr(report)
        assert not any(word in said for word in passwords), "a password stands in the report"
        return report.parts[0].encryption, {part.type.id for part in report.parts}, details

    return scan


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "brief.txt").write_bytes(TEXT)
    (tmp_path / "zwei.txt").write_bytes(TEXT[::-1])
    return tmp_path
