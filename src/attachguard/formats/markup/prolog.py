"""What stands in front of an XML document: document type, entities, processing instructions.

References: XML 1.0 sections 2.6, 2.8, 4.2 (entities) and 4.4; "Associating Style Sheets with XML documents".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from attachguard.formats.markup.shared import decode_data_url, is_remote, parse_data_url, shown, url_text
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

#: An internal subset longer than this is cut; real ones hold a few lines.
_PROLOG: Final = 1 << 20
_MOST_ENTITIES: Final = 2_000
#: Characters that entities may expand to before they are a bomb.
_EXPANSION: Final = 16 << 20

_ROOT: Final = re.compile(rb"<[A-Za-z_\x80-\xff]")
_QUOTED: Final = rb"""(?:"([^"]*+)"|'([^']*+)')"""
_DOCTYPE: Final = re.compile(
    rb"<!DOCTYPE\s+[^\s\[>]{1,200}\s+(SYSTEM|PUBLIC)\s*+(?:" + _QUOTED + rb")(?:\s*+" + _QUOTED + rb")?", re.IGNORECASE
)
_ENTITY: Final = re.compile(
    rb"<!ENTITY\s+(%\s+)?([^\s\"'%]{1,200})\s+(?:(SYSTEM|PUBLIC)\s*+"
    + _QUOTED
    + rb"(?:\s*+"
    + _QUOTED
    + rb")?(\s+NDATA)?|"
    + _QUOTED
    + rb")"
)
_REFERENCE: Final = re.compile(rb"[&%]([^\s;&%#]{1,200});")
_INSTRUCTION: Final = re.compile(rb"<\?([^\s?]{1,100})([^?]{0,2000}(?:\?(?!>)[^?]{0,2000}){0,20})\?>")
_HREF: Final = re.compile(rb"href\s*=\s*" + _QUOTED)
_ACTIVE_TEXT: Final = re.compile(r"<(?:\w+:)?script\b|^\s*(?:javascript|vbscript):|\son[a-z]{4,30}\s*=", re.IGNORECASE)
#: Hosts of document types that are everywhere and that no reader fetches.
_WELL_KNOWN: Final = re.compile(
    r"https?://(?:[\w.-]+\.)?(?:w3\.org|apple\.com|oasis-open\.org|java\.sun\.com|sun\.com|apache\.org|docbook\.org|openoffice\.org|"
    r"jboss\.org|hibernate\.org|springframework\.org|netscape\.com|wapforum\.org|niso\.org|nih\.gov|daisy\.org|idpf\.org|adobe\.com|mozilla\.org|gnome\.org|freedesktop\.org|eclipse\.org|checkstyle\.org|purl\.org)(?:/|$)",
    re.IGNORECASE,
)


def prolog_facts(part: Part, data: bytes) -> Iterator[Fact]:
    """External entities and document types, entity bombs, style sheets from elsewhere."""
    root = _ROOT.search(data, 0, _PROLOG)
    doctype = data.find(b"<!DOCTYPE", 0, root.start() if root else _PROLOG)
    if doctype >= 0:
        yield from _doctype_facts(part, data, doctype)
        end = data.find(b"]", doctype, _PROLOG)
        root = _ROOT.search(data, max(end, doctype + 9), _PROLOG)
    prolog = data[: root.start() if root else _PROLOG]
    if prolog.find(b"<?", 2) < 0:
        return
    for match in _INSTRUCTION.finditer(prolog):
        target = match[1].decode("latin-1")
        href = _HREF.search(match[2])
        if href is None:
            continue
        value = href[href.lastindex or 1]
        url = parse_data_url(value)
        if url is not None:
            yield part.finding("xml-data-style-sheet", f"XML style sheet: in a data: URL ({shown(target)})")
            yield part.child("style-sheet", partial(decode_data_url, url), role="embedded", declared=url.media or None)
        elif is_remote(url_text(value)):
            styled = target == "xml-stylesheet"
            label = "style sheet" if styled else f"instruction {shown(target)}"
            yield part.finding(
                "xml-style-sheet" if styled else "xml-instruction", f"XML {label}: {shown(url_text(value))}"
            )


def _doctype_facts(part: Part, data: bytes, place: int) -> Iterator[Fact]:
    doctype = _DOCTYPE.match(data, place, place + 4_096)
    if doctype is not None:
        public = doctype[1].upper() == b"PUBLIC"
        first, second = doctype[2] or doctype[3] or b"", doctype[4] or doctype[5] or b""
        url = url_text(second if public else first)
        if (
            (is_remote(url) or url.lower().startswith("file:"))
            and not (public and _WELL_KNOWN.match(url))
            and not _WELL_KNOWN.match(url)
        ):
            yield part.finding("xml-external-dtd", f"XML external DTD: {shown(url)}", offset=place)
    subset = data.find(b"[", place, place + 4_096)
    if subset < 0 or data.find(b"<!ENTITY", subset, _PROLOG) < 0:
        return
    yield from _entity_facts(part, data, subset)


def _entity_facts(part: Part, data: bytes, subset: int) -> Iterator[Fact]:
    values: dict[bytes, bytes] = {}
    reported = 0
    for number, match in enumerate(_ENTITY.finditer(data, subset, _PROLOG)):
        if number >= _MOST_ENTITIES:
            break
        if match[3] is None:
            values.setdefault(match[2], match[9] or match[10] or b"")
            continue
        if match[8] is not None and not is_remote(url_text(_system(match))):
            continue  # an unparsed entity: the name of a picture beside the file
        reported += 1
        if reported <= 10:
            yield part.finding(
                "xml-external-entity", f"XML external entity: {shown(url_text(_system(match)))}", offset=match.start()
            )
    for value in values.values():
        if b":" in value or b"&#" in value:
            text = url_text(value)
            if _ACTIVE_TEXT.search(text):
                yield part.finding("xml-entity-script", f"XML entity: holds script ({shown(text)})")
                break
    size = expanded_size(values)
    if size > _EXPANSION:
        yield part.finding(
            "entity-bomb",
            f"XML entities that expand to {'more than ' if size > 1 << 60 else ''}{min(size, 1 << 60)} bytes",
        )


def _system(match: re.Match[bytes]) -> bytes:
    """The system identifier of an external entity: the only literal after SYSTEM, the second after PUBLIC."""
    first, second = match[4] or match[5] or b"", match[6] or match[7] or b""
    return second or first


def expanded_size(values: dict[bytes, bytes]) -> int:
    """Bytes that the largest of some entities expands to; entities that contain themselves count as endless.

    Args:
        values: replacement texts by name.
    """
    sizes: dict[bytes, int] = {}
    parts = {name: _REFERENCE.findall(value) for name, value in values.items()}
    largest = 0
    for start in values:
        # Depth first with a stack of our own: names may be nested as deep as there are entities.
        stack = [start]
        open_names: set[bytes] = set()
        while stack:
            name = stack[-1]
            if name in sizes:
                stack.pop()
                continue
            waiting = [inner for inner in parts[name] if inner in values and inner not in sizes]
            if waiting and name not in open_names:
                open_names.add(name)
                if any(inner in open_names for inner in waiting):
                    return 1 << 61
                stack.extend(dict.fromkeys(waiting))
                continue
            sizes[name] = min(1 << 61, len(values[name]) + sum(sizes.get(inner, 0) for inner in parts[name]))
            largest = max(largest, sizes[name])
            stack.pop()
    return largest
