"""Every clause of both cities and every hard case has a test of its name on messages."""

from __future__ import annotations

import pytest

from attachguard.policy.reading.file import text_of
from tests.policies import test_clauses_kaiserslautern, test_clauses_leverkusen, test_hard_cases, test_hard_cases_locked

#: Every hard case, as the names of the tests begin.
HARD_CASES = (
    "smime", "opaque_vs_unknown", "password_in_the_same_mail", "owner_and_default_password", "sanitise_vs_signature", "signed_macros",
    "embedded_xml", "bombs", "later_changes", "images_of_disks", "mail_in_mail", "inline_images", "two_names", "type_mismatch", "msg_and_eml",
    "legal_safety",
)  # fmt: skip


@pytest.mark.parametrize("case", HARD_CASES)
def test_every_hard_case_has_a_test_of_its_name(case):
    names = [*vars(test_hard_cases), *vars(test_hard_cases_locked)]
    assert [name for name in names if name.startswith(f"test_{case}")]


@pytest.mark.parametrize("clause", [*(f"k{n}" for n in range(1, 15)), *(f"l{n}" for n in range(1, 13))])
def test_every_clause_has_a_test_of_its_name_on_messages_and_stands_in_the_policy(clause):
    module = test_clauses_kaiserslautern if clause.startswith("k") else test_clauses_leverkusen
    assert [name for name in vars(module) if name.startswith(f"test_{clause}_")]
    city = "kaiserslautern" if clause.startswith("k") else "leverkusen"
    assert f"# -- {clause.upper()}" in text_of(city)
