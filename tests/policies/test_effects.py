"""What a rule says beside its action reaches the report: the legal effect, the subject tag, the days of keeping, the rule itself."""

from __future__ import annotations

import json

import pytest
from examples import build_files as files

from attachguard import Envelope, Policy, Rules, Scanner
from attachguard.outcome import routing_slip
from attachguard.policy.reading.file import text_of
from attachguard.report import json as reports
from tests.policies.messages import ask, mail, plain_pdf

HEAD = '[policy]\nid = "t"\nversion = "1"\n'
TEXT = """
[addresses]
binding = ["poststelle@stadt.example"]
[[rule]]
code = "address-not-binding"
action = "flag"
label = "not received"
cite = "2"
[[rule]]
code = "spam"
action = "deliver"
tag = "[SPAM]"
[[rule]]
code = "macro-content"
action = "quarantine"
hold-days = 14
label = "form not met"
[[rule]]
code = "executable-content"
action = "quarantine"
hold-days = 30
"""


@pytest.fixture
def scanner(tmp_path):
    path = tmp_path / "town.toml"
    path.write_text(HEAD + TEXT)
    return Scanner(Policy.load(path), rules=Rules.empty())


def test_the_legal_effect_stands_in_finding_verdict_and_json(scanner):
    report = scanner.scan(mail(), envelope=Envelope(recipients=("amt@stadt.example",)))
    assert report.verdict.labels == ("not received",)
    assert report.verdict.action.value == "flag"
    data = json.loads(reports.encode(report))
    assert data["verdict"]["labels"] == ["not received"]
    assert [each["label"] for each in data["findings"] if each["code"] == "address-not-binding"] == ["not received"]


def test_the_legal_effect_stands_on_the_routing_slip(scanner):
    slip = routing_slip(scanner.scan(mail(), envelope=Envelope(recipients=("amt@stadt.example",))))
    assert "Rechtsfolge: not received" in slip.text("de")
    assert "legal effect: not received" in slip.html("en")
    assert json.loads(slip.json())["reasons"][0]["label"] == "not received"


def test_a_subject_tag_reaches_the_gateway_though_the_mail_is_simply_delivered(scanner):
    report = scanner.scan(mail(), envelope=Envelope(spam=True))
    assert (report.verdict.action.value, report.verdict.tag, report.verdict.reasons) == ("deliver", "[SPAM]", ())


def test_the_longest_time_of_keeping_counts(scanner):
    assert scanner.scan(mail(("a.docm", files.docm()))).verdict.hold_days == 14
    both = scanner.scan(mail(("a.docm", files.docm()), ("a.exe", files.program()))).verdict
    assert (both.hold_days, both.labels) == (30, ("form not met",))
    assert scanner.scan(mail()).verdict.hold_days is None


def test_a_finding_names_the_rule_that_answered_by_file_and_line(scanner):
    report = scanner.scan(mail(("a.docm", files.docm())))
    assert {each.rule for each in report.findings if each.code == "macro-content"} == {"town.toml:16"}
    city = ask("kaiserslautern", mail(("a.exe", files.program())))
    named = next(each.rule for each in city.findings if each.code == "executable-content")
    text = text_of("kaiserslautern").splitlines()
    assert named.startswith("kaiserslautern.toml:")
    assert "executable-content" in "".join(text[int(named.rpartition(":")[2]) - 1 :][:2])


def test_two_rules_of_one_code_and_clause_keep_their_own_replies_and_labels(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(
        HEAD + '[[rule]]\ncode = "macro-content"\naction = "reject"\nreply = "No macros"\nlabel = "a"\n'
        '[[rule]]\ncode = "macro-content"\nsuffixes = "docm"\naction = "reject"\nreply = "No docm"\nlabel = "b"\n'
    )
    scanner = Scanner(Policy.load(path), rules=Rules.empty())
    for name, reply, label in (("a.docm", "No docm", "b"), ("a.docx", "No macros", "a")):
        verdict = scanner.scan(mail((name, files.docm()))).verdict
        assert (verdict.smtp, verdict.labels) == (f"550 5.7.1 {reply}", (label,))


@pytest.mark.parametrize(("city", "channel", "due"), [
    ("kaiserslautern", "vps", True), ("kaiserslautern", "smtp", False), ("leverkusen", "vps", False), ("leverkusen", "de-mail", False),
])  # fmt: skip
def test_a_routing_slip_is_due_where_the_policy_gives_one(city, channel, due):
    report = ask(city, mail(("a.pdf", plain_pdf())), Envelope(channel=channel))
    assert (report.channel, report.receipt_due) == (channel, due)
    slip = routing_slip(report)
    assert (slip.channel, slip.for_sender) == (channel, due)
    assert ("Bestimmt für:  den Absender" in slip.text("de")) is due
    assert json.loads(slip.json())["for_sender"] is due
