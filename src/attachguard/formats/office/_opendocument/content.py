"""What OpenDocument content refers to and what it does by itself (ODF 1.3 part 3).

Sections, tables, pictures and objects may be fetched from elsewhere (19.910 xlink:href); DDE links name a program, a topic and an item (14.6.4,
14.6.5); event listeners call a macro when something happens (10.3.19, 14.4.2).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Final

from attachguard.errors import LimitExceeded
from attachguard.formats.archive.members import shown
from attachguard.formats.office._office.opc import attributes
from attachguard.later import later
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.references import USES, Use, found_in, kind_of

_MOST: Final = 20
_DDE: Final = later(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(?:dde-source|dde-connection-decl)\s([^<>]*)>")
_LISTENER: Final = later(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?event-listener\s([^<>]*)>")
#: Addresses of links that a click follows and that do not lead to the web, a mailbox or a place in the document.
_FOLLOWED: Final = later(
    rb"href\s{0,8}=\s{0,8}[\"']\s{0,8}((?!https?:|mailto:|#|vnd\.sun\.star)(?:[A-Za-z][\w+.-]{1,40}:|[\\/]{2})[^\"']{1,1000})"
)
#: Links that a reader clicks on, and that call a macro.
_CLICKED: Final = later(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(?:a|area-rectangle|area-circle|area-polygon|button)\s[^<>]{0,2000}?"
    rb"href\s{0,8}=\s{0,8}[\"']((?:vnd\.sun\.star\.script|macro):[^\"'<>]{1,500})"
)
#: Functions in a cell's formula that start a program, or fetch something without a click.
_FORMULA: Final = later(
    rb"formula\s{0,8}=\s{0,8}\"(?:of:|msoxl:|oooc:)?=(?:[^\"<>]{0,500}[^\"<>\w.])?(DDE|WEBSERVICE)\(([^\"<>]{1,300})"
)
_SCRIPT: Final = later(r"vnd\.sun\.star\.script:|macro:", re.IGNORECASE)


def active_content(part: Part, texts: list[tuple[str, bytes]]) -> Iterator[Finding]:
    """DDE links and calls of macros."""
    said: dict[tuple[str, str], None] = {}
    for _, text in texts:
        if b"dde-" in text:
            for rest in _DDE.findall(text)[:_MOST]:
                values = attributes(rest)
                link = f"DDE link: {shown(values.get('dde-application', ''))}|{shown(values.get('dde-topic', ''))}"
                said["dde-link", link] = None
        if b"event-listener" in text:
            for rest in _LISTENER.findall(text)[:1000]:
                values = attributes(rest)
                target = values.get("href", "") or values.get("macro-name", "")
                if _SCRIPT.match(target) or values.get("macro-name"):
                    call = f"macro call: {shown(values.get('event-name', 'event'))} calls {shown(target)}"
                    said["odf-macro-call", call] = None
        said.update(dict.fromkeys(_calls(text)))
    for kind, detail in list(said)[:_MOST]:
        yield part.finding(kind, detail)


def _calls(text: bytes) -> Iterator[tuple[str, str]]:
    """Links that call a macro, and formulas that start a program."""
    if b"vnd.sun.star.script:" in text or b"macro:" in text:
        for target in _CLICKED.findall(text)[:_MOST]:
            yield "odf-macro-call", f"macro call: a click calls {shown(unescape(target.decode('utf-8', 'replace')))}"
    if b"DDE(" in text:
        for function, arguments in _FORMULA.findall(text)[:_MOST]:
            if function == b"DDE":
                yield "dde-formula", f"DDE formula: DDE({shown(unescape(arguments.decode('utf-8', 'replace')))}"


def links(part: Part, texts: list[tuple[str, bytes]]) -> Iterator[Finding]:
    """Content that is fetched from outside when the document is opened, and links that do more than lead somewhere."""
    said: dict[tuple[str, str], None] = {}
    for _, text in texts:
        part.budget.look("references in documents", text.count(b"href") // REFERENCES)
        if b"WEBSERVICE(" in text:
            for function, arguments in _FORMULA.findall(text):
                if function == b"WEBSERVICE":
                    words = unescape(arguments.decode("utf-8", "replace"))
                    kind, _address = found_in(USES["function"], words.lstrip(' "'))
                    said[kind or "fetching-function", f"spreadsheet function WEBSERVICE: {shown(words)}"] = None
        for kind, detail in references(text):
            said.setdefault((kind, detail))
    counts: Counter[str] = Counter()
    for kind, detail in said:
        counts[kind] += 1
        if counts[kind] <= _MOST:
            yield part.finding(kind, detail)


def references(text: bytes) -> Iterator[tuple[str, str]]:
    """Kind and detail of each reference in some content that is worth saying, each once.

    Raises:
        LimitExceeded: there are more than any document has.
    """
    seen: set[tuple[bytes, bytes]] = set()
    for number, (use, href) in enumerate(_addresses(text)):
        if number >= _MOST_REFERENCES:
            raise LimitExceeded("parts", f"more than {_MOST_REFERENCES} references in one document")
        if href is None:
            continue
        # Of an address of the web the host decides; a document has many of one host.
        host = href.find(b"/", 8) if href.startswith((b"http://", b"https://")) else -1
        key = use.words.encode(), href[:host] if host > 0 else href[:_SEEN]
        if key in seen:
            continue
        seen.add(key)
        address_text = unescape(href.decode("utf-8", "replace"))
        kind = kind_of(use, address_text)
        if kind:
            yield kind, f"{use.words}: {shown(address_text)}"


def _addresses(text: bytes) -> Iterator[tuple[Use, bytes | None]]:
    """What each element that loads something and each link is for, and the address; None for an element without one."""
    for match in _LOADED.finditer(text):
        address = _HREF.search(match[2])
        yield LOADED[match[1]], address[1] or address[2] or b"" if address is not None else None
    for match in _FOLLOWED.finditer(text):
        yield USES["link"], match[1]


_OBJECT: Final = Use("linked object", "code", "opening", "ole-link")
_TABLE: Final = Use("linked table", "data", "update")
#: What is loaded with the document, by the name of its element. LibreOffice asks first for sections and tables.
LOADED: Final[dict[bytes, Use]] = {
    b"image": USES["picture"],
    b"background-image": USES["picture"],
    b"fill-image": USES["picture"],
    b"font-face-uri": USES["font"],
    b"object": _OBJECT,
    b"object-ole": USES["object"]._replace(anywhere=False),
    b"plugin": _OBJECT._replace(words="plugin"),
    b"applet": _OBJECT._replace(words="applet"),
    b"floating-frame": USES["frame"]._replace(anywhere=False),
    b"section-source": USES["text"]._replace(words="linked section"),
    b"table-source": _TABLE,
    b"cell-range-source": _TABLE._replace(words="linked cells"),
    b"database-source-table": _TABLE,
    b"database-row-set": _TABLE,
    b"connection-resource": USES["connection"],
    b"template": USES["template"],
    b"auto-reload": Use("page that replaces this one", "code", "opening"),
    b"form": Use("form target", "data", "click"),
}
#: References of one document that are looked at.
_MOST_REFERENCES: Final = 100_000
#: So many of them are looked at in the time of one look, see `Budget.spare`.
REFERENCES: Final = 4
#: Bytes of an address by which it is known again.
_SEEN: Final = 300
_HREF: Final = later(rb"href\s{0,8}=\s{0,8}(?:\"([^\"]*)\"|'([^']*)')")
_LOADED: Final = later(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?("
    + b"|".join(sorted(LOADED, reverse=True))
    + rb""")\s([^<>"']*+(?:"[^<"]*+"[^<>"']*+|'[^<']*+'[^<>"']*+)*+)"""
)
