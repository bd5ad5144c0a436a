"""What a report never leaves out: the file itself past the cap, archives that are locked disks, whose key a mail waits for."""

from __future__ import annotations

import base64

import pytest

from attachguard import Limits, Policy, Scanner
from tests.fixtures import cms, vault
from tests.fixtures.zip import Member, archive
from tests.relatives.judged import SCANNERS

MAIL = (
    b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)


@pytest.mark.parametrize("cap", [5, 50])
def test_what_is_said_of_the_file_itself_is_kept_past_the_cap(cap):
    scanner = Scanner(Policy.load("audit"), limits=Limits(findings=cap))
    report = scanner.scan(
        archive(*(Member(f"{number}.exe", b"MZ" + bytes(70)) for number in range(3 * cap))), name="a.zip"
    )
    assert "archive-content" in {finding.code for finding in report.findings if finding.part == "a.zip"}


@pytest.mark.parametrize("name", ["luks/disk.img", "dmg/disk.dmg", "dmg/old.dmg"])
def test_a_locked_image_of_a_disk_is_an_archive(name):
    report = SCANNERS["strict"].scan(vault.SAMPLES[name](), name=name)
    assert {"archive-content", "encrypted-unknown-password"} <= {finding.code for finding in report.findings}


@pytest.mark.parametrize("city", ["strict", "kaiserslautern", "leverkusen"])
def test_a_mail_for_a_key_that_nobody_holds_is_kept_and_says_whose_key_it_is(city):
    mail = MAIL + base64.encodebytes(cms.enveloped()).replace(b"\n", b"\r\n")
    report = SCANNERS[city].scan(mail, kind="message")
    assert report.verdict.action.value in ("quarantine", "defer")
    detail = next(finding.detail for finding in report.findings if finding.kind == "smime-unknown-key")
    assert "Test" in detail
    assert any(letter.isdigit() for letter in detail)
