"""Kinds: one registry, spoken in two languages, every kind said by somebody, and matched by policies that know its name."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from attachguard import PolicyError
from attachguard.codes import CODES
from attachguard.kinds import EXACT, KINDS, near
from attachguard.kinds.__main__ import page
from attachguard.limits import Budget, Limits
from attachguard.part import Part
from attachguard.policy.reading import file as policyfile

ROOT = Path(__file__).parents[1]
SOURCES = [path for path in (ROOT / "src/attachguard").rglob("*.py") if "kinds" not in path.parts]


def test_the_page_about_kinds_is_current():
    """Made anew by `python -m attachguard.kinds > docs/kinds.md`."""
    assert (ROOT / "docs/kinds.md").read_text("utf-8") == page()


@pytest.mark.parametrize("kind", EXACT.values(), ids=lambda kind: kind.id)
def test_a_kind_has_a_code_and_is_spoken_in_both_languages(kind):
    assert kind.code in CODES
    assert kind.title("en") != kind.title("de")
    assert kind.title("en")
    assert kind.title("de")


def test_every_code_stands_for_itself_where_nothing_more_exact_can_be_said():
    assert {code: KINDS[code].code for code in CODES} == {code: code for code in CODES}


def literals() -> set[str]:
    """Every string in the sources, and the end of every string that is put together: `f"{family}-script"` says `-script`."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_no_kind_stands_in_the_registry_that_nobody_says():
    said = literals()
    families = ("html", "svg", "xhtml", "body")
    left = {
        kind
        for kind in EXACT
        if kind not in said
        and not (kind.partition("-")[0] in families and f"-{kind.partition('-')[2]}" in said)
        and not (kind.partition("-")[0] in families and kind.partition("-")[2] in said)
    }
    assert left == set()


def test_every_literal_kind_that_a_format_says_is_in_the_registry():
    unknown = set()
    for path in SOURCES:
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if "finding" in text else ():
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "finding"
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and node.args[0].value not in KINDS
            ):
                unknown.add(f"{path.name}:{node.lineno}: {node.args[0].value}")
    assert unknown == set()


def test_a_part_refuses_to_say_what_is_not_in_the_registry():
    part = Part("a", b"", role="attachment", budget=Budget(Limits()))
    with pytest.raises(KeyError):
        part.finding("pdf-javascrip", "x")


