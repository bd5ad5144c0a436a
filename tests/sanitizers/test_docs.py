"""The page about cleaning says what the sanitizers say of themselves."""

from __future__ import annotations

import re
from pathlib import Path

from attachguard.sanitizers.__main__ import page

DOCS = Path(__file__).parents[2] / "docs/sanitizing.md"


def test_the_sections_of_the_formats_are_current():
    """Made anew by `python -m attachguard.sanitizers`, between the two comments."""
    made = re.search(r"<!-- made by .*? -->\n(.*?)\n<!-- end -->", DOCS.read_text("utf-8"), re.DOTALL)
    assert made[1] == page().rstrip("\n")
