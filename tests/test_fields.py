"""Structured header fields are read as mail clients read them, and broken ones never raise."""

from __future__ import annotations

import email.header
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attachguard.mail.fields import decode_words, parse_value


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
