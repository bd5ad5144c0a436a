"""Calendars and contact cards are containers, in every way that programs fold and encode them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attachguard import Policy, Rules, Scanner
from attachguard.readers.contentlines import Line, decoded, lines, unfolded
from tests.fixtures.calendar import ATTACHED, EXE, INVITATION, calendar, folded
from tests.fixtures.card import PICTURE, card, old
from tests.fixtures.pe import program

ALL = re.compile(b"")


@pytest.fixture(scope="module")
def strict() -> Scanner:
    return Scanner(Policy.load("strict"), rules=Rules.empty())


def kinds(report) -> set[str]:
    return {finding.kind for finding in report.findings}


INLINE = [
    calendar(ATTACHED), calendar(ATTACHED.replace("\r\n", "\n"), end="\n"), calendar(ATTACHED.replace("\r\n", "\r"), end="\r"), calendar(ATTACHED.lower().partition(":")[0] + ":" + EXE),
    calendar(folded("ATTACH;ENCODING=BASE64;VALUE=BINARY:" + EXE, 20)), calendar("ATTACH;VALUE=BINARY:" + EXE), calendar(folded("X-IRGENDWAS;ENCODING=b:" + EXE)),
    calendar(folded('ATTACH;X-FILENAME="a:b;c.exe";ENCODING=BASE64:' + EXE)), calendar(folded("IMAGE;VALUE=URI:DATA:image/png;base64," + EXE)),
    calendar(folded('DESCRIPTION;ALTREP="data:application/octet-stream;base64,' + EXE + '":Text')),
    b"\xef\xbb\xbf" + calendar(ATTACHED), b"\xff\xfe" + calendar(ATTACHED).decode().encode("utf-16-le"), b"\r\n \r\n" + calendar(ATTACHED),
    card(folded("PHOTO;ENCODING=b:" + EXE)), card(folded("item1.PHOTO;ENCODING=B;TYPE=JPEG:" + EXE)), card(*old("PHOTO;JPEG;BASE64", EXE), version="2.1"),
    card("PHOTO;JPEG;BASE64:", EXE, "", version="2.1"), card("SOUND;ENCODING=BASE64:" + EXE[:64], EXE[64:128], EXE[128:], "", version="2.1"),
    card(folded("KEY:data:application/pgp-keys;base64," + EXE), version="4.0"), card("AGENT:", card(folded("LOGO;ENCODING=b:" + EXE)).decode(), version="2.1"),
]  # fmt: skip


@pytest.mark.parametrize("data", INLINE)
@pytest.mark.parametrize("end", ["", "x"])
def test_a_program_inline_is_found(strict, data, end):
    report = strict.scan(data, kind="file", name="a" + (".vcf" if b"VCARD" in data else ".ics") + end)
    assert "windows-program" in kinds(report)
    assert not report.verdict.action.delivers


@pytest.mark.parametrize(
    "line",
    [
        "ATTACH:file://example.org/share/a.wav", "ATTACH:\\\\\\\\example.org\\\\share\\\\a.wav", 'DESCRIPTION;ALTREP="file://example.org/a.html":Text', "URL:search-ms:query=a&crumb=location:\\\\\\\\x.example\\\\y",
        "IMAGE;VALUE=URI:smb://example.org/a.png", "AALARM;TYPE=WAVE:19960415T235959;PT5M;2;file://example.org/a.wav", "URL;ENCODING=QUOTED-PRINTABLE:file:=2F/example.org/=\r\na.wav",
    ],
)  # fmt: skip
def test_network_paths_and_protocols_are_said(strict, line):
    report = strict.scan(calendar(line), kind="file", name="a.ics")
    assert kinds(report) == {"calendar-network-path"}
    assert not report.verdict.action.delivers


@pytest.mark.parametrize(
    "line",
    [
        "ACTION:PROCEDURE",
        "action : procedure",
        "ACTION;X-A=b:Procedure",
        "PALARM:19960415T235959;PT5M;2;file:///tmp/a.sh",
    ],
)
def test_an_alarm_that_runs_a_program_is_active(strict, line):
    expected = set() if " :" in line else {"calendar-procedure"}
    assert kinds(strict.scan(calendar("BEGIN:VALARM", line, "END:VALARM"), kind="file", name="a.ics")) == expected


@pytest.mark.parametrize(
    "name",
    [
        "X-ALT-DESC;FMTTYPE=text/html",
        "X-ALT-DESC",
        "STYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=TEXT/HTML",
        "DESCRIPTION;FMTTYPE=text/html",
    ],
)
def test_a_page_is_read_as_one(strict, name):
    page = "<html><body>Treffen\\, Raum 3<scr\r\n ipt>eval(1)\\;</script></body></html>"
    assert "html-script" in kinds(strict.scan(calendar(f"{name}:{page}"), kind="file", name="a.ics"))
    assert not kinds(strict.scan(calendar(f"{name}:<html><body>Treffen</body></html>"), kind="file", name="a.ics"))


@pytest.mark.parametrize(
    "data",
    [
        calendar(*INVITATION),
        calendar("DESCRIPTION:ATTACH;ENCODING=BASE64:TVqQ", "COMMENT:ACTION:PROCEDURE"),
        card("NOTE:AGENT file://example.org/a"),
    ],
)
def test_ordinary_calendars_and_cards_say_nothing(strict, data):
    report = strict.scan(data, kind="file", name="a.vcf" if b"VCARD" in data else "a.ics")
    assert report.verdict.action.delivers
    assert not kinds(report)


def test_a_picture_without_its_type_contradicts_no_name(strict):
    for line in (
        "PHOTO;ENCODING=b:",
        "PHOTO;TYPE=png;ENCODING=b:",
        "PHOTO;PNG;BASE64:",
        "PHOTO;MEDIATYPE=image/png;ENCODING=b:",
    ):
        assert kinds(strict.scan(card(folded(line + PICTURE)), kind="file", name="a.vcf")) == {"card-file"}


def test_cards_in_cards_end_at_the_depth_limit(strict):
    inner = "BEGIN:VCARD\nFN:x\nEND:VCARD"
    for _ in range(6):
        inner = "BEGIN:VCARD\nAGENT:" + inner.replace("\\", "\\\\").replace("\n", "\\n") + "\nEND:VCARD"
    assert len(strict.scan(inner.encode(), kind="file", name="a.vcf").parts) == 7


def test_more_files_than_are_followed_are_said():
    audit = Scanner(Policy.load("audit"), rules=Rules.empty())
    report = audit.scan(calendar(*(["ATTACH;ENCODING=BASE64:aGVsbG8="] * 2100)), kind="file", name="a.ics")
    assert not report.complete
    assert "resource-limit-exceeded" in kinds(report)


def test_every_fold_is_undone():
    assert unfolded(b"A:b\r\n c\n\td\r\n\te") == b"A:bcde"
    assert unfolded(b"A:b\r c\rD:e") == b"A:bc\nD:e"


def test_a_line_is_taken_apart():
    (line,) = lines(b'g.ATTACH;FMTTYPE="a/b";BASE64;X-FILENAME="x:y;z":TVo=\r\n', ALL)
    assert line == Line("attach", {"fmttype": "a/b", "base64": "", "x-filename": "x:y;z"}, b"TVo=")
    assert decoded(line) == b"MZ"


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail(data):
    for line in lines(b"BEGIN:VCARD\r\nPHOTO;BASE64:" + data, ALL):
        if line is not None:
            decoded(line)


def test_the_program_is_one():
    assert program().startswith(b"MZ")
