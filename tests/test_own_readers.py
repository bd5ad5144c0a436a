"""Whoever reads bytes by hand here says in the module's docstring, or in that of the folder of helpers it is in, why no library does it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[1] / "src/attachguard"
ROOMS = ("readers", "formats", "mail", "_core", "signing", "containers")
#: Modules that read no bytes of a format: they list, pass on, or run somebody else.
NO_READERS = {
    "_core/_shim.py": "stands in for Cython's module",
    "formats/__main__.py": "prints a page",
    "formats/_table.py": "is made by a command",
    "formats/archive/members.py": "makes facts of what readers list",
    "formats/archive/overlay.py": "asks readers of archives",
    "formats/archive/unpackers.py": "asks libarchive and programs",
    "formats/archive/unread.py": "goes by names",
    "formats/archive/volumes.py": "goes by types",
    "formats/mail/_lines.py": "makes facts of content lines",
    "formats/mail/eml.py": "asks the parser of messages",
    "formats/referring.py": "makes facts of references",
    "mail/encodings.py": "is a table",
    "readers/libraries.py": "keeps libraries quiet",
    "signing/ledger.py": "keeps records",
    "signing/record.py": "is a record",
}
MARK = "Why our own: "


def told(path: Path) -> str:
    """The reason that a module gives; empty where it gives none."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    lines = [paragraph for paragraph in text.split("\n\n") if paragraph.startswith(MARK)]
    return lines[0].removeprefix(MARK) if len(lines) == 1 else ""


def readers() -> list[str]:
    return sorted(
        str(path.relative_to(SOURCES))
        for room in ROOMS
        for path in (SOURCES / room).rglob("*.py")
        if path.name != "__init__.py" and str(path.relative_to(SOURCES)) not in NO_READERS
    )


@pytest.mark.parametrize("module", readers())
def test_a_reader_says_why_it_is_our_own(module):
    path = SOURCES / module
    reason = told(path) or told(path.with_name("__init__.py"))
    assert len(reason.split()) > 3, f'say in the docstring of {module} what no library does: a paragraph "{MARK}…"'


def test_only_modules_that_are_there_and_say_nothing_are_excused():
    assert [module for module in NO_READERS if not (SOURCES / module).is_file() or told(SOURCES / module)] == []
