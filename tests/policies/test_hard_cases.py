"""The hard cases of containers and names, decided: each by its name, on a message built for it, for both cities."""

from __future__ import annotations

import io

import pytest
from examples import build_files as files
from examples.build_mail import File, letter, wire

from attachguard import Limits, Policy, Rules, Scanner
from tests.fixtures import iso as isos
from tests.fixtures import msg as msgs
from tests.fixtures import tnef, uuencode
from tests.policies.messages import (
    CITIES,
    EICAR,
    PROGRAM,
    actions,
    ask,
    attached,
    clauses,
    codes,
    mail,
    outcome,
    plain_pdf,
)


def embedding(**entries: bytes) -> bytes:
    """A PDF with files attached to it; `__` in a name stands for its dot."""
    import pikepdf

    with pikepdf.open(io.BytesIO(plain_pdf())) as document:
        for name, content in entries.items():
            document.attachments[name.replace("__", ".")] = pikepdf.AttachedFileSpec(document, content)
        target = io.BytesIO()
        document.save(target)
    return target.getvalue()


# -- containers -----------------------------------------------------------------------------------------------------------------


def test_embedded_xml_of_an_electronic_invoice_is_flagged_rather_than_refused():
    invoice = embedding(facturx__xml=b"<?xml version='1.0'?><Invoice/>")
    assert actions(mail(("rechnung.pdf", invoice))) == ("flag", "flag")
    assert actions(mail(("rechnung.pdf", embedding(x__exe=PROGRAM)))) == ("discard", "reject")


@pytest.mark.parametrize(("city", "refuses"), [("kaiserslautern", "discard"), ("leverkusen", "reject")])
def test_bombs_count_as_malware_and_the_scanners_own_limit_never_discards(city, refuses):
    bomb = ask(city, mail(("a.zip", files.bomb())))
    assert bomb.verdict.action.value == refuses
    assert {cite for cite, _ in clauses(bomb, "decompression-bomb")} == {"K3" if city == "kaiserslautern" else "L9"}
    many = mail(*[(f"{n}.txt", b"x") for n in range(30)])
    report = Scanner(Policy.load(city), rules=Rules.empty(), limits=Limits(parts=10)).scan(many)
    assert report.verdict.reasons == ("resource-limit-exceeded",)
    assert report.verdict.action.value == "quarantine"


def test_images_of_disks_are_judged_by_the_program_in_them_and_without_one_are_off_the_list():
    assert actions(mail(("a.iso", files.disk_image()))) == ("discard", "reject")
    text_only = isos.image({"BLATT4.TXT;1": 0})
    report = ask("kaiserslautern", mail(("a.iso", text_only)))
    assert (report.verdict.action.value, report.verdict.scope.value) == ("withhold", "attachment")
    assert ("K1", "withhold") in clauses(report, "type-not-allowed")
    assert ("L1", "withhold") in clauses(ask("leverkusen", mail(("a.iso", text_only))), "type-not-allowed")


@pytest.mark.parametrize("content", [
    lambda: mail(("weiter.eml", mail(("a.exe", PROGRAM)))),
    lambda: attached(mail(("a.exe", PROGRAM)), "weiter.eml", "message/rfc822"),
    lambda: attached(tnef.tnef(tnef.attachment(b"A.EXE", PROGRAM, tnef.long_name("a.exe"))), "winmail.dat", "application/ms-tnef"),
    lambda: mail(text="Guten Tag\n\n" + uuencode.uuencoded("a.exe", PROGRAM).decode("latin-1")),
], ids=["eml", "rfc822", "tnef", "uuencode"])  # fmt: skip
def test_mail_in_mail_tnef_and_uuencode_are_transparent_and_the_leaves_judged(content):
    assert actions(content()) == ("discard", "reject")


def test_mail_in_mail_with_harmless_leaves_is_delivered():
    assert actions(attached(mail(("a.pdf", plain_pdf())), "weiter.eml", "message/rfc822")) == ("deliver", "deliver")


@pytest.mark.parametrize("city", CITIES)
def test_mail_in_mail_a_tnef_that_cannot_be_read_is_not_clean(city):
    bag = tnef.tnef(tnef.attachment(b"A.TXT", b"Guten Tag", tnef.long_name("a.txt")))
    report = ask(city, attached(bag[: len(bag) // 2], "winmail.dat", "application/ms-tnef"))
    assert not report.verdict.action.delivers


@pytest.mark.parametrize("city", CITIES)
def test_inline_images_are_exempt_only_if_the_shown_body_refers_to_them(city):
    logo = File("logo.png", files.png(4_000), "image/png")
    shown = wire(letter(html='<p><img src="cid:bild@example.org">Guten Tag</p>', inline=logo))
    assert outcome(city, shown)[0] == "deliver"
    assert outcome(city, wire(letter(html="<p>Guten Tag</p>", inline=logo)))[0] == "withhold"
    program = File("logo.png", PROGRAM, "image/png")
    hidden = wire(letter(html='<p><img src="cid:bild@example.org">Guten Tag</p>', inline=program))
    assert outcome(city, hidden)[0] == {"kaiserslautern": "discard", "leverkusen": "reject"}[city]


def test_two_names_the_more_dangerous_one_counts():
    data = mail(("brief.txt", files.BAT))
    both = data.replace(
        b"Content-Type: application/octet-stream", b'Content-Type: application/octet-stream; name="start.bat"'
    )
    assert both != data
    assert actions(both) == ("discard", "reject")


def test_type_mismatch_of_two_passive_types_is_flagged_and_a_danger_is_called_by_its_name():
    passive = ask("kaiserslautern", mail(("bild.pdf", files.jpeg(4_000))))
    assert passive.verdict.action.value == "flag"
    assert "type-mismatch" in codes(passive)
    assert ask("leverkusen", mail(("brief.rtf", plain_pdf()))).verdict.action.value == "flag"
    for city in CITIES:
        assert ask(city, mail(("bild.pdf", PROGRAM))).verdict.reasons == ("executable-content",)


@pytest.mark.parametrize("city", CITIES)
def test_msg_and_eml(city):
    note = msgs.file(msgs.message("Anfrage", "Guten Tag"))
    report = ask(city, mail(("anfrage.msg", note)))
    assert report.verdict.action.value == "withhold"
    assert "type-not-allowed" in report.verdict.reasons
    assert outcome(city, mail(("anfrage.eml", mail())))[0] in ("deliver", "flag")


# -- what is at stake -----------------------------------------------------------------------------------------------------------


def test_legal_safety_silent_discard_only_where_the_text_says_so():
    from attachguard.codes import OWN_FAILURES
    from attachguard.policy.judging.rules import HEURISTICS

    assert all(rule.action.value != "discard" for rule in Policy.load("leverkusen").data.rules)
    for rule in Policy.load("kaiserslautern").data.rules:
        assert rule.action.value != "discard" or rule.cite in ("K2", "K3", "K4", "K5", "K6", "K7", "K12")
        assert rule.action.value != "discard" or rule.code not in OWN_FAILURES | HEURISTICS


def test_legal_safety_a_silent_reason_beside_a_told_one_silences_the_notice():
    both = mail(("foto.png", files.png(4_000)), ("a.txt", EICAR))
    assert outcome("kaiserslautern", both) == ("discard", "message", "none")
    assert outcome("leverkusen", both) == ("reject", "message", "sender-if-valid")
