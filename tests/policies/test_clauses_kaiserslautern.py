"""The clause table of Kaiserslautern, K1 to K14: each row on messages built for it."""

from __future__ import annotations

import pytest
from examples import build_files as files
from examples import build_locked as locked
from examples.build_mail import File, letter, wire

from attachguard import Envelope, Limits, Policy, Scanner
from attachguard.cli.main import main
from attachguard.hooks import Answer, Hooks, clean, failed, infected
from attachguard.outcome import routing_slip
from tests.fixtures import cms
from tests.policies.messages import (
    DROPPED,
    EICAR,
    KEPT_FOR_ADDRESSEE,
    PROGRAM,
    SAID_SPAM,
    ask,
    clauses,
    codes,
    form,
    mail,
    outcome,
    plain_pdf,
    sized,
)
from tests.test_hooks import Engine

CITY = "kaiserslautern"


def decide(data: bytes, envelope: Envelope | None = None, *passwords: str) -> tuple[str, str, str]:
    return outcome(CITY, data, envelope, *passwords)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.png", files.png(4_000)), ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + bytes(40)), ("a.7z", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(24)), ("a.pdf", files.png(4_000))],
)  # fmt: skip
def test_k1_a_file_off_the_list_stays_behind_and_the_addressee_is_told(name, content):
    report = ask(CITY, mail((name, content)))
    assert ("K1", "withhold") in clauses(report, "type-not-allowed")
    assert (report.verdict.action.value, report.verdict.notify.value) == KEPT_FOR_ADDRESSEE[::2]


def test_k1_what_is_on_the_list_is_delivered():
    listed = (
        ("a.pdf", plain_pdf()),
        ("b.docx", files.docx()),
        ("c.jpg", files.jpeg(4_000)),
        ("d.csv", files.CSV),
        ("e.xlsx", files.xlsx()),
    )
    assert decide(mail(*listed))[0] == "deliver"


def test_k1_members_of_a_zip_obey_the_list():
    assert decide(mail(("a.zip", files.zipped(a__pdf=plain_pdf()))))[0] == "flag"
    assert decide(mail(("a.zip", files.zipped(a__png=files.png(4_000))))) == KEPT_FOR_ADDRESSEE


def test_k1_the_list_is_the_states_and_an_operator_adds_to_it(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('[policy]\nid = "own"\nversion = "1"\ninclude = ["kaiserslautern"]\n[types]\naccept = ["png"]\n')
    own = Scanner(Policy.load(path))
    assert own.scan(mail(("a.png", files.png(4_000)))).verdict.action.value == "deliver"
    assert own.scan(mail(("a.exe", PROGRAM))).verdict.action.value == "discard"


def test_k1_refusing_the_whole_mail_may_be_configured(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        '[policy]\nid = "own"\nversion = "1"\ninclude = ["kaiserslautern"]\n[[rule]]\ncode = "type-not-allowed"\naction = "reject"\n'
        '[[rule]]\ncode = "type-not-allowed"\nroles = "embedded"\naction = "flag"\n'
    )
    verdict = Scanner(Policy.load(path)).scan(mail(("a.png", files.png(4_000)))).verdict
    assert (verdict.action.value, verdict.scope.value) == ("reject", "message")


@pytest.mark.parametrize(("size", "action"), [(25 << 20, "deliver"), ((25 << 20) + 1, "discard")])
def test_k2_exactly_25_binary_megabytes_on_the_wire_pass(size, action):
    assert decide(sized(size))[0] == action


def test_k2_the_mailroom_channel_has_its_own_limit():
    assert decide(sized((25 << 20) + 1), Envelope(channel="vps"))[0] == "deliver"
    assert decide(sized((30 << 20) + 1), Envelope(channel="vps")) == DROPPED


def test_k2_a_file_of_18_5_megabytes_is_too_large_after_base64():
    report = ask(CITY, mail(("plan.pdf", files.pdf(19_400_000))))
    assert clauses(report, "message-too-large") == {("K2", "discard")}


def test_k3_malware_and_bombs_are_dropped():
    assert decide(mail(("eicar.txt", EICAR))) == DROPPED
    report = ask(CITY, mail(("daten.zip", files.bomb())))
    assert clauses(report, "decompression-bomb") == {("K3", "discard")}


def test_k3_an_engine_that_fails_defers_and_one_that_knows_it_drops():
    def scanner(answer: Answer) -> Scanner:
        return Scanner(Policy.load(CITY), hooks=Hooks(malware=Engine(lambda: answer)))

    failing = scanner(failed("timeout")).scan(mail())
    assert (failing.verdict.action.value, failing.verdict.reasons) == ("defer", ("scan-incomplete",))
    assert failing.verdict.smtp.startswith("451 ")
    assert scanner(infected("Win.X")).scan(mail()).verdict.action.value == "discard"
    assert scanner(clean()).scan(mail()).verdict.action.value == "deliver"


def test_k3_without_an_engine_the_check_is_not_evaluated_and_the_mail_goes_on():
    report = ask(CITY, mail())
    checks = {check.check: check for check in report.checks}
    assert checks["malware-engine"].result == "not-evaluated"
    assert checks["malware-engine"].cause
    assert report.verdict.action.value == "deliver"


@pytest.mark.parametrize(
    "content", [("a.pdf", locked.pdf_locked()), ("a.docx", locked.docx_locked()), ("a.zip", locked.zip_locked())]
)
def test_k4_an_unknown_password_is_dropped(content):
    assert decide(mail(content)) == DROPPED
    assert ("K4", "discard") in clauses(ask(CITY, mail(content)), "encrypted-unknown-password")


def test_k4_what_opens_is_only_flagged():
    for content in (("a.pdf", locked.pdf_locked_for_changes()), ("a.xlsx", locked.xlsx_protected())):
        assert decide(mail(content))[0] == "flag"
    assert decide(mail(("a.zip", locked.zip_with_listed_password())), None, locked.LISTED)[0] == "flag"


def test_k4_a_known_password_does_not_hide_what_is_inside():
    report = ask(CITY, mail(("a.zip", locked.program_with_listed_password())), None, locked.LISTED)
    assert clauses(report, "executable-content") == {("K5", "discard")}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("setup.exe", PROGRAM), ("brief.pdf", PROGRAM), ("start.bat", files.BAT), ("a.js", files.JS), ("a.hta", files.HTA), ("a.lnk", files.shortcut()),
        ("a.zip", files.nested_archive()), ("a.pdf", files.pdf_with_program()), ("a.rtf", files.rtf_with_program()), ("a.iso", files.disk_image()),
    ],
)  # fmt: skip
def test_k5_programs_are_dropped_at_any_depth_and_under_any_name(name, content):
    assert decide(mail((name, content))) == DROPPED


