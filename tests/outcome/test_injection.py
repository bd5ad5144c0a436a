"""Nothing that a sender writes leaves its place: no header field, no MIME part, no HTML tag comes from a subject, an address or a file name."""

from __future__ import annotations

import email
import email.policy
import html.parser

import pytest
from examples import build_files as files

from attachguard import Envelope, Policy, Rules, Scanner
from attachguard.outcome import header_fields, notification, recipient_notice, routing_slip

HOSTILE = (
    "x\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>",
    "=?utf-8?Q?x=0D=0ABcc:_victim@example.org?=",
    "=?utf-8?B?PGltZyBzcmM9eD4NCg0KLS09Xw==?=",
    "\u202egnp.exe\u2028Bcc: victim@example.org",
    "--=_\n--=_--\nContent-Type: text/html",
    "a" * 5_000,
    "$reasons $$ ${items}",
)
POLICY = """[policy]
id = "t"
version = "1"
[types]
accept = ["txt"]
[[rule]]
code = "type-not-allowed"
action = "{action}"
notify = "both"
cite = "3"
"""


@pytest.fixture(scope="module", params=["withhold", "quarantine", "reject"])
def scanner(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("injection") / "t.toml"
    path.write_text(POLICY.format(action=request.param))
    return Scanner(Policy.load(path), rules=Rules.empty(), rewrite=True)


def message(text: str) -> bytes:
    """A letter whose subject and file name are hostile, written as raw as a sender can."""
    name = text.replace('"', "").replace("\r", "%0D").replace("\n", "%0A")
    head = (
        f"From: a@example.org\r\nSubject: {text.partition(chr(13))[0].partition(chr(10))[0]}\r\nMIME-Version: 1.0\r\n"
    )
    return (
        head.encode() + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nhallo\r\n--B\r\n"
        b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''"
        + "".join(f"%{octet:02X}" for octet in text.encode()[:900]).encode()
        + b'; filename="' + name.encode() + b'"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--B--\r\n'
    )  # fmt: skip


def assert_whole(notice: bytes, parts: int) -> None:
    """A mail of so many leaves with the fields of a notice and no others."""
    assert b"\n" not in notice.replace(b"\r\n", b"")
    assert max(map(len, notice.split(b"\r\n"))) <= 998
    read = email.message_from_bytes(notice, policy=email.policy.default)
    assert {name.lower() for name in read.keys()} <= {  # noqa: SIM118
        "from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type", "content-transfer-encoding",
        "content-disposition",
    }  # fmt: skip
    assert not read.defects
    assert len(list(read.iter_parts())) == parts
    assert "\n" not in read["Subject"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("language", ["de", "en"])
def test_notices_stay_whole(scanner, text, language):
    data = message(text)
    envelope = Envelope(sender="a@example.org", recipients=("stadt@example.net",), sender_valid=True)
    report = scanner.scan(data, kind="message", envelope=envelope)
    header = data.partition(b"\r\n\r\n")[0]
    assert_whole(notification(report, envelope, header, language), 3)
    assert_whole(recipient_notice(report, envelope, header, language), 0)
    if report.sanitized is not None:
        copy = email.message_from_bytes(report.sanitized, policy=email.policy.default)
        assert copy["Bcc"] is None
        assert [part.get_content_type() for part in copy.walk()] == ["multipart/mixed", "text/plain", "text/plain"]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_routing_slip_and_the_header_field_stay_whole(scanner, text):
    report = scanner.scan(message(text), kind="message")
    tags: list[str] = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append(tag)

    Reader().feed(routing_slip(report).html("de"))
    assert {"script", "img"}.isdisjoint(tags)
    lines = routing_slip(report).text("en").splitlines()
    assert not [line for line in lines if line.lower().startswith("bcc")]
    ((_name, value),) = header_fields(report).add
    assert value.isascii()
    assert value.isprintable()


@pytest.mark.parametrize(
    "sender",
    [
        "a@example.org\r\nBcc: x@y",
        "a@example.org>,<b@c.de",
        '"a b"@example.org',
        "a@b\0c.de",
        "@",
        "a@",
        "",
        "\udcff@b.de",
    ],
)
def test_a_reverse_path_that_is_no_plain_address_is_never_written_to(sender):
    scanner = Scanner(Policy.load("leverkusen"), rules=Rules.empty())
    envelope = Envelope(sender=sender, recipients=("x@y.de",), sender_valid=True)
    report = scanner.scan(message("a.png"), kind="message", envelope=envelope)
    assert report.verdict.action.value == "withhold"
    assert notification(report, envelope, b"") is None
    assert recipient_notice(report, Envelope(sender=sender, recipients=(sender,)), b"") is None


def test_malware_is_told_to_nobody_unproven_whatever_the_policy_says(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(POLICY.format(action="quarantine"))
    scanner = Scanner(Policy.load(path), rules=Rules.builtin())
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    from tests.policies.messages import mail

    data = mail(("a.png", files.png(4_000)), ("b.txt", eicar))
    for valid, told in ((None, False), (False, False), (True, True)):
        envelope = Envelope(sender="a@example.org", recipients=("x@y.de",), sender_valid=valid)
        report = scanner.scan(data, kind="message", envelope=envelope)
        assert "malware-signature" in {finding.code for finding in report.findings}
        assert (notification(report, envelope, b"") is not None) is told
