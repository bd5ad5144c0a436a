"""The hard cases of the domain, for both cities, each on a message built for it."""

from __future__ import annotations

import random

import pytest
from examples import build_files as files
from examples import build_locked as locked
from examples.build_mail import File, letter, wire

from attachguard import Envelope, Limits, Policy, Rules, Scanner
from tests.fixtures import pdf as pdfs
from tests.fixtures import tnef
from tests.policies.messages import EICAR, PROGRAM, ask, clauses, codes, mail, outcome, plain_pdf

CITIES = ("kaiserslautern", "leverkusen")


def actions(data: bytes, envelope: Envelope | None = None, *passwords: str) -> tuple[str, str]:
    """What the two cities do."""
    return outcome("kaiserslautern", data, envelope, *passwords)[0], outcome("leverkusen", data, envelope, *passwords)[
        0
    ]


def test_smime_signed_mail_is_unwrapped_and_its_inside_judged():
    assert actions(locked.signed_mail()) == ("flag", "flag")


@pytest.mark.parametrize("city", CITIES)
def test_opaque_for_a_key_is_told_from_a_password(city):
    assert "encrypted-unknown-password" not in codes(ask(city, locked.enveloped_mail()))
    assert "encrypted-unknown-password" in codes(ask(city, mail(("a.pdf", locked.pdf_locked()))))


def test_a_password_in_the_same_mail_makes_it_known_and_the_inside_is_judged():
    from tests.fixtures import zip as zips

    text = "Guten Tag,\ndas Kennwort lautet: Ulme-4711\n"
    archive = zips.archive(zips.zipcrypto_member("formular.docm", files.docm(), b"Ulme-4711"))
    report = ask("kaiserslautern", mail(("a.zip", archive), text=text))
    assert "macro-content" in report.verdict.reasons
    assert "Ulme-4711" not in repr(report)
    harmless = zips.archive(zips.zipcrypto_member("plan.txt", b"Lageplan\r\n", b"Ulme-4711"))
    assert outcome("kaiserslautern", mail(("a.zip", harmless), text=text))[0] == "flag"


def test_owner_and_default_passwords_open_and_are_only_flagged():
    assert actions(mail(("a.pdf", locked.pdf_locked_for_changes()))) == ("flag", "flag")
    assert actions(mail(("a.xlsx", locked.xlsx_protected()))) == ("flag", "flag")


@pytest.mark.parametrize("city", CITIES)
def test_signed_content_is_never_refused_for_its_signature(city):
    report = ask(city, mail(("a.pdf", pdfs.signed())))
    assert report.verdict.action.value == "flag"
    assert all(finding.action.value == "flag" for finding in report.findings if finding.code.startswith("signature"))


def test_later_changes_to_a_signed_pdf_are_flagged():
    later = pdfs.signed(after=b"\n9 0 obj\n<< /Type /Annot >>\nendobj\n")
    assert "signature-partial-coverage" in codes(ask("kaiserslautern", mail(("a.pdf", later))))


def test_an_electronic_invoice_with_its_xml_is_flagged_rather_than_refused():
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(plain_pdf())) as document:
        document.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(document, b"<?xml version='1.0'?><Invoice/>")
        target = io.BytesIO()
        document.save(target)
    assert actions(mail(("rechnung.pdf", target.getvalue()))) == ("flag", "flag")


def test_bombs_count_as_malware_and_the_scanners_limits_never_discard():
    bomb = mail(("a.zip", files.bomb()))
    assert actions(bomb) == ("discard", "reject")
    many = mail(("a.zip", files.zipped(**{f"{n}__txt": b"x" for n in range(30)})))
    limited = Scanner(Policy.load("kaiserslautern"), rules=Rules.empty(), limits=Limits(parts=10))
    report = limited.scan(many)
    assert "resource-limit-exceeded" in codes(report)
    assert report.verdict.action.value == "quarantine"


