"""Words of a mail open its attachments: which are found, in which order, within which bounds, and what is said of them."""

from __future__ import annotations

import io
import logging
import zipfile
from email.message import EmailMessage

import pikepdf
import pytest

from attachguard import Action, Limits, Policy, Rules, Scanner
from attachguard.mail.words import readable
from attachguard.passwords import FILE_NAME, MAIL, OPERATOR, Candidates
from tests.fixtures import ooxml
from tests.fixtures import zip as zips

SECRET = "Sommer-2024!"


def locked_pdf(secret: str = SECRET) -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        file.save(target, encryption=pikepdf.Encryption(user=secret, owner="x" + secret, R=6))
    return target.getvalue()


def mail(*parts: tuple[str, bytes | str], subject: str = "Rechnung") -> bytes:
    """A message of texts (`plain`, `html`) and attachments (by file name), in this order."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", subject
    message.make_mixed()
    for kind, content in parts:
        part = EmailMessage()
        if isinstance(content, str):
            part.set_content(content, subtype=kind)
        else:
            part.set_content(content, maintype="application", subtype="octet-stream", filename=kind)
        message.attach(part)
    return message.as_bytes()


def first_words(text: str, *, html: bool = False, count: int = 4) -> list[str]:
    candidates = Candidates()
    candidates.add_text(text.encode(), html=html)
    return [candidate.word for candidate, _ in zip(candidates, range(count), strict=False)]


@pytest.mark.parametrize(
    "text",
    [
        "Das Passwort lautet: Sommer-2024!",
        "Passwort: Sommer-2024!\nMit freundlichen Grüßen",
        "Kennwort = Sommer-2024!",
        "Das Kennwort für die Datei ist „Sommer-2024!“.",
        "Passwort für die ZIP-Datei:\n\n    Sommer-2024!\n\nGruß",
        "Kennwort\nSommer-2024!\n",
        "The password is Sommer-2024!",
        "Please use password 'Sommer-2024!' to open the file.",
        "PW: Sommer-2024!",
        "Le mot de passe est : Sommer-2024!",
        "Mot de passe : « Sommer-2024! »",
        "La password è Sommer-2024!",
        "La parola d'ordine è: Sommer-2024!",
        "La contraseña es Sommer-2024!",
        "Contraseña: Sommer-2024!",
        "Clave: Sommer-2024!",
        "Hasło: Sommer-2024!",
        "Hasło do pliku to Sommer-2024!",
        "Şifre: Sommer-2024!",
        "Dosyanın parolası: Sommer-2024!",
        "Het wachtwoord is Sommer-2024!",
        "Wachtwoord: Sommer-2024!",
        "Sommer-2024! ist das Passwort.",
        "Das Passwort sende ich hier:\nSommer-2024!",
    ],
)
def test_the_word_behind_a_word_for_password_is_among_the_first(text):
    assert SECRET in first_words(
        "Sehr geehrte Damen und Herren,\nanbei die Unterlagen vom 3.11.2024.\n" + text + "\n", count=12
    )


@pytest.mark.parametrize(
    "text", ["Kennwort: geheim.", "Kennwort: geheim", 'Kennwort: "geheim"', "Kennwort:geheim,", "Kennwort: (geheim)"]
)
def test_punctuation_around_a_password_is_tried_with_and_without(text):
    assert "geheim" in first_words(text)


def test_a_password_of_several_words_is_tried_whole():
    assert "correct horse battery staple" in first_words("Passphrase: correct horse battery staple")


def test_a_page_is_read_without_its_markup():
    page = (
        "<html><head><style>p{color:red}</style><script>var x='no'</script></head><body><p>Passwort:&nbsp;<b>Som</b>mer&#45;2024!</p>"
        "<table><tr><td>Kunde</td><td>4711</td></tr></table></body></html>"
    )
    assert SECRET in first_words(page, html=True)
    assert "color" not in readable(page.encode(), "", html=True)


def test_texts_in_other_charsets_are_understood():
    candidates = Candidates()
    candidates.add_text("Hasło: zażółć-1".encode("iso-8859-2"), "iso-8859-2")
    assert next(iter(candidates)).word == "zażółć-1"


def test_words_are_bounded_in_number_and_come_once():
    candidates = Candidates(["eins", "eins", "zwei"], Limits(passwords=50))
    candidates.add_text(" ".join(f"wort{number}x" for number in range(5000)).encode())
    words = [candidate.word for candidate in candidates]
    assert len(words) == len(set(words)) == 50
    assert words[:2] == ["eins", "zwei"]


def test_the_likely_words_of_the_mail_go_before_the_operators_and_those_before_the_rest():
    candidates = Candidates(["betrieb"])
    candidates.add_text(b"Passwort: direkt1\n\nkunde4711x")
    words = [(candidate.word, candidate.origin) for candidate in candidates]
    assert words.index(("direkt1", MAIL)) < words.index(("betrieb", OPERATOR)) < words.index(("kunde4711x", MAIL))


def test_no_repr_shows_a_word():
    candidates = Candidates([SECRET])
    candidates.add_text(b"Passwort: direkt1")
    shown = repr(candidates) + repr(list(candidates))
    assert SECRET not in shown
    assert "direkt1" not in shown


# -- in a scan ------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def audit():
    return Scanner(Policy.load("audit"), rules=Rules.empty())


def codes(report) -> set[str]:
    return {finding.code for finding in report.findings}


def aes_zip(name: str, content: bytes, secret: str) -> bytes:
    return zips.archive(zips.aes_member(name, content, secret.encode()))


def test_a_mail_whose_text_holds_the_password_of_its_aes_zip_with_a_macro_document_inside_ends_in_macro_content():
    """Under the published conditions the macros lead, not the lock."""
    document = ooxml.SAMPLES["xlm/tabelle.xlsm"]()
    data = mail(
        ("plain", f"Anbei die Rechnung. Das Kennwort lautet: {SECRET}\n"),
        ("rechnung.zip", aes_zip("rechnung.xlsm", document, SECRET)),
    )
    report = Scanner(Policy.load("kaiserslautern")).scan(data, kind="message")
    assert report.verdict.action is Action.DISCARD
    assert "macro-content" in report.verdict.reasons
    assert "encrypted-unknown-password" not in codes(report)
    known = next(finding for finding in report.findings if finding.code == "encrypted-known-password")
    assert known.detail.endswith("password from mail text")
    assert SECRET not in repr(report)


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_an_attachment_may_come_before_the_text_that_holds_its_password(audit, kind):
    text = f"<p>Passwort: <b>{SECRET}</b></p>" if kind == "html" else f"Passwort: {SECRET}\n"
    report = audit.scan(mail(("a.pdf", locked_pdf()), (kind, text)), kind="message")
    assert {"encrypted-known-password", "active-content"} <= codes(report)
    assert "encrypted-unknown-password" not in codes(report)


@pytest.mark.parametrize(
    ("subject", "name"), [(f"Passwort: {SECRET}", "a.pdf"), ("Rechnung", f"rechnung_pw_{SECRET}.pdf")]
)
def test_subject_and_file_names_are_words_too(audit, subject, name):
    report = audit.scan(mail((name, locked_pdf()), subject=subject), kind="message")
    detail = next(finding.detail for finding in report.findings if finding.code == "encrypted-known-password")
    assert detail.endswith(MAIL if SECRET in subject else FILE_NAME)


def test_what_no_word_opens_is_unknown_and_said_once(audit):
    report = audit.scan(
        mail(("plain", "Das Passwort kommt mit der Post.\n"), ("a.pdf", locked_pdf()), ("plain", "Gruß\n")),
        kind="message",
    )
    assert [finding.code for finding in report.findings].count("encrypted-unknown-password") == 1
    assert [part.encryption for part in report.parts if part.name == "a.pdf"] == ["unknown-password"]


def test_a_locked_member_of_an_archive_waits_alone(audit):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as writer:
        writer.writestr("a.pdf", locked_pdf())
        writer.writestr("b.txt", "Text")
    report = audit.scan(mail(("a.zip", target.getvalue()), ("plain", f"Passwort: {SECRET}\n")), kind="message")
    states = {part.name: part.encryption for part in report.parts}
    assert states["a.pdf"] == "known-password"
    assert [finding.code for finding in report.findings].count("archive-content") == 1


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("text", [f"Passwort: {SECRET}\n", "Das Passwort kommt mit der Post.\n"])
def test_no_cut_of_the_input_changes_the_verdict(order, text):
    parts = [("a.pdf", locked_pdf()), ("plain", text)]
    data = mail(*(parts if order else reversed(parts)))
    scanner = Scanner(Policy.load("kaiserslautern"), rules=Rules.empty())
    whole = scanner.scan(data, kind="message").verdict
    for size in (997, 4096, 1 << 20):
        with scanner.open(kind="message") as scan:
            early = next(
                (found for at in range(0, len(data), size) if (found := scan.feed(data[at : at + size]))), None
            )
        final = scan.close().verdict
        assert final.action is whole.action
        assert early is None or early.action is final.action


def test_a_lock_gives_no_early_verdict_while_words_may_come():
    data = mail(("a.pdf", locked_pdf()), ("plain", "x" * 60_000 + f"\nPasswort: {SECRET}\n"))
    with Scanner(Policy.load("strict"), rules=Rules.empty()).open(kind="message") as scan:
        assert scan.feed(data[: data.index(b"xxxxx") + 1000]) is None
    scan.feed(data[data.index(b"xxxxx") + 1000 :])
    assert "encrypted-known-password" in codes(scan.close())


def test_what_is_too_large_to_wait_is_judged_and_said(audit, monkeypatch):
    monkeypatch.setattr("attachguard.engine.walk._HELD_BYTES", 100)
    report = audit.scan(mail(("a.pdf", locked_pdf()), ("plain", f"Passwort: {SECRET}\n")), kind="message")
    assert "encrypted-unknown-password" in codes(report)
    assert [check.cause for check in report.checks if check.check == "passwords"] == [
        "too large to wait for the end of the message (1 parts)"
    ]


def test_nothing_of_it_is_logged(audit, caplog):
    caplog.set_level(logging.DEBUG)
    audit.scan(mail(("plain", f"Passwort: {SECRET}\n"), ("a.pdf", locked_pdf())), kind="message")
    assert SECRET not in caplog.text


def attached(name: str, content: bytes, media: str) -> EmailMessage:
    part = EmailMessage()
    part.set_content(content, maintype=media.partition("/")[0], subtype=media.partition("/")[2], filename=name)
    return part


@pytest.mark.parametrize(
    ("name", "media", "content"),
    [
        ("passwort.txt", "application/octet-stream", f"Passwort: {SECRET}\n"),
        ("passwort.txt", "text/plain", f"Passwort: {SECRET}\n"),
        ("hinweis.html", "application/octet-stream", f"<html><body><p>Passwort: <b>{SECRET}</b></p></body></html>"),
        ("termin.ics", "text/calendar", f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDESCRIPTION:Passwort: {SECRET}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_a_text_that_is_attached_beside_it_may_hold_the_password(audit, name, media, content, first):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "x"
    message.make_mixed()
    parts = [attached(name, content.encode(), media), attached("a.pdf", locked_pdf(), "application/pdf")]
    for part in parts if first else reversed(parts):
        message.attach(part)
    report = audit.scan(message.as_bytes(), kind="message")
    assert [part.encryption for part in report.parts if part.name == "a.pdf"] == ["known-password"]


def test_a_text_in_an_archive_may_hold_the_password_of_what_lies_beside_it(audit):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as writer:
        writer.writestr("lies mich.txt", f"Passwort: {SECRET}\n")
        writer.writestr("a.pdf", locked_pdf())
    report = audit.scan(target.getvalue(), name="a.zip", kind="file")
    assert {part.name: part.encryption for part in report.parts}["a.pdf"] == "known-password"


def test_many_attached_texts_do_not_crowd_out_the_mail():
    candidates = Candidates()
    for number in range(40):
        candidates.add_note(b"x" * 30_000 + str(number).encode(), html=False)
    candidates.add_text(f"Passwort: {SECRET}\n".encode())
    assert next(iter(candidates)).word == SECRET