def test_a_policy_that_names_an_unknown_kind_is_refused_with_the_near_ones(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(
        '[policy]\nid = "t"\nversion = "1"\n[[rule]]\ncode = "active-content"\nkind = "pdf-javascrip"\naction = "reject"\n'
    )
    with pytest.raises(PolicyError, match=r"unknown kind 'pdf-javascrip'; did you mean 'pdf-javascript'"):
        policyfile.read(path)
    assert near("pdf-javascrip")[0] == "pdf-javascript"


def test_a_policy_that_asks_for_a_kind_of_another_code_is_refused(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(
        '[policy]\nid = "t"\nversion = "1"\n[[rule]]\ncode = "macro-content"\nkind = "pdf-javascript"\naction = "reject"\n'
    )
    with pytest.raises(PolicyError, match="pdf-javascript is a kind of active-content"):
        policyfile.read(path)


#: Where a kind is said that no sample of a format can say: by a policy, by the engine, or of what must be built around a test.
NAMED = {
    "archive-format": "tests/test_policy_kinds.py::test_a_format_of_archives_that_is_not_taken_has_a_kind",
    "archive-in-itself": "tests/formats/test_zip.py::test_an_archive_that_holds_itself_is_a_bomb",
    "attachment-size-advised": "tests/test_policy_kinds.py::test_an_advice_of_a_policy_has_a_kind",
    "attachments-advised": "tests/test_policy_kinds.py::test_an_advice_of_a_policy_has_a_kind",
    "data-connection": "tests/formats/test_ooxml.py::test_connections_callbacks_actions_and_add_ins_are_found",
    "declared-size": "tests/formats/test_zip.py::test_a_size_that_is_only_stated_is_a_limit_and_no_bomb",
    "engine-failed": "tests/test_hooks.py::test_an_engine_that_fails_defers_the_mail",
    "equation-unread": "tests/test_rtf_objects.py::test_an_equation_that_cannot_be_read_is_uninspectable",
    "fetching-function": "tests/formats/test_odf.py::test_formulas_that_start_or_fetch_something_are_told_from_those_that_calculate",
    "hidden-member": "tests/formats/test_tar.py::test_a_broken_header_does_not_hide_what_follows",
    "key-store-failed": "tests/test_smime.py::test_a_key_store_that_fails_is_asked_once_in_a_message",
    "linked-picture": "tests/formats/test_xml.py::test_what_a_flat_text_fetches_is_a_reference",
    "malware-engine": "tests/test_hooks.py::test_an_engine_sees_single_files_too",
    "malware-not-checked": "tests/policies/test_kinds.py::test_kind",
    "member-type": "tests/policies/test_kinds.py::test_kind",
    "message-size-advised": "tests/test_policy_kinds.py::test_an_advice_of_a_policy_has_a_kind",
    "odf-basic-encrypted": "tests/formats/test_odf.py::test_encrypted_basic_is_a_macro",
    "office-add-in": "tests/formats/test_ooxml.py::test_connections_callbacks_actions_and_add_ins_are_found",
    "ole-link": "tests/formats/test_xls.py::test_a_link_to_an_ole_object_is_an_external_reference",
    "pdf-link": "tests/relatives/test_pdf_claims.py::test_a_policy_asks_for_links",
    "pdf-no-assembling": "tests/policies/test_kinds.py::test_kind",
    "pdf-producer": "tests/relatives/test_pdf_claims.py::test_a_policy_asks_for_the_program_that_made_a_pdf",
    "readings-differ": "tests/ambiguity/test_honest.py::test_a_delimiter_among_fields_is_seen_wherever_the_fields_are_cut",
    "recipients-advised": "tests/test_policy_kinds.py::test_an_advice_of_a_policy_has_a_kind",
    "body-amp-script": "tests/ambiguity/test_honest.py::test_the_scripts_of_amp_refuse_no_newsletter_and_no_others_pass_for_them",
    "returned-cut": "tests/ambiguity/test_honest.py::test_the_original_in_a_bounce_may_be_cut_anywhere",
    "ribbon-callback": "tests/formats/test_ooxml.py::test_connections_callbacks_actions_and_add_ins_are_found",
    "runaway-size": "tests/formats/test_zip.py::test_what_goes_on_and_on_is_a_bomb",
    "sender-not-checked": "tests/test_policy_kinds.py::test_a_check_that_nobody_made_has_a_kind",
    "smime-algorithm": "tests/test_smime.py::test_a_damaged_envelope_for_a_held_key_stays_closed_at_every_place",
    "spam-not-checked": "tests/policies/test_effects.py::test_a_finding_names_the_rule_that_answered_by_file_and_line",
    "too-large-to-compare": "tests/ambiguity/test_mime.py::test_a_message_too_large_to_keep_says_so",
    "trust-not-checked": "tests/test_policy_kinds.py::test_a_check_that_nobody_made_has_a_kind",
    "vba-suspicious": "tests/formats/test_strays.py::test_macros_in_unused_sectors_are_graded",
    "web-video": "tests/formats/test_ooxml.py::test_the_page_behind_a_film_is_a_reference",
    "wps-javascript": "tests/formats/test_ooxml.py::test_macros_of_another_office_are_macros",
    "yara-match": "tests/formats/test_pdf.py::test_a_pdf_is_inspected_through_the_scanner",
}


def golden() -> set[str]:
    """Kinds that the golden reports say."""
    said = set()
    for file in (ROOT / "tests/golden").glob("*.json"):
        for report in json.loads(file.read_text("utf-8")).values():
            said |= {re.split(r"[ /]", finding.partition(" @ ")[0])[-1] for finding in report["findings"]}
    return said


def test_every_kind_is_said_in_a_golden_report_or_in_a_test_that_is_named_here():
    said = golden()
    lacking = EXACT.keys() - said - NAMED.keys()
    assert lacking == set(), "add a sample to tests/fixtures/ that says it, or name the test that does"


def test_the_named_tests_say_the_kinds_that_they_are_named_for(tmp_path):
    target = tmp_path / "said.json"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.saying",
        "-p",
        "no:benchmark",
        "-p",
        "no:cacheprovider",
        *sorted(set(NAMED.values())),
    ]
    environment = {**os.environ, "ATTACHGUARD_SAID": str(target), "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=300)
    said = json.loads(target.read_text("utf-8"))
    assert {kind: test for kind, test in NAMED.items() if kind not in said.get(test, ())} == {}
