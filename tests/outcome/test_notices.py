"""Notices go to whom the verdict names, never to an innocent address, and are mails that every client and gateway can read."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime

import msgspec
import pytest

from attachguard import Action, Check, Envelope, Finding, Notify, Policy, Report, Rules, Scanner, Scope, Verdict
from attachguard.codes import CODES
from attachguard.model import PolicyName
from attachguard.outcome import Templates, notification, recipient_notice
from tests.test_scanner import mail

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HEADER = b"From: a@example.org\r\nSubject: =?utf-8?Q?Antr=C3=A4ge?=\r\nMessage-ID: <1@example.org>\r\n"
ENVELOPE = Envelope(sender="a@example.org", recipients=("stadt@example.net", "amt@example.net"))


def report(
    action: Action = Action.REJECT,
    notify: Notify = Notify.SENDER,
    code: str = "archive-content",
    valid: bool | None = None,
    smtp: str | None = None,
) -> Report:
    finding = Finding(code, "2!/a.zip", action, Scope.MESSAGE, notify, "detail: secret-signature", "test", "L3", "text")
    result = "not-evaluated" if valid is None else "pass" if valid else "fail"
    return Report(
        source="", kind="message", policy=PolicyName("leverkusen", "2026-11"),
        verdict=Verdict(action, Scope.MESSAGE, notify, (code,), smtp), findings=(finding,), parts=(),
        checks=(Check("sender-validity", result),), sha256="0" * 64, size=1, complete=True, seconds=0.0,
    )  # fmt: skip


def parsed(notice: bytes):
    assert notice is not None
    assert b"\n" not in notice.replace(b"\r\n", b"")
    assert max(map(len, notice.split(b"\r\n"))) <= 998
    return email.message_from_bytes(notice, policy=email.policy.default)


def test_the_notice_is_a_delivery_status_notification():
    smtp = "550 5.7.1 Compressed files (zip, rar and the like) are not accepted here"
    message = parsed(notification(report(smtp=smtp), ENVELOPE, HEADER, mta="mx.example.net", now=NOW))
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "delivery-status"
    assert message["To"] == "a@example.org"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["Date"].datetime == NOW
    text, status, header = message.iter_parts()
    assert "Komprimierte Dateien werden nicht angenommen. (L3)" in text.get_content()
    assert status.get_content_type() == "message/delivery-status"
    about, *recipients = status.get_payload()
    assert about["Reporting-MTA"] == "dns; mx.example.net"
    assert [each["Final-Recipient"] for each in recipients] == ["rfc822; stadt@example.net", "rfc822; amt@example.net"]
    assert {(each["Action"], each["Status"], each["Diagnostic-Code"]) for each in recipients} == {
        ("failed", "5.7.1", "smtp; " + smtp)
    }
    assert header.get_content_type() == "text/rfc822-headers"
    assert header.get_payload().splitlines() == HEADER.decode().splitlines()


def test_the_notice_is_in_german_or_english():
    german = parsed(notification(report(), ENVELOPE, HEADER, "de"))
    english = parsed(notification(report(), ENVELOPE, HEADER, "en"))
    assert german["Subject"] == "Ihre Nachricht wurde abgewiesen"
    assert english["Subject"] == "Your message was refused"
    assert "Compressed files are not accepted." in next(english.iter_parts()).get_content()
    with pytest.raises(ValueError, match="language is 'fr'; there are: de, en"):
        notification(report(), ENVELOPE, HEADER, "fr")


def test_it_names_no_signature_and_no_detail():
    assert b"secret-signature" not in notification(report(code="malware-signature", valid=True), ENVELOPE, HEADER)


@pytest.mark.parametrize(
    ("action", "said", "status"),
    [
        (Action.REJECT, "failed", "5.7.1"),
        (Action.DISCARD, "failed", "5.7.1"),
        (Action.QUARANTINE, "delayed", "4.7.0"),
        (Action.WITHHOLD, "delivered", "2.6.4"),
        (Action.SANITIZE, "delivered", "2.6.4"),
    ],
)
def test_mail_software_learns_what_became_of_the_message(action, said, status):
    recipient = list(parsed(notification(report(action), ENVELOPE, HEADER)).iter_parts())[1].get_payload()[1]
    assert (recipient["Action"], recipient["Status"]) == (said, status)


@pytest.mark.parametrize(
    ("notify", "code", "valid", "told"),
    [
        (Notify.NONE, "archive-content", True, False),
        (Notify.RECIPIENT, "archive-content", True, False),
        (Notify.SENDER, "archive-content", None, True),
        (Notify.BOTH, "archive-content", None, True),
        (Notify.SENDER_IF_VALID, "archive-content", None, False),
        (Notify.SENDER_IF_VALID, "archive-content", False, False),
        (Notify.SENDER_IF_VALID, "archive-content", True, True),
        (Notify.SENDER, "malware-signature", None, False),
        (Notify.SENDER, "malware-signature", False, False),
        (Notify.BOTH, "decompression-bomb", None, False),
        (Notify.SENDER, "malware-suspected", None, False),
        (Notify.SENDER, "malware-signature", True, True),
    ],
)
def test_nobody_is_written_to_who_may_be_innocent(notify, code, valid, told):
    made = notification(report(notify=notify, code=code, valid=valid), ENVELOPE, HEADER)
    assert (made is not None) is told


@pytest.mark.parametrize("action", [Action.DELIVER, Action.FLAG, Action.DEFER])
def test_what_is_delivered_or_may_come_again_has_no_notice(action):
    assert notification(report(action), ENVELOPE, HEADER) is None


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "<>",
        "nobody",
        "a@b c",
        "a@example.org\r\nBcc: x@example.org",
        "a@example.org,b@example.org",
        "a" * 70 + "@b.de",
    ],
)
def test_an_address_that_is_none_is_not_written_to(sender):
    assert notification(report(), Envelope(sender=sender), HEADER) is None


def test_machines_are_not_answered():
    assert notification(report(), ENVELOPE, HEADER + b"Auto-Submitted: auto-generated\r\n") is None
    assert notification(report(), ENVELOPE, HEADER + b"Auto-Submitted: no\r\n") is not None


def test_a_hostile_header_stays_in_its_part():
    hostile = HEADER + b"X: a\rb\n\n--=_0\r\n\r\nContent-Type: text/html\r\nY: \xff\x00\r\n" + b"Z: " + b"z" * 100_000
    message = parsed(notification(report(), ENVELOPE, hostile))
    assert len(list(message.iter_parts())) == 3
    returned = list(message.iter_parts())[2].get_payload()
    assert "Z: z" not in returned
    assert returned.isascii()


def test_the_same_report_gives_the_same_notice():
    assert notification(report(), ENVELOPE, HEADER, now=NOW) == notification(report(), ENVELOPE, HEADER, now=NOW)


def test_recipients_are_told_in_plain_mail():
    made = recipient_notice(report(Action.QUARANTINE, Notify.RECIPIENT), ENVELOPE, HEADER, "en", now=NOW)
    message = parsed(made)
    assert message.get_content_type() == "text/plain"
    assert message["Subject"] == "A message to you was kept for a check"
    assert "a message from a@example.org to you" in message.get_content()
    assert "Subject of the message: Anträge" in message.get_content()
    assert recipient_notice(report(notify=Notify.SENDER), ENVELOPE, HEADER) is None
    assert recipient_notice(report(Action.QUARANTINE, Notify.RECIPIENT), Envelope(), HEADER) is None


def test_a_real_scan_tells_a_proven_sender_what_was_withheld():
    message = mail(("bild.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(50)))
    scanner = Scanner(Policy.load("leverkusen"), rules=Rules.empty())
    header = message.partition(b"\r\n\r\n")[0]
    proven = msgspec.structs.replace(ENVELOPE, sender_valid=True)
    text = next(parsed(notification(scanner.scan(message, envelope=proven), proven, header)).iter_parts()).get_content()
    assert "Betroffen: bild.png (png, image/png, 58 Byte)" in text
    assert notification(scanner.scan(message, envelope=ENVELOPE), ENVELOPE, header) is None
    assert (
        notification(
            Scanner(Policy.load("kaiserslautern"), rules=Rules.empty()).scan(message, envelope=proven), proven, header
        )
        is None
    )


# -- texts ------------------------------------------------------------------------------------------------------------------------


def test_every_reason_has_a_sentence_in_both_languages():
    texts = Templates()
    for language in ("de", "en"):
        assert {code for code in CODES if not texts.sentence(code, language).endswith(".")} == set()


def test_texts_can_be_replaced_and_their_mistakes_are_named(tmp_path):
    (tmp_path / "sender.de.txt").write_text("Subject: Post\n\n$reasons\n5 $$ $outcome\n")
    (tmp_path / "reasons.de.txt").write_text("archive-content = Keine Archive, $bitte.\n")
    message = parsed(notification(report(), ENVELOPE, HEADER, templates=Templates(tmp_path)))
    assert message["Subject"] == "Post"
    assert next(message.iter_parts()).get_content() == "- Keine Archive, $bitte. (L3)\r\n5 $ abgewiesen\r\n"
    for name, text, says in (
        ("sender.de.txt", "$detail", "nothing fills \\$detail"),
        ("sender.de.txt", "100 $", "a lone \\$"),
        ("reasons.de.txt", "archive-contents = x", "there is no 'archive-contents'"),
        ("reasons.de.txt", "archive-content", ":1: write key = text"),
        ("sendr.de.txt", "x", "no such text"),
    ):
        (tmp_path / "bad").mkdir(exist_ok=True)
        for old in (tmp_path / "bad").iterdir():
            old.unlink()
        (tmp_path / "bad" / name).write_text(text)
        with pytest.raises(ValueError, match=says):
            Templates(tmp_path / "bad")


def test_the_name_of_the_mail_server_must_be_one():
    with pytest.raises(ValueError, match="mta is"):
        notification(report(), ENVELOPE, HEADER, mta="mx example")
