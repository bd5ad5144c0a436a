r"""Playlists and folder settings: lists of what a player or the file manager fetches by itself.

`.m3u`, `.pls`, `.ram`, `.strm` and `.cue` name one address a line; `.asx`, `.wpl`, `.xspf`, `.b4s` and `.smil` are XML; `desktop.ini` names icons
and pictures of its folder. An address on another host's share makes Windows log on there; a stream from the web is what a playlist is for.

References: M3U (RFC 8216 section 4), PLS, "Windows Media Metafile Elements Reference" (ASX), XSPF 1, SMIL 3.0, Microsoft "How to Customize Folders
with Desktop.ini".

Why our own: each is a few lines of text, of which only the addresses are wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.markup.plainxml import plain
from attachguard.formats.markup.shared import ascii_markup, shown, url_text
from attachguard.part import Part
from attachguard.readers.references import USES, kind_of

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"m3u", "asx", "shellini"})
LIMITATIONS: Final = ("Only the first megabyte is read.",)
EXTRACTS: Final = "Nothing."
DETECTS: Final = "Network paths and script in playlists and folder settings."

_READ: Final = 1 << 20
_MOST: Final = 8
#: What precedes an address in a line: a key, or the quotes of an attribute.
_KEY: Final = re.compile(r"[\w.@-]{1,40}\s*=\s*")
#: An address further on in a line: in the attribute of a tag, quoted, or after the number and the word of a field.
_INSIDE: Final = re.compile(r"[\"=,*]((?:\\\\|//|[A-Za-z]{3,8}:[\\/]{2})[^\"',]{1,1000})")
_ATTRIBUTE: Final = re.compile(
    rb"(?:href|src|value|uri|image|longdesc|icon|playstring)\s*=\s*(?:\"([^\"]{1,2000})|'([^']{1,2000}))", re.IGNORECASE
)
_ELEMENT: Final = re.compile(
    rb"<(?:[\w.-]{1,40}:)?(?:location|image|identifier|info|link)\b[^<>]{0,200}>\s{0,200}([^<]{1,2000})", re.IGNORECASE
)


def inspect(part: Part) -> Iterator[Fact]:
    """Addresses that are followed when the list is opened, or the folder looked at."""
    data = part.once(ascii_markup)[:_READ]
    use = USES["icon"] if part.is_a("shellini") else USES["playlist"]
    addresses = _in_markup(data) if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else _in_lines(data)
    said: set[str] = set()
    for address in addresses:
        part.budget.look("addresses in playlists")
        kind = kind_of(use, address)
        if kind and kind not in ("remote-content", "fetched-content", "own-network-reference") and address not in said:
            said.add(address)
            yield part.finding(kind, f"{use.words}: {shown(address)}")
            if len(said) >= _MOST:
                return


def _in_lines(data: bytes) -> Iterator[str]:
    for line in data.decode("utf-8", "replace").lstrip("\ufeff").splitlines():
        text = line.strip(" \t\"'")
        key = _KEY.match(text)
        text = text[key.end() :].strip(" \t\"'") if key is not None else text
        text = text.removeprefix("#EXTALBUMARTURL:").removeprefix("#EXTIMG:")
        # Behind a comma stands the number of a picture in its file.
        if text.startswith(("\\", "/")) or ":" in text[:40]:
            yield text.removeprefix("@")
        elif text.startswith("@"):
            yield text[1:]
        for inside in _INSIDE.finditer(text):
            yield inside[1]


def _in_markup(data: bytes) -> Iterator[str]:
    text = plain(data)
    for pattern in (_ATTRIBUTE, _ELEMENT):
        for match in pattern.finditer(text):
            yield url_text(match[match.lastindex or 1])
