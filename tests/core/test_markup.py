"""The tokenizer of markup: which tags it hands over, alike compiled and uncompiled."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path

import pytest

import attachguard._core
from attachguard._core import foreign, markup
from attachguard.formats.markup.shared import pack_names

NAMES = pack_names("script iframe form")


def tags(data, *, xml=False):
    found, _ = (
        markup.xml_tags(data, 0, NAMES, 1000) if xml else markup.html_tags(data, 0, NAMES, 1000, foreign.opened())
    )
    return [(why, data[start:end]) for why, start, end, _, _ in found]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<p><IFRAME src=x>", [(markup.NAMED, b"IFRAME")]),
        (b"<p title='<iframe>'>", []),
        (b"<script>if (a<b) x='<iframe>'</script><form>", [(markup.NAMED, b"script"), (markup.NAMED, b"form")]),
        (b"<!-- <iframe> --><form>", [(markup.NAMED, b"form")]),
        (b"<!-- <iframe>", []),
        (b"<!--><iframe>-->", [(markup.NAMED, b"iframe")]),
        (b"<p onclick = x>", [(markup.HANDLER, b"p")]),
        (b"<p onclick>", []),
        (b"<p onclick=x", []),
        (b"<a href='\n javascript:x'>", [(markup.SCHEME, b"a")]),
        (b"<a href=date>", [(markup.SCHEME, b"a")]),
        (b"<a download>", [(markup.DOWNLOAD, b"a")]),
        (b"< iframe>", []),
        (b"</p x='><form>'><iframe>", [(markup.NAMED, b"iframe")]),
        (b"<title><!--</title><form>--></title>", [(markup.NAMED, b"form")]),
        (b"<svg><title><!--</title><form>--></title>", []),
        (b"<noscript><form></noscript>", [(markup.NOSCRIPT, b"noscript")]),
        (b"<!--[if mso]><form><![endif]-->", [(markup.CONDITIONAL, b"")]),
        (b"<script><!--<script></script><form></script>", [(markup.NAMED, b"script")]),
        (b"<plaintext><form>", []),
    ],
)
def test_tags_worth_a_look(data, expected):
    assert tags(data) == expected


def test_cdata_is_text_in_a_drawing_only():
    assert tags(b"<svg><![CDATA[<form>]]></svg>") == []
    assert tags(b"<![CDATA[<x><form>]]>") == [(markup.NAMED, b"form")]


def test_a_prefix_means_nothing_in_html():
    assert tags(b"<x:iframe>") == []
    assert tags(b"<x:iframe/>", xml=True) == [(markup.NAMED, b"x:iframe")]


@pytest.mark.parametrize(
    "data",
    [b"<svg></p><style>", b"<select><title>", b"<frameset><style>", b"<math><mi></table>", b"<svg>" * 5000],
)
def test_what_readers_differ_on_is_noted(data):
    state = foreign.opened()
    markup.html_tags(data, 0, NAMES, 10_000, state)
    assert state[0] > 0


def test_the_next_call_goes_on_where_the_last_stopped():
    data = b"<form>" * 10
    state = foreign.opened()
    first, place = markup.html_tags(data, 0, NAMES, 4, state)
    second, end = markup.html_tags(data, place, NAMES, 100, state)
    assert len(first) == 4
    assert len(second) == 6
    assert end == len(data)


def load_source(name):
    source = Path(attachguard._core.__file__).parent / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"uncompiled_{name}", source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_both_forms_of_the_core_agree(monkeypatch):
    # The one stands on the other, so its source has to come first.
    monkeypatch.setitem(sys.modules, "attachguard._core.markuptokens", load_source("markuptokens"))
    pure = load_source("markup")
    letters = b"<|script|>|</|\"|'|=| |onx|<!--|-->|--!>|<![CDATA[|]]>|a|/|<?|:|&|svg|math|title|style|select|desc|p|mi|noscript|table".split(
        b"|"
    )
    choice = random.Random(1)
    for _ in range(3000):
        data = b"".join(choice.choices(letters, k=choice.randrange(1, 25)))
        assert markup.xml_tags(data, 0, NAMES, 100) == pure.xml_tags(data, 0, NAMES, 100)
        here, there = foreign.opened(), foreign.opened()
        assert markup.html_tags(data, 0, NAMES, 100, here) == pure.html_tags(data, 0, NAMES, 100, there)
        assert here == there
