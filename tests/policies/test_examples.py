"""The example policies: they have no mistakes, and every one of their messages meets the outcome that the policy's text asks for."""

from __future__ import annotations

import datetime as dt

import pytest
from examples.policies.messages import CASES, FOLDER

from attachguard import Policy, Scanner
from attachguard.policy.reading.file import check

DAY = dt.date(2026, 11, 22)
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))


@pytest.fixture(scope="module")
def scanners():
    return {name: Scanner(Policy.load(FOLDER / f"{name}.toml", today=DAY)) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_no_mistake_and_messages(name):
    assert check(FOLDER / f"{name}.toml", DAY)[1] == []
    assert sum(case.policy == name for case in CASES) >= 5


@pytest.mark.parametrize("case", CASES, ids=[f"{case.policy}: {case.what}" for case in CASES])
def test_the_outcome_is_what_the_text_asks_for(scanners, case):
    scanner = scanners[case.policy]
    report = scanner.scan(case.build(), kind="message", envelope=case.envelope)
    found = {finding.code for finding in report.findings}
    told = [(finding.code, finding.part, finding.action.value, finding.detail) for finding in report.findings]
    assert (report.verdict.action.value, report.verdict.notify.value) == (case.action, case.notify), told
    for code in case.codes:
        assert (code not in found) if code.startswith("!") else (code in found), told
        assert code.lstrip("!") not in found or not code.startswith("!"), told
    if case.label:
        assert case.label in {finding.label for finding in report.findings}, told


def test_a_bound_with_a_date_begins_on_it():
    policy = Policy.load(FOLDER / "channels.toml", today=dt.date(2027, 1, 1))
    from attachguard import Envelope

    assert policy.max_message_size(Envelope()) == 30_000_000
    assert Policy.load(FOLDER / "channels.toml", today=DAY).max_message_size(Envelope()) == 20_000_000
