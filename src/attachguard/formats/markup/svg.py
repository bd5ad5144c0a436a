"""SVG drawings: script, handlers, script links, things loaded from elsewhere, data in URLs.

SVG is XML that a browser runs like a page: `script`, `on…` attributes, script URLs in links and in animations of links, and any HTML inside
`foreignObject`. A drawing without these is a picture. `svgz` is the same in gzip, and unpacked there.

Why our own: an XML parser costs more than our tokenizer and gives up where browsers go on.

References: SVG 2 (chapters 15 "Scripting and interactivity", 16 "Linking"), SVG 1.1 appendix J.1 (svgz).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.markup.active import page_facts
from attachguard.formats.markup.page import read_page
from attachguard.formats.markup.plainxml import xml_markup
from attachguard.formats.markup.prolog import prolog_facts
from attachguard.formats.markup.shared import ascii_markup, is_remote, pack_names, shown, url_text
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"svg"})
LIMITATIONS: Final = (
    "Script is not run.",
    "A drawing inside a data: URL of a picture element is not looked into: browsers do not run it.",
)
EXTRACTS: Final = "Script for the rules, images and files in data URLs."
DETECTS: Final = "Script, handlers, script links, content from elsewhere."

_NAMES: Final = pack_names(
    "script iframe frame object embed applet meta form input img image feimage use link animate set"
)
_STYLE_URL: Final = re.compile(
    rb"(?:url\(|@import)\s{0,20}[\"']?\s{0,20}((?:https?:|ftp:)?//[^\s\"')]{1,200}|\\\\[^\s\"')]{1,200})", re.IGNORECASE
)


def inspect(part: Part) -> Iterator[Fact]:
    """What the drawing does."""
    raw = part.once(ascii_markup)
    if b"<!DOCTYPE" in raw or raw.find(b"<?", 2) >= 0:
        yield from prolog_facts(part, raw)
    data = part.once(xml_markup)
    page = read_page(part, data, _NAMES, xml=True)
    yield from page_facts(part, page, data, "SVG")
    if b"url(" in data or b"@import" in data:
        match = _STYLE_URL.search(data)
        if match is not None and is_remote(url_text(match[1])):
            yield part.finding("svg-style-sheet", f"SVG style: {shown(url_text(match[1]))}")
