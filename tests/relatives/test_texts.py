"""Texts that speak of scripts and pages: what nobody starts by a click or shows as a page is text."""

from __future__ import annotations

import pytest

from attachguard.testkit.archives import zipped
from tests.relatives.judged import action, attached, delivered, kinds, mail, refused

LETTER = "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
SCRIPTS = [
    b"@echo off\r\ndir\r\npause\r\n",
    b"#!/usr/bin/env python3\nprint(1)\n",
    b"#!/bin/sh\nls\n",
    b"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\x]\r\n",
    b"[InternetShortcut]\r\nURL=https://www.example.org/\r\n",
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_that_is_named_as_a_text_is_one(script):
    for name in ("anleitung.txt", "ANLEITUNG.TXT", "schritte.text"):
        assert delivered(script, name)
        assert delivered(mail(attached(name, script, "text/plain")), "m.eml")
    assert action(zipped({"anleitung.txt": script}), "a.zip") in ("deliver", "flag")
    for end in range(len(script)):
        kinds(script[:end], "anleitung.txt")


@pytest.mark.parametrize("script", SCRIPTS)
def test_under_any_other_name_it_is_what_it_is(script):
    assert refused(script, "")
    assert refused(script, "anleitung.txt.cmd" if script.startswith(b"@") else "anleitung")


PAGE = "<html> ist der Anfang, dann kommt <script>x()</script> und <a href='javascript:x()'>so</a>\r\n"


def letter(declared: str) -> bytes:
    return f"{LETTER}Content-Type: {declared}\r\n\r\n{PAGE}".encode()


def test_a_text_that_looks_like_a_page_runs_nothing():
    for declared in ("text/plain", 'text/plain; charset="utf-8"', "TEXT/PLAIN"):
        assert "body-handler-idle" in kinds(letter(declared), "m.eml")
        assert delivered(letter(declared), "m.eml")


def test_a_page_is_one_however_it_is_declared_elsewhere():
    assert "body-script" in kinds(letter("text/html"), "m.eml")
    assert refused(letter("text/html"), "m.eml")
    assert "html-script" in kinds(mail(attached("seite.html", PAGE.encode(), "text/plain")), "m.eml")
    assert refused(mail(attached("seite.html", PAGE.encode(), "text/plain")), "m.eml")
