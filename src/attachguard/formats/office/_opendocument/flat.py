"""Flat OpenDocument: a text, sheet, presentation or drawing as one XML file.

Basic modules stand as text in `ooo:source-code` (older files: `script:source-code`) below `office:script`; other script languages are in
`office:script` itself. `script:event-listener` binds macros to events. Objects are base64 in `office:binary-data`, DDE sources are attributes.

Reference: OpenDocument 1.3 part 3, sections 3.1.2 (flat files), 3.12 and 3.13 (scripts), 10.4.6 (objects), 14.6 (DDE connections).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.markup.plainxml import element_end, text_of
from attachguard.formats.markup.shared import from_base64, shown, url_text
from attachguard.formats.office._opendocument.content import REFERENCES, references
from attachguard.formats.office._opendocument.macros import has_basic_code
from attachguard.part import Part
from attachguard.types.filetypes import filetype

if TYPE_CHECKING:
    from attachguard.inspector import Fact

_MOST: Final = 50

_SOURCE: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?source-code\b[^<>]{0,500}>")
_MODULE: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?module\b[^<>]{0,500}?name\s*=\s*[\"']([^\"']{1,100})")
_SCRIPT: Final = re.compile(
    rb"<(?:[\w.-]{1,40}:)?script\s[^<>]{0,500}?language\s*=\s*[\"']([^\"']{1,60})[\"'][^<>]{0,500}>"
)
_EVENT: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?event(?:-listener)?\s([^<>]{1,2000})>")
_EVENT_NAME: Final = re.compile(rb"event-name\s*=\s*[\"']([^\"']{1,80})")
_EVENT_TARGET: Final = re.compile(rb"(?:href|macro-name)\s*=\s*[\"']([^\"']{1,300})")
_AUTOMATIC: Final = re.compile(rb"load|open|view|start|new|focus", re.IGNORECASE)
_SCRIPT_WORDS: Final = (
    b"source-code",
    b":script ",
    b":script>",
    b":script\n",
    b":script\r",
    b":script\t",
    b"<script",
    b"event-listener",
    b"macro-name",
)
_OBJECT: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?object(-ole)?\b([^<>]{0,2000})>")
_BINARY: Final = re.compile(rb"\s{0,1000}<(?:[\w.-]{1,40}:)?binary-data\b[^<>]{0,200}>")
_NESTED: Final = re.compile(
    rb"\s{0,1000}<(?:[\w.-]{1,40}:)?document\b[^<>]{0,20000}?mimetype\s*=\s*[\"']([^\"']{1,100})"
)
_DDE: Final = re.compile(rb"dde-application\s*=\s*[\"']([^\"']{0,200})")
_DDE_TOPIC: Final = re.compile(rb"dde-topic\s*=\s*[\"']([^\"']{0,200})")
_FORMULA: Final = re.compile(
    rb"formula\s*=\s*[\"']([^\"']{0,20}=[^\"']{0,400}?(?:\bDDE\(|\|(?:&apos;|&#39;)))", re.IGNORECASE
)
_SUSPICIOUS: Final = re.compile(
    r"\b(?:Shell|SystemShellExecute|CreateObject|URLDownloadToFile|WScript|powershell|OleObjectFactory|Open\s+\S+\s+For\s+(?:Output|Binary))\b",
    re.IGNORECASE,
)


def inspect(part: Part, data: bytes) -> Iterator[Fact]:
    """Facts about a flat OpenDocument file."""
    if any(word in data for word in _SCRIPT_WORDS):
        yield from _scripts(part, data)
    if b":object" in data:
        yield from _objects(part, data)
    for number, match in enumerate(_DDE.finditer(data)):
        if number >= _MOST:
            break
        topic = _DDE_TOPIC.search(data, match.end(), match.end() + 500)
        yield part.finding(
            "dde-field",
            f"DDE field: {shown(url_text(match[1] + b' ' + (topic[1] if topic else b'')))}",
            offset=match.start(),
        )
    if b"DDE(" in data or b"|&" in data:
        formula = _FORMULA.search(data)
        if formula is not None:
            yield part.finding("dde-formula", f"DDE formula: {shown(url_text(formula[1]))}", offset=formula.start())
    yield from _references(part, data)


def _scripts(part: Part, data: bytes) -> Iterator[Fact]:
    sources: list[str] = []
    names: list[str] = []
    lines = empty = 0
    for number, match in enumerate(_SOURCE.finditer(data)):
        if number >= 1_000:
            break
        part.budget.check_time()
        end = data.find(b"</", match.end())
        text = unescaped(data[match.end() : end if end >= 0 else len(data)])
        if has_basic_code(text):
            modules = _MODULE.findall(data, max(0, match.start() - 600), match.start())
            names.append(shown(url_text(modules[-1])) if modules else "module")
            sources.append(text)
            lines += text.count("\n") + 1
        else:
            empty += 1
    events = list(_events(data))
    automatic = any(_AUTOMATIC.search(event) for event, _ in events)
    if sources:
        whole = "\n".join(sources)
        grades = [
            grade for grade, holds in (("auto-exec", automatic), ("suspicious", _SUSPICIOUS.search(whole))) if holds
        ]
        kind = f"ODF Basic ({', '.join(grades)})" if grades else "ODF Basic"
        yield part.finding("odf-basic", f"{kind}: {', '.join(names[:5])}, {lines} lines")
        yield part.layer("basic.bas", whole.encode("utf-8", "replace"), filetype("vb"))
    elif empty:
        yield part.finding("odf-basic-empty", f"ODF Basic (empty): {empty} modules without a line of code")
    for match in _SCRIPT.finditer(data):
        language = match[1].decode("latin-1")
        if language.lower() not in ("ooo:basic", "starbasic", "ooo:starbasic"):
            yield part.finding("odf-script", f"ODF script: {shown(language)}", offset=match.start())
            break
    for event, target in events[:5]:
        yield part.finding("odf-macro-call", f"ODF event: {shown(url_text(event))} runs {shown(url_text(target))}")


def _events(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if b"event-listener" not in data and b"macro-name" not in data:
        return
    for number, match in enumerate(_EVENT.finditer(data)):
        name, target = _EVENT_NAME.search(match[1]), _EVENT_TARGET.search(match[1])
        if target is not None and (b"script:" in target[1] or b"macro" in match[1]) and number < 10_000:
            yield name[1] if name else b"event", target[1]


def unescaped(raw: bytes) -> str:
    """Text content of an element: CDATA marks dropped, references resolved."""
    text = raw.decode("utf-8", "replace")
    if text.lstrip().startswith("<![CDATA["):
        return text.lstrip()[9:].replace("]]>", "")
    if "&" in text:
        import html

        text = html.unescape(text)
    return text


def _objects(part: Part, data: bytes) -> Iterator[Fact]:
    found = 0
    for match in _OBJECT.finditer(data):
        binary = _BINARY.match(data, match.end(), match.end() + 2_000)
        nested = _NESTED.match(data, match.end(), match.end() + 32_000) if binary is None else None
        if binary is None and (nested is None or b"chart" in nested[1] or b"formula" in nested[1]):
            continue
        found += 1
        if found > _MOST:
            return
        kind, label = ("ole-object", "OLE object") if match[1] else ("odf-object", "embedded document")
        yield part.finding(kind, f"{label}: in flat OpenDocument", offset=match.start())
        if binary is not None:
            yield part.child(f"object-{found}", _decoder(data, binary.end()), role="embedded")


def _decoder(data: bytes, start: int) -> Iterator[bytes]:
    """The base64 content of an element that starts here, decoded when it is asked for."""
    yield from_base64(text_of(data[start : element_end(data, start, b"binary-data")]))


def _references(part: Part, data: bytes) -> Iterator[Fact]:
    counts: Counter[str] = Counter()
    part.budget.look("references in documents", data.count(b"href") // REFERENCES)
    for kind, detail in references(data):
        counts[kind] += 1
        if counts[kind] <= _MOST:
            yield part.finding(kind, f"ODF {detail}")
