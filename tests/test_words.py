"""Mails as people write them, in eight languages: the password that stands in one is among the first words that are tried."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attachguard.mail import words
from attachguard.mail.words import in_text, readable
from attachguard.passwords import Candidates
from tests import HANG

#: What is tried on the costliest format within its time.
REACH = 100

#: Password and text.
MAILS = {
    "de formal": ("Akte-2024/117", """Sehr geehrte Frau Müller,

anbei übersende ich Ihnen die Unterlagen zum Aktenzeichen 4 K 117/24 vom 12.03.2024 als verschlüsselte ZIP-Datei.
Das zum Öffnen benötigte Kennwort lautet: Akte-2024/117

Für Rückfragen erreichen Sie uns unter 0631 365-0 (Mo-Fr 8:00-16:00 Uhr) oder info@kanzlei-beispiel.example.

Mit freundlichen Grüßen
i. A. Schmidt
IBAN: DE02 1203 0000 0000 2020 51
"""),
    "de below": ("Xk7#pq2W", "Hallo,\n\nim Anhang die Rechnung.\n\nPasswort zum Öffnen der Datei:\n\nXk7#pq2W\n\nViele Grüße\n"),
    "de before": ("sonnenblume", 'Guten Tag,\n"sonnenblume" ist das Passwort für den Anhang.\nGruß\n'),
    "de short": ("1234", "Hi, Bericht anbei, PW 1234, LG Tom\n"),
    "de customer number": ("50123987", "Die Datei ist geschützt. Als Passwort verwenden Sie bitte Ihre Kundennummer 50123987.\n"),
    "de birthday": ("17.05.1981", "Das Dokument öffnen Sie bitte mit Ihrem Geburtsdatum 17.05.1981 als Passwort.\n"),
    "de birthday plain": ("17051981", "Passwort: Ihr Geburtsdatum (TTMMJJJJ), also 17051981.\n"),
    "de with the following": ("Mond-Schein-9", "Die Datei lässt sich mit folgendem Passwort öffnen: Mond-Schein-9. Bitte bestätigen Sie den Empfang.\n"),
    "de code word": ("Regenbogen", "Das Codewort ist Regenbogen\n"),
    "de access": ("ZG-88-xy", "Ihre Zugangsdaten:\nBenutzer: meier\nZugangscode: ZG-88-xy\n"),
    "de two": ("zweites-99", "Für die Datei eins.zip gilt das Passwort erstes-11, für zwei.zip das Passwort zweites-99.\n"),
    "de pin": ("4711", "Die PIN für den Anhang: 4711\n"),
    "de marked": ("Berg$Tal5", "Das Passwort ist **Berg$Tal5** .\n"),
    "de quoted reply": ("Nord-Wind7", "> Hallo Herr Weber,\n> das Passwort lautet Nord-Wind7\n> Gruß\n\nDanke!\n"),
    "en formal": ("Blue!Horse42", """Dear Sir or Madam,

please find attached the signed agreement (agreement.zip). For security reasons the archive is protected with a password.
The password to open the file is Blue!Horse42

Kind regards,
J. Smith
Phone: +44 20 7946 0000
"""),
    "en infected": ("infected", "Sample attached, password: infected\n"),
    "en use": ("abc123", "Use abc123 as the password when prompted.\n"),
    "en protected with": ("Qw3rty", "The attachment is password protected with Qw3rty.\n"),
    "en passcode": ("839201", "Your one-time passcode for the attached statement is 839201.\n"),
    "en next line": ("letmein", "Document password\n-----------------\nletmein\n"),
    "en table": ("Tbl-77", "File       Password\nbill.zip   Tbl-77\n"),
    "fr formal": ("Été2024!", """Bonjour Madame,

Veuillez trouver ci-joint le dossier protégé. Le mot de passe pour ouvrir le fichier est : Été2024!

