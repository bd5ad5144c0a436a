"""Kinds of findings that a policy makes: each is said of a message that calls for it, and not of one that does not."""

from __future__ import annotations

import pytest

from attachguard import Envelope, Policy, Scanner

HEAD = '[policy]\nid = "t"\nversion = "1"\n'


def message(*attachments: tuple[str, bytes], recipients: int = 1) -> bytes:
    to = ", ".join(f"b{number}@example.org" for number in range(recipients))
    parts = "".join(
        f"--x\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename={name}\r\n\r\n{data.decode()}\r\n"
        for name, data in attachments
    )
    return (
        f"From: a@example.org\r\nTo: {to}\r\nSubject: x\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nGuten Tag\r\n{parts}--x--\r\n"
    ).encode()


SMALL, LARGE = ("a.txt", b"Guten Tag"), ("b.txt", b"Guten Tag " * 400)
MANY = Envelope(sender="a@example.org", recipients=("b@example.org", "c@example.org", "d@example.org"))
ONE = Envelope(sender="a@example.org", recipients=("b@example.org",))


def bound(on: str, most: str) -> str:
    return f'[[bound]]\non = "{on}"\nmax = {most}\nkind = "soft"\n'


@pytest.mark.parametrize(
    ("kind", "policy", "quiet", "loud"),
    [
        ("message-size-advised", bound("message-size", '"2 kB"'), (message(SMALL), ONE), (message(LARGE), ONE)),
        ("attachment-size-advised", bound("attachment-size", '"2 kB"'), (message(SMALL), ONE), (message(LARGE), ONE)),
        ("attachments-advised", bound("attachments", "1"), (message(SMALL), ONE), (message(SMALL, LARGE), ONE)),
        ("recipients-advised", bound("recipients", "2"), (message(SMALL), ONE), (message(SMALL), MANY)),
    ],
)
def test_an_advice_of_a_policy_has_a_kind(kind, policy, quiet, loud, tmp_path):
    file = tmp_path / "t.toml"
    file.write_text(HEAD + policy)
    scanner = Scanner(Policy.load(file))
    said = [
        {finding.kind for finding in scanner.scan(content, kind="message", envelope=envelope).findings}
        for content, envelope in (quiet, loud)
    ]
    assert kind not in said[0]
    assert kind in said[1]


def test_a_format_of_archives_that_is_not_taken_has_a_kind(tmp_path):
    from tests.fixtures.tar import SAMPLES
    from tests.fixtures.zip import simple

    file = tmp_path / "t.toml"
    file.write_text(HEAD + '[archives]\nformats = ["zip"]\n')
    scanner = Scanner(Policy.load(file))
    plain = next(build for name, build in SAMPLES.items() if "truncated" not in name and "lookalike" not in name)
    assert "archive-format" in {finding.kind for finding in scanner.scan(plain(), name="a.tar", kind="file").findings}
    assert "archive-format" not in {
        finding.kind for finding in scanner.scan(simple(a=b"x"), name="a.zip", kind="file").findings
    }


@pytest.mark.parametrize(
    ("check", "kind"), [("sender-validity", "sender-not-checked"), ("signature-trust", "trust-not-checked")]
)
def test_a_check_that_nobody_made_has_a_kind(check, kind, tmp_path):
    from tests.fixtures.xmlkinds import SAMPLES

    file = tmp_path / "t.toml"
    file.write_text(HEAD + f'[not-evaluated]\n{check} = "flag"\n')
    signed = message(("a.xml", SAMPLES["signature/rechnung.xml"]()))
    report = Scanner(Policy.load(file)).scan(signed, kind="message", envelope=ONE)
    assert kind in {finding.kind for finding in report.findings}
