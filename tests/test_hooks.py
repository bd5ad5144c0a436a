"""Hooks: what others say counts only from whom the caller trusts, within the time, and silence of an engine never lets mail through."""

from __future__ import annotations

import time

import pytest

from attachguard import Action, Envelope, Policy, Rules, Scanner
from attachguard.hooks import Hooks, SpamHeader, clean, failed, infected
from attachguard.mail.authresults import AuthenticationResults, parse
from tests import HANG
from tests.test_scanner import mail

MESSAGE = mail(("brief.txt", "text/plain", b"hallo\n" * 10), ("kopie.txt", "text/plain", b"hallo\n" * 10))


class Engine:
    """Answers as it was told; remembers what it was shown."""

    def __init__(self, answer=clean):
        self.answer = answer
        self.shown: list[tuple[bytes, str]] = []

    def scan(self, data, name):
        self.shown.append((data, name))
        return self.answer()

    def describe(self):
        return "TestAV 1.0, 2026-11-22"


def scan(hooks: Hooks, message: bytes = MESSAGE, policy: str = "leverkusen", **options):
    return Scanner(Policy.load(policy), rules=Rules.empty(), hooks=hooks).scan(message, **options)


def check(report, name: str):
    return next((each.result, each.cause) for each in report.checks if each.check == name)


# -- malware engine ---------------------------------------------------------------------------------------------------------------


def test_without_an_engine_the_check_is_not_evaluated_and_the_mail_goes_on():
    report = Scanner(Policy.load("leverkusen"), rules=Rules.empty()).scan(MESSAGE)
    assert check(report, "malware-engine") == ("not-evaluated", "no engine configured")
    assert report.verdict.action is Action.DELIVER


def test_an_engine_sees_every_part_decoded_and_no_content_twice():
    engine = Engine()
    report = scan(Hooks(malware=engine))
    assert [data for data, _ in engine.shown] == [b"see attachment", b"hallo\n" * 10]
    assert check(report, "malware-engine") == ("pass", "TestAV 1.0, 2026-11-22")
    assert report.verdict.action is Action.DELIVER


def test_an_engine_sees_single_files_too():
    engine = Engine(lambda: infected("Eicar"))
    report = scan(Hooks(malware=engine), b"hallo\n", name="brief.txt", kind="file")
    assert engine.shown == [(b"hallo\n", "brief.txt")]
    assert report.findings[0].detail == "engine: Eicar"


def test_what_the_engine_knows_is_malware():
    report = scan(Hooks(malware=Engine(lambda: infected("Win.Test\x1b[2J.EICAR"))))
    found = [finding for finding in report.findings if finding.code == "malware-signature"]
    assert {finding.part for finding in found} == {"1", "2!/brief.txt", "3!/kopie.txt"}
    assert {finding.detail for finding in found} == {"engine: Win.Test\ufffd[2J.EICAR"}
    assert report.verdict.action is Action.REJECT
    assert check(report, "malware-engine")[0] == "fail"


@pytest.mark.parametrize("policy", ["strict", "kaiserslautern", "leverkusen"])
@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (lambda: failed("no database"), "no database"),
        (lambda: None, "the engine gave no answer"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
    ],
)
def test_an_engine_that_fails_defers_the_mail(policy, answer, cause):
    engine = Engine(answer)
    report = scan(Hooks(malware=engine), policy=policy)
    assert report.verdict.action in (Action.DEFER, Action.QUARANTINE)
    assert "scan-incomplete" in report.verdict.reasons
    assert check(report, "malware-engine") == ("not-evaluated", cause)
    assert not report.complete
    assert len(engine.shown) == 1, "an engine that has failed is not asked again in the same mail"


def test_an_engine_that_hangs_costs_its_time_limit_and_no_more():
    started = time.monotonic()
    report = scan(Hooks(malware=Engine(lambda: time.sleep(5)), seconds=0.1))
    assert time.monotonic() - started < HANG
    assert check(report, "malware-engine") == ("not-evaluated", "no answer within 0.1 s")
    assert report.verdict.action is Action.DEFER


def test_a_verdict_that_came_before_the_engine_was_asked_is_no_pass():
    scanner = Scanner(Policy.load("kaiserslautern"), rules=Rules.empty(), hooks=Hooks(malware=Engine()))
    program = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86" + bytes(9000)
    with scanner.open(kind="message") as opened:
        assert opened.feed(mail(("a.exe", "x/y", program)))
    assert check(opened.close(), "malware-engine") == ("not-evaluated", "not every part could be shown to the engine")


# -- spam -------------------------------------------------------------------------------------------------------------------------

RECEIVED = b"Received: from mail.example.org (mail.example.org [192.0.2.1])\r\n\tby filter.example.net (Postfix) with ESMTPS id 1\r\n"


def spam_of(fields: bytes) -> bool | None:
    return SpamHeader(["filter.example.net"])(fields + b"Subject: x\r\n", Envelope())


def test_the_upstream_verdict_is_read_above_the_line_of_the_trusted_host():
    assert spam_of(b"X-Spam-Flag: YES\r\n" + RECEIVED) is True
    assert spam_of(b"x-spam-flag:\r\n no\r\n" + RECEIVED) is False
    assert spam_of(b"X-Spam-Flag: NO\r\nX-Spam-Flag: Yes\r\n" + RECEIVED) is True
    assert spam_of(b"X-Spam-Flag: maybe\r\n" + RECEIVED) is None


def test_a_verdict_that_the_sender_may_have_written_is_none():
    assert spam_of(RECEIVED + b"X-Spam-Flag: NO\r\n") is None
    assert spam_of(b"X-Spam-Flag: NO\r\n") is None
    assert spam_of(b"X-Spam-Flag: NO\r\n" + RECEIVED.replace(b"filter", b"other")) is None
    assert spam_of(b"") is None


