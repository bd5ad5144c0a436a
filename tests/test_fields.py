"""Structured header fields are read as mail clients read them, and broken ones never raise."""

from __future__ import annotations

import email.header
import re
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attachguard import Policy, Rules, Scanner
from attachguard.mail import charsets
from attachguard.mail.fields import decode_words, parse_value, unescaped, without_comments
from attachguard.report import json

SCANNER = Scanner(Policy.load("strict"), rules=Rules.empty())


@pytest.mark.parametrize(
    ("value", "token", "parameters"),
    [
        (b"text/plain", "text/plain", {}),
        (b'Application/PDF; Name="a;b.pdf"', "application/pdf", {"name": "a;b.pdf"}),
        (b"text/plain; charset=utf-8 (comment; name=x)", "text/plain", {"charset": "utf-8"}),
        (b'text/plain; name="quoted \\"name\\".txt"', "text/plain", {"name": 'quoted "name".txt'}),
        (b"attachment; filename*=UTF-8''%e2%82%ac.pdf", "attachment", {"filename": "€.pdf"}),
        (b"attachment; filename=plain.pdf; filename*=utf-8''real.exe", "attachment", {"filename": "real.exe"}),
        (
            b'attachment; filename*0="in"; filename*1="voice"; filename*2=".exe"',
            "attachment",
            {"filename": "invoice.exe"},
        ),
        (b"attachment; filename*1*=%2eexe; filename*0*=utf-8''a", "attachment", {"filename": "a.exe"}),
        (b'attachment; filename="=?utf-8?B?w6QucGRm?="', "attachment", {"filename": "ä.pdf"}),
        (b"multipart/mixed;\r\n\tboundary=abc", "multipart/mixed", {"boundary": "abc"}),
        (b"", "", {}),
        (b";;;", "", {}),
        (b'text/plain; name="never ends', "text/plain", {"name": "never ends"}),
    ],
)
def test_values_are_taken_apart(value, token, parameters):
    assert parse_value(value) == (token, parameters)


@pytest.mark.parametrize(
    "raw",
    [
        b"=?utf-8?Q?Caf=C3=A9?= au lait",
        b"=?iso-8859-1?q?a=20b?= =?iso-8859-1?q?c?=",
        b"=?utf-8?b?R3LDvMOfZQ==?=",
        b"no words at all",
    ],
)
def test_encoded_words_agree_with_the_standard_library(raw):
    expected = str(email.header.make_header(email.header.decode_header(raw.decode())))
    assert decode_words(raw) == expected


def test_an_unknown_charset_still_gives_text():
    assert decode_words(b"=?x-none?q?abc?=") == "abc"


@given(st.binary(max_size=200))
def test_nothing_raises(raw):
    parse_value(raw)
    decode_words(raw)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20))
def test_names_that_the_standard_library_writes_come_back(name):
    message = Message()
    message.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    value = message["Content-Disposition"].encode()
    assert parse_value(value)[1]["filename"] == name


@pytest.mark.parametrize(
    "name",
    [
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "rot13",
        "mbcs",
        "os",
        "utf_8_sig",
        "x" * 9999,
        "\0",
    ],
)
def test_codecs_of_python_that_mail_has_not_are_no_character_sets(name):
    assert charsets.codec(name) is None
    assert charsets.decode(b"a\\u0041.exe", name) == "a\\u0041.exe"


@pytest.mark.parametrize(
    ("name", "octets", "text"),
    [
        ("UTF-8", b"\xc3\xa4", "\u00e4"), ("iso-8859-15", b"\xa4", "\u20ac"), ("Windows-1252", b"\x80", "\u20ac"), ("x-sjis", b"\x83\x41", "\u30a2"),
        ("ks_c_5601-1987", b"\xb0\xa1", "\uac00"), ("utf-7", b"+AOQ-", "\u00e4"), ("'utf-8'", b"\xc3\xa4", "\u00e4"), ("", b"\xe4", "\ufffd"), ("x-none", b"\xe4", "\u00e4"),
    ],
)  # fmt: skip
def test_character_sets_of_mail_are_known(name, octets, text):
    assert charsets.decode(octets, name) == text


@pytest.mark.parametrize(
    "value",
    [
        b"attachment; filename*=utf-7''+2AA-.exe", b'attachment; filename="=?utf-7?Q?+2AA-.exe?="',
        b"attachment; filename*0*=utf-7''+2AA-; filename*1=.exe", b"attachment; filename*=unicode_escape''%5Cud800.exe",
    ],
)  # fmt: skip
def test_no_name_holds_half_of_a_pair(value):
    name = parse_value(value)[1]["filename"]
    assert name.encode("utf-8").endswith(b"exe")


@pytest.mark.parametrize(
    "charset",
    ["utf-7", "utf-16", "utf-16-be", "utf-32", "unicode_escape", "idna", "punycode", "iso-2022-kr", "hz", "cp65001"],
)
@given(octets=st.binary(max_size=60))
def test_no_character_set_of_a_name_makes_a_scan_fail(charset, octets):
    quoted = b"".join(b"%%%02X" % octet for octet in octets)
    name = b"attachment; filename*=" + charset.encode() + b"''" + quoted + b".exe"
    report = SCANNER.scan(
        b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: "
        + name
        + b"\r\n\r\nMZ\r\n--b--\r\n",
        kind="message",
    )
    assert "inspection-failed" not in {finding.code for finding in report.findings}
    json.encode(report)


@given(st.text('ab"\\\\()', max_size=30))
def test_comments_are_dropped_as_the_grammar_nests_them(text):
    kept, depth, quoted, escaped = "", 0, False, False
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\" and (quoted or depth):
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth += 1
            continue
        elif letter == ")" and depth:
            depth -= 1
            continue
        kept += letter * (not depth)
    assert without_comments(text.encode()) == kept.encode()


@given(st.text('ab"\\\\', max_size=30))
def test_backslashes_are_dropped_and_what_they_escape_stays(text):
    assert unescaped(text.encode()) == re.sub(rb"\\(.)", rb"\1", (text + "x").encode(), flags=re.DOTALL)[:-1]