def test_k5_script_lines_under_txt_are_text():
    assert decide(mail(("frage.txt", files.LISTING)))[0] == "deliver"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docm", files.docm()), ("a.docx", files.docm()), ("a.xls", files.xls_with_macro_sheet()), ("a.docx", files.docx_with_field()),
        ("a.docx", files.docx_with_template()), ("a.pdf", files.pdf_with_script()), ("a.html", files.scripted_page()),
    ],
)  # fmt: skip
def test_k6_automation_is_dropped(name, content):
    report = ask(CITY, mail((name, content)))
    leading = {finding.cite for finding in report.findings if finding.action is report.verdict.action}
    assert (report.verdict.action.value, report.verdict.notify.value) == ("discard", "none")
    assert leading == {"K6"}


def test_k6_the_citys_own_form_is_excepted_by_the_fingerprint_of_its_script(tmp_path, capsys):
    script = b"AFNumber_Calculate\\(\\);"
    (tmp_path / "form.pdf").write_bytes(form(script))
    assert main(["policy", "fingerprint", str(tmp_path / "form.pdf")]) == 0
    known = next(line.split()[0] for line in capsys.readouterr().out.splitlines() if line.endswith("javascript"))
    path = tmp_path / "own.toml"
    path.write_text(
        '[policy]\nid = "own"\nversion = "1"\ninclude = ["kaiserslautern"]\n'
        f'[[exception]]\nname = "own forms"\ncode = "active-content"\nsha256 = ["{known}"]\ncite = "form 7"\n'
    )
    own = Scanner(Policy.load(path))
    report = own.scan(mail(("formular.pdf", form(script))))
    assert report.verdict.action.value == "flag"
    assert "exception-applied" in codes(report)
    other = own.scan(mail(("formular.pdf", form(script + b"app.launchURL\\('x'\\);"))))
    assert other.verdict.action.value == "discard"
    assert "exception-applied" not in codes(other)


def test_k7_spam_is_dropped_and_without_a_verdict_delivered_with_a_note():
    assert decide(mail(), SAID_SPAM) == DROPPED
    report = ask(CITY, mail())
    assert report.verdict.action.value == "deliver"
    assert "spam-not-evaluated" in codes(report)


def test_k8_content_behind_a_link_is_flagged_and_not_fetched():
    text = "Sie haben ein Einschreiben per E-Mail.\nBitte hier abrufen: https://post.example.org/x/8812\n"
    report = ask(CITY, mail(text=text))
    assert clauses(report, "link-only-message") == {("K8", "flag")}
    assert report.verdict.action.value == "flag"


def test_k9_name_and_address_are_not_decided_and_the_policy_says_so():
    assert any(each.cite == "K9" for each in Policy.load(CITY).data.not_decidable)


