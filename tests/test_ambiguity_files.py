"""Files that readers read differently: every reading is judged, and sound files are never called ambiguous."""

from __future__ import annotations

import pytest

from tests.ambiguity_files import CASES

SAID = {"archive-ambiguous", "polyglot-file"}


def _name(case: str) -> str:
    return f"anlage.{case.split(maxsplit=1)[0].lower() if case[0].islower() else 'zip'}"


@pytest.mark.parametrize("case", CASES)
def test_the_hidden_program_is_found_and_the_file_is_called_ambiguous(bare_scan, case):
    """Whichever reader the recipient has: what it shows has been seen here."""
    report = bare_scan(CASES[case][0](), _name(case))
    found = {finding.code for finding in report.findings}
    assert found & SAID
    assert "pe" in {part.type.id for part in report.parts}
    assert "executable-content" in found
    assert "inspection-failed" not in found


@pytest.mark.parametrize("case", CASES)
def test_the_harmless_twin_stays_clean(bare_scan, case):
    """What looks alike and is read alike by everybody is no finding."""
    report = bare_scan(CASES[case][1](), _name(case))
    found = {finding.code for finding in report.findings}
    assert not found & (SAID | {"executable-content", "malformed-file", "inspection-failed"}), report.findings
