"""Mails: parts are cleaned in place, the rest is the same bytes, what cannot be cleaned is replaced, and whoever keeps originals gets them first."""

from __future__ import annotations

import email
import email.policy
import functools
import hashlib

import pytest

from attachguard import Action, Envelope, Policy, Rules, Scanner
from attachguard.hooks import Hooks
from tests.fixtures.zip import PROGRAM
from tests.sanitizers.built import MARKER, cases
from tests.test_scanner import mail

FILES = {case.name: case.data for case in cases()}
PAGE = b"<p>Guten Tag<script>%s</script></p>" % MARKER


@functools.cache
def scanner() -> Scanner:
    return Scanner(Policy.load("disarm"), rules=Rules.empty(), rewrite=True)


def leaves(message: bytes) -> list:
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    assert not list(parsed.defects)
    return [part for part in parsed.walk() if not part.is_multipart()]


def test_a_document_is_cleaned_in_its_place_and_named_after_its_type():
    message = mail(
        ("antrag.docm", "application/vnd.ms-word.document.macroEnabled.12", FILES["macro.docm"]),
        ("brief.txt", "text/plain", b"hallo\n" * 9),
    )
    report = scanner().scan(message, kind="message")
    assert report.verdict.action is Action.SANITIZE
    names = [part.get_filename() for part in leaves(report.sanitized)]
    assert names.count("antrag.docx") == 1
    assert "antrag.docm" not in names
    end = message.index(b"Content-Type: text/plain\r\nContent-Disposition")
    assert report.sanitized.startswith(message[: message.index(b"Content-Type: application/vnd.ms-word")])
    assert report.sanitized.endswith(message[end:])
    assert [(record.part, record.kind) for record in report.removed] == [("2!/antrag.docm!/word/vbaProject.bin", "vba")]


def test_a_note_says_in_two_languages_what_went():
    report = scanner().scan(mail(("seite.html", "text/html", PAGE)), kind="message")
    notes = [part.get_content() for part in leaves(report.sanitized) if part.get_content_type() == "text/plain"]
    assert any("Skript in einer HTML-Seite" in note and "script in an HTML page" in note for note in notes)


def test_the_text_of_a_mail_loses_its_script_and_nothing_else():
    message = b"From: a@example.org\r\nContent-Type: text/html; charset=koi8-r\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>\xf0\xf2\xe9</p><script>x()</script>\r\n"
    report = scanner().scan(message, kind="message")
    assert report.verdict.action is Action.SANITIZE
    assert report.sanitized.startswith(message[: message.index(b"<p>")])
    assert "ПРИ" in leaves(report.sanitized)[0].get_content()
    assert b"script" not in report.sanitized


def test_what_cannot_be_cleaned_is_replaced_beside_what_can():
    message = mail(("setup.exe", "application/octet-stream", PROGRAM), ("seite.html", "text/html", PAGE))
    report = scanner().scan(message, kind="message")
    assert report.verdict.action is Action.WITHHOLD
    assert "sanitize-failed" in {finding.code for finding in report.findings}
    assert PROGRAM[:40] not in b"".join(part.get_payload(decode=True) for part in leaves(report.sanitized))
    assert MARKER not in b"".join(part.get_payload(decode=True) for part in leaves(report.sanitized))
    whole = next(record for record in report.removed if record.part == "2!/setup.exe")
    assert (whole.sha256, whole.size) == (hashlib.sha256(PROGRAM).hexdigest(), len(PROGRAM))


def test_a_forwarded_mail_stays_and_its_part_is_cleaned():
    inner = mail(("seite.html", "text/html", PAGE))
    message = (
        b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=OUT\r\n\r\n--OUT\r\n\r\nbody\r\n"
        b"--OUT\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--OUT\r\n\r\nlast\r\n--OUT--\r\n"
    )
    report = scanner().scan(message, kind="message")
    assert report.verdict.action is Action.SANITIZE
    assert b"message/rfc822" in report.sanitized
    assert report.sanitized.endswith(b"\r\n--OUT\r\n\r\nlast\r\n--OUT--\r\n")
    assert [record.part for record in report.removed] == ["2.2!/seite.html"]
    assert not any(MARKER in (part.get_payload(decode=True) or b"") for part in leaves(report.sanitized))


@pytest.mark.parametrize("step", [1, 61])
def test_the_copy_does_not_depend_on_the_chunks(step):
    message = mail(("seite.html", "text/html", PAGE))
    with scanner().open(kind="message") as scan:
        for place in range(0, len(message), step):
            scan.feed(message[place : place + step])
    assert scan.close().sanitized == scanner().scan(message, kind="message").sanitized


def test_the_report_says_what_a_changed_body_means_for_dkim():
    message = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x; bh=a; b=b\r\n" + mail(
        ("seite.html", "text/html", PAGE)
    )
    checks = {check.check: check for check in scanner().scan(message, kind="message").checks}
    assert checks["dkim-of-the-copy"].result == "fail"


