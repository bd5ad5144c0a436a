"""What rules cost: each by itself, the strings that cost most, the limits that it ran into."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from attachguard.cli.main import main
from attachguard.rulekit import bench
from attachguard.rulekit.bench import Bench, Cost, StringCost
from attachguard.rulekit.rendering import human
from attachguard.testkit.workload import workload
from attachguard.yara import probing

CHEAP = 'rule Cheap { strings: $a = ".Download\\x53tring(" condition: $a }\n'
DEAR = 'rule Dear { strings: $rare = "MALICE_MALICE" $often = "e" condition: all of them }\n'
LOOPS = "rule Loops { condition: for all i in (1..filesize) : (for all j in (1..filesize) : (i + j > 1)) }\n"


@pytest.fixture
def rules(tmp_path):
    (tmp_path / "mine.yar").write_text(CHEAP + DEAR)
    content = tmp_path / "content"
    content.mkdir()
    (content / "brief.txt").write_bytes(b"Sehr geehrte Damen und Herren, eee eee eee.\n" * 6000)
    return tmp_path


def test_the_dearest_rule_comes_first_and_its_dearest_string_is_named(rules):
    found = bench.bench([rules / "mine.yar"], [rules / "content/brief.txt"], slow=0.0)
    assert [cost.rule for cost in found.costs] == ["Dear", "Cheap"]
    assert found.costs[0].strings[0][:2] == ("$often", 2)
    assert found.costs[0].cost > found.costs[1].cost
    assert (found.pieces, found.size, found.problems) == (1, 264000, ())
    assert found.reading > 0


def test_private_rules_are_measured_with_those_that_ask_them(tmp_path):
    (tmp_path / "mine.yar").write_text(
        'private rule Inner { strings: $a = "geehrte" condition: $a }\nrule Outer { condition: Inner }\n'
    )
    found = bench.bench([tmp_path])
    assert [cost.rule for cost in found.costs] == ["Outer"]
    assert found.costs[0].matches > 0


def test_a_rule_that_runs_into_a_limit_is_named(tmp_path):
    (tmp_path / "mine.yar").write_text('rule Many { strings: $a = "aaaa" condition: #a > 10 }')
    (tmp_path / "a.txt").write_bytes(b"a" * 2_000_000)
    found = bench.bench([tmp_path / "mine.yar"], [tmp_path / "a.txt"], slow=1e9)
    assert found.costs[0].limits == ("too many matches of $a",)


def test_a_rule_that_takes_too_long_is_stopped_and_named(tmp_path, monkeypatch):
    monkeypatch.setattr(probing, "SECONDS", 1)
    (tmp_path / "mine.yar").write_text(LOOPS)
    (tmp_path / "a.txt").write_bytes(b"a" * 100_000)
    found = bench.bench([tmp_path / "mine.yar"], [tmp_path / "a.txt"], slow=1e9)
    assert found.costs[0].limits == ("stopped after 1 s on a.txt",)


COST = Cost("Mine", Path("mine.yar"), 3, 1.25, 0, (StringCost("$a", 7, 1.0),), ())


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (
            COST,
            """\
mine.yar:3: warning[slow-rule]: Mine costs 1.25 ns per byte, most of it for $a (line 7: 1.00)
  = see `attachguard rules check`, and put cheap tests first
""",
        ),
        (
            COST._replace(strings=()),
            """\
mine.yar:3: warning[slow-rule]: Mine costs 1.25 ns per byte, in its condition
  = see `attachguard rules check`, and put cheap tests first
""",
        ),
        (
            COST._replace(strings=(), many=900),
            """\
mine.yar:3: warning[slow-rule]: Mine costs 1.25 ns per byte, spread over its 900 strings
  = see `attachguard rules check`, and put cheap tests first
""",
        ),
        (
            COST._replace(cost=0.1, limits=("too many matches of $a",)),
            """\
mine.yar:3: error[rule-limit]: Mine ran into a limit: too many matches of $a
  = give its strings rarer bytes to be searched for by
""",
        ),
        (COST._replace(cost=0.1), ""),
    ],
)
def test_what_is_slow_is_said_with_its_place(cost, text):
    assert human(bench.diagnostics(Bench((cost,), 1.0, 1, 1, ()), 0.5)) == text


def test_the_table_shows_the_dearest(rules, capsys):
    assert (
        main(
            ["rules", "bench", "--on", str(rules / "content"), "--slow", "1000", "--top", "1", str(rules / "mine.yar")]
        )
        == 0
    )
    first, last = capsys.readouterr().out.splitlines()
    assert f"ns/byte  Dear  {rules}/mine.yar:2" in first
    assert last.startswith("2 rules on 0.3 MB in 1 piece; reading alone ")


def test_json_has_every_rule(rules, capsys):
    (rules / "broken.yar").write_text("rule {")
    assert main(["rules", "bench", "--on", str(rules / "content"), "--format", "json", str(rules)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [rule["rule"] for rule in told["rules"]] == ["Dear", "Cheap"]
    assert told["schema"] == "attachguard.rules-bench/1"
    assert "broken.yar:1" in told["problems"][0]


def test_sarif_has_what_is_slow(rules, capsys):
    assert main(["rules", "bench", "--on", str(rules / "content"), "--slow", "0", "--format", "sarif", str(rules)]) == 0
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == {"slow-rule"}


def test_the_workload_is_the_same_each_time():
    assert dict(workload()) == dict(workload())
