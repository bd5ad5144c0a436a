"""What is known of a type or an extension stands in its row of the table of types, and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import attachguard
from attachguard.types.filetypes import TYPES
from attachguard.types.table import ROWS

SOURCE = Path(attachguard.__file__).parent
#: Columns that name extensions.
COLUMNS = ("names", "runs", "loads", "text", "bare", "vague", "shared", "signs", "detached", "armored")
KNOWN = set(TYPES) | {word for row in ROWS for column in COLUMNS for word in getattr(row, column).split()} - {"*"}
#: Words of other things that are spelled like ids: what each list is of.
OTHERS = {
    "cli/afterwards.py": "forms of a page",
    "cli/completion.py": "shells that complete words",
    "formats/_table.py": "the types that each module inspects, made from the modules",
    "formats/mail/_lines.py": "what calendars and cards call their files and fields",
    "gateway/fronts/clamd/names.py": "words of the names that the clamd protocol answers with",
    "gateway/fronts/olefy/codec.py": "types as the olefy protocol answers about them",
    "types/leftovers.py": "what the notes of operating systems may be, by their names",
    "policy/explaining/page.py": "forms of a page about a policy",
    "readers/outside/tools.py": "what a program of the system opens: a table of its own, by program",
}


def words_of(node: ast.AST) -> list[str]:
    """The words of a list that is written down: elements, keys with constant values, or one text with blanks in it."""
    elements: list[ast.expr] = []
    if isinstance(node, (ast.Set, ast.List, ast.Tuple)):
        elements = node.elts
    elif isinstance(node, ast.Dict) and all(isinstance(value, ast.Constant) for value in node.values):
        elements = [key for key in node.keys if key is not None]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not node.value.endswith("."):
        return node.value.split()
    values = [element.value for element in elements if isinstance(element, ast.Constant)]
    return values if values and len(values) == len(elements) and all(isinstance(each, str) for each in values) else []


def lists(tree: ast.AST, own: set[str]) -> Iterator[tuple[int, list[str]]]:
    """Lists of three and more of whose words nearly all are ids of types or extensions, but for a format's own."""
    for node in ast.walk(tree):
        words = [word.lstrip(".").lower() for word in words_of(node)]
        known = [word for word in words if word in KNOWN]
        if len(known) >= 3 and len(known) >= 0.8 * len(words) and not set(words) <= own:
            yield node.lineno, words


def own_types(tree: ast.Module, wanted: str = "TYPES") -> set[str]:
    """Ids and extensions that a format module or a sanitizer speaks of by right: those of its `TYPES`."""
    for node in tree.body:
        if isinstance(node, (ast.AnnAssign, ast.Assign)):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and target.id == wanted and node.value is not None:
                texts = [each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant)]
                ids = {word for text in texts if isinstance(text, str) for word in text.split()}
                others = {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)} - {wanted}
                ids = ids.union(*(own_types(tree, other) for other in others))
                return ids | {name for key in ids if key in TYPES for name in TYPES[key].extensions}
    return set()


FILES = sorted(file for file in SOURCE.rglob("*.py") if SOURCE / "types" / "table" not in file.parents)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_no_list_of_types_or_extensions_stands_outside_the_table(file):
    tree = ast.parse(file.read_text("utf-8"))
    if file.relative_to(SOURCE).as_posix() in OTHERS:
        return
    assert list(lists(tree, own_types(tree))) == []


@pytest.mark.parametrize(
    "source",
    [
        'X = frozenset({"exe", "scr", "cpl"})',
        'X = "exe scr cpl".split()',
        'X = (".p7s", ".p7m", ".asc")',
        'X = {"zip": 1, "rar": 2, "cab": 3}',
    ],
)
def test_such_a_list_would_be_found(source):
    assert list(lists(ast.parse(source), set()))


def test_columns_agree_with_each_other():
    for row in ROWS:
        names = set(row.names.split())
        assert set(row.vague.split()) <= names, row.id
        assert set(row.loads.split()) <= names, row.id
        assert set(row.shared.split()) <= names, row.id
        assert set(row.detached.split()) <= set(row.signs.split()), row.id
        assert all(
            word == word.lower() and "." not in word for column in COLUMNS for word in getattr(row, column).split()
        ), row.id


def test_what_two_types_prove_by_the_same_bytes_is_no_proof():
    starts = [prefix for row in ROWS for prefix in row.starts]
    assert len(starts) == len(set(starts))
