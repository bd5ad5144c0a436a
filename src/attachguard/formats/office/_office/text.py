"""Elements of Open XML parts that do something by themselves: fields, links over DDE, connections, callbacks, actions.

ECMA-376 part 1: 17.16 (fields of Word), 21.1.2.3.5 (actions), 22.2.2.14 (base of hyperlinks); [MS-CUSTOMUI]; [MS-OWEXML]. What workbooks hold is
read in `booktext`. Each part is recognised by its root element, so a part under a strange name is looked at like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape
from itertools import islice
from typing import Final

from attachguard._core.needles import find, holds, holds_any
from attachguard.errors import LimitExceeded
from attachguard.formats.archive.members import shown
from attachguard.formats.office._office import booktext
from attachguard.formats.office._office.booktext import some_of_each
from attachguard.formats.office._office.fields import TELLING, field_facts
from attachguard.formats.office._office.opc import Text, attributes
from attachguard.inspector import Fact
from attachguard.later import later
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.references import USES, kind_of

_MOST: Final = 20
_FIELDS_MOST: Final = 100_000
#: What looking at an address takes, see `Budget.spare`.
_LOOKS: Final = 2
_CODE_BYTES: Final = 8192

_FIELD_TOKEN: Final = later(
    rb"""<(?:[A-Za-z_][\w.-]{0,63}:)?(?:(fldChar)\s([^<>]{0,2000})|instrText(?:\s[^<>]{0,2000})?)>"""
)
_CHARACTER_KIND: Final = later(rb"""fldCharType\s*=\s*["']\s*(\w+)""")
_SIMPLE_FIELD: Final = later(
    rb"""<(?:[A-Za-z_][\w.-]{0,63}:)?fldSimple\s[^<>]{0,2000}?instr\s*=\s*(?:"([^"]*)"|'([^']*)')"""
)
_DRAWN: Final = later(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(?:imagedata|fill|stroke)\s[^<>]{0,2000}?\bsrc\s{0,8}=\s{0,8}(?:\"([^\"<]{1,2000})|'([^'<]{1,2000}))"
)
_DRAWN_LINK: Final = later(
    rb"<v:[a-z]{2,12}\s[^<>]{0,2000}?\bhref\s{0,8}=\s{0,8}(?:\"([^\"<]{1,2000})|'([^'<]{1,2000}))", re.IGNORECASE
)
_DRAWN_BY: Final = (b"imagedata", b":fill")
_CALLBACK: Final = later(
    rb"""\s(on[A-Z][A-Za-z]{2,30}|get[A-Z][A-Za-z]{2,30}|loadImage)\s*=\s*["']([^"']{1,200})["']"""
)
_ACTION: Final = later(rb"""action\s*=\s*["']ppaction://(program|macro|ole)\b([^"']{0,200})""")
_BASE: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?HyperlinkBase>([^<]{1,2000})")
_STORE: Final = later(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?reference\s([^<>]{0,4000})>")

#: The page that a picture of a film stands for ([MS-DOCX] 2.5.4.2).
_VIDEO: Final = later(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?webVideoPr\s[^<>]{0,300}?embeddedHtml\s*=\s*\"([^\"]{1,2000})")


def active_texts(part: Part, texts: list[Text]) -> Iterator[Fact]:
    """What the XML parts do by themselves."""
    for _name, text, root in texts:
        # Themes are full of fills; only those with an address are looked for, by an expression that has to try each element.
        if holds(text, b"src") and holds_any(text, _DRAWN_BY):
            yield from _drawn(part, text, _DRAWN, "picture")
        if holds(text, b"<v:") and holds(text, b"href="):
            yield from _drawn(part, text, _DRAWN_LINK, "link")
        look = _BY_ROOT.get(root)
        if look is not None:
            yield from look(part, text)
        elif not root:
            for look in _ALL:
                yield from look(part, text)


def _drawn(part: Part, text: bytes, pattern: re.Pattern[bytes], use: str) -> Iterator[Finding]:
    """Addresses of VML ([MS-OI29500] 3.1.2, ECMA-376 part 4, 19.1.2.11): not by a relationship, as all others are."""
    said: dict[tuple[str, str], None] = {}
    for match in _within(pattern.finditer(text)):
        part.budget.look("addresses of drawings", _LOOKS)
        address = unescape((match[1] or match[2]).decode("utf-8", "replace"))
        kind = kind_of(USES[use], address)
        if kind:
            said.setdefault((kind, f"{USES[use].words}: {shown(address)}"))
    yield from some_of_each(part, said)


# -- Word --------------------------------------------------------------------------------------------------------------


def _fields(part: Part, text: bytes) -> Iterator[Fact]:
    """Fields that start a conversation with a program, or fetch something; pages that films stand for."""
    if holds(text, b"webVideoPr"):
        for number, page in enumerate(dict.fromkeys(_VIDEO.findall(text)[:_MOST]), 1):
            markup = unescape(page.decode("utf-8", "replace"))
            yield part.finding("web-video", f"web video: {shown(markup)}")
            yield part.child(
                f"video-{number}.html",
                partial(markup.encode, "utf-8", "replace"),
                role="embedded",
                declared="text/html",
            )
    instructions = _all_instructions(text)
    if instructions and TELLING.search(instructions):
        yield from field_facts(part, (code for code in _codes(text) if TELLING.search(code)))


def _all_instructions(text: bytes) -> str:
    """All field instructions of a part run together, so that a keyword is found however it is split over runs."""
    pieces: list[bytes] = []
    at = find(text, b"instrText", 0, len(text))
    while at >= 0 and len(pieces) < _FIELDS_MOST:
        start = text.find(b">", at) + 1
        end = text.find(b"</", start)
        if not start or end < 0:
            break
        pieces.append(text[start:end])
        at = find(text, b"instrText", end + 12, len(text))
    if holds(text, b"fldSimple"):
        pieces += [match[1] or match[2] for match in islice(_SIMPLE_FIELD.finditer(text), _FIELDS_MOST)]
    return _plain(b"".join(pieces))


def _within(found: Iterator[re.Match[bytes]]) -> Iterator[re.Match[bytes]]:
    """Fields or pieces of them, up to the bound."""
    for count, match in enumerate(found):
        if count >= _FIELDS_MOST:
            raise LimitExceeded("parts", f"more than {_FIELDS_MOST} fields in one part")
        yield match


def _codes(text: bytes) -> Iterator[str]:
    """The instruction of each field: what stands between its begin and its separator, nested fields apart (17.16.18)."""
    for match in _within(_SIMPLE_FIELD.finditer(text)):
        yield _plain(match[1] or match[2] or b"")
    open_fields: list[list[bytes]] = [[]]
    for token in _within(_FIELD_TOKEN.finditer(text)):
        if token.group(1) is None:
            end = text.find(b"</", token.end(), token.end() + _CODE_BYTES)
            if end < 0:
                end = token.end() + _CODE_BYTES
            if not token.group(0).endswith(b"/>"):
                open_fields[-1].append(text[token.end() : end])
            continue
        kind = _CHARACTER_KIND.search(token.group(2))
        word = kind.group(1).lower() if kind else b""
        if word == b"begin" and len(open_fields) < 100:
            open_fields.append([])
        elif word in (b"separate", b"end") and len(open_fields) > 1:
            yield _plain(b"".join(open_fields.pop()))
            if word == b"separate":
                open_fields.append([])
    for rest in open_fields:
        if rest:
            yield _plain(b"".join(rest))


def _plain(code: bytes) -> str:
    """The text of an instruction without what XML wraps around it."""
    code = code.replace(b"<![CDATA[", b"").replace(b"]]>", b"")
    if b"<!--" in code:
        first, *rest = code.split(b"<!--")
        code = b"".join([first, *(piece.partition(b"-->")[2] for piece in rest)])
    text = code.decode("utf-8", "replace")
    return (unescape(text) if "&" in text else text).lstrip(' \t\r\n"')


# -- all of them -------------------------------------------------------------------------------------------------------


def _properties(part: Part, text: bytes) -> Iterator[Finding]:
    """What links without a host are taken to follow (part 1, 22.2.2.14)."""
    for base in _BASE.findall(text)[:1]:
        address = unescape(base.decode("utf-8", "replace")).strip()
        kind = kind_of(USES["link"], address)
        if kind:
            yield part.finding(kind, f"base of hyperlinks: {shown(address)}")


def _custom_ui(part: Part, text: bytes) -> Iterator[Finding]:
    """Ribbon elements that call macros, [MS-CUSTOMUI] 2.2."""
    found = _CALLBACK.findall(text)
    if found:
        names = ", ".join(
            dict.fromkeys(f"{event.decode()}={shown(name.decode('utf-8', 'replace'))}" for event, name in found[:3])
        )
        yield part.finding("ribbon-callback", f"ribbon callback: {names}")


def _slide(part: Part, text: bytes) -> Iterator[Finding]:
    if holds(text, b"ppaction://"):
        for kind, rest in dict.fromkeys(_ACTION.findall(text)[:_MOST]):
            words = {b"program": "starts a program", b"macro": "runs a macro", b"ole": "opens an object"}[kind]
            yield part.finding(
                "slide-action", f"PowerPoint action: {words} {shown(rest.decode('utf-8', 'replace'))}".rstrip()
            )


def _web_extension(part: Part, text: bytes) -> Iterator[Finding]:
    """A web add-in that the document brings along, [MS-OWEXML] 2.2."""
    for rest in _STORE.findall(text)[:1]:
        values = attributes(rest)
        yield part.finding(
            "office-add-in", f"Office add-in: {shown(values.get('id', ''))} from {shown(values.get('storeType', ''))}"
        )


_BY_ROOT: Final[dict[bytes, Callable[[Part, bytes], Iterator[Fact]]]] = {
    **dict.fromkeys(
        (b"document", b"hdr", b"ftr", b"footnotes", b"endnotes", b"comments", b"glossaryDocument"), _fields
    ),
    **dict.fromkeys((b"sld", b"sldLayout", b"sldMaster", b"handoutMaster", b"notes", b"notesMaster"), _slide),
    b"worksheet": booktext.sheet,
    b"workbook": booktext.book,
    b"externalLink": booktext.external_link,
    b"connections": booktext.connections,
    b"customUI": _custom_ui,
    b"Properties": _properties,
    b"webextension": _web_extension,
}
#: For a part whose root element is out of sight.
_ALL: Final = tuple(dict.fromkeys(_BY_ROOT.values()))
