"""The words by which VBA is graded: those of olevba, read from its source, which is not run for that."""

from __future__ import annotations

import importlib.util
from types import SimpleNamespace

import pytest

from attachguard.formats.office._office import vbagrade

LISTS = """
AUTOEXEC_KEYWORDS = {
    # a comment
    'Runs': ('AutoExec', 'AutoOpen'),
}
AUTOEXEC_KEYWORDS_REGEX = {
    'Runs': (r'\\w+_Layout',),
}
SUSPICIOUS_KEYWORDS = {
    'Starts': ('Shell',),
}
"""


def test_the_lists_in_its_source_are_those_that_it_has():
    read = vbagrade.read_lists()
    assert read is not None
    assert read == vbagrade.imported_lists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("SUSPICIOUS_KEYWORDS", "SUSPICIOUS"),
        ("('Shell',)", "('Shell')"),
        ("('Shell',)", "words('Shell')"),
        ("('Shell',)", "(1,)"),
        ("'Starts': (", "'Starts' ("),
    ],
)
def test_a_source_that_has_other_tables_is_not_read(tmp_path, monkeypatch, old, new):
    source = tmp_path / "olevba.py"
    source.write_text(LISTS.replace(old, new) if old else LISTS)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: SimpleNamespace(origin=str(source)))
    assert (vbagrade.read_lists() is None) == bool(old)


def test_without_its_source_it_is_imported(monkeypatch):
    expected = vbagrade._words()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert vbagrade.read_lists() is None
    assert vbagrade._words.__wrapped__() == expected
