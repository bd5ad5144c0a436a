"""Twelve authorities as their own people would write them, each with messages: what the text asks for happens, and every policy explains itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from examples import build_files as files
from examples import build_locked as locked
from examples.policies.messages import P7S, archival_pdf, plain_pdf, tarball

from attachguard import Envelope, Policy, Scanner
from attachguard.policy.explaining import page
from attachguard.policy.explaining.explain import LANGUAGES, Explainer
from attachguard.policy.reading.file import check
from tests.policies.kinds import Mail, mail
from tests.policies.messages import EICAR

FOLDER = Path(__file__).parent / "authorities"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "office-list")

PDF = ("a.pdf", plain_pdf())
TXT = ("a.txt", b"Guten Tag\r\n")
DOCM = ("a.docm", files.docm())
EXE = ("a.exe", files.program())
ZIP = ("a.zip", files.zipped(a__txt=b"Guten Tag"))
VIRUS = ("a.txt", EICAR)
LINK = "Sie haben ein Einschreiben per E-Mail.\nBitte hier abrufen: https://post.example.org/x/8812\n"


def proven(sender: str, *recipients: str) -> Envelope:
    return Envelope(sender=sender, recipients=recipients, sender_valid=True)


CASES = (
    ("district", mail(PDF, ZIP), "flag none"),
    ("district", mail(("a.zip", files.zipped(b__zip=files.zipped(c__txt=b"x")))), "reject none archive-nested"),
    ("district", mail(("a.tif", b"II*\0\x08\0\0\0\0\0\0\0\0\0")), "deliver none"),
    ("district", mail(("a.pdf", plain_pdf("2.0"))), "reject none format-version-not-allowed"),
    ("district", mail(("a.zip", locked.zip_locked())), "reject sender-if-valid encrypted-unknown-password"),
    ("district", mail(("a.zip", locked.zip_locked()), envelope=proven("x@planung.example", "bauamt@kreis.example")), "flag none exception-applied"),
    ("district", mail(EXE), "discard none executable-content"),
    ("federal-court", mail(PDF, ("a.pdf.p7s", P7S)), "flag none"),
    ("federal-court", mail(("a.tif", b"II*\0\x08\0\0\0\0\0\0\0\0\0")), "flag none type-not-allowed"),
    ("federal-court", mail(("a b.pdf", plain_pdf())), "flag none filename-invalid-character"),
    ("federal-court", mail(EXE), "reject none executable-content"),
    ("university", mail(DOCM), "withhold recipient macro-content"),
    ("university", mail(("a.zip", files.zipped(start__bat=files.BAT))), "withhold recipient type-blocked"),
    ("university", mail(VIRUS), "quarantine recipient malware-signature"),
    ("university", mail(envelope=Envelope(spam=True)), "deliver none spam"),
    ("swiss-canton", mail(("a.pdf", archival_pdf("2", "B")), ("a.pdf.p7s", P7S), envelope=Envelope(recipients=("eingaben@kanton.example",))), "flag none signature-present"),
    ("swiss-canton", mail(("a.pdf", archival_pdf("2", "B")), envelope=Envelope(recipients=("eingaben@kanton.example",))), "flag none signature-missing"),
    ("swiss-canton", mail(("a.pdf", plain_pdf()), envelope=Envelope(recipients=("info@kanton.example",))), "flag none address-not-binding"),
    ("swiss-canton", mail(TXT), "reject none type-not-allowed"),
    ("us-agency", mail(("a.7z", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(24))), "reject none type-blocked"),
    ("us-agency", mail(("a.zip", locked.zip_locked())), "quarantine both encrypted-unknown-password"),
    ("us-agency", mail(("a.docx", locked.docx_locked())), "defer none scan-incomplete"),
    ("us-agency", mail(PDF, envelope=Envelope(sender="a@b.example", sender_valid=False)), "reject none sender-reputation"),
    ("us-agency", mail(*[(f"{n}.txt", b"x") for n in range(11)]), "reject none too-many-attachments"),
    ("french-ministry", mail(PDF), "deliver none"),
    ("french-ministry", mail(("a.docx", files.docx())), "withhold both type-not-allowed"),
    ("french-ministry", mail(html="<p>Bonjour</p>"), "reject none type-not-allowed"),
    ("french-ministry", mail(("a.pdf", files.pdf_with_script())), "reject none active-content"),
    ("state-data-centre", mail(("a.xlsx", files.xlsx())), "deliver none"),
    ("state-data-centre", mail(("a.jpg", files.jpeg(4_000))), "withhold sender-if-valid type-not-allowed"),
    ("state-data-centre", mail(EXE), "reject none type-blocked"),
    ("state-data-centre", mail(("a.xlsx", files.xlsx()), envelope=Envelope(recipients=("x@kataster.example",))), "reject none type-not-allowed"),
    ("state-data-centre", mail(ZIP, envelope=Envelope(recipients=("x@kataster.example",))), "flag none archive-content"),
    ("state-data-centre", Mail(locked.pgp_mail()), "reject none encryption-scheme-not-supported"),
    ("innsbruck-like", mail(("a.doc", files.old_doc())), "reject sender legacy-office-format"),
    ("innsbruck-like", mail(EXE), "discard none executable-content"),
    ("innsbruck-like", mail(("a.zip", files.zipped(a__exe=files.program()))), "reject sender type-not-allowed"),
    ("innsbruck-like", mail(("a.pdf", locked.pdf_locked_for_changes())), "reject sender pdf-permissions-restricted"),
    ("tax-portal", mail(("01_Antrag.pdf", plain_pdf())), "deliver none"),
    ("tax-portal", mail(("Antrag.pdf", plain_pdf())), "reject none filename-invalid-character"),
    ("tax-portal", mail(("02_Liste.csv", files.CSV)), "reject none type-not-allowed"),
    ("tax-portal", mail(("02_Liste.csv", files.CSV), envelope=Envelope(channel="annex")), "deliver none"),
    ("tax-portal", mail(("02_Liste.csv", files.CSV * 30_000), envelope=Envelope(channel="annex")), "reject none attachment-too-large"),
    ("tax-portal", mail(("01_Antrag.pdf", locked.pdf_locked_for_changes())), "reject none password-protected"),
    ("uk-council", Mail(locked.enveloped_mail()), "reject none encrypted-unknown-key"),
    ("uk-council", mail(("a.eml", mail().data)), "withhold sender-if-valid type-blocked"),
    ("uk-council", mail(("a.tar.gz", tarball(a__txt=b"x"))), "quarantine recipient archive-content"),
    ("uk-council", mail(DOCM), "withhold both macro-content"),
    ("uk-council", mail(DOCM, envelope=proven("x@audit.example")), "flag none exception-applied"),
    ("uk-council", mail(envelope=Envelope(sender="noreply@shop.example")), "reject none sender-reputation"),
    ("uk-council", mail(text=LINK), "flag none linked-content"),
    ("hospital", mail(("a.xlsx", locked.xlsx_protected())), "withhold both encrypted-default-password"),
    ("hospital", mail(DOCM), "sanitize none macro-content"),
    ("hospital", mail(("a.bin", random.Random(3).randbytes(5_000))), "quarantine recipient type-unknown"),
)  # fmt: skip


@pytest.fixture(scope="module")
def scanners():
    return {name: Scanner(Policy.load(FOLDER / f"{name}.toml")) for name in NAMES}


@pytest.mark.parametrize(("name", "message", "outcome"), CASES, ids=[f"{name}: {out}" for name, _, out in CASES])
def test_what_the_text_asks_for_happens(scanners, name, message, outcome):
    report = scanners[name].scan(message.data, kind="message", envelope=message.envelope)
    action, notify, *code = outcome.split()
    told = [(each.code, each.action.value, each.part, each.detail) for each in report.findings]
    assert (report.verdict.action.value, report.verdict.notify.value) == (action, notify), told
    assert {*code} <= {each.code for each in report.findings if each.action is report.verdict.action}, told


@pytest.mark.parametrize("name", NAMES)
def test_an_authority_has_no_mistake_and_explains_itself(name):
    data, problems = check(FOLDER / f"{name}.toml")
    assert [str(each) for each in problems] == []
    assert sum(case[0] == name for case in CASES) >= 3
    for language in LANGUAGES:
        for how in page.FORMATS:
            shown = page.render(Explainer(data, language).page(), how, language)
            assert all(rule.cite in shown for rule in data.rules)
