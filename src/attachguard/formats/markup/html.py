"""HTML pages and HTML applications: script, handlers, redirects, frames, forms, and files smuggled in script.

A page is text with tags; it becomes a program through script elements, `on…` attributes and script URLs, and reaches out through frames, objects,
forms and refreshes. As a mail's body the same page is shown by a mail client, which loads pictures at most: there, remote pictures and style
sheets are nothing special, and script has a code of its own.

Why our own: the library parsers build a tree, which costs a hundred times as much as our tokenizer and is unbounded on hostile input.

References: HTML standard, "Tokenization", "Scripting", "Forms"; Microsoft "HTML Applications".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.markup.active import page_facts
from attachguard.formats.markup.collected import Page
from attachguard.formats.markup.page import read_page
from attachguard.formats.markup.plainxml import xml_markup
from attachguard.formats.markup.prolog import prolog_facts
from attachguard.formats.markup.shared import ascii_markup, pack_names, readings
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"html", "xhtml", "hta", "htc"})
LIMITATIONS: Final = (
    "Script is not run: a payload that only running script can decode (a cipher, a download) is seen as script and not as a file.",
    "Pictures and fonts of the web that style sheets load are not reported.",
)
EXTRACTS: Final = "Script for the rules, files that are smuggled in script or in data URLs."
DETECTS: Final = (
    "Script, handlers, script links, redirects, frames, forms that post elsewhere, content from elsewhere, HTML "
    "applications, HTML smuggling."
)

_BODY_NAMES: Final = pack_names("script iframe frame object embed applet meta form input")
_FILE_NAMES: Final = pack_names("script iframe frame object embed applet meta form input img source link animate set")
#: Names of files that browsers read as HTML, whatever stands in them.
_HTML_NAMES: Final = frozenset({"htm", "html", "shtml", "shtm", "hta", "htc", "htt", "asp", "aspx", "odc"})


def inspect(part: Part) -> Iterator[Fact]:
    """What the page does, and the documents inside it."""
    names = _BODY_NAMES if part.role == "body" else _FILE_NAMES
    page: Page | None = None
    data = b""
    if (
        not part.is_a("xhtml")
        or part.is_a("html", "hta", "htc")
        or part.extension in _HTML_NAMES
        or part.role == "body"
    ):
        for reading in readings(part):
            seen = read_page(part, reading, names, xml=False, busy=page.busy if page is not None else 0)
            if page is None:
                page, data = seen, reading
            else:
                page.add(seen)
    if part.is_a("xhtml"):
        raw = part.once(ascii_markup)
        if b"<!DOCTYPE" in raw or raw.find(b"<?", 2) >= 0:
            yield from prolog_facts(part, raw)
        reading = part.once(xml_markup)
        seen = read_page(part, reading, names, xml=True, busy=page.busy if page is not None else 0)
        if page is None:
            page, data = seen, reading
        else:
            page.add(seen)
    if page is not None:
        yield from page_facts(part, page, data, "HTML")
