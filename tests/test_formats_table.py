"""The house is complete: every format module stands in the table, has samples, and says what it does not do."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import attachguard.formats
from attachguard import Policy, Rules, Scanner
from attachguard.codes import CODES
from attachguard.engine.walk import Walk
from attachguard.formats import ENTRIES, INSPECTORS
from attachguard.inspector import PLAIN
from attachguard.types.filetypes import BASES, FACTS, TYPES
from tests.fixtures import all_samples

#: Every module of a family that says which types it inspects; helpers say none.
MODULES = sorted(
    info.name.rpartition(".")[2]
    for info in pkgutil.walk_packages(attachguard.formats.__path__, "attachguard.formats.")
    if "__main__" not in info.name and hasattr(importlib.import_module(info.name), "TYPES")
)


def test_every_format_module_stands_in_the_table():
    assert sorted(module.__name__.rpartition(".")[2] for module in INSPECTORS) == MODULES


def test_the_table_says_of_each_format_what_its_module_says():
    from attachguard.formats.__main__ import table

    written = (Path(attachguard.formats.__file__).parent / "_table.py").read_text("utf-8")
    assert written == table(), "run: python -m attachguard.formats --table"


def test_formats_are_loaded_by_the_mail_that_needs_them():
    """A scanner loads none; a letter in text and HTML loads the reader of pages; a PDF brings its own."""
    code = """
import sys
from attachguard import Policy, Scanner
from attachguard.engine.walk import Walk
from attachguard.formats import ENTRIES
loaded = lambda: [entry.source for entry in ENTRIES if entry.loaded]
scanner = Scanner(Policy.load("strict"))
print(loaded())
head = b"From: a@example.org\\r\\nMIME-Version: 1.0\\r\\nContent-Type: text/"
scanner.scan(head + b"plain\\r\\n\\r\\nGuten Tag\\r\\n", kind="message")
print(loaded())
scanner.scan(head + b"html\\r\\n\\r\\n<html><body>Guten Tag</body></html>\\r\\n", kind="message")
print(loaded())
scanner.scan(b"%PDF-1.4\\n1 0 obj\\n<<>>\\nendobj\\ntrailer\\n<<>>\\n%%EOF\\n", kind="file")
print(loaded(), "pikepdf" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]", "[]", "['html']", "['appended', 'pdf', 'html'] False"]


def test_what_is_known_to_be_silent_has_nothing_to_say():
    """Marks only save work: the same findings without them."""
    plain = Scanner(Policy.load("audit"), rules=Rules.empty())
    bare = Scanner(Policy.load("audit"), rules=Rules.empty(), inspectors=tuple(INSPECTORS))
    for name, build in all_samples().items():
        data, called = build(), name.rpartition("/")[2]
        report = plain.scan(data, name=called)
        if any(set(part.types) <= PLAIN for part in report.parts):
            assert report.findings == bare.scan(data, name=called).findings, name


@pytest.mark.parametrize("module", INSPECTORS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_format_names_known_types_and_its_limits(module):
    assert module.TYPES
    assert set(module.TYPES) <= set(TYPES)
    assert isinstance(module.LIMITATIONS, tuple)
    assert all(sentence.endswith(".") for sentence in module.LIMITATIONS)
    assert module.__doc__
    assert module.EXTRACTS.endswith(".")
    assert module.DETECTS.endswith(".")


#: Types that the table has for the lists of policies and that nothing tells from what they refine.
NEVER_TOLD = {
    "ai": "an Illustrator drawing is a PDF to whoever opens it",
    "xls5": "Excel 5 and 97 workbooks are one to their reader",
}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_format_has_a_sample_of_every_type_it_inspects(entry, met):
    lacking = {key for key in entry.types if (entry.name, key) not in met} - NEVER_TOLD.keys()
    assert lacking == set(), (
        f"add a sample of these types to tests/fixtures/ which {entry.name} has something to do with"
    )


@pytest.fixture(scope="module")
def met() -> set[tuple[str, str]]:
    """Inspectors with the types that they have met in samples: what a part was before and after they looked at it."""
    seen: set[tuple[str, str]] = set()
    run = Walk._run

    def watched(walk, entry, part, taken):
        before = [kind.id for kind in part.types]
        result = run(walk, entry, part, taken)
        seen.update((entry.name, key) for key in (*before, *(kind.id for kind in part.types)))
        return result

    scanner = Scanner(Policy.load("audit"), rules=Rules.empty())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Walk, "_run", watched)
        for name, build in all_samples().items():
            scanner.scan(build(), name=name.rpartition("/")[2])
    return seen


def test_every_format_has_a_lookalike_and_a_truncated_sample():
    kinds: dict[str, set[str]] = {}
    for name in all_samples():
        format_name, kind, *_ = name.split("/")
        kinds.setdefault(format_name, set()).add(kind)
    lacking = {name for name, have in kinds.items() if name != "heads" and not {"lookalike", "truncated"} <= have}
    assert lacking == set()


def test_the_type_table_is_sound():
    assert len(TYPES) >= 200
    assert set(BASES.values()) <= set(TYPES)
    assert {code for codes in FACTS.values() for code in codes} <= CODES
    assert all("/" in kind.mime for kind in TYPES.values())


def test_the_page_about_formats_is_current():
    """Made anew by `python -m attachguard.formats > docs/formats.md`."""
    from attachguard.formats.__main__ import page

    assert (Path(__file__).parents[1] / "docs" / "formats.md").read_text("utf-8") == page()
