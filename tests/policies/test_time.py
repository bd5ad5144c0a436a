"""What a policy says changes with the day: each scan asks for its own, so a gateway that runs for long sees a rule begin and expire."""

from __future__ import annotations

import datetime as dt

import pytest
from examples import build_files as files

from attachguard import Envelope, Policy, Rules, Scanner
from attachguard.engine.scanner import failure_report
from tests.policies.messages import mail

HEAD = '[policy]\nid = "t"\nversion = "1"\n'
MACRO = mail(("a.docm", files.docm()))


@pytest.fixture
def gateway(tmp_path):
    """A scanner that has been loaded once, and the calendar on its wall."""

    def run(text: str):
        path = tmp_path / "t.toml"
        path.write_text(text if text.startswith("[policy]") else HEAD + text)
        calendar = [dt.date(2026, 12, 30)]
        scanner = Scanner(Policy.load(path), rules=Rules.empty(), day=lambda: calendar[0])

        def on(day: str, data: bytes = MACRO, **envelope):
            calendar[0] = dt.date.fromisoformat(day)
            return scanner.scan(data, kind="message", envelope=Envelope(**envelope))

        return on

    return run


def test_a_rule_begins_and_expires_while_the_gateway_runs(gateway):
    rule = '[[rule]]\ncode = "macro-content"\naction = "reject"\nvalid-from = 2026-12-31\nvalid-until = 2027-01-31\n'
    on = gateway(rule)
    days = ("2026-12-30", "2026-12-31", "2027-01-31", "2027-02-01", "2027-01-01")
    assert [on(day).verdict.action.value for day in days] == ["flag", "reject", "reject", "flag", "reject"]


def test_bounds_and_exceptions_too(gateway):
    on = gateway(
        '[[bound]]\non = "attachments"\nmax = 0\nvalid-from = 2027-01-01\n[[rule]]\ncode = "too-many-attachments"\naction = "reject"\n'
        '[[rule]]\ncode = "macro-content"\naction = "discard"\n'
        '[[exception]]\ncode = "macro-content"\nsenders = "a@b.de"\nproven = false\nvalid-until = 2026-12-31\n'
    )
    assert on("2026-12-31", sender="a@b.de").verdict.action.value == "flag"
    assert on("2027-01-01", sender="a@b.de").verdict.reasons == ("macro-content",)
    assert on("2027-01-01", mail(("a.txt", b"Guten Tag\r\n"))).verdict.reasons == ("too-many-attachments",)


def test_an_override_for_a_channel_has_days_of_its_own(gateway):
    on = gateway(
        '[[override]]\nchannels = "vps"\n[[override.rule]]\ncode = "macro-content"\naction = "reject"\nvalid-until = 2026-12-31\n'
    )
    assert on("2026-12-31", channel="vps").verdict.action.value == "reject"
    assert on("2027-01-01", channel="vps").verdict.action.value == "flag"
    assert on("2026-12-31").verdict.action.value == "flag"


def test_the_report_says_when_a_text_is_applied_that_is_not_in_force(gateway):
    on = gateway(HEAD + "valid-from = 2026-01-01\nvalid-until = 2026-12-31\n")

    def validity(day):
        return next((check.result, check.cause) for check in on(day).checks if check.check == "policy-validity")

    said = "valid from 2026-01-01 until 2026-12-31"
    assert validity("2026-12-31") == ("pass", said)
    assert validity("2027-01-01") == ("fail", said)


def test_a_policy_loaded_for_a_day_stays_on_it(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(HEAD + '[[rule]]\ncode = "macro-content"\naction = "reject"\nvalid-until = 2026-12-31\n')
    policy = Policy.load(path, today=dt.date(2026, 12, 31))
    scanner = Scanner(policy, rules=Rules.empty(), day=lambda: dt.date(2030, 1, 1))
    assert scanner.scan(MACRO).verdict.action.value == "reject"


def test_a_policy_without_dates_asks_for_no_day():
    def unasked() -> dt.date:
        raise AssertionError

    scanner = Scanner(Policy.load("leverkusen"), rules=Rules.empty(), day=unasked)
    assert scanner.scan(MACRO).verdict.action.value == "withhold"


def test_a_failed_scan_is_judged_by_the_day_and_the_channel(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(
        HEAD + '[[override]]\nchannels = "vps"\n[override.receipt]\nchannels = "vps"\n'
        '[[override.rule]]\ncode = "scan-incomplete"\naction = "quarantine"\nvalid-until = 2026-12-31\n'
    )
    calendar = [dt.date(2026, 12, 31)]
    scanner = Scanner(Policy.load(path), day=lambda: calendar[0])

    def action(**envelope):
        report = failure_report(scanner, "mail.eml", "the process died", Envelope(**envelope))
        return report.verdict.action.value, report.channel, report.receipt_due

    assert action() == ("defer", "smtp", False)
    assert action(channel="vps") == ("quarantine", "vps", True)
    calendar[0] = dt.date(2027, 1, 1)
    assert action(channel="vps") == ("defer", "vps", True)


def test_a_nearer_bound_without_dates_overrules_an_included_one_for_some_days(gateway):
    on = gateway(
        '[[bound]]\non = "attachments"\nmax = 0\nvalid-from = 2027-01-01\n[[rule]]\ncode = "too-many-attachments"\naction = "reject"\n'
        '[[override]]\nchannels = "vps"\n[[override.bound]]\non = "attachments"\nmax = 5\n'
    )
    letter = mail(("a.txt", b"Guten Tag\r\n"))
    assert on("2027-01-01", letter).verdict.action.value == "reject"
    assert on("2027-01-01", letter, channel="vps").verdict.action.value == "deliver"
