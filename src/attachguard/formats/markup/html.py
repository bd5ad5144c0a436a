"""HTML pages and HTML applications: script, handlers, redirects, frames, forms, and files smuggled in script.

A page is text with tags; it becomes a program through script elements, `on…` attributes and script URLs, and reaches out through frames, objects,
forms and refreshes. As a mail's body the same page is shown by a mail client, which loads pictures at most: there, remote pictures and style
sheets are nothing special, and script has a code of its own.

The tags are read by our own tokenizer: the library parsers build a tree, which costs a hundred times as much and is unbounded on hostile input.

References: HTML standard, "Tokenization", "Scripting", "Forms"; Microsoft "HTML Applications".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.markup.active import page_facts
from attachguard.formats.markup.page import read_page
from attachguard.formats.markup.shared import ascii_markup, pack_names
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"html", "xhtml", "hta", "htc"})
LIMITATIONS: Final = (
    "Script is not run: a payload that only running script can decode (a cipher, a download) is seen as script and not as a file.",
    "Style sheets are not read: what they load is not reported.",
)
EXTRACTS: Final = "Script for the rules, files that are smuggled in script or in data URLs."
DETECTS: Final = (
    "Script, handlers, script links, redirects, frames, forms that post elsewhere, content from elsewhere, HTML "
    "applications, HTML smuggling."
)

_BODY_NAMES: Final = pack_names("script iframe frame object embed applet meta form input")
_FILE_NAMES: Final = pack_names("script iframe frame object embed applet meta form input img link")


def inspect(part: Part) -> Iterator[Fact]:
    """What the page does, and the documents inside it."""
    data = part.once(ascii_markup)
    names = _BODY_NAMES if part.role == "body" else _FILE_NAMES
    page, _ = read_page(part, data, names, xml=part.is_a("xhtml") and not part.is_a("html", "hta"))
    yield from page_facts(part, page, data, "HTML")
