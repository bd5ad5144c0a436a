"""Kinds: one registry, spoken in two languages, every kind said by somebody, and matched by policies that know its name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from attachguard import PolicyError
from attachguard.codes import CODES
from attachguard.kinds import EXACT, KINDS, near
from attachguard.kinds.__main__ import page
from attachguard.limits import Budget, Limits
from attachguard.part import Part
from attachguard.policy.reading import file as policyfile

ROOT = Path(__file__).parents[1]
SOURCES = [path for path in (ROOT / "src/attachguard").rglob("*.py") if "kinds" not in path.parts]


def test_the_page_about_kinds_is_current():
    """Made anew by `python -m attachguard.kinds > docs/kinds.md`."""
    assert (ROOT / "docs/kinds.md").read_text("utf-8") == page()


@pytest.mark.parametrize("kind", EXACT.values(), ids=lambda kind: kind.id)
def test_a_kind_has_a_code_and_is_spoken_in_both_languages(kind):
    assert kind.code in CODES
    assert kind.title("en") != kind.title("de")
    assert kind.title("en")
    assert kind.title("de")


def test_every_code_stands_for_itself_where_nothing_more_exact_can_be_said():
    assert {code: KINDS[code].code for code in CODES} == {code: code for code in CODES}


def literals() -> set[str]:
    """Every string in the sources, and the end of every string that is put together: `f"{family}-script"` says `-script`."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_no_kind_stands_in_the_registry_that_nobody_says():
    said = literals()
    families = ("html", "svg", "xhtml", "body")
    left = {
        kind
        for kind in EXACT
        if kind not in said
        and not (kind.partition("-")[0] in families and f"-{kind.partition('-')[2]}" in said)
        and not (kind.partition("-")[0] in families and kind.partition("-")[2] in said)
    }
    assert left == set()


def test_every_literal_kind_that_a_format_says_is_in_the_registry():
    unknown = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "finding"
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and node.args[0].value not in KINDS
            ):
                unknown.add(f"{path.name}:{node.lineno}: {node.args[0].value}")
    assert unknown == set()


def test_a_part_refuses_to_say_what_is_not_in_the_registry():
    part = Part("a", b"", role="attachment", budget=Budget(Limits()))
    with pytest.raises(KeyError):
        part.finding("pdf-javascrip", "x")


def test_a_policy_that_names_an_unknown_kind_is_refused_with_the_near_ones(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(
        '[policy]\nid = "t"\nversion = "1"\n[[rule]]\ncode = "active-content"\nkind = "pdf-javascrip"\naction = "reject"\n'
    )
    with pytest.raises(PolicyError, match=r"unknown kind 'pdf-javascrip'; did you mean 'pdf-javascript'"):
        policyfile.read(path)
    assert near("pdf-javascrip")[0] == "pdf-javascript"


def test_a_policy_that_asks_for_a_kind_of_another_code_is_refused(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(
        '[policy]\nid = "t"\nversion = "1"\n[[rule]]\ncode = "macro-content"\nkind = "pdf-javascript"\naction = "reject"\n'
    )
    with pytest.raises(PolicyError, match="pdf-javascript is a kind of active-content"):
        policyfile.read(path)
