"""Both city policies on whole messages: what the mail parser and the inspectors see is what the clauses speak of."""

from __future__ import annotations

import base64
import io
import zipfile
from email.message import EmailMessage

import pytest

from attachguard import Envelope, Policy, Scanner

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
BAT = b"@echo off\r\nrem a harmless batch file\r\nset NAME=world\r\necho hello %NAME%\r\npause\r\n"


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def message(*files: tuple[str, bytes], html: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Antrag"
    mail["Date"], mail["Message-ID"] = "Sun, 22 Nov 2026 10:00:00 +0100", "<1@example.org>"
    mail.set_content("Guten Tag,\nanbei der Antrag.\n")
    if html:
        mail.add_alternative(html, subtype="html")
        mail.get_payload()[1].add_related(PNG, "image", "png", cid="<logo@example.org>")
    for name, data in files:
        mail.add_attachment(data, "application", "octet-stream", filename=name)
    return mail.as_bytes()


@pytest.fixture(scope="module")
def decide():
    scanners = {name: Scanner(Policy.load(name)) for name in ("kaiserslautern", "leverkusen", "strict")}

    def run(city: str, data: bytes, **envelope) -> tuple[str, tuple[str, ...]]:
        with scanners[city].open(kind="message", envelope=Envelope(**envelope)) as scan:
            scan.feed(data)
        verdict = scan.close().verdict
        return verdict.action.value, verdict.reasons

    return run


@pytest.mark.parametrize(
    ("files", "kaiserslautern", "leverkusen"),
    [
        ([], "deliver", "deliver"),
        ([("a.txt", b"Guten Tag\r\n")], "deliver", "deliver"),
        ([("foto.png", PNG)], "withhold", "withhold"),
        ([("liste.csv", b"a;b;c\r\n1;2;3\r\n4;5;6\r\n")], "deliver", "withhold"),
        ([("start.bat", BAT)], "discard", "reject"),
        ([("a.zip", zipped(a_txt=b"Guten Tag\r\n"))], "flag", "reject"),
        ([("a.zip", zipped(start_bat=BAT))], "discard", "reject"),
        ([("a.zip", zipped(foto_png=PNG))], "withhold", "reject"),
        ([("foto.png", PNG), ("start.bat", BAT)], "discard", "reject"),
    ],
    ids=["text", "txt", "png", "csv", "bat", "zip", "bat in zip", "png in zip", "png and bat"],
)
def test_what_each_city_does(decide, files, kaiserslautern, leverkusen):
    data = message(*files)
    assert decide("kaiserslautern", data)[0] == kaiserslautern
    assert decide("leverkusen", data)[0] == leverkusen


@pytest.mark.parametrize("city", ["kaiserslautern", "leverkusen"])
def test_a_logo_of_the_shown_body_is_body_and_one_that_nobody_shows_is_an_attachment(decide, city):
    shown = message(html='<p>Guten Tag <img src="cid:logo@example.org"></p>')
    assert "type-not-allowed" not in decide(city, shown)[1]
    hidden = message(html="<p>Guten Tag</p>")
    assert decide(city, hidden) == ("withhold", ("type-not-allowed",))


def test_the_size_on_the_wire_counts_and_equal_passes(decide):
    mail = message(("a.txt", b"x"))
    for size, action in ((10 << 20, "deliver"), ((10 << 20) + 1, "reject")):
        filler = (b"y" * 70 + b"\r\n") * ((size - len(mail)) // 72 + 1)
        head, _, body = mail.partition(b"anbei")
        data = head + filler[: size - len(mail)] + b"anbei" + body
        assert len(data) == size
        assert decide("leverkusen", data)[0] == action


def test_a_script_quoted_in_the_text_is_no_attachment(decide):
    data = message().replace(b"Guten Tag,\n", b"#!/bin/sh\nrm -rf /tmp/x\n")
    for city in ("kaiserslautern", "leverkusen", "strict"):
        assert decide(city, data)[0] in ("deliver", "flag")


def test_spam_is_dropped_where_the_text_says_so(decide):
    assert decide("kaiserslautern", message(), spam=True) == ("discard", ("spam",))
    assert decide("leverkusen", message(), spam=True) == ("flag", ("spam",))
