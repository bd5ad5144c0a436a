"""Tests of rules run as a scan would: the right layer, the right type."""

from __future__ import annotations

import json

import pytest

from attachguard.cli.main import main
from attachguard.testkit import BUILDERS

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
    assert run(RULE, TESTS) == (0, ["1 file: 2 passed, 0 failed"])


def test_where_a_rule_matched_is_shown_on_request(run):
    assert run(RULE, TESTS, "--verbose") == (
        0,
        [
            "mine.test.toml:2: ok: Calls_Home match: a.docm!/word/vbaProject.bin!/Module1.bas (vb)",
            "mine.test.toml:8: ok: Calls_Home no-match",
            "1 file: 2 passed, 0 failed",
        ],
    )


def test_a_sample_that_is_missed_is_shown_with_what_is_in_it(run):
    project = "a.docm!/word/vbaProject.bin"
    seen = (
        f"a.docm (docm), a.docm!/links (xml), a.docm!/xml (docxml), {project} (vbaproject), {project}!/Module1.bas (vb)"
    )
    assert run(RULE, TESTS.replace("CallHome", "Calls")) == (
        1,
        [
            "mine.test.toml:2: error[test-failed]: Calls_Home does not match",
            f"  = the sample contains {seen}: check that the rule is for one of these types, and that its strings occur there as written",
            "1 file: 1 passed, 1 failed",
        ],
    )


def test_what_matches_in_place_of_the_rule_is_named(run):
    other = RULE.replace("Calls_Home", "Other")
    tests = TESTS.replace("[[match]]", '[[match]]\nrule = "Calls_Home"').replace(
        "[[no-match]]", '[[no-match]]\nrule = "Calls_Home"'
    )
    status, lines = run(RULE.replace('"CallHome"', '"CallAway"') + other, tests)
    assert status == 1
    assert "mine.test.toml:2: error[test-failed]: Calls_Home does not match; what matches is Other" in lines


def test_a_lookalike_that_is_matched_is_shown_with_its_place(run):
    assert run(RULE.replace('"vb"', '"vb txt"'), TESTS) == (
        1,
        [
            "mine.test.toml:8: error[test-failed]: Calls_Home matches a.txt (txt), and must not",
            "  = require something that the sample lacks, or drop its type from attachguard_types",
            "1 file: 1 passed, 1 failed",
        ],
    )


def test_a_rule_without_tests_fails(run):
    assert run(RULE, "") == (
        1,
        ["mine.yar: error[no-tests]: has no tests", "  = write mine.test.toml beside it", "1 file: 0 passed, 1 failed"],
    )


def test_a_rule_without_a_lookalike_fails(run):
    assert run(RULE, TESTS.partition("[[no-match]]")[0]) == (
        1,
        [
            "mine.yar:2: error[no-tests]: rule Calls_Home has no no-match in mine.test.toml",
            "  = add one that looks alike, as [[no-match]]",
            "1 file: 1 passed, 1 failed",
        ],
    )


def test_rules_that_do_not_compile_fail_with_their_place(run):
    status, lines = run(RULE.replace("        $call\n", "        $other\n"), TESTS)
    assert status == 1
    assert lines[0] == 'mine.yar:10: error[does-not-load]: undefined string "$other"'
    assert lines[-1] == "1 file: 0 passed, 1 failed"


def test_what_is_unfinished_in_the_nursery_holds_nobody_up(tmp_path, capsys):
    (tmp_path / "nursery").mkdir()
    (tmp_path / "nursery/mine.yar").write_text(RULE)
    assert main(["rules", "test", str(tmp_path)]) == 0
    assert capsys.readouterr().out.replace(f"{tmp_path}/", "").splitlines() == [
        "nursery/mine.yar: warning[no-tests]: has no tests",
        "  = write mine.test.toml beside it",
        "1 file: 0 passed, 0 failed, 1 failed in the nursery",
    ]


def test_failures_are_records_too(run):
    status, lines = run(RULE.replace('"vb"', '"vb txt"'), TESTS, "--format", "json")
    told = json.loads("\n".join(lines))
    assert (status, told["passed"], told["failed"]) == (1, 1, 1)
    assert told["diagnostics"][0]["code"] == "test-failed"


def test_a_test_file_stands_for_the_rules_beside_it(run, tmp_path, capsys):
    run(RULE, TESTS)
    assert main(["rules", "test", str(tmp_path / "mine.test.toml")]) == 0
    assert capsys.readouterr().out == "1 file: 2 passed, 0 failed\n"


def test_the_builders_are_listed_with_their_arguments(capsys):
    assert main(["rules", "test", "--builders"]) == 0
    said = capsys.readouterr().out
    assert "docm: A Word document with macros.\n    macro: " in said
    assert [line.partition(":")[0] for line in said.splitlines() if not line.startswith(" ")] == sorted(BUILDERS)


def test_a_call_that_cannot_be_carried_out_ends_with_2(tmp_path, capsys):
    assert main(["rules", "test", str(tmp_path)]) == 2
    assert main(["rules", "test", str(tmp_path / "none")]) == 2
    (tmp_path / "a.test.toml").write_text("")
    assert main(["rules", "test", str(tmp_path / "a.test.toml")]) == 2
    assert capsys.readouterr().err.replace(f"{tmp_path}", "X").splitlines() == [
        "attachguard: X: no rules here: rule files end in .yar, .yara, .rule, .rules",
        "attachguard: X/none: no such file or folder",
        "attachguard: X/a.test.toml: there are no rules beside it: a.yar is missing",
    ]
