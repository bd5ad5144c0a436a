"""The text of a document is put together for rules that look at it, and for nobody else."""

from __future__ import annotations

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.part import Joined
from attachguard.testkit.openxml import word

_RULE = 'rule Says_Good_Day { meta: attachguard_types = "%s" strings: $a = "Guten Tag" condition: $a }'


@pytest.fixture
def joined(monkeypatch):
    """How often a layer was put together."""
    calls = []
    put_together = Joined.__call__
    monkeypatch.setattr(Joined, "__call__", lambda self: calls.append(self) or put_together(self))
    return calls


def layer(report):
    return next(part for part in report.parts if part.type.id == "docxml")


def scanner(tmp_path, types):
    (tmp_path / "rule.yar").write_text(_RULE % types, encoding="utf-8")
    return Scanner(Policy.load("audit"), rules=Rules.load(tmp_path))


def test_a_rule_for_the_text_of_documents_sees_it(tmp_path, joined):
    report = scanner(tmp_path, "docxml").scan(word(), name="a.docx")
    assert "malware-suspected" in {finding.code for finding in report.findings}
    assert len(joined) == 1


def test_without_such_a_rule_it_is_measured_only_and_the_report_is_the_same(tmp_path, joined):
    seen = layer(scanner(tmp_path, "docxml").scan(word(), name="a.docx"))
    joined.clear()
    passed_over = layer(scanner(tmp_path, "pdf").scan(word(), name="a.docx"))
    assert not joined
    assert passed_over == seen
    assert passed_over.size


def test_what_is_measured_counts_like_what_is_read(tmp_path):
    import msgspec

    limits = msgspec.structs.replace(Policy.load("audit").limits, total_bytes=6000)
    body = "<w:p><w:r><w:t>Guten Tag</w:t></w:r></w:p>" * 100
    (tmp_path / "rule.yar").write_text(_RULE % "pdf", encoding="utf-8")
    report = Scanner(Policy.load("audit"), rules=Rules.load(tmp_path), limits=limits).scan(word(body), name="a.docx")
    assert "resource-limit-exceeded" in {finding.code for finding in report.findings}
