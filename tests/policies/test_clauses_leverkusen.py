"""The clause table of Leverkusen, L1 to L12: each row on messages built for it."""

from __future__ import annotations

import pytest
from examples import build_files as files
from examples import build_locked as locked
from examples.build_mail import File, letter, wire

from attachguard import Envelope, Policy, Scanner
from tests.policies.messages import (
    EICAR,
    KEPT_FROM_SENDER,
    PROGRAM,
    REFUSED,
    ask,
    clauses,
    codes,
    mail,
    outcome,
    plain_pdf,
    sized,
)

CITY = "leverkusen"


def decide(data: bytes, envelope: Envelope | None = None) -> tuple[str, str, str]:
    return outcome(CITY, data, envelope)


def test_l1_the_six_formats_are_delivered():
    six = (
        ("a.pdf", plain_pdf()),
        ("b.rtf", b"{\\rtf1\\ansi Guten Tag}"),
        ("c.docx", files.docx()),
        ("d.xlsx", files.xlsx()),
    )
    assert (
        decide(mail(*six, ("e.txt", b"Guten Tag\r\n"), ("f.htm", b"<html><body><p>Guten Tag</p></body></html>")))[0]
        == "deliver"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", files.jpeg(4_000)),
        ("a.csv", files.CSV),
        ("a.doc", files.old_doc()),
        ("a.docm", files.docm()),
        ("a.pptm", files.pptm()),
    ],
)
def test_l1_other_files_stay_behind_and_the_sender_is_told(name, content):
    assert decide(mail((name, content))) == KEPT_FROM_SENDER


def test_l1_a_logo_shown_by_the_page_is_body():
    page = '<p>Guten Tag <img src="cid:bild@example.org"></p>'
    logo = File("logo.png", files.png(4_000), "image/png")
    assert decide(wire(letter(html=page, inline=logo)))[0] == "deliver"
    assert decide(wire(letter(html="<p>Guten Tag</p>", inline=logo))) == KEPT_FROM_SENDER


@pytest.mark.parametrize(
    ("name", "content"), [("a.exe", PROGRAM), ("a.pdf", PROGRAM), ("a.bat", files.BAT), ("a.lnk", files.shortcut())]
)
def test_l2_programs_are_refused(name, content):
    report = ask(CITY, mail((name, content)))
    assert decide(mail((name, content))) == REFUSED
    assert report.verdict.smtp.startswith("550 5.7.1 ")


def test_l3_compressed_files_are_refused_and_documents_that_are_zips_are_not():
    assert decide(mail(("a.zip", files.zipped(a__txt=b"Guten Tag")))) == REFUSED
    assert (
        decide(mail(("a.txt.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03K\xcc\xcf\x03\0\x9e\x1f\xd9\x5c\x03\0\0\0"))) == REFUSED
    )
    assert decide(mail(("a.docx", files.docx()), ("b.xlsx", files.xlsx())))[0] == "deliver"
    assert clauses(ask(CITY, mail(("a.zip", locked.zip_locked()))), "archive-content") == {("L3", "reject")}


def test_l3_a_zip_inside_a_pdf_is_still_compressed():
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(plain_pdf())) as document:
        document.attachments["a.zip"] = pikepdf.AttachedFileSpec(document, files.zipped(a__txt=b"Guten Tag"))
        target = io.BytesIO()
        document.save(target)
    assert decide(mail(("a.pdf", target.getvalue()))) == REFUSED


@pytest.mark.parametrize("channel", ["smtp", "de-mail"])
@pytest.mark.parametrize(("size", "action"), [(10 << 20, "deliver"), ((10 << 20) + 1, "reject")])
def test_l4_exactly_ten_binary_megabytes_on_the_wire_pass(size, action, channel):
    report = ask(CITY, sized(size), Envelope(channel=channel))
    assert report.verdict.action.value == action
    assert action == "deliver" or report.verdict.smtp.startswith("552 5.3.4 ")


def test_l5_a_signed_mail_is_structure_and_an_encrypted_one_no_unknown_password():
    assert decide(locked.signed_mail())[0] == "flag"
    report = ask(CITY, locked.enveloped_mail())
    assert "encrypted-unknown-password" not in codes(report)
    assert {
        finding.cite for finding in report.findings if finding.code in ("smime-encrypted", "encrypted-unknown-key")
    } == {"L5"}


def test_l6_pgp_is_refused_with_a_word_on_what_is_taken():
    report = ask(CITY, locked.pgp_mail())
    assert decide(locked.pgp_mail()) == REFUSED
    assert "L6" in {finding.cite for finding in report.findings if finding.action is report.verdict.action}


def test_l7_a_signature_of_another_provider_is_a_label():
    report = ask(CITY, locked.signed_mail())
    assert {finding.action.value for finding in report.findings if finding.code.startswith("signature-")} == {"flag"}
    assert any(each.cite == "L7" for each in Policy.load(CITY).data.not_decidable)


