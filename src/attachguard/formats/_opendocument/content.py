"""What OpenDocument content refers to and what it does by itself (ODF 1.3 part 3).

Sections, tables, pictures and objects may be fetched from elsewhere (19.910 xlink:href); DDE links name a program, a topic and an item (14.6.4,
14.6.5); event listeners call a macro when something happens (10.3.19, 14.4.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.formats._archive.members import shown
from attachguard.formats._office.opc import attributes
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
_SCRIPT: Final = re.compile(r"vnd\.sun\.star\.script:|macro:", re.IGNORECASE)


def active_content(part: Part, texts: list[tuple[str, bytes]]) -> Iterator[Finding]:
    """DDE links and calls of macros."""
    said: dict[str, None] = {}
    for _, text in texts:
        if b"dde-" in text:
            for rest in _DDE.findall(text)[:_MOST]:
                values = attributes(rest)
                said[f"DDE link: {shown(values.get('dde-application', ''))}|{shown(values.get('dde-topic', ''))}"] = (
                    None
                )
        if b"event-listener" in text:
            for rest in _LISTENER.findall(text)[:1000]:
                values = attributes(rest)
                target = values.get("href", "") or values.get("macro-name", "")
                if _SCRIPT.match(target) or values.get("macro-name"):
                    said[f"macro call: {shown(values.get('event-name', 'event'))} calls {shown(target)}"] = None
    for detail in list(said)[:_MOST]:
        yield part.finding("active-content", detail)


def links(part: Part, texts: list[tuple[str, bytes]]) -> Iterator[Finding]:
    """Content that is fetched from outside when the document is opened."""
    said: dict[str, None] = {}
    for _, text in texts:
        if b"://" not in text and b"\\\\" not in text and b'"//' not in text:
            continue
        for element, rest in _LOADED.findall(text):
            if b"href" not in rest:
                continue
            target = attributes(rest).get("href", "")
            if _OUTSIDE.match(target):
                said[f"{_WORDS.get(element, element.decode())}: {shown(target)}"] = None
                if len(said) >= _MOST:
                    break
    for detail in list(said)[:_MOST]:
        yield part.finding("external-reference", detail)


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
