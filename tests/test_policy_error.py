"""A policy that fails while it judges is the operator's trouble: the message waits, and the report says so."""

from __future__ import annotations

import pytest

from attachguard import Action, Policy, Scanner
from attachguard.policy.judging.policy import Policy as Judging

MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\nGuten Tag\r\n"


def broken(*_args, **_options):
    raise ZeroDivisionError


@pytest.mark.parametrize("method", ["part_findings", "message_findings", "judge"])
@pytest.mark.parametrize(("content", "name"), [(MAIL, "a.eml"), (b"MZ" + bytes(200), "a.exe")])
def test_a_policy_that_fails_defers_what_it_fails_over(method, content, name, monkeypatch):
    monkeypatch.setattr(Judging, method, broken)
    # Of the built-in policies the cities' have lists for parts to meet.
    report = Scanner(Policy.load("kaiserslautern")).scan(content, name=name)
    if method == "judge" and not report.findings:
        return  # nothing was asked
    assert "policy-error" in {finding.code for finding in report.findings}
    assert report.verdict.action.strength >= Action.DEFER.strength
    assert not report.complete


def test_a_policy_that_does_not_fail_says_nothing_of_the_kind():
    report = Scanner(Policy.load("strict")).scan(MAIL, name="a.eml")
    assert "policy-error" not in {finding.code for finding in report.findings}
