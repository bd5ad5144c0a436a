"""Whatever stands behind a key of a policy file, `check` answers with problems at its line and never with a traceback."""

from __future__ import annotations

import re

import pytest

from attachguard.policy.reading.file import check
from tests.policies.test_explain import EVERYTHING

WRONG = (
    "5",
    "-1",
    "1.5",
    "true",
    '""',
    '"x"',
    "[]",
    "[1]",
    '["x"]',
    "{}",
    "{ x = 1 }",
    "2026-01-01",
    "10:00:00",
    "nan",
    '"\\u0000"',
    "[[]]",
)
LINES = EVERYTHING.splitlines()
KEYS = [number for number, line in enumerate(LINES) if re.match(r"[a-z-]+ = ", line)]


@pytest.mark.parametrize("number", KEYS, ids=[f"{number} {LINES[number].partition(' =')[0]}" for number in KEYS])
def test_a_wrong_value_is_told_in_its_table_or_is_none(tmp_path, number):
    key = LINES[number].partition(" =")[0]
    path = tmp_path / "t.toml"
    for value in WRONG:
        path.write_text("\n".join([*LINES[:number], f"{key} = {value}", *LINES[number + 1 :]]), encoding="utf-8")
        data, problems = check(path)
        errors = [each for each in problems if each.fatal]
        assert (data is None) == bool(errors)
        assert all(each.message and each.line > 0 for each in errors), errors
        begin = max(place for place in range(number) if LINES[place].startswith("["))
        end = next((place for place in range(number, len(LINES)) if LINES[place].startswith("[")), len(LINES))
        near = [each for each in errors if begin <= each.line - 1 < end]
        assert not errors or near, (value, errors)


def test_no_key_takes_every_wrong_value(tmp_path):
    """A key that nobody checks would take anything."""
    path = tmp_path / "t.toml"
    unchecked = []
    for number in KEYS:
        key = LINES[number].partition(" =")[0]
        refused = 0
        for value in ("5", "true", "{ x = 1 }", "[1]"):
            path.write_text("\n".join([*LINES[:number], f"{key} = {value}", *LINES[number + 1 :]]), encoding="utf-8")
            refused += any(each.fatal for each in check(path)[1])
        if not refused:
            unchecked.append(key)
    assert unchecked == []
