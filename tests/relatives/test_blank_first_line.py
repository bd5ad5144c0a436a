"""A message that begins with a blank line, and with lines after it that are not fields: readers pass over both, and see its attachment."""

from __future__ import annotations

import pytest

from attachguard import Policy, Rules, Scanner
from tests.test_scanner import BAD

STRICT = Scanner(Policy.load("strict"), rules=Rules.empty())
LETTER = b"From: a@example.org\r\nSubject: x\r\n\r\n"


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize(
    "odd", [b"", b":", b" :", b"x ", b"Foo\r\n", b"Foo\r\nbar\r\n", b">From x\n", b"X Y:\n", b"\n", b"\x0b:"]
)
def test_its_program_is_found(line_end, odd):
    report = STRICT.scan(line_end + odd + BAD, kind="message")
    assert report.verdict.action.value == "reject"
    assert "executable-content" in {finding.code for finding in report.findings}


@pytest.mark.parametrize("text", [b"\r\nHello\r\n", b"\r\nHello\r\n\r\nRegards\r\n", b"\r\nSee: the text\r\n"])
def test_a_letter_without_a_header_is_a_letter(text):
    assert STRICT.scan(text, kind="message").verdict.action.delivers


def test_a_letter_with_a_long_text_before_what_it_quotes_is_a_letter():
    quoted = b"".join(b"line %d of the letter\r\n" % number for number in range(20))
    assert STRICT.scan(LETTER + quoted + LETTER + b"quoted\r\n", kind="message").verdict.action.delivers


@pytest.mark.parametrize("place", [1, 10, 100])
def test_a_cut_message_never_raises(place):
    assert STRICT.scan((b"\n:" + BAD)[:place], kind="message").parts
