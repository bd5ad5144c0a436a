"""Notices about a message: a delivery status notification to its sender (RFC 3464 in RFC 6522), a plain mail to its recipients.

They are for gateways that have taken a message in and cannot refuse it any more; a refusal in the SMTP session is its own notice. Written is
only where the verdict says so, and never to a sender that could be somebody else when the message holds malware. The notice is sent with an
empty reverse-path, so that it can never be answered by another one (RFC 3464 section 2).
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from typing import Final

from attachguard._core.mime import split_fields
from attachguard.codes import MALWARE
from attachguard.mail.fields import decode_words
from attachguard.model import Action, Envelope, Notify, Report
from attachguard.outcome import facts
from attachguard.outcome.mime import address, text_part, unstructured
from attachguard.outcome.templates import Templates, known_language, shown

_TO_SENDER: Final = frozenset({Notify.SENDER, Notify.SENDER_IF_VALID, Notify.BOTH})
_TO_RECIPIENT: Final = frozenset({Notify.RECIPIENT, Notify.BOTH})
#: RFC 3464 section 2.3.3 and RFC 3463: what became of the message, in the words of mail software. X.6.4 is "conversion with loss performed";
#: X.7.1 "message refused" is for permanent failures only, so what waits for a person has X.7.0.
_STATUS: Final = {
    Action.SANITIZE: ("delivered", "2.6.4"),
    Action.WITHHOLD: ("delivered", "2.6.4"),
    Action.QUARANTINE: ("delayed", "4.7.0"),
    Action.REJECT: ("failed", "5.7.1"),
    Action.DISCARD: ("failed", "5.7.1"),
}
#: Recipients listed in one notice.
_RECIPIENTS: Final = 100
#: Of the header of the message no more than this goes back.
_HEADER: Final = 32 << 10
#: RFC 5322 section 2.1.1.
_LINE: Final = 998
_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,255}")
_REPLY: Final = re.compile(r"([245]\d\d) ([245]\.\d{1,3}\.\d{1,3}) [ -~]{1,400}")


def notification(
    report: Report,
    envelope: Envelope,
    original_headers: bytes,
    language: str = "de",
    *,
    mta: str = "localhost",
    templates: Templates | None = None,
    now: datetime | None = None,
) -> bytes | None:
    """The delivery status notification to the sender; None if the sender is not notified.

    The sender is not notified when the verdict does not ask for it; when it asks for a proven one and this one is not; when the message holds
    malware and this one is not; when the reverse-path is empty or no plain address; and when the message was sent by a machine (RFC 3834).

    Args:
        report: what was decided.
        envelope: its sender is written to.
        original_headers: header block of the message.
        language: `de` or `en`.
        mta: name of the mail server that sends the notice.
        templates: texts; the built-in ones without any.
        now: the time to write into the notice; the present without it.

    Returns:
        A whole message with CRLF line ends, to be sent to `envelope.sender` with the reverse-path `<>`.
    """
    sender = address(envelope.sender)
    if sender is None or not tells_sender(report) or _by_machine(original_headers):
        return None
    subject, body = _worded("sender", report, envelope, original_headers, language, templates)
    status = _delivery_status(report, envelope, _host(mta))
    header = _returned(original_headers)
    boundary = b"=_" + hashlib.sha256(b"\0".join((body.encode(), status, header))).hexdigest()[:40].encode()
    parts = (
        text_part(body),
        b"Content-Type: message/delivery-status\r\n\r\n" + status,
        b"Content-Type: text/rfc822-headers; charset=us-ascii\r\n\r\n" + header,
    )
    top = _top(subject, sender, _host(mta), boundary, now)
    top.append(b'Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="' + boundary + b'"')
    lines = b"".join(b"\r\n--" + boundary + b"\r\n" + part for part in parts)
    return b"\r\n".join(top) + b"\r\n" + lines + b"\r\n--" + boundary + b"--\r\n"


def recipient_notice(
    report: Report,
    envelope: Envelope,
    original_headers: bytes,
    language: str = "de",
    *,
    mta: str = "localhost",
    templates: Templates | None = None,
    now: datetime | None = None,
) -> bytes | None:
    """The plain mail that notifies the recipients; None if they are not notified.

    Args:
        report: what was decided.
        envelope: its recipients are written to.
        original_headers: header block of the message, for its subject.
        language: `de` or `en`.
        mta: name of the mail server that sends the notice.
        templates: texts; the built-in ones without any.
        now: the time to write into the notice; the present without it.

    Returns:
        A whole message with CRLF line ends, to be sent to `envelope.recipients` with the reverse-path `<>`.
    """
    if report.verdict.notify not in _TO_RECIPIENT or report.verdict.action.delivers or not _addresses(envelope):
        return None
    subject, body = _worded("recipient", report, envelope, original_headers, language, templates)
    seed = hashlib.sha256(body.encode()).hexdigest()[:40].encode()
    top = _top(subject, "undisclosed-recipients:;", _host(mta), seed, now)
    return b"\r\n".join(top) + b"\r\n" + text_part(body) + b"\r\n"


def tells_sender(report: Report) -> bool:
    """Whether the sender is told of this verdict."""
    verdict = report.verdict
    if verdict.notify not in _TO_SENDER or verdict.action not in _STATUS:
        return False
    proven = any(check.check == "sender-validity" and check.result == "pass" for check in report.checks)
    careful = verdict.notify is Notify.SENDER_IF_VALID or any(finding.code in MALWARE for finding in report.findings)
    return proven or not careful


@cache
def _builtin() -> Templates:
    return Templates()


def _by_machine(header: bytes) -> bool:
    """RFC 3834 section 2: what a machine has sent is not answered by a machine."""
    for name, value in split_fields(header[:_HEADER]):
        if name.lower() == b"auto-submitted" and value.partition(b";")[0].strip().lower() != b"no":
            return True
    return False


def _addresses(envelope: Envelope) -> list[str]:
    good = (address(each) for each in envelope.recipients[:_RECIPIENTS])
    return [each for each in good if each is not None]


def _worded(
    name: str, report: Report, envelope: Envelope, header: bytes, language: str, templates: Templates | None
) -> tuple[str, str]:
    """Subject and text of a notice, from the template of this name."""
    texts = templates or _builtin()
    known_language(language)
    subject = next((value for field, value in split_fields(header[:_HEADER]) if field.lower() == b"subject"), b"")
    sentences = facts.reasons(report, texts, language)
    values = {
        "outcome": texts.word(report.verdict.action.value, language),
        "reasons": "\n".join(f"- {shown_line(sentence)}" for sentence in sentences) or "-",
        "items": "\n".join(texts.item("notice-item", language, item) for item in facts.items(report)[:_RECIPIENTS]),
        "policy": facts.policy_name(report),
        "recipients": ", ".join(_addresses(envelope)) or "-",
        "sender": address(envelope.sender) or "-",
        "subject": shown(decode_words(subject[:1000])) or "-",
    }
    return _subject(texts.fill(name, language, values))


def shown_line(text: str) -> str:
    """A sentence of the policy or the templates on one line."""
    return " ".join(text.split())


def _subject(text: str) -> tuple[str, str]:
    """The subject that a template's first line gives, and the text after it."""
    first, _, rest = text.partition("\n")
    label, colon, subject = first.partition(":")
    if not colon or label.strip().lower() not in ("subject", "betreff"):
        return "", text
    return subject.strip(), rest.lstrip("\n")


