"""The tests beside the built-in rules, each as a test of its own."""

from __future__ import annotations

import functools

import pytest

from attachguard.rulekit import trial
from attachguard.yara.rules import builtin_folder

FILES = sorted(builtin_folder().rglob("*.test.toml"))
SETS = [trial.tests_of(file.with_name(file.name.replace(".test.toml", ".yar"))) for file in FILES]


@functools.cache
def outcomes(place: int) -> dict[int, trial.Outcome]:
    """What became of the cases of one file, by line."""
    return {outcome.case.line: outcome for outcome in trial.run(SETS[place])}


@pytest.mark.parametrize("tests", SETS, ids=[file.name for file in FILES])
def test_the_test_file_has_no_mistakes(tests):
    assert [str(problem) for problem in tests.problems] == []


@pytest.mark.parametrize(
    ("place", "line"),
    [
        pytest.param(place, case.line, id=f"{case.file.name}:{case.line}")
        for place, tests in enumerate(SETS)
        for case in tests.cases
    ],
)
def test_the_rule_does_what_its_test_says(place, line):
    outcome = outcomes(place)[line]
    assert outcome.passed, outcome.message
