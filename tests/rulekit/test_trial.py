"""Tests of rules run as a scan would: the right layer, the right type."""

from __future__ import annotations

import pytest

from attachguard.cli.main import main

RULE = """
rule Calls_Home
{
    meta:
        attachguard_types = "vb"
    strings:
        $call = "CallHome"
    condition:
        $call
}
"""
TESTS = """
[[match]]
about = "A macro that calls home"
name = "a.docm"
builder = "docm"
with = { macro = "CallHome" }

[[no-match]]
about = "A text that speaks of it"
name = "a.txt"
text = "CallHome"
"""


@pytest.fixture
def run(tmp_path, capsys):
    """Run the tests of rules: exit status and lines."""

    def call(rule, tests, *options):
        (tmp_path / "mine.yar").write_text(rule)
        if tests:
            (tmp_path / "mine.test.toml").write_text(tests)
        status = main(["rules", "test", *options, str(tmp_path)])
        return status, capsys.readouterr().out.replace(f"{tmp_path}/", "").splitlines()

    return call


def test_a_rule_meets_the_layer_that_it_is_for(run):
    assert run(RULE, TESTS) == (0, ["2 passed, 0 failed"])


def test_where_a_rule_matched_is_shown_on_request(run):
    assert run(RULE, TESTS, "--verbose") == (
        0,
        [
            "mine.test.toml:2: ok: Calls_Home match: a.docm!/word/vbaProject.bin!/Module1.bas (vb)",
            "mine.test.toml:8: ok: Calls_Home no-match",
            "2 passed, 0 failed",
        ],
    )


def test_a_sample_that_is_missed_is_shown_with_what_is_in_it(run):
    status, lines = run(RULE, TESTS.replace("CallHome", "Calls"))
    project = "a.docm!/word/vbaProject.bin"
    seen = (
        f"a.docm (docm), a.docm!/links (xml), a.docm!/xml (docxml), {project} (vbaproject), {project}!/Module1.bas (vb)"
    )
    assert status == 1
    assert lines == [
        f"mine.test.toml:2: error: Calls_Home does not match. The rules were shown, where their types allow it: {seen}",
        "1 passed, 1 failed",
    ]


def test_a_lookalike_that_is_matched_is_shown_with_its_place(run):
    status, lines = run(RULE.replace('"vb"', '"vb txt"'), TESTS)
    assert status == 1
    assert lines == [
        "mine.test.toml:8: error: Calls_Home matches a.txt (txt), and must not",
        "1 passed, 1 failed",
    ]


def test_a_rule_without_tests_fails(run):
    assert run(RULE, "") == (1, ["mine.yar: error: has no tests: write mine.test.toml beside it", "0 passed, 1 failed"])


def test_a_rule_without_a_lookalike_fails(run):
    status, lines = run(RULE, TESTS.partition("[[no-match]]")[0])
    assert status == 1
    assert lines == [
        "mine.yar:2: error: rule Calls_Home: has no no-match in mine.test.toml: add one that looks alike, as [[no-match]]",
        "1 passed, 1 failed",
    ]


def test_a_call_that_cannot_be_carried_out_ends_with_2(tmp_path, capsys):
    assert main(["rules", "test", str(tmp_path)]) == 2
    assert main(["rules", "test", str(tmp_path / "none")]) == 2
    (tmp_path / "a.test.toml").write_text("")
    assert main(["rules", "test", str(tmp_path / "a.test.toml")]) == 2
    assert capsys.readouterr().err.replace(f"{tmp_path}", "X").splitlines() == [
        "attachguard: X: holds no rules: none of its files ends in .yar, .yara, .rule",
        "attachguard: X/none: no such file or folder",
        "attachguard: X/a.test.toml: there are no rules beside it: a.yar is missing",
    ]
