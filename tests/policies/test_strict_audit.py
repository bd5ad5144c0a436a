"""The two policies that quote nobody: `strict` and `audit`."""

from __future__ import annotations

import pytest

from attachguard.codes import CODES, OWN_FAILURES
from attachguard.model import Action, Envelope
from attachguard.policy.judging.rules import HEURISTICS
from attachguard.policy.reading.file import FOLDER, all_names, check


@pytest.mark.parametrize(
    "code",
    [
        "executable-content", "script-content", "macro-content", "active-content", "encrypted-unknown-password", "malformed-mime",
        "ambiguous-mime", "archive-ambiguous", "polyglot-file", "filename-deceptive", "malware-signature", "decompression-bomb",
    ],
)  # fmt: skip
def test_strict_refuses_what_acts_is_locked_or_ambiguous(judging, code):
    assert judging("strict").outcome(code) == ("reject", "message", "none")


@pytest.mark.parametrize(
    "code",
    [
        "archive-content",
        "archive-nested",
        "type-mismatch",
        "signature-present",
        "form-fields-present",
        "embedded-object",
        "password-protected",
    ],
)
def test_strict_lets_plain_facts_through_with_a_flag(judging, code):
    assert judging("strict").outcome(code)[0] == "flag"


def test_strict_refuses_broken_documents_and_not_broken_pictures(judging, made):
    strict = judging("strict")
    assert strict.outcome("malformed-file", part=made.part("docx", "a.docx"))[0] == "reject"
    assert strict.outcome("malformed-file", part=made.part("zip", "a.zip"))[0] == "reject"
    assert strict.outcome("malformed-file", part=made.part("png", "a.png"))[0] == "flag"


def test_strict_holds_suspicion_for_a_person(judging):
    strict = judging("strict")
    assert strict.outcome("malware-suspected", score=90)[0] == "quarantine"
    assert strict.outcome("malware-suspected", score=20)[0] == "flag"


def test_strict_says_a_sentence_for_each_of_its_rules(judging):
    assert all(rule.cite.endswith(".") and rule.origin == "operator" for rule in judging("strict").policy.data.rules)


def test_audit_refuses_nothing_whatever_the_code(judging):
    audit = judging("audit")
    assert {audit.outcome(code)[0] for code in CODES} == {"flag"}
    assert audit.verdict(*sorted(CODES)).action is Action.FLAG


@pytest.mark.parametrize("name", ["strict", "kaiserslautern", "leverkusen"])
def test_own_failures_are_never_clean_and_never_the_senders_fault(judging, made, name):
    judge = judging(name)
    for code in OWN_FAILURES:
        for role in ("message", "body", "attachment", "member", "layer"):
            assert judge.outcome(code, part=made.part(role=role))[0] in ("defer", "quarantine")


@pytest.mark.parametrize("name", ["strict", "kaiserslautern", "leverkusen"])
def test_guesses_never_make_a_mail_vanish(judging, name):
    assert all(judging(name).outcome(code, score=100)[0] != "discard" for code in HEURISTICS)


def test_every_file_of_the_folder_has_a_name_and_no_mistake():
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == sorted(all_names())
    for name in all_names():
        data, problems = check(name)
        assert problems == []
        assert data is not None
        assert data.id == name


@pytest.mark.parametrize("name", ["kaiserslautern", "leverkusen"])
def test_every_rule_of_a_city_cites_its_clause_and_says_why(judging, name):
    for rule in judging(name).policy.data.rules:
        assert rule.cite, rule.code
        assert rule.because, rule.code


def test_checks_say_what_was_evaluated(judging):
    found = {
        check.check: check.result for check in judging("strict").policy.checks(Envelope(spam=False, sender_valid=False))
    }
    assert found == {
        "spam": "pass",
        "malware-engine": "not-evaluated",
        "sender-validity": "fail",
        "signature-trust": "not-evaluated",
    }
