"""Elements of Open XML parts that do something by themselves: fields, links over DDE, connections, callbacks, actions.

ECMA-376 part 1: 17.16 (fields of Word), 18.14 (external links of Excel), 18.13 (connections), 21.1.2.3.5 (actions); [MS-CUSTOMUI]; [MS-OWEXML];
[MS-XLSB] 2.4.270 (BrtBeginSupBook). Each part is told by its root element, so a part under a strange name is looked at like any other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from itertools import islice
from typing import Final

from attachguard._core.needles import find, holds, holds_any
from attachguard.errors import LimitExceeded
from attachguard.formats.archive.members import shown
from attachguard.formats.office._office.fields import TELLING, field_facts
from attachguard.formats.office._office.opc import attributes, root_element
from attachguard.inspector import Fact
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.references import USES, found_in, kind_of

_MOST: Final = 20
_FIELDS_MOST: Final = 200_000
_CODE_BYTES: Final = 8192

_FIELD_TOKEN: Final = re.compile(
    rb"""<(?:[A-Za-z_][\w.-]{0,63}:)?(?:(fldChar)\s([^<>]{0,2000})|instrText(?:\s[^<>]{0,2000})?)>"""
)
_CHARACTER_KIND: Final = re.compile(rb"""fldCharType\s*=\s*["']\s*(\w+)""")
_SIMPLE_FIELD: Final = re.compile(
    rb"""<(?:[A-Za-z_][\w.-]{0,63}:)?fldSimple\s[^<>]{0,2000}?instr\s*=\s*(?:"([^"]*)"|'([^']*)')"""
)
_DRAWN: Final = re.compile(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(?:imagedata|fill|stroke)\s[^<>]{0,2000}?\bsrc\s{0,8}=\s{0,8}(?:\"([^\"<]{1,2000})|'([^'<]{1,2000}))"
)
_DRAWN_BY: Final = (b"imagedata", b":fill")
_DDE_LINK: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?ddeLink\s([^<>]{0,4000})>")
_CONNECTION: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(connection|dbPr|webPr|textPr)\s([^<>]{0,8000})>")
_CALLBACK: Final = re.compile(
    rb"""\s(on[A-Z][A-Za-z]{2,30}|get[A-Z][A-Za-z]{2,30}|loadImage)\s*=\s*["']([^"']{1,200})["']"""
)
_ACTION: Final = re.compile(rb"""action\s*=\s*["']ppaction://(program|macro|ole)\b([^"']{0,200})""")
_STORE: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?reference\s([^<>]{0,4000})>")

#: What stands in front of every function that is younger than the format ([MS-XLSX] 2.2.2); those that fetch without a click are.
_YOUNGER: Final = b"_xlfn."
_SERVICE: Final = re.compile(rb"_xlfn\.(WEBSERVICE|IMAGE)\(([^<>]{1,300})", re.IGNORECASE)
#: The page that a picture of a film stands for ([MS-DOCX] 2.5.4.2).
_VIDEO: Final = re.compile(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?webVideoPr\s[^<>]{0,300}?embeddedHtml\s*=\s*\"([^\"]{1,2000})"
)

_SUPPORTING_BOOK: Final = 360
_SUPPORTING_DDE: Final = 1


def active_texts(part: Part, texts: list[tuple[str, bytes]]) -> Iterator[Fact]:
    """What the XML parts do by themselves."""
    for _, text in texts:
        # Themes are full of fills; only those with an address are looked for, by an expression that has to try each element.
        if holds(text, b"src") and holds_any(text, _DRAWN_BY):
            yield from _drawn(part, text)
        root = root_element(text)
        look = _BY_ROOT.get(root)
        if look is not None:
            yield from look(part, text)
        elif not root:
            for look in _ALL:
                yield from look(part, text)


def _drawn(part: Part, text: bytes) -> Iterator[Finding]:
    """Pictures of VML by their address ([MS-OI29500] 3.1.2, ECMA-376 part 4, 19.1.2.11): not by a relationship, as all others are."""
    said: dict[tuple[str, str], None] = {}
    for match in _within(_DRAWN.finditer(text)):
        address = unescape((match[1] or match[2]).decode("utf-8", "replace"))
        kind = kind_of(USES["picture"], address)
        if kind:
            said.setdefault((kind, f"linked picture: {shown(address)}"))
    yield from _some_of_each(part, said)


# -- Word --------------------------------------------------------------------------------------------------------------


def _fields(part: Part, text: bytes) -> Iterator[Fact]:
    """Fields that start a conversation with a program, or fetch something; pages that films stand for."""
    if holds(text, b"webVideoPr"):
        for page in _VIDEO.findall(text)[:_MOST]:
            yield part.finding("web-video", f"web video: {shown(unescape(page.decode('utf-8', 'replace')))}")
    if TELLING.search(_all_instructions(text)):
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


# -- Excel -------------------------------------------------------------------------------------------------------------


def _external_link(part: Part, text: bytes) -> Iterator[Finding]:
    for rest in _DDE_LINK.findall(text)[:_MOST]:
        values = attributes(rest)
        yield _dde_link(part, values.get("ddeService", ""), values.get("ddeTopic", ""))


def _dde_link(part: Part, service: str, topic: str) -> Finding:
    return part.finding("dde-link", f"DDE link: {shown(service)}|{shown(topic)}")


def _sheet(part: Part, text: bytes) -> Iterator[Finding]:
    """Functions in cells that fetch something without a click."""
    if holds(text, _YOUNGER):
        said: dict[tuple[str, str], None] = {}
        for function, arguments in dict.fromkeys(_SERVICE.findall(text)):
            words = unescape(arguments.decode("utf-8", "replace"))
            kind, _address = found_in(USES["function"], words.lstrip(' "'))
            said[kind or "fetching-function", f"spreadsheet function {function.decode().upper()}: {shown(words)}"] = (
                None
            )
        yield from _some_of_each(part, said)


def _connections(part: Part, text: bytes) -> Iterator[Finding]:
    """Data connections; those that run on opening say so."""
    refreshing = False
    said: dict[tuple[str, str], None] = {}
    for element, rest in _CONNECTION.findall(text)[:1000]:
        values = attributes(rest)
        if element == b"connection":
            refreshing = values.get("refreshOnLoad", "") in ("1", "true")
            place = values.get("sourceFile", "") or values.get("odcFile", "")
        else:
            place = values.get("url", "") or values.get("sourceFile", "") or values.get("connection", "")
        if place and not place.lower().startswith(("provider=microsoft.mashup", "$workbook$")):
            words = "web query" if element == b"webPr" else "data connection"
            kind, address = found_in(USES["connection"], place)
            said[
                kind or "data-connection", f"{words}{', refreshed on opening' if refreshing else ''}: {shown(address)}"
            ] = None
    yield from _some_of_each(part, said)


def _some_of_each(part: Part, said: dict[tuple[str, str], None]) -> Iterator[Finding]:
    """Findings by kind and detail: many of one kind say nothing new, and hide none of another."""
    counts: Counter[str] = Counter()
    for kind, detail in said:
        counts[kind] += 1
        if counts[kind] <= _MOST:
            yield part.finding(kind, detail)


def active_binaries(part: Part, binaries: list[tuple[str, str, bytes]]) -> Iterator[Finding]:
    """Links over DDE in the binary parts of a workbook."""
    for _, media_type, content in binaries:
        if media_type == "application/vnd.ms-excel.externallink":
            yield from _binary_external_link(part, content)


def _binary_external_link(part: Part, content: bytes) -> Iterator[Finding]:
    """The supporting book that an external link part begins with ([MS-XLSB] 2.1.4 records, 2.4.270)."""
    at = 0
    for _ in range(100):
        if at + 2 > len(content):
            return
        kind = content[at] & 0x7F
        if content[at] & 0x80:
            kind |= (content[at + 1] & 0x7F) << 7
            at += 1
        at += 1
        size = shift = 0
        while at < len(content) and shift <= 21:
            size |= (content[at] & 0x7F) << shift
            shift += 7
            at += 1
            if not content[at - 1] & 0x80:
                break
        if kind == _SUPPORTING_BOOK and size >= 2:
            body = content[at : at + size]
            if int.from_bytes(body[:2], "little") == _SUPPORTING_DDE:
                service, rest = _wide_string(body[2:])
                yield _dde_link(part, service, _wide_string(rest)[0])
            return
        at += size


def _wide_string(body: bytes) -> tuple[str, bytes]:
    """A counted UTF-16 string ([MS-XLSB] 2.5.168) and what follows it."""
    count = int.from_bytes(body[:4], "little")
    if count == 0xFFFFFFFF:
        return "", body[4:]
    return body[4 : 4 + 2 * min(count, 256)].decode("utf-16-le", "replace"), body[4 + 2 * count :]


# -- all of them -------------------------------------------------------------------------------------------------------


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
    b"worksheet": _sheet,
    b"externalLink": _external_link,
    b"connections": _connections,
    b"customUI": _custom_ui,
    b"webextension": _web_extension,
}
#: For a part whose root element is out of sight.
_ALL: Final = tuple(dict.fromkeys(_BY_ROOT.values()))
