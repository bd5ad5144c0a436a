"""On every PDF of a folder, the fast reading says what qpdf's plain copy says.

The folder is named in `ATTACHGUARD_PDFS`; without it the documents built in code are taken. Files that qpdf refuses or that stay locked have no second
opinion, and what a damaged file loses on the way into a copy is not compared: the fast reading may know more, never less.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from attachguard.formats.pdf import pdf as inspector
from attachguard.formats.pdf.second_opinion import Locked, Refused, open_plain
from attachguard.limits import Budget, Limits
from attachguard.model import Finding
from attachguard.part import Part
from tests.fixtures.pdf import SAMPLES

FOLDER = os.environ.get("ATTACHGUARD_PDFS", "")
#: What is said of the objects, and not of the file that holds them.
OF_OBJECTS = {"active-content", "embedded-file", "external-reference", "form-fields-present", "multimedia-content"}


def _files() -> list[str]:
    if FOLDER:
        return sorted(
            str(path) for path in Path(FOLDER).rglob("*") if path.is_file() and path.read_bytes()[:5] == b"%PDF-"
        )
    return [name for name in SAMPLES if name.endswith(".pdf")]


def _content(name: str) -> bytes:
    return Path(name).read_bytes() if FOLDER else SAMPLES[name]()


def _part(data: bytes) -> Part:
    part = Part("a.pdf", data, role="attachment", budget=Budget(Limits()))
    part.load()
    return part


def said(data: bytes) -> Counter[tuple[str, str]]:
    """What the inspector says of the objects of a file: code and kind, and how often."""
    found: Counter[tuple[str, str]] = Counter()
    for fact in inspector.inspect(_part(data)):
        if isinstance(fact, Finding) and fact.code in OF_OBJECTS:
            found[fact.code, fact.detail.partition(":")[0]] += 1
    return found


@pytest.mark.parametrize("name", _files())
def test_the_fast_reading_says_what_the_copy_says(name):
    data = _content(name)
    try:
        opened = open_plain(_part(data))
    except (Locked, Refused):
        pytest.skip("no second opinion")
    if not opened.copy:
        pytest.skip("qpdf writes no copy")
    fast, deep = said(data), said(opened.copy)
    assert set(deep) <= set(fast)
    if not opened.rebuilt:
        assert set(fast) == set(deep)
