"""What precedes an XML document: document type, entities, processing instructions.

References: XML 1.0 sections 2.6, 2.8, 4.2 (entities) and 4.4; "Associating Style Sheets with XML documents".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from attachguard.errors import LimitExceeded
from attachguard.formats.markup.handlers import HANDLER
from attachguard.formats.markup.plainxml import character, doctype, document_type, expanded_size
from attachguard.formats.markup.shared import decode_data_url, is_remote, parse_data_url, scheme_of, shown, url_text
from attachguard.later import later
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

#: An internal subset longer than this is cut; real ones hold a few lines.
_PROLOG: Final = 1 << 20
_MOST_ENTITIES: Final = 2_000
#: Characters that entities may expand to before they are a bomb.
_EXPANSION: Final = 16 << 20

#: An instruction or a comment, which hold any tag, or the root element.
_STEP: Final = later(rb"<\?(?:[^?]++|\?(?!>))*+(?:\?>)?|<!--(?:[^-]++|-(?!->))*+(?:-->)?|(<[A-Za-z_\x80-\xff])")
_QUOTED: Final = rb"""(?:"([^"]*+)"|'([^']*+)')"""
_DOCTYPE: Final = later(
    rb"<!DOCTYPE\s+[^\s\[>]{1,200}\s+(SYSTEM|PUBLIC)\s*+(?:" + _QUOTED + rb")(?:\s*+" + _QUOTED + rb")?", re.IGNORECASE
)
_ENTITY: Final = later(
    rb"<!ENTITY\s+(%\s+)?([^\s\"'%]{1,200})\s+(?:(SYSTEM|PUBLIC)\s*+"
    + _QUOTED
    + rb"(?:\s*+"
    + _QUOTED
    + rb")?(\s+NDATA)?|"
    + _QUOTED
    + rb")"
)
#: An attribute with a default value in a list of them: name, type, value.
_DEFAULT: Final = later(
    rb"([^\s\"'<>]{1,100})\s+(CDATA|ID|IDREFS?|ENTIT(?:Y|IES)|NMTOKENS?|NOTATION\s*\([^)]{0,500}\)|\([^)]{0,500}\))\s*(?:#FIXED\s*)?(?:\"([^\"]*+)\"|'([^']*+)')"
)
#: A literal, which is kept, or a comment.
_COMMENT: Final = later(rb"(\"[^\"]*+\"|'[^']*+')|<!--(?:[^-]++|-(?!->))*+(?:-->)?")
_CHARACTER: Final = later(rb"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}));")
_SCRIPT_SCHEMES: Final = frozenset({"javascript", "vbscript", "livescript", "jscript"})
_INSTRUCTION: Final = later(rb"<\?([^\s?]{1,100})([^?]{0,2000}(?:\?(?!>)[^?]{0,2000}){0,20})\?>")
_HREF: Final = re.compile(rb"href\s*=\s*" + _QUOTED)
_ACTIVE_TEXT: Final = later(r"<(?:\w+:)?script\b|^\s*(?:javascript|vbscript):|\son[a-z]{4,30}\s*=", re.IGNORECASE)
#: Hosts of document types that are everywhere and that no reader fetches.
_WELL_KNOWN: Final = later(
    r"https?://(?:[\w.-]+\.)?(?:w3\.org|apple\.com|oasis-open\.org|java\.sun\.com|sun\.com|apache\.org|docbook\.org|openoffice\.org|"
    r"jboss\.org|hibernate\.org|springframework\.org|netscape\.com|wapforum\.org|niso\.org|nih\.gov|daisy\.org|idpf\.org|adobe\.com|mozilla\.org|gnome\.org|freedesktop\.org|eclipse\.org|checkstyle\.org|purl\.org)(?:/|$)",
    re.IGNORECASE,
)


def prolog_facts(part: Part, data: bytes) -> Iterator[Fact]:
    """External entities and document types, entity bombs, style sheets from elsewhere."""
    start = doctype(data)
    root = _root(data, 0)
    if start >= 0:
        end, subset = document_type(data, start)
        yield from _doctype_facts(part, data, start)
        yield from _subset_facts(part, data, subset)
        root = _root(data, end)
    prolog = data[: root if root >= 0 else _PROLOG]
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


def _root(data: bytes, start: int) -> int:
    """Where the root element begins; -1 where it does not come in sight."""
    for step in _STEP.finditer(data, start, start + _PROLOG):
        if step[1] is not None:
            return step.start()
    return -1


def _doctype_facts(part: Part, data: bytes, place: int) -> Iterator[Fact]:
    said = _DOCTYPE.match(data, place, place + 4_096)
    if said is not None:
        public = said[1].upper() == b"PUBLIC"
        first, second = said[2] or said[3] or b"", said[4] or said[5] or b""
        url = url_text(second if public else first)
        if (
            (is_remote(url) or url.lower().startswith("file:"))
            and not (public and _WELL_KNOWN.match(url))
            and not _WELL_KNOWN.match(url)
        ):
            yield part.finding("xml-external-dtd", f"XML external DTD: {shown(url)}", offset=place)


def _subset_facts(part: Part, data: bytes, subset: bytes) -> Iterator[Fact]:
    """What the internal subset declares: entities, and attributes that every element has unless it says otherwise."""
    if b"<!" not in subset:
        return
    if len(subset) > _PROLOG:
        raise LimitExceeded("doctype", f"a document type of more than {_PROLOG} bytes")
    if b"<!ENTITY" in subset:
        yield from _entity_facts(part, subset, data.find(subset))
    if b"&#" in subset or b"ATTLIST" in subset:
        # Declarations may be in parameter entities, their letters as references.
        for match in _DEFAULT.finditer(_CHARACTER.sub(character, _COMMENT.sub(rb"\1", subset))):
            name = match[1].decode("latin-1").rpartition(":")[2].lower()
            value = url_text(match[3] if match[3] is not None else match[4])
            if HANDLER.fullmatch(name) and value.strip():
                yield part.finding("xml-entity-script", f"XML attribute default: {shown(name)} runs script")
            elif scheme_of(value) in _SCRIPT_SCHEMES:
                yield part.finding("xml-entity-script", f"XML attribute default: {shown(name)} is a script link")


def _entity_facts(part: Part, subset: bytes, place: int) -> Iterator[Fact]:
    values: dict[bytes, bytes] = {}
    reported = 0
    for number, match in enumerate(_ENTITY.finditer(subset)):
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
                "xml-external-entity",
                f"XML external entity: {shown(url_text(_system(match)))}",
                offset=place + match.start(),
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
