"""The table of docs/encryption.md holds what it names."""

from __future__ import annotations

import re
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "encryption.md"


def test_every_row_of_the_table_names_a_state_and_a_test_that_exist():
    from attachguard.codes import ENCRYPTION_STATES

    rows = [line.split("|")[1:-1] for line in DOCUMENT.read_text().splitlines() if line.startswith("| ")]
    rows = [
        [cell.strip() for cell in row]
        for row in rows
        if len(row) == 5 and not row[0].strip().startswith(("format", "---"))
    ]
    assert len(rows) > 20
    root = DOCUMENT.parent.parent
    for what, _protection, states, _done, where in rows:
        assert set(re.findall(r"`([a-z-]+)`", states)) <= set(ENCRYPTION_STATES), what
        assert re.findall(r"`([a-z-]+)`", states), what
        for place in re.findall(r"`([\w/.]+)`", where):
            assert (root / "tests" / place).exists(), place
        assert "`" in where, what