def test_l8_signed_mail_has_one_binding_address():
    elsewhere = Envelope(recipients=("amt@stadt.leverkusen.de",))
    assert clauses(ask(CITY, locked.signed_mail(), elsewhere), "address-not-binding") == {("L8", "flag")}
    assert "address-not-binding" not in codes(ask(CITY, mail(), elsewhere))


def test_l9_a_virus_is_refused_in_the_session_and_only_a_proven_sender_is_told():
    report = ask(CITY, mail(("eicar.txt", EICAR)))
    assert decide(mail(("eicar.txt", EICAR))) == REFUSED
    assert report.verdict.smtp == "550 5.7.1 The message contains harmful content"


@pytest.mark.parametrize(
    "content",
    [("a.pdf", locked.pdf_locked()), ("a.docx", locked.docx_locked()), ("a.pdf", b"%PDF-1.7\n" + b"\xff" * 600)],
)
def test_l10_what_cannot_be_processed_is_refused(content):
    report = ask(CITY, mail(content))
    assert decide(mail(content)) == REFUSED
    assert {finding.cite for finding in report.findings if finding.action is report.verdict.action} == {"L10"}


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", files.pdf_with_script()), ("a.docx", files.docx_with_field()), ("a.htm", files.scripted_page())],
)
def test_l11_what_the_text_does_not_forbid_is_flagged_as_the_texts(name, content):
    report = ask(CITY, mail((name, content)))
    assert report.verdict.action.value == "flag"
    told = {(finding.cite, finding.origin) for finding in report.findings if finding.code == "active-content"}
    assert told == {("L11", "text")}


def test_l11_a_tightened_copy_shows_its_rules_as_the_operators(tmp_path):
    path = tmp_path / "tight.toml"
    path.write_text(
        '[policy]\nid = "tight"\nversion = "1"\ninclude = ["leverkusen"]\n'
        '[[rule]]\ncode = "active-content"\nkind = "pdf-javascript"\naction = "reject"\ncite = "IT 7"\n'
    )
    report = Scanner(Policy.load(path)).scan(mail(("a.pdf", files.pdf_with_script())))
    assert report.verdict.action.value == "reject"
    assert ("IT 7", "operator") in {(finding.cite, finding.origin) for finding in report.findings}


def test_l12_a_tender_office_gets_its_own_rules(tmp_path):
    path = tmp_path / "with-tenders.toml"
    path.write_text(
        '[policy]\nid = "leverkusen-tenders"\nversion = "1"\ninclude = ["leverkusen"]\n'
        '[[override]]\ntitle = "tenders"\nrecipients = ["vergabe@*"]\n[override.types]\naccept = ["zip"]\n'
        '[[override.rule]]\ncode = "archive-content"\naction = "flag"\ncite = "L12"\norigin = "text"\n'
    )
    scanner = Scanner(Policy.load(path))
    data = mail(("a.zip", files.zipped(a__txt=b"Angebot")))
    assert scanner.scan(data, envelope=Envelope(recipients=("vergabe@stadt.example",))).verdict.action.value == "flag"
    assert scanner.scan(data, envelope=Envelope(recipients=("amt@stadt.example",))).verdict.action.value == "reject"


def test_l5_a_gateway_without_the_key_hands_the_mail_on(tmp_path):
    from attachguard.signing.smime import PemDecryptor

    (tmp_path / "city.pem").write_bytes(locked.mailroom_certificate())
    scanner = Scanner(Policy.load(CITY), smime=PemDecryptor(certificates=[tmp_path / "city.pem"]))
    report = scanner.scan(locked.enveloped_mail())
    assert report.verdict.action.value == "flag"
    assert clauses(report, "smime-encrypted") == {("L5", "flag")}


def test_l6_clear_signed_pgp_with_readable_content_is_flagged():
    text = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nGuten Tag\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n=aaaa\n-----END PGP SIGNATURE-----\n"
    assert decide(mail(text=text))[0] in ("deliver", "flag")


def test_l8_the_legal_effect_stands_in_the_report():
    report = ask(CITY, locked.signed_mail(), Envelope(recipients=("amt@stadt.leverkusen.de",)))
    assert "not legally binding (nicht rechtsverbindlich)" in report.verdict.labels


def test_l9_after_acceptance_only_a_proven_sender_gets_a_notice():
    from attachguard.outcome import notification

    data = mail(("eicar.txt", EICAR))
    for valid, told in ((None, False), (False, False), (True, True)):
        envelope = Envelope(sender="a@example.org", recipients=("post@stadt.example",), sender_valid=valid)
        assert (notification(ask(CITY, data, envelope), envelope, b"") is not None) is told


def test_l10_a_mail_that_was_cut_off_is_refused():
    whole = mail(("a.pdf", plain_pdf()))
    report = ask(CITY, whole[: len(whole) * 2 // 3])
    assert report.verdict.action.value == "reject"
    assert report.verdict.smtp[:3] == "550"
    assert {finding.cite for finding in report.findings if finding.action is report.verdict.action} == {"L10"}


def test_l12_tenders_are_named_as_what_no_machine_decides():
    assert any(each.cite == "L12" for each in Policy.load(CITY).data.not_decidable)
