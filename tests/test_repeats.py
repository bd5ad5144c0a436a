"""Attachments that come again: what is said of them is what a scan would say, and they are looked at once."""

from __future__ import annotations

import msgspec
import pytest

from attachguard import Envelope, Limits, Policy, Rules, Scanner
from attachguard.engine.repeats import Repeats
from attachguard.policy.judging.rule_conditions import CONDITIONS, OF_ENVELOPES
from tests.fixtures import all_samples
from tests.test_scanner import mail

SAMPLES = all_samples()
POLICY = Policy.load("strict")


@pytest.fixture(scope="module")
def scanners():
    rules = Rules.builtin()
    return Scanner(POLICY, rules=rules, rewrite=True), Scanner(
        POLICY, rules=rules, rewrite=True, repeats=Repeats(least=0)
    )


def shape(report) -> dict:
    plain = msgspec.structs.asdict(report)
    del plain["seconds"]
    return plain


def again(message: bytes) -> bytes:
    """The same attachments in another mail."""
    return message.replace(b"Subject: x", b"Subject: something else")


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_mail_with_an_attachment_that_was_seen_before_has_the_report_of_a_scan(scanners, sample):
    plain, remembering = scanners
    name, content = sample.rpartition("/")[2], SAMPLES[sample]()
    first = mail((name, "application/octet-stream", content))
    # The same one twice in a mail, behind another one, and behind text that could have its password.
    second = mail(("a.txt", "text/plain", b"geheim"), *[(name, "application/octet-stream", content)] * 2)
    for message in (first, again(first), second, again(second)):
        assert shape(remembering.scan(message, kind="message")) == shape(plain.scan(message, kind="message"))


def test_most_attachments_can_be_remembered():
    repeats = Repeats(least=0)
    scanner = Scanner(POLICY, rules=Rules.empty(), repeats=repeats)
    for sample, build in list(SAMPLES.items())[::10]:
        for _ in range(2):
            scanner.scan(mail((sample.rpartition("/")[2], "application/octet-stream", build())), kind="message")
    assert repeats.spared > 0.6 * len(SAMPLES) / 10


def big(number: int = 0) -> bytes:
    return b"MZ" + bytes([number]) * 5000


def test_the_same_attachment_is_looked_at_once():
    repeats = Repeats()
    scanner = Scanner(POLICY, rules=Rules.empty(), repeats=repeats)
    for _ in range(10):
        scanner.scan(mail(("a.exe", "application/octet-stream", big())), kind="message")
    assert repeats.spared == 9


@pytest.mark.parametrize(
    "other",
    [
        mail(("b.exe", "application/octet-stream", big())),
        mail(("a.exe", "image/png", big())),
        mail(("a.exe", "application/octet-stream", big(1))),
    ],
    ids=["name", "declared type", "content"],
)
def test_what_differs_in_anything_that_matters_is_another_attachment(other):
    repeats = Repeats()
    scanner = Scanner(POLICY, rules=Rules.empty(), repeats=repeats)
    scanner.scan(mail(("a.exe", "application/octet-stream", big())), kind="message")
    scanner.scan(other, kind="message")
    assert repeats.spared == 0


def test_what_the_budget_has_no_room_for_is_stopped_as_in_a_scan():
    from tests.fixtures import zip as zips

    packed = zips.archive(*(zips.Member(f"{number}.bin", bytes([number]) * 500) for number in range(8)))
    message = mail(*[("a.zip", "application/zip", packed)] * 3)
    limits = Limits(parts=25)
    plain = Scanner(POLICY, rules=Rules.empty(), limits=limits)
    remembering = Scanner(POLICY, rules=Rules.empty(), limits=limits, repeats=Repeats(least=0))
    report = remembering.scan(message, kind="message")
    assert shape(report) == shape(plain.scan(message, kind="message"))
    assert "resource-limit-exceeded" in {finding.code for finding in report.findings}


def test_who_writes_to_whom_tells_copies_apart_only_where_the_policy_asks(tmp_path):
    asking = tmp_path / "asking.toml"
    asking.write_text(
        '[policy]\nid = "asking"\nversion = "1"\ninclude = ["strict"]\n'
        '[[rule]]\ncode = "executable-content"\naction = "flag"\nsenders = ["boss@example.org"]\n'
        'cite = "house rule"\norigin = "operator"\n'
    )
    message = mail(("a.exe", "application/octet-stream", big()))
    envelopes = [
        Envelope(sender=sender, recipients=("b@example.net",)) for sender in ("a@example.org", "boss@example.org")
    ]
    for policy, spared in ((POLICY, 3), (Policy.load(asking), 2)):
        repeats = Repeats()
        remembering = Scanner(policy, rules=Rules.empty(), repeats=repeats)
        plain = Scanner(policy, rules=Rules.empty())
        for envelope in envelopes * 2:
            here = remembering.scan(message, kind="message", envelope=envelope)
            assert shape(here) == shape(plain.scan(message, kind="message", envelope=envelope))
        assert (repeats.asked, repeats.spared) == (4, spared)


def test_every_condition_that_asks_for_the_envelope_is_known_as_one():
    asking = {each.key for each in CONDITIONS if "envelope" in each.holds.__code__.co_names}
    assert asking == OF_ENVELOPES


def test_no_more_is_remembered_than_there_is_room_for():
    repeats = Repeats(most=10)
    scanner = Scanner(POLICY, rules=Rules.empty(), repeats=repeats)
    for number in range(50):
        scanner.scan(mail(("a.exe", "application/octet-stream", big(number))), kind="message")
    assert repeats._weight <= 10
    assert len(repeats._seen) < 10
    assert sum(seen.weight for seen in repeats._seen.values()) == repeats._weight
