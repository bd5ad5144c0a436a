"""Messages whose content lies behind a link: guessed from the shown text, only flagged, never fetched."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from attachguard import Policy, Rules, Scanner
from attachguard.mail.linkonly import LinkWatch
from tests import HANG

REGISTERED = (
    "Sehr geehrte Damen und Herren,\n\nSie haben ein Einschreiben per E-Mail erhalten.\n"
    "Bitte rufen Sie das Dokument hier ab: https://post.example.org/abholen/8812?k=77\n"
)
FILES = "Erika Mustermann sent you files\nhttps://we.tl/t-AbCd1234\n"
LETTER = (
    "Sehr geehrte Damen und Herren,\n\nhiermit lege ich Widerspruch gegen den Bescheid vom 3. November ein. Die Berechnung geht von "
    "120 Quadratmetern aus, tatsächlich sind es 98; der Plan liegt Ihnen vor. Ich bitte um Neuberechnung und um eine Eingangsbestätigung.\n"
    "Mit freundlichen Grüßen\nErika Mustermann\nwww: https://mustermann.example.org\n"
)


def guess(text: str, *, page: bool = False, attachments: bool = False):
    watch = LinkWatch()
    watch.look(text.encode(), page=page)
    return watch.finding(attachments=attachments)


@pytest.mark.parametrize("text", [REGISTERED, FILES])
def test_a_mail_that_only_points_elsewhere_is_suspected_with_a_score(text):
    found = guess(text)
    assert found.code == "link-only-message"
    assert 60 <= found.score <= 95
    assert "http" not in found.detail


@pytest.mark.parametrize(
    "text", [LETTER, "Guten Tag,\nanbei nichts.\n", "Bitte laden Sie die App herunter.\n", LETTER * 8 + FILES]
)
def test_a_mail_that_says_something_itself_is_not(text):
    assert guess(text) is None


def test_a_mail_with_a_file_brings_its_content_along():
    assert guess(REGISTERED, attachments=True) is None


def test_text_in_styles_scripts_and_tags_of_a_page_is_not_shown():
    page = (
        f"<html><head><title>{LETTER * 10}</title></head><style>{LETTER * 10}</style><body>Sie haben ein Dokument. "
        '<a href="https://dl.example.org/x" title="y">Jetzt herunterladen</a></body>'
    )
    assert guess(page, page=True).code == "link-only-message"
    assert guess(page.replace("</style>", ""), page=True) is None


def test_hostile_pages_take_no_longer_than_others():
    import time

    begun = time.perf_counter()
    for text in ("<style" * 10_000, "<" * 60_000, "https://" * 8_000, "<a href='http" * 5_000):
        guess(text, page=True)
    assert time.perf_counter() - begun < HANG


@pytest.mark.parametrize("name", ["kaiserslautern", "leverkusen", "strict"])
def test_it_is_flagged_and_nothing_more(name):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Einschreiben"
    mail.set_content(REGISTERED)
    scanner = Scanner(Policy.load(name), rules=Rules.empty())
    report = scanner.scan(mail.as_bytes())
    assert "link-only-message" in {finding.code for finding in report.findings}
    assert report.verdict.action.value == "flag"
    mail.add_attachment(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n", "application", "pdf", filename="a.pdf")
    assert "link-only-message" not in {finding.code for finding in scanner.scan(mail.as_bytes()).findings}
