"""Elements of workbooks in Open XML that do something by themselves: links over DDE, connections, formulas that fetch or lead elsewhere.

ECMA-376 part 1: 18.14 (external links), 18.13 (connections), 18.17 (formulas); [MS-XLSX] 2.2.2 (younger functions); [MS-XLSB] 2.4.270
(BrtBeginSupBook).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Final

from attachguard._core.needles import holds, holds_any
from attachguard.formats.archive.members import shown
from attachguard.formats.office._office.opc import attributes
from attachguard.formats.office._office.xlslinks import formula_links
from attachguard.later import later
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.references import USES, found_in, kind_of

#: Findings of one kind about one document; further ones say nothing new.
_MOST: Final = 20
#: Different calls of one function in one sheet that are read; a sheet has up to 65,530 hyperlinks.
_CALLS_MOST: Final = 70_000
_DDE_LINK: Final = later(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?ddeLink\s([^<>]{0,4000})>")
_CONNECTION: Final = later(rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(connection|dbPr|webPr|textPr)\s([^<>]{0,8000})>")
#: What stands in front of every function that is younger than the format ([MS-XLSX] 2.2.2); those that fetch without a click are.
_YOUNGER: Final = b"_xlfn."
_SERVICE: Final = later(rb"_xlfn\.(WEBSERVICE|IMAGE)\(([^<>]{1,300})", re.IGNORECASE)
#: Where a link made by a formula leads, and a program that a formula asks by DDE.
_LINKING: Final = later(rb"HYPERLINK\(\s{0,20}(?:\"|&quot;|&#34;)([^<>\"]{1,2000}?)(?:\"|&quot;|&#34;)", re.IGNORECASE)
_ASKING: Final = later(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?(?:f|formula[12]?|definedName)(?:\s[^<>]{0,300})?>"
    rb"([^<|]{0,300}[\w.)\\\]]\|(?:'|&apos;|&#39;)[^<]{1,300}!)"
)
#: Excel 4 functions that reach outside of the workbook, in a name: such a name is a macro without a macro sheet.
_NAMED_MACRO: Final = later(
    rb"<(?:[A-Za-z_][\w.-]{0,63}:)?definedName(?:\s[^<>]{0,600})?>[^<]{0,1000}?\b(EXEC|CALL|REGISTER(?:\.ID)?|FOPEN|INITIATE|EXECUTE)\("
)
_MACRO_WORDS: Final = (b"EXEC(", b"CALL(", b"REGISTER", b"FOPEN(", b"INITIATE(", b"EXECUTE(")
#: What a sheet has in it where a link of its formulas does more than lead into the web.
_LEADING: Final = (b"\\\\", b"file:", b"FILE:", b"File:", b"-ms", b"ms-", b"script:", b"smb:", b"dav", b"shell:")
#: How a connection to the workbook itself begins; and any other one. Texts of a binary list that are looked at.
_OWN_SOURCES: Final = ("provider=microsoft.mashup", "$workbook$")
_PAIRS: Final = later(r"[\w ]{2,40}=[^;=]{1,1000};")
_WIDE: Final = later(rb"(?:[\x20-\x7e]\0){6,2000}")
_TEXTS_MOST: Final = 10_000
_SUPPORTING_BOOK: Final = 360
_SUPPORTING_DDE: Final = 1


def external_link(part: Part, text: bytes) -> Iterator[Finding]:
    for rest in _DDE_LINK.findall(text)[:_MOST]:
        values = attributes(rest)
        yield _dde_link(part, values.get("ddeService", ""), values.get("ddeTopic", ""))


def _dde_link(part: Part, service: str, topic: str) -> Finding:
    return part.finding("dde-link", f"DDE link: {shown(service)}|{shown(topic)}")


def book(part: Part, text: bytes) -> Iterator[Finding]:
    """Names that ask a program or run something when a cell is calculated with them."""
    yield from some_of_each(part, _asking(text))
    macro = _NAMED_MACRO.search(text) if holds_any(text, _MACRO_WORDS) else None
    if macro is not None:
        yield part.finding("xlm", f"XLM: a name that calls {macro[1].decode()}")


def _asking(text: bytes) -> dict[tuple[str, str], None]:
    """Formulas that ask a program by DDE, in cells, names, conditions."""
    found = islice(_ASKING.finditer(text), _MOST) if holds(text, b"|") else ()
    return {
        ("dde-formula", f"DDE formula: {shown(unescape(each[1].decode('utf-8', 'replace')))}"): None for each in found
    }


def sheet(part: Part, text: bytes) -> Iterator[Finding]:
    """Formulas that fetch something without a click, lead to more than a page, or start a program."""
    said = _asking(text)
    many = False
    if holds_any(text, _LEADING):
        links = dict.fromkeys(match[1] for match in islice(_LINKING.finditer(text), _CALLS_MOST + 1))
        many = len(links) > _CALLS_MOST
        for place in links:
            if not part.budget.spare():
                many = True
                break
            address = unescape(place.decode("utf-8", "replace"))
            kind = kind_of(USES["link"], address)
            if kind:
                said[kind, f"function HYPERLINK: {shown(address)}"] = None
    if holds(text, _YOUNGER):
        calls = dict.fromkeys(match.group(1, 2) for match in islice(_SERVICE.finditer(text), _CALLS_MOST + 1))
        many = many or len(calls) > _CALLS_MOST
        for function, arguments in calls:
            if not part.budget.spare():
                many = True
                break
            words = unescape(arguments.decode("utf-8", "replace"))
            kind, _address = found_in(USES["function"], words.lstrip(' "'))
            said[kind or "fetching-function", f"spreadsheet function {function.decode().upper()}: {shown(words)}"] = (
                None
            )
    yield from some_of_each(part, said)
    if many:
        detail = "OOXML: more links or calls of functions that fetch than are looked at"
        yield part.finding("resource-limit-exceeded", detail)


def connections(part: Part, text: bytes) -> Iterator[Finding]:
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
        if place and not place.lower().startswith(_OWN_SOURCES):
            words = "web query" if element == b"webPr" else "data connection"
            kind, address = found_in(USES["connection"], place)
            said[
                kind or "data-connection", f"{words}{', refreshed on opening' if refreshing else ''}: {shown(address)}"
            ] = None
    yield from some_of_each(part, said)


def some_of_each(part: Part, said: dict[tuple[str, str], None]) -> Iterator[Finding]:
    """Findings by kind and detail: many of one kind say nothing new, and hide none of another."""
    counts: Counter[str] = Counter()
    for kind, detail in said:
        counts[kind] += 1
        if counts[kind] <= _MOST:
            yield part.finding(kind, detail)


def active_binaries(part: Part, binaries: list[tuple[str, str, bytes]]) -> Iterator[Finding]:
    """Links over DDE in the binary parts of a workbook, and what formulas lead to."""
    said: dict[tuple[str, str], None] = {}
    for _, media_type, content in binaries:
        if media_type == "application/vnd.ms-excel.externallink":
            yield from _binary_external_link(part, content)
        elif media_type == "application/vnd.ms-excel.connections":
            said.update(_binary_connections(content))
        elif media_type.startswith("application/vnd.ms-excel."):
            said.update(((kind, shown(detail)), None) for kind, detail in formula_links(content, binary_package=True))
    yield from some_of_each(part, said)


def _binary_connections(content: bytes) -> dict[tuple[str, str], None]:
    """Addresses and connection strings among the texts of a list of connections ([MS-XLSB] 2.1.7.8)."""
    said: dict[tuple[str, str], None] = {}
    for text in islice(_WIDE.finditer(content), _TEXTS_MOST):
        place = text[0].decode("utf-16-le", "replace")
        kind, address = found_in(USES["connection"], place)
        if kind or (_PAIRS.match(place) and not place.lower().startswith(_OWN_SOURCES)):
            said[kind or "data-connection", f"data connection: {shown(address)}"] = None
    return said


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
