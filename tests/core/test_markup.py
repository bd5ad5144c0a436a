"""The tokenizer of markup: which tags it hands over, alike compiled and uncompiled."""

from __future__ import annotations

import importlib.util
import random

import pytest

from attachguard._core import markup
from attachguard.formats.markup.shared import pack_names

NAMES = pack_names("script iframe form")


def load_source(module):
    source = (
        f"{module.__file__.rpartition('.cpython')[0].removesuffix('.py') or module.__file__.removesuffix('.py')}.py"
    )
    spec = importlib.util.spec_from_file_location("uncompiled", source)
    pure = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pure)
    return pure


def tags(data, *, xml=False):
    return [(why, data[start:end]) for why, start, end, _, _ in markup.tags(data, 0, NAMES, xml, 1000)[0]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<p><IFRAME src=x>", [(markup.NAMED, b"IFRAME")]),
        (b"<p title='<iframe>'>", []),
        (b"<script>if (a<b) x='<iframe>'</script><form>", [(markup.NAMED, b"script"), (markup.NAMED, b"form")]),
        (b"<!-- <iframe> --><form>", [(markup.NAMED, b"form")]),
        (b"<!-- <iframe>", [(markup.NAMED, b"iframe")]),
        (b"<p onclick = x>", [(markup.HANDLER, b"p")]),
        (b"<p onclick>", []),
        (b"<a href='\n javascript:x'>", [(markup.SCHEME, b"a")]),
        (b"<a href=date>", [(markup.SCHEME, b"a")]),
        (b"<a download>", [(markup.DOWNLOAD, b"a")]),
        (b"< iframe>", []),
        (b"<x:iframe>", [(markup.NAMED, b"x:iframe")]),
    ],
)
def test_tags_worth_a_look(data, expected):
    assert tags(data) == expected


def test_cdata_is_text_in_xml_only():
    data = b"<![CDATA[<form>]]>"
    assert tags(data, xml=True) == []
    assert tags(data) == [(markup.NAMED, b"form")]


def test_the_next_call_goes_on_where_the_last_stopped():
    data = b"<form>" * 10
    first, place = markup.tags(data, 0, NAMES, False, 4)
    second, end = markup.tags(data, place, NAMES, False, 100)
    assert len(first) == 4
    assert len(second) == 6
    assert end == len(data)


def test_both_forms_of_the_core_agree():
    pure = load_source(markup)
    letters = [
        b"<",
        b"script",
        b">",
        b"</",
        b'"',
        b"'",
        b"=",
        b" ",
        b"onx",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"a",
        b"/",
        b"<?",
        b":",
        b"&",
    ]
    choice = random.Random(1)
    for _ in range(3000):
        data = b"".join(choice.choices(letters, k=choice.randrange(1, 25)))
        for xml in (False, True):
            assert markup.tags(data, 0, NAMES, xml, 100) == pure.tags(data, 0, NAMES, xml, 100)
