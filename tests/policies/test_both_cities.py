"""What the clauses of both cities have in common, each with its own number."""

from __future__ import annotations

import pytest

from attachguard import Envelope
from attachguard.codes import CODES_BY_SUBJECT
from tests.policies.messages import CITIES, FLAGGED

both = pytest.mark.parametrize("city", CITIES)


@both
@pytest.mark.parametrize("code", ["scan-incomplete", "inspection-failed", "policy-error"])
def test_k14_l10_own_failures_are_deferred(judging, city, code):
    judge = judging(city)
    assert judge.outcome(code) == ("defer", "message", "none")
    assert judge.verdict(code).smtp.startswith("451 4.7.1 ")


@both
@pytest.mark.parametrize("code", CODES_BY_SUBJECT["signature"])
def test_k11_l7_whatever_is_found_about_a_signature_is_a_label_and_never_refuses(judging, city, code):
    assert judging(city).outcome(code) == FLAGGED
    assert judging(city).clause(code) == ("K11" if city == "kaiserslautern" else "L7", "text")


@both
@pytest.mark.parametrize("kind", ["eml", "tnef", "uue", "pkcs7", "applesingle"])
def test_k1_l1_mail_in_mail_and_signatures_are_structure(judging, city, kind):
    assert judging(city).lists(kind, "part.dat") == set()


@both
@pytest.mark.parametrize("role", ["body", "inline", "layer", "message"])
def test_k1_l1_the_shown_body_and_its_pictures_are_no_attachments(judging, city, role):
    assert judging(city).lists("png", "logo.png", role=role) == set()


@both
def test_k3_l9_an_engine_that_nobody_configured_is_reported_as_not_evaluated(judging, city):
    checks = {check.check: (check.result, check.cause) for check in judging(city).policy.checks(Envelope())}
    assert checks["malware-engine"][0] == "not-evaluated"
    assert all(cause for result, cause in checks.values() if result == "not-evaluated")


@both
def test_k5_l2_programs_count_at_any_depth_and_under_any_role(judging, made, city):
    judge = judging(city)
    archive = made.part("zip", "a.zip")
    outcomes = {
        judge.outcome("executable-content", part=made.part("pe", "a.exe", role=role, parent=archive))
        for role in ("attachment", "inline", "member", "embedded")
    }
    assert outcomes == {judge.outcome("script-content")}
    assert outcomes.pop()[0] in ("discard", "reject")
