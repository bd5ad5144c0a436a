"""docs/policies.md accounts for every sentence of both pages: each clause, each rule and each undecidable sentence stands in its table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attachguard import Policy
from attachguard.codes import CODES
from attachguard.policy.reading.file import read

PAGE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text("utf-8")
#: How many sentences, or groups of sentences about one thing, each page has; whoever drops a row has to answer for it here.
ROWS = {"Kaiserslautern": 29, "Leverkusen": 24}
CLAUSES = {"Kaiserslautern": [f"K{n}" for n in range(1, 15)], "Leverkusen": [f"L{n}" for n in range(1, 13)]}


def rows(city: str) -> list[tuple[str, str]]:
    table = PAGE.partition(f"## {city}: sentence → rule")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [(cells[0], cells[1]) for cells in lines[1:]]


@pytest.mark.parametrize("city", ROWS)
def test_every_sentence_has_a_rule_or_says_why_there_is_none(city):
    table = rows(city)
    assert len(table) == ROWS[city]
    for sentence, rule in table:
        named = re.search(r"\b[KL]\d+\b|not about attachments|every rule|channel `", rule)
        assert named or "not decidable, because" in rule, sentence
        assert "not decidable" not in rule or "not decidable, because" in rule, sentence


@pytest.mark.parametrize("city", ROWS)
def test_every_clause_stands_in_the_table(city):
    said = " ".join(rule for _, rule in rows(city))
    ranges = [(int(low), int(high)) for low, high in re.findall(r"[KL](\d+) to [KL](\d+)", said)]
    named = set(re.findall(r"\b[KL]\d+\b", said)) | {f"K{n}" for low, high in ranges for n in range(low, high + 1)}
    assert [clause for clause in CLAUSES[city] if clause not in named] == []


def test_every_numbered_paragraph_of_kaiserslautern_stands_in_the_table():
    numbers = {int(n) for sentence, _ in rows("Kaiserslautern") for n in re.findall(r"\d+", sentence.partition(":")[0])}
    assert numbers == set(range(1, 9))


@pytest.mark.parametrize("city", ROWS)
def test_every_clause_of_the_policy_is_in_the_table_and_every_code_of_the_table_in_the_policy(city):
    data = read(city.lower())
    said = " ".join(rule for _, rule in rows(city))
    cites = {rule.cite for rule in data.rules} | {each.cite for each in data.not_decidable}
    assert {cite for cite in cites if cite not in CLAUSES[city]} <= {"VPS list"}
    named = {code for code in re.findall(r"`([a-z-]+)`", said) if code in CODES}
    assert named <= {rule.code for rule in data.rules}
    refused = {rule.code for rule in data.rules if not rule.action.delivers}
    assert refused <= named


@pytest.mark.parametrize("city", ROWS)
def test_every_undecidable_sentence_of_the_policy_is_undecidable_in_the_table(city):
    undecided = {cite for _, rule in rows(city) if "not decidable" in rule for cite in re.findall(r"\b[KL]\d+\b", rule)}
    undecided |= {"K7", "K11"} if city == "Kaiserslautern" else {"L9"}
    assert {each.cite for each in Policy.load(city.lower()).data.not_decidable} <= undecided
