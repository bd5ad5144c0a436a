"""Mails whose first lines are made so that they pass for a text: the library takes them for mails without being told."""

from __future__ import annotations

import pytest

from attachguard import Policy, Scanner
from tests.relatives.judged import attached, mail

SCANNER = Scanner(Policy.load("strict"))
PROGRAM = b"MZ" + bytes(58) + b"@\0\0\0" + b"PE\0\0\x64\x86\x01\0" + bytes(300)
MAIL = mail(attached("rechnung.exe", PROGRAM))
FRONTS = {
    "many unknown fields": b"".join(b"X-Foo-%d: %s\r\n" % (number, b"y" * 70) for number in range(60)),
    "more fields than are looked at": b"".join(b"X-%d: y\r\n" % number for number in range(70)),
    "a line that is no field": b"this is no header\r\n",
    "several of them": b"foo\r\nbar\r\n\tbaz\r\n",
    "a name with letters of eight bits": b"X-\xe4: y\r\n",
    "a line of nine thousand letters": b"X-A: " + b"a" * 9000 + b"\r\n",
    "a blank in front": b" x\r\n",
    "a quoted separator of mailboxes": b">From a@b Mon\r\n",
    "a NUL": b"\0",
    "a byte order mark": b"\xef\xbb\xbf",
}


@pytest.mark.parametrize("front", FRONTS.values(), ids=FRONTS)
@pytest.mark.parametrize("size", [1 << 20, 100])
def test_what_stands_in_front_of_a_header_makes_it_no_text(front, size):
    data = front + MAIL
    with SCANNER.open() as scan:
        for start in range(0, len(data), size):
            scan.feed(data[start : start + size])
    report = scan.close()
    assert report.kind == "message"
    assert "windows-program" in {finding.kind for finding in report.findings}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("", b"Guten Tag,\n\nbis bald\n"),
        ("", b"Termin: Montag\nOrt: Rathaus\n\nMehr dazu im Anhang.\n"),
        ("notiz.txt", b"X-Feld: " + b"Text " * 900),
        ("werte.csv", b"".join(b"Feld%d: %d\n" % (number, number) for number in range(900))),
        ("README", b"Name: x\nVersion: 1\n"),
        ("", b"\x00\x01\x02\x03" * 2000),
        ("", b""),
    ],
)
def test_texts_and_files_stay_what_they_are(name, data):
    assert SCANNER.scan(data, name=name).kind == "file"
