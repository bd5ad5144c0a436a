"""What the relationships of an Open XML package tell: signatures, references to the outside, embedded objects and files (ECMA-376 part 1, 15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from attachguard.formats.archive.members import shown
from attachguard.formats.office._office.opc import Package, Relationship, Text, resolve
from attachguard.inspector import Fact
from attachguard.later import later
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.compound.controls import is_control
from attachguard.readers.references import USES, Use, kind_of

#: Findings of one kind about one document; further ones say nothing new.
_MOST: Final = 20
#: Programs that a detail names.
_MOST_NAMED: Final = 3
#: Hosts that are remembered.
_MOST_HOSTS: Final = 10_000

#: What external relationships are for, by the last step of their type; others bring content of some kind.
_WORKBOOK: Final = USES["workbook"]._replace(anywhere=False)
_CODE: Final = Use("", "code", "opening")
EXTERNAL: Final[dict[str, Use]] = {
    "attachedtemplate": USES["template"],
    "oleobject": USES["object"],
    "package": USES["object"]._replace(words="linked object"),
    "frame": USES["frame"],
    "image": USES["picture"],
    "subdocument": USES["subdocument"],
    "afchunk": USES["chunk"],
    "externallinkpath": USES["workbook"],
    "xlpathmissing": _WORKBOOK,
    "xlexternallinkpath": _WORKBOOK,
    "xlstartup": _WORKBOOK,
    "xlalternatestartup": _WORKBOOK,
    "xllibrary": _WORKBOOK,
    "externallinklongpath": _WORKBOOK,
    "mailmergesource": USES["mail merge"],
    "mailmergeheadersource": USES["mail merge"],
    "audio": USES["sound"],
    "video": USES["video"],
    "media": USES["media"],
    "hyperlink": USES["link"],
    "hlinkclick": USES["link"],
    "hlinkhover": USES["link"],
    "vbaproject": _CODE._replace(words="macro project"),
    "control": _CODE._replace(words="ActiveX control"),
    "activexcontrolbinary": _CODE._replace(words="ActiveX control"),
    "xlmacrosheet": _CODE._replace(words="macro sheet"),
    "xlintlmacrosheet": _CODE._replace(words="macro sheet"),
    "worddocumenttemplate": USES["template"],
    "extensibility": _CODE._replace(words="ribbon"),
    "transform": _CODE._replace(words="style sheet that transforms"),
}

_OLE_TYPE: Final = "application/vnd.openxmlformats-officedocument.oleobject"
_PROGRAM_ID: Final = later(
    rb"""<(?:[\w.-]{1,40}:)?(?:OLEObject|oleObj|oleObject)\s[^<>]{0,600}?[pP]rogI[dD]\s*=\s*["']([^"']{1,80})["']"""
)


def signatures(part: Part, relationships: list[Relationship]) -> Iterator[Finding]:
    """Signatures over the package (ECMA-376 part 2, 13)."""
    count = sum(
        1
        for link in relationships
        if link.kind == "signature" and "digital-signature" in link.type and not link.external
    )
    if count:
        yield part.signature("signature-office", f"OOXML: {count} XML signature{'s' if count > 1 else ''}")


def external_references(part: Part, relationships: list[Relationship]) -> Iterator[Finding]:
    """Content that is fetched from outside of the package when the document is opened or refreshed, and links that do more than lead somewhere."""
    said: set[tuple[str, str]] = set()
    counts: Counter[str] = Counter()
    known: dict[tuple[str, str], str] = {}
    for link in relationships:
        if not link.external:
            continue
        use = EXTERNAL.get(link.kind)
        if use is None:
            use = Use(f"relationship {shown(link.kind)}", "content", "opening")
        # Of an address of the web the host decides; a document has many of one host.
        head = link.target[: link.target.find("/", 8)] if link.target.startswith(("http://", "https://")) else ""
        kind = known.get((use.words, head)) if head else None
        if kind is None:
            kind = kind_of(use, link.target)
            if head and len(known) < _MOST_HOSTS:
                known[use.words, head] = kind
        # Many of one kind say nothing new, and hide none of another.
        if kind and counts[kind] < _MOST and (use.words, link.target) not in said:
            said.add((use.words, link.target))
            counts[kind] += 1
            yield part.finding(kind, f"{use.words}: {shown(link.target)}")


def embedded(part: Part, package: Package, relationships: list[Relationship], texts: list[Text]) -> Iterator[Fact]:
    """Objects, files and controls inside the package."""
    found: dict[str, dict[str, None]] = {"oleobject": {}, "package": {}, "afchunk": {}, "control": {}}
    for link in relationships:
        if link.kind in found and not link.external:
            found[link.kind][resolve(link.source, link.target)] = None
    objects, files = found["oleobject"], found["package"]
    for name in package.directory.by_name:
        if "/embeddings/" in name and not name.endswith("/") and name not in objects and name not in files:
            # Without a relationship nobody opens it, but it is there all the same.
            (objects if package.media_type(name) == _OLE_TYPE or name.endswith(".bin") else files)[name] = None
    named = _programs(texts) if objects or files else []
    programs = f" ({', '.join(named[:_MOST_NAMED])})" if named else ""
    for name in list(objects)[:_MOST]:
        yield part.finding("ole-object", f"OLE object: {_leaf(name)}{programs}")
    for name in list(files)[:_MOST]:
        yield part.finding("embedded-document", f"embedded document: {_leaf(name)}{programs}")
    for name in list(found["afchunk"])[:_MOST]:
        yield part.finding("alternative-chunk", f"altChunk: {_leaf(name)} is taken into the document on opening")
    if any(name.endswith("/jdedata.bin") for name in package.directory.by_name):
        yield part.finding("wps-javascript", "WPS JavaScript: macros of WPS Office in JDEData.bin")
    for name in list(found["control"])[:_MOST]:
        yield part.finding("activex-control", f"ActiveX control: {_leaf(name)}")
    for program in named:
        if is_control(program):
            yield part.finding("activex-control", f"ActiveX control: {program}")


def _programs(texts: list[Text]) -> list[str]:
    """The programs that the objects belong to, as the document names them."""
    names: dict[str, None] = {}
    for text in texts:
        if b"OLEObject" in text.content or b"oleObj" in text.content:
            for found in _PROGRAM_ID.finditer(text.content):
                names[shown(found.group(1).decode("utf-8", "replace"))] = None
                if len(names) >= _MOST:
                    break
    return list(names)


def _leaf(name: str) -> str:
    return shown(name.rpartition("/")[2] or name)
