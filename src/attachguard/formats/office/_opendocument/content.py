"""What OpenDocument content refers to and what it does by itself (ODF 1.3 part 3).

Sections, tables, pictures and objects may be fetched from elsewhere (19.910 xlink:href); DDE links name a program, a topic and an item (14.6.4,
14.6.5); event listeners call a macro when something happens (10.3.19, 14.4.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from attachguard.formats.archive.members import shown
from attachguard.formats.office._office.links import ole_link
from attachguard.formats.office._office.opc import attributes
from attachguard.model import Finding
from attachguard.part import Part

_MOST: Final = 20
_DDE: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(?:dde-source|dde-connection-decl)\s([^<>]*)>")
_LISTENER: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?event-listener\s([^<>]*)>")
#: Elements whose target is loaded with the document; links that a reader clicks on are `a` and `area-rectangle`.
_LOADED: Final = re.compile(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(image|object|object-ole|floating-frame|plugin|applet|section-source|table-source|cell-range-source|background-image"
    rb"|fill-image|database-source-table|database-row-set|connection-resource|form|template|auto-reload)\s([^<>]*)>"
)
_OUTSIDE: Final = re.compile(
    r"(?:https?|ftps?|smb|webdav|dav|vnd\.[\w.-]+)://|file:/{2,5}(?!/?[a-z](?::|%3a|\|)/)[^/]|\\\\|//[^/]",
    re.IGNORECASE,
)
#: Links that a reader clicks on, and that call a macro.
_CLICKED: Final = re.compile(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(?:a|area-rectangle|area-circle|area-polygon|button)\s[^<>]{0,2000}?"
    rb"href\s{0,8}=\s{0,8}[\"']((?:vnd\.sun\.star\.script|macro):[^\"'<>]{1,500})"
)
#: Functions in a cell's formula that start a program, or fetch something without a click.
_FORMULA: Final = re.compile(
    rb"formula\s{0,8}=\s{0,8}\"(?:of:|msoxl:|oooc:)?=(?:[^\"<>]{0,500}[^\"<>\w.])?(DDE|WEBSERVICE)\(([^\"<>]{1,300})"
)
_SCRIPT: Final = re.compile(r"vnd\.sun\.star\.script:|macro:", re.IGNORECASE)


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
    """Content that is fetched from outside when the document is opened."""
    said: dict[tuple[str, str], None] = {}
    for _, text in texts:
        if b"://" not in text and b"\\\\" not in text and b'"//' not in text:
            continue
        if b"WEBSERVICE(" in text:
            for function, arguments in _FORMULA.findall(text)[:_MOST]:
                if function == b"WEBSERVICE":
                    address = shown(unescape(arguments.decode("utf-8", "replace")))
                    said["fetching-function", f"spreadsheet function WEBSERVICE: {address}"] = None
        for element, rest in _LOADED.findall(text):
            if b"href" not in rest:
                continue
            target = attributes(rest).get("href", "")
            if _OUTSIDE.match(target):
                said[_kind(element, target), f"{_WORDS.get(element, element.decode())}: {shown(target)}"] = None
                if len(said) >= _MOST:
                    break
    for kind, detail in list(said)[:_MOST]:
        yield part.finding(kind, detail)


def _kind(element: bytes, target: str) -> str:
    if element == b"object-ole":
        return ole_link(target)
    return "attached-template" if element == b"template" else "fetched-content"


_WORDS: Final = {
    b"image": "linked picture",
    b"object": "linked object",
    b"object-ole": "linked OLE object",
    b"floating-frame": "frame",
    b"section-source": "linked section",
    b"table-source": "linked table",
    b"cell-range-source": "linked cells",
    b"template": "attached template",
    b"auto-reload": "page that replaces this one",
    b"form": "form target",
}