def test_other_fields_and_values():
    header = SpamHeader(["FILTER.example.net."], name="X-Spam-Status", spam=r"yes,", ham=r"no,")
    assert header(b"X-Spam-Status: Yes, score=9.1\r\n" + RECEIVED, Envelope()) is True
    assert header(b"X-Spam-Status: No, score=0.1\r\n" + RECEIVED, Envelope()) is False
    with pytest.raises(ValueError, match="hosts is empty"):
        SpamHeader([])


def test_spam_by_a_hook_leads_where_the_policy_says():
    report = scan(Hooks(spam=lambda header, envelope: b"Subject: x" in header), policy="kaiserslautern")
    assert (report.verdict.action, report.verdict.reasons) == (Action.DISCARD, ("spam",))
    assert check(report, "spam") == ("fail", "")
    report = scan(Hooks(spam=lambda header, envelope: False), policy="kaiserslautern")
    assert (report.verdict.action, check(report, "spam")) == (Action.DELIVER, ("pass", ""))


def test_what_the_caller_says_stands_above_the_hook():
    report = scan(Hooks(spam=lambda header, envelope: True), policy="kaiserslautern", envelope=Envelope(spam=False))
    assert check(report, "spam") == ("pass", "")


@pytest.mark.parametrize(
    ("hook", "cause"),
    [
        (lambda header, envelope: time.sleep(5), "no answer within 0.1 s"),
        (lambda header, envelope: {}["x"], "KeyError: 'x'"),
        (lambda header, envelope: "yes", "the hook gave str, not True, False or None"),
    ],
)
def test_a_hook_that_fails_is_not_evaluated_and_says_why(hook, cause):
    report = scan(Hooks(spam=hook, sender_valid=hook, seconds=0.1), policy="kaiserslautern")
    assert check(report, "spam") == ("not-evaluated", cause)
    assert check(report, "sender-validity") == ("not-evaluated", cause)
    assert "spam-not-evaluated" in {finding.code for finding in report.findings}


# -- proof of the sender ----------------------------------------------------------------------------------------------------------

SENDER = Envelope(sender="Erika@Example.org")


def proven(*fields: str, envelope: Envelope = SENDER) -> bool | None:
    header = "".join(field + "\r\n" for field in fields).encode()
    return AuthenticationResults(["mx.example.net"])(header, envelope)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("spf=pass smtp.mailfrom=example.org", True),
        ("spf=pass smtp.mailfrom=erika@example.org", True),
        ("spf=pass smtp.mailfrom=example.com", False),
        ("spf=pass smtp.mailfrom=sub.example.org", False),
        ("spf=fail smtp.mailfrom=example.org", False),
        ("spf=fail smtp.mailfrom=example.org; dkim=pass header.d=example.org", True),
        ("dkim=pass header.d=example.com", False),
        ("dkim=fail header.d=example.org; dkim=pass header.d=example.org", True),
        ("dkim=pass header.d=org", False),
        ("dkim=pass header.i=@example.org", True),
        ("dkim=fail header.d=example.org", False),
        ("dmarc=pass (p=reject dis=none) header.from=example.org", True),
        ("dmarc=pass header.from=example.com", False),
        ("dmarc=temperror header.from=example.org", None),
        ("spf=none smtp.mailfrom=example.org; dkim=none", None),
        ("none", None),
        ("auth=pass smtp.auth=erika@example.org", None),
        ("spf=pass (smtp.mailfrom=example.org) smtp.helo=example.org", False),
        ('spf = pass reason="good; dkim=fail" smtp.mailfrom = "example.org"', True),
    ],
)
def test_the_sender_is_proven_by_spf_dkim_or_dmarc_for_his_own_domain(results, expected):
    assert proven(f"Authentication-Results: mx.example.net; {results}") is expected
    assert proven(f"authentication-results: (c) MX.example.net 1;\r\n {results}") is expected


def test_only_configured_servers_of_the_last_hop_are_believed():
    good = "Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=example.org"
    received = "Received: from a by mx.example.net"
    assert proven(received, good, "Received: from x by a") is True
    assert proven(received, "Received: from x by a", good) is None
    assert proven(good.replace("mx.", "mx2.")) is None
    assert proven(good.replace("mx.example.net", "(mx.example.net) evil.example")) is None


def test_the_topmost_answer_counts_where_two_fields_contradict_each_other():
    bad = "Authentication-Results: mx.example.net; spf=fail smtp.mailfrom=example.org"
    good = "Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=example.org"
    assert proven(bad, good) is False
    assert proven(good, bad) is True


def test_without_a_sender_there_is_nothing_to_prove():
    good = "Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=example.org"
    assert proven(good, envelope=Envelope()) is None
    with pytest.raises(ValueError, match="authserv_ids is empty"):
        AuthenticationResults([])


def test_hostile_fields_are_read_in_linear_time():
    started = time.monotonic()
    for piece in ('"\\', "(", ")", ";", "a=", '"', "\\", "(\\)"):
        parse(piece * 4000)
        proven(*[f"Authentication-Results: mx.example.net; {piece * 4000}"] * 60)
    assert time.monotonic() - started < HANG


def test_a_proven_sender_may_be_told():
    field = b"Authentication-Results: mx.example.net; dmarc=pass header.from=example.org\r\n"
    hooks = Hooks(sender_valid=AuthenticationResults(["mx.example.net"]))
    report = scan(hooks, field + MESSAGE, envelope=Envelope(sender="a@example.org"))
    assert check(report, "sender-validity") == ("pass", "")
    report = scan(hooks, field + MESSAGE, envelope=Envelope(sender="a@example.com"))
    assert check(report, "sender-validity") == ("fail", "")
