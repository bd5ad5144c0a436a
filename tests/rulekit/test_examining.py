"""Checking many rule files: several processes say what one says."""

from __future__ import annotations

import os

import pytest

from attachguard.rulekit import examining
from attachguard.rulekit.check import check
from attachguard.yara.source import collect
from tests.rulekit.test_check import rule


@pytest.fixture
def folder(tmp_path):
    """Rules with every sort of thing to be said: of a rule, of a file that does not parse, of several, and what is suppressed."""
    texts = {
        "short": rule('$a = "MZ"', name="Short"),
        "looked_at": rule('$a = "MZ" // suppress: short-string, no-such-code', name="Looked"),
        "broken": "rule Broken {",
        "deep": rule(condition="not " * 3000 + "$a", name="Deep"),
        "first": rule('$a = "MALICE" nocase', name="First"),
        "twin": rule('$b = "MALICE" nocase', "$b", name="Twin"),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.yar").write_text(text)
    return tmp_path


def in_processes(monkeypatch, number=2):
    monkeypatch.setattr(examining, "_MANY", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(number)), raising=False)


def test_several_processes_say_what_one_says(folder, monkeypatch):
    alone = check([folder], clean=False)
    assert {each.code for each in alone.diagnostics} >= {"short-string", "does-not-load", "not-parsed", "same-rule"}
    in_processes(monkeypatch)
    assert check([folder], clean=False) == alone


def test_a_process_that_ends_costs_time_and_nothing_else(folder, monkeypatch):
    alone = check([folder], clean=False)
    in_processes(monkeypatch)
    here, examined = os.getpid(), examining.examined
    monkeypatch.setattr(examining, "examined", lambda *given: examined(*given) if os.getpid() == here else os._exit(9))
    assert check([folder], clean=False) == alone


def test_shares_keep_the_order_and_leave_nothing_out(folder):
    sources = collect([folder], [])
    for number in (1, 2, 50):
        shares = list(examining._shares(sources, number))
        assert [each for share in shares for each in share] == sources
        assert len(shares) <= number + 1
