"""The filter of a hunt: what it understands, and that nothing else gets through."""

from __future__ import annotations

import pytest

from attachguard.errors import OperatorError
from attachguard.hunt.rows import COLUMNS
from attachguard.hunt.where import compiled

ROW = {
    "action": "reject", "kind": "vba", "rule": "Loader", "score": 70, "name": "Rechnung.EXE", "size": 10,
    "complete": True, "tags": ["FILE", "apt"], "namespace": None, "source": "a.eml",
}  # fmt: skip


def fits(text: str, **changes) -> bool:
    return compiled(text, COLUMNS["findings"])(ROW | changes)


@pytest.mark.parametrize(
    "text",
    [
        'action == "reject"',
        'action != "deliver"',
        "score >= 70 and score < 71",
        "60 < score <= 70",
        'rule in ("Loader", "Dropper")',
        'rule not in ["Dropper"]',
        '"apt" in tags',
        '"echnung" in name',
        'glob(name, "*.exe")',
        'glob(tags, "F*")',
        "complete",
        "not (size > 10)",
        "namespace == None",
        'namespace != "x"',
        'kind == "vba" or kind == "xlm"',
        "complete == True",
        'action < "s"',
    ],
)
def test_an_expression_keeps_the_rows_it_describes(text):
    assert fits(text)


@pytest.mark.parametrize(
    "text",
    [
        "score > 70",
        'namespace == "x"',
        'namespace < "x"',
        'glob(namespace, "*")',
        '"x" in tags',
        "not complete",
        '"a" in namespace',
    ],
)
def test_an_expression_drops_the_others(text):
    assert not fits(text)


def test_a_value_that_is_missing_compares_with_nothing():
    assert not fits("score >= 0", score=None)
    assert not fits("score < 100", score=None)
    assert not fits('"x" in name', name=None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "columns"),
        ("action ==", "column"),
        ('verdit == "x"', "there is no column 'verdit'; columns are: source,"),
        ("action == reject", "texts stand in quotes"),
        ("__import__('os').system('true')", "write columns"),
        ("().__class__", "write columns"),
        ("(lambda: 1)()", "write columns"),
        ("[x for x in tags]", "write columns"),
        ("name.upper() == 'A'", "write columns"),
        ("size + 1 > 2", "write columns"),
        ("size == 'ten'", "different kinds"),
        ("size > 'ten'", "have an order"),
        ("tags == 'FILE'", "different kinds"),
        ("tags == tags", "ask with `in`"),
        ("size in name", "only a text can be in a text"),
        ("size in 5", "asks for a list"),
        ("name", "write columns"),
        ("glob(size, '*')", "column of text"),
        ("glob(name, name)", "write columns"),
        ("name in (size, 1)", "write columns"),
        ("9" * 5000, "longer than"),
        ("(" * 500 + "complete" + ")" * 500, "--where"),
    ],
)
def test_what_is_no_expression_is_refused_with_the_remedy(text, said):
    with pytest.raises(OperatorError) as raised:
        compiled(text, COLUMNS["findings"])
    assert said in str(raised.value)
    assert str(raised.value).startswith("--where: ")


def test_rows_of_messages_have_columns_of_their_own():
    test = compiled('"macro-content" in reasons and parts > 2', COLUMNS["messages"])
    assert test({"reasons": ["macro-content"], "parts": 3})
    with pytest.raises(OperatorError, match="no column 'rule'"):
        compiled("rule == 'x'", COLUMNS["messages"])