def _top(subject: str, to: str, host: str, seed: bytes, now: datetime | None) -> list[bytes]:
    """The fields of a notice; Auto-Submitted keeps machines from answering it (RFC 3834 section 5)."""
    moment = now or datetime.now(UTC)
    unique = hashlib.sha256(seed + moment.isoformat().encode()).hexdigest()[:32]
    return [
        b"From: <postmaster@" + host.encode() + b">",
        b"To: " + (f"<{to}>" if "@" in to else to).encode(),
        b"Subject: " + unstructured(subject),
        b"Date: " + format_datetime(moment).encode(),
        b"Message-ID: <" + unique.encode() + b"@" + host.encode() + b">",
        b"Auto-Submitted: auto-replied",
        b"MIME-Version: 1.0",
    ]


def _delivery_status(report: Report, envelope: Envelope, host: str) -> bytes:
    """The fields for machines: one group about the message, one for each recipient (RFC 3464 section 2.1)."""
    action, status = _STATUS[report.verdict.action]
    reply = _REPLY.fullmatch(report.verdict.smtp or "")
    diagnostic = ""
    if reply is not None:
        status = reply[2]
        diagnostic = f"\r\nDiagnostic-Code: smtp; {reply[0]}"
    groups = [f"Reporting-MTA: dns; {host}"]
    groups += [
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}{diagnostic}"
        for recipient in _addresses(envelope) or [f"unknown@{host}"]
    ]
    return ("\r\n\r\n".join(groups) + "\r\n").encode("ascii", "replace")


def _returned(header: bytes) -> bytes:
    """The header of the message as it may go back: whole lines, ASCII, no blank line, not too much."""
    lines = [
        re.sub(rb"[^\t -~]", b"?", line)[:_LINE] for line in re.split(rb"[\r\n]+", header[:_HEADER]) if line.strip()
    ]
    if len(header) > _HEADER and lines:
        lines.pop()
    return b"\r\n".join(lines) + b"\r\n"


def _host(name: str) -> str:
    """The name of the mail server; `ValueError` for what is no host name."""
    if not _HOST.fullmatch(name):
        raise ValueError(f"mta is {name!r}; it must be a host name, as in mail.example.org")
    return name