def test_a_signed_mail_is_never_changed():
    page = (
        b"Content-Type: text/html; name=seite.html\r\nContent-Disposition: attachment; filename=seite.html\r\n\r\n"
        + PAGE
    )
    message = (
        b'From: a@example.org\r\nContent-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=B\r\n\r\n--B\r\n'
        + page + b"\r\n--B\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n--B--\r\n"
    )  # fmt: skip
    report = scanner().scan(message, kind="message")
    assert "signed-part-not-modifiable" in {finding.code for finding in report.findings}
    assert report.verdict.action is Action.WITHHOLD
    assert all(record.sha256 for record in report.removed)


# -- who keeps the originals ---------------------------------------------------------------------------------------------------


def test_originals_are_handed_over_before_the_copy_is_given():
    kept = []
    keeping = Scanner(
        Policy.load("disarm"),
        rules=Rules.empty(),
        rewrite=True,
        hooks=Hooks(on_removed=lambda part, data: kept.append((part.path, data))),
    )
    message = mail(("setup.exe", "application/octet-stream", PROGRAM), ("seite.html", "text/html", PAGE))
    assert keeping.scan(message, kind="message").sanitized is not None
    assert sorted(kept) == [("2!/setup.exe", PROGRAM), ("3!/seite.html", PAGE)]
    kept.clear()
    assert keeping.scan(PAGE, name="seite.html", kind="file").sanitized is not None
    assert kept == [("seite.html", PAGE)]


def test_without_a_place_for_the_original_there_is_no_copy():
    def full(part, data):
        raise OSError("disk full")

    broken = Scanner(Policy.load("disarm"), rules=Rules.empty(), rewrite=True, hooks=Hooks(on_removed=full))
    report = broken.scan(PAGE, name="seite.html", kind="file")
    assert report.sanitized is None
    assert not report.complete
    assert "scan-incomplete" in {finding.code for finding in report.findings}


# -- policies -----------------------------------------------------------------------------------------------------------------


def policy(tmp_path, rules: str, more: str = "") -> Scanner:
    path = tmp_path / "own.toml"
    path.write_text(f'[policy]\nid = "own"\nversion = "1"\ntitle = "own"\n[default]\naction = "flag"\n{more}\n{rules}')
    return Scanner(Policy.load(path), rules=Rules.empty(), rewrite=True)


SANITIZE = '[[rule]]\ncode = "macro-content"\naction = "sanitize"\nnotify = "recipient"\n'


def test_only_what_the_policy_wants_out_goes(tmp_path):
    own = policy(tmp_path, SANITIZE)
    assert own.scan(FILES["macro.docm"], name="a.docm", kind="file").sanitized is not None
    report = own.scan(FILES["dde.docx"], name="a.docx", kind="file")
    assert (report.verdict.action, report.sanitized) == (Action.FLAG, None)


def test_a_failure_to_clean_is_withheld_where_no_rule_says_otherwise(tmp_path):
    report = policy(tmp_path, SANITIZE).scan(
        FILES["sheet.xlsm"].replace(b"Tabelle1", b"Tabelle1"), name="a.xlsm", kind="file"
    )
    assert report.sanitized is not None
    slk = b'ID;PWXL;N;E\r\nO;E\r\nNN;NAuto_open;ER1C1\r\nC;X1;Y1;EEXEC("x")\r\nE\r\n'
    report = policy(tmp_path, SANITIZE).scan(slk, name="a.slk", kind="file")
    assert report.verdict.action is Action.WITHHOLD
    assert {finding.code: finding.action for finding in report.findings}["sanitize-failed"] is Action.WITHHOLD


def test_the_envelope_counts_in_the_proof(tmp_path):
    rules = SANITIZE + '[[rule]]\ncode = "active-content"\nrecipients = ["streng@example.org"]\naction = "reject"\n'
    both = FILES["macro.docm"]
    report = policy(tmp_path, rules).scan(
        both, name="a.docm", kind="file", envelope=Envelope(recipients=("streng@example.org",))
    )
    assert report.sanitized is not None
    assert report.verdict.action is Action.SANITIZE


@pytest.mark.parametrize("handed_on", [False, True])
def test_a_locked_file_is_cleaned_only_where_the_policy_hands_it_on_without_its_lock(tmp_path, handed_on):
    from tests.fixtures import doc

    path = tmp_path / "own.toml"
    choice = "[sanitize]\ndecrypted = true\n" if handed_on else ""
    path.write_text(f'[policy]\nid = "own"\nversion = "1"\ntitle = "own"\ninclude = ["disarm"]\n{choice}')
    own = Scanner(Policy.load(path), rules=Rules.empty(), rewrite=True, passwords=["geheim"])
    report = own.scan(doc.encrypted("geheim"), name="a.doc", kind="file")
    assert "dde-field" in {finding.kind for finding in report.findings}
    if handed_on:
        assert report.verdict.action is Action.SANITIZE
        assert own.scan(report.sanitized, name="a.doc", kind="file").parts[0].encryption == "none"
        assert b"DDEAUTO" not in report.sanitized
    else:
        assert (report.verdict.action, report.sanitized) == (Action.WITHHOLD, None)