Cordialement,
"""),
    "fr quoted": ("chat noir", "Pour ouvrir le document, utilisez le mot de passe « chat noir ».\n"),
    "fr short": ("mdp-55", "Voici la facture, mdp : mdp-55\n"),
    "fr code": ("7788", "Le code d’accès à la pièce jointe est le 7788.\n"),
    "it formal": ("Roma_2024", "Gentile Cliente,\nin allegato la fattura. La password per aprire l'archivio è Roma_2024.\nCordiali saluti\n"),
    "it colon": ("gatto77", "Parola d'ordine: gatto77\n"),
    "it key": ("chiave9", "La chiave per aprire il file è: chiave9\n"),
    "es formal": ("Madrid#11", "Estimado señor:\nAdjunto le remito el documento cifrado. La contraseña para abrirlo es Madrid#11\nUn saludo\n"),
    "es key": ("perro88", "La clave del archivo es: perro88\n"),
    "es below": ("Sol-y-Mar3", "Contraseña del fichero adjunto:\n\n   Sol-y-Mar3\n"),
    "pl formal": ("Kraków2024", "Szanowni Państwo,\nw załączeniu przesyłam fakturę. Hasło do otwarcia pliku: Kraków2024\nZ poważaniem\n"),
    "pl is": ("zima-5", "Hasłem do archiwum jest zima-5.\n"),
    "tr formal": ("Ankara06", "Merhaba,\nekteki dosyanın şifresi: Ankara06\nSaygılarımla\n"),
    "tr is": ("deniz34", "Dosyayı açmak için parola deniz34'tür.\n"),
    "tr as": ("elma12", "Şifre olarak elma12 kullanabilirsiniz.\n"),
    "nl formal": ("Fiets!2024", "Geachte heer,\nbijgaand de stukken. Het wachtwoord voor het bestand is Fiets!2024.\nMet vriendelijke groet\n"),
    "nl colon": ("tulp-9", "Wachtwoord bijlage = tulp-9\n"),
    "full width": ("abc-99", "Passwort：abc-99\n"),
    "dashes": ("a-b-c-1", "Passwort – a-b-c-1\n"),
    "arrow": ("geh_heim1", "Passwort ==> geh_heim1 <==\n"),
    "several words": ("drei kleine wörter", "Passphrase: drei kleine wörter\n"),
    "with a blank in the middle": ("AB 12 CD", 'Das Passwort lautet "AB 12 CD" (mit Leerzeichen).\n'),
    "iban": ("DE02120300000000202051", "Das Passwort ist Ihre IBAN ohne Leerzeichen, DE02120300000000202051.\n"),
    "ends with punctuation": ("Was-nun?!", "Passwort: Was-nun?!\n"),
    "in parentheses": ("Kl4mmer", "Die Datei (Passwort: Kl4mmer) liegt bei.\n"),
    "in a list": ("Liste-3", "- Datei: bericht.zip\n- Passwort: Liste-3\n- Frist: 30.06.2024\n"),
}  # fmt: skip


def tried(text: bytes, charset: str = "", *, html: bool = False) -> list[str]:
    candidates = Candidates()
    candidates.add_text(text, charset, html=html)
    return [candidate.word for candidate, _ in zip(candidates, range(REACH), strict=False)]


@pytest.mark.parametrize("name", MAILS)
def test_the_password_of_a_mail_is_among_the_first_words(name):
    word, text = MAILS[name]
    assert word in tried(text.encode())


@pytest.mark.parametrize("name", MAILS)
def test_so_it_is_in_the_page_that_mail_programs_make_of_it(name):
    word, text = MAILS[name]
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("ü", "&uuml;")
    lines = "".join(
        f"<p class=MsoNormal><span style='color:#1f497d'>{line or '&nbsp;'}<o:p></o:p></span></p>\r\n"
        for line in escaped.splitlines()
    )
    assert word in tried(f"<html><head><title>x</title></head><body>{lines}</body></html>".encode(), html=True)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["fr formal", "pl formal", "several words"])
def test_letters_with_accents_are_tried_as_people_type_them(name, form):
    word, text = MAILS[name]
    assert word in tried(unicodedata.normalize(form, text).encode())


@pytest.mark.parametrize(
    "hostile",
    [
        "Passwort: " * 20_000,
        '"' * 200_000,
        "<" * 200_000,
        "passwort " + ":" * 200_000,
        "pass" + " " * 200_000,
        "(" * 100_000,
    ],
)
def test_hostile_text_costs_little(hostile):
    start = time.process_time()
    assert len(in_text(readable(hostile.encode(), "", html=True))) < 60_000
    assert time.process_time() - start < HANG


_PIECES = st.sampled_from(
    [
        "Passwort", "pass word", "PASSWD", "Kennwort", "Lösungswort", "LOSUNGSWORT", "Geheimwort", "Codewort", "Schlüsselwort", "Zugangscode",
        "Zugriffscode", "mots de passe", "code d'accès", "contraseña", "CONTRASENAS", "parolanız", "hasła", "haslo", "HASŁO", "wachtwoorden",
        "toegangscode", "Şifresi", "sifre", "ŞİFRE", "clave", "mdp", "pw", "pwd", "pwort", "psw", "PIN", "parole", "code word", "codeword",
        "code:", "key =", "clé:", "chiave：", "llave:", "klucz:", "sleutel:", "anahtar:", "pın", "paſſwort", "\u212aennwort", "İpass", "spinning", "x", " ", "\n",
    ]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_words_for_password_are_found_where_the_expression_finds_them(text):
    assert [found.span() for found in words._markers(text)] == [found.span() for found in words._MARKER.finditer(text)]