def test_a_disk_image_is_judged_by_the_program_in_it_and_without_one_is_a_type_off_the_list():
    from tests.fixtures import iso

    assert actions(mail(("a.iso", files.disk_image()))) == ("discard", "reject")
    text_only = iso.image({"BLATT4.TXT;1": 0})
    report = ask("kaiserslautern", mail(("a.iso", text_only)))
    assert report.verdict.action.value == "withhold"
    assert ("K1", "withhold") in clauses(report, "type-not-allowed")


def test_mail_in_mail_tnef_and_uuencode_are_transparent():
    inner = mail(("a.exe", PROGRAM))
    assert actions(mail(("weiter.eml", inner))) == ("discard", "reject")
    assert actions(wire(letter(File("weiter.eml", mail(("a.pdf", plain_pdf())), "message/rfc822")))) == (
        "deliver",
        "deliver",
    )
    bag = tnef.tnef(tnef.attachment(b"A.EXE", PROGRAM, tnef.long_name("a.exe")))
    assert actions(wire(letter(File("winmail.dat", bag, "application/ms-tnef")))) == ("discard", "reject")


@pytest.mark.parametrize("city", CITIES)
def test_inline_pictures_are_exempt_only_if_the_shown_body_refers_to_them(city):
    logo = File("logo.png", files.png(4_000), "image/png")
    shown = wire(letter(html='<p><img src="cid:bild@example.org">Guten Tag</p>', inline=logo))
    assert outcome(city, shown)[0] == "deliver"
    assert outcome(city, wire(letter(html="<p>Guten Tag</p>", inline=logo)))[0] == "withhold"


def test_of_two_names_the_more_dangerous_one_counts():
    data = mail(("brief.txt", files.BAT)).replace(b'filename="brief.txt"', b'filename="brief.txt"')
    both = data.replace(
        b"Content-Type: application/octet-stream", b'Content-Type: application/octet-stream; name="start.bat"'
    )
    assert both != data
    assert actions(both) == ("discard", "reject")


def test_a_mismatch_of_two_allowed_types_is_flagged_and_a_danger_is_called_by_its_name():
    report = ask("kaiserslautern", mail(("bild.pdf", files.jpeg(4_000))))
    assert report.verdict.action.value in ("flag", "deliver")
    dangerous = ask("kaiserslautern", mail(("bild.pdf", PROGRAM)))
    assert dangerous.verdict.reasons == ("executable-content",)


def test_silent_discard_only_where_the_text_says_so():
    assert all(rule.action.value != "discard" for rule in Policy.load("leverkusen").data.rules)
    for rule in Policy.load("kaiserslautern").data.rules:
        assert rule.action.value != "discard" or rule.cite in ("K2", "K3", "K4", "K5", "K6", "K7", "K12")


# -- stability ------------------------------------------------------------------------------------------------------------------

MIXED = (
    ("a.pdf", files.pdf_with_script()), ("b.png", files.png(4_000)), ("c.zip", files.zipped(x__bat=files.BAT)), ("d.docx", files.docm()),
    ("e.txt", EICAR), ("f.csv", files.CSV),
)  # fmt: skip


@pytest.mark.parametrize("policy", [*CITIES, "strict", "audit"])
def test_the_order_of_parts_changes_neither_verdict_nor_findings(policy):
    dice = random.Random(5)
    seen = set()
    for _ in range(5):
        order = list(MIXED)
        dice.shuffle(order)
        report = ask(policy, mail(*order))
        verdict = report.verdict
        found = frozenset(
            (each.code, each.part.partition("!/")[2], each.action, each.notify, each.cite, each.detail)
            for each in report.findings
        )
        seen.add((verdict.action, verdict.scope, verdict.notify, frozenset(verdict.reasons), found))
    assert len(seen) == 1


def test_the_same_input_gives_the_same_report_but_for_the_time_taken():
    import msgspec

    first, second = (msgspec.structs.replace(ask("kaiserslautern", mail(*MIXED)), seconds=0.0) for _ in range(2))
    assert first == second