def test_k9_nothing_is_refused_for_a_name_or_an_address_that_is_missing():
    assert decide(mail(text="Ich beantrage eine Tonne.\n"))[0] == "deliver"


def test_k10_the_legal_effect_stands_in_the_report():
    report = ask(CITY, mail(), Envelope(recipients=("amt@kaiserslautern.de",)))
    assert report.verdict.labels == ("not legally binding (nicht rechtsverbindlich)",)


def test_k10_another_address_is_a_label_and_no_refusal():
    report = ask(CITY, mail(), Envelope(recipients=("amt@kaiserslautern.de",)))
    assert clauses(report, "address-not-binding") == {("K10", "flag")}
    binding = ask(CITY, mail(), Envelope(recipients=("stv-kaiserslautern@poststelle.rlp.de",)))
    assert "address-not-binding" not in codes(binding)


def test_k11_a_signature_is_no_forbidden_type_and_refuses_nothing():
    report = ask(CITY, locked.signed_mail())
    assert report.verdict.action.value == "flag"
    assert "type-not-allowed" not in codes(report)
    assert ("K11", "flag") in clauses(report, "signature-present")


def test_k12_mail_for_a_key_is_never_an_unknown_password():
    report = ask(CITY, locked.enveloped_mail())
    assert "encrypted-unknown-password" not in codes(report)
    assert codes(report) & {"smime-encrypted", "encrypted-unknown-key"}
    pgp = ask(CITY, locked.pgp_mail())
    assert {finding.cite for finding in pgp.findings if finding.action is pgp.verdict.action} == {"K12"}
    assert pgp.verdict.action.value == "discard"


def test_k11_a_signature_beside_its_file_is_no_forbidden_type_and_pairs_with_it():
    report = ask(CITY, mail(("antrag.pdf", plain_pdf()), ("antrag.pdf.p7s", cms.signed(None))))
    assert report.verdict.action.value == "flag"
    assert not codes(report) & {"type-not-allowed", "signature-orphan"}


def test_k11_an_enveloping_signature_is_unwrapped_and_what_is_inside_is_judged():
    assert decide(mail(("antrag.pdf.p7m", cms.signed(plain_pdf()))))[0] == "flag"
    assert decide(mail(("antrag.pdf.p7m", cms.signed(PROGRAM)))) == DROPPED


def test_k11_a_broken_signature_has_a_legal_effect_and_drops_nothing():
    broken = locked.signed_mail().replace(b"Beispielweg 1", b"Beispielweg 2")
    report = ask(CITY, broken)
    assert report.verdict.action.value == "flag"
    assert any("Schriftform nicht gewahrt" in label for label in report.verdict.labels)


def test_k13_users_of_the_mailroom_get_a_routing_slip_and_senders_of_mail_nothing():
    for data in (mail(("a.pdf", plain_pdf())), mail(("a.png", files.png(4_000))), mail(("a.exe", PROGRAM))):
        report = ask(CITY, data, Envelope(channel="vps"))
        assert report.receipt_due
        slip = routing_slip(report, identifier="4711")
        assert slip.for_sender
        text = slip.text("de")
        for said in ("4711", "vps", "kaiserslautern 2026-11", slip.came.sha256, "Nicht durchgeführte Prüfungen"):
            assert said in text
        assert (slip.goes_on is None) == (report.verdict.action.value not in ("deliver", "flag"))
        assert {reason.cite for reason in slip.reasons if not reason.action.delivers} <= {"K1", "K5"}
        assert not ask(CITY, data).receipt_due


def test_k14_own_failures_and_unreadable_mail_are_never_dropped():
    whole = wire(letter(html="<p>Guten Tag</p>", inline=File("a.png", files.png(4_000), "image/png")))
    report = ask(CITY, whole[: len(whole) * 2 // 3])
    assert (report.verdict.action.value, report.verdict.notify.value) == ("quarantine", "recipient")
    assert {finding.cite for finding in report.findings if finding.action is report.verdict.action} == {"K14"}


def test_k14_every_failure_of_the_citys_own_is_kept_and_none_dropped():
    class Broken:
        TYPES = frozenset({"pdf"})

        def inspect(self, part):
            raise RuntimeError("a defect")

    broken = Scanner(Policy.load(CITY), inspectors=(Broken(),)).scan(mail(("a.pdf", plain_pdf())))
    assert (broken.verdict.action.value, broken.verdict.reasons) == ("defer", ("inspection-failed",))
    limited = Scanner(Policy.load(CITY), limits=Limits(parts=2)).scan(
        mail(("a.pdf", plain_pdf()), ("b.pdf", plain_pdf()))
    )
    assert limited.verdict.action.value == "quarantine"
    report = ask(CITY, mail(("a.pdf", b"%PDF-1.7\n" + b"\xff" * 600)))
    assert report.verdict.action.value == "withhold"
