"""What the relationships of an Open XML package tell: signatures, references to the outside, embedded objects and files (ECMA-376 part 1, 15)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.formats.archive.members import shown
from attachguard.formats.office._office.opc import Package, Relationship, resolve
from attachguard.inspector import Fact
from attachguard.model import Finding
from attachguard.part import Part

#: Findings of one kind about one document; further ones say nothing new.
_MOST: Final = 20

#: Kinds of external relationships in plain words; others are called by their kind.
_REFERENCES: Final = {
    "attachedtemplate": "attached template",
    "oleobject": "linked OLE object",
    "package": "linked object",
    "frame": "frame",
    "image": "linked picture",
    "subdocument": "subdocument",
    "afchunk": "alternative content",
    "externallinkpath": "linked workbook",
    "xlpathmissing": "linked workbook",
    "xlexternallinkpath": "linked workbook",
    "xlstartup": "linked workbook",
    "xlalternatestartup": "linked workbook",
    "xllibrary": "linked workbook",
    "externallinklongpath": "linked workbook",
    "mailmergesource": "mail merge source",
    "mailmergeheadersource": "mail merge source",
    "audio": "linked sound",
    "video": "linked video",
    "media": "linked media",
}
#: A click is needed, and mail is full of links; they are no references in this sense.
_HYPERLINKS: Final = frozenset({"hyperlink"})
#: Kinds that run or load something even from the reader's own disk.
_ANYWHERE: Final = frozenset({"oleobject", "package", "externallinkpath", "subdocument", "frame"})
_OUTSIDE: Final = re.compile(r"(?:[a-z][a-z0-9+.-]+:(?!/{0,3}[a-z]:[\\/]|/{0,3}[a-z]%3a)|\\\\|//)", re.IGNORECASE)

_OLE_TYPE: Final = "application/vnd.openxmlformats-officedocument.oleobject"
_PROGRAM_ID: Final = re.compile(
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
    """Content that is fetched from outside of the package when the document is opened or refreshed."""
    said: set[tuple[str, str]] = set()
    for link in relationships:
        if not link.external or link.kind in _HYPERLINKS or len(said) >= _MOST:
            continue
        if link.kind not in _ANYWHERE and not _OUTSIDE.match(link.target):
            continue
        words = _REFERENCES.get(link.kind, f"relationship {shown(link.kind)}")
        if (words, link.target) not in said:
            said.add((words, link.target))
            yield part.finding(_kind(link), f"{words}: {shown(link.target)}")


def _kind(link: Relationship) -> str:
    if link.kind == "oleobject":
        return ole_link(link.target)
    return "attached-template" if link.kind == "attachedtemplate" else "fetched-content"


def ole_link(target: str) -> str:
    """The kind of a link to an OLE object: one on a web server is fetched when the document opens."""
    return "ole-link-remote" if target.lower().startswith("http") else "ole-link"


def embedded(
    part: Part, package: Package, relationships: list[Relationship], texts: list[tuple[str, bytes]]
) -> Iterator[Fact]:
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
    programs = _programs(texts) if objects or files else ""
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


def _programs(texts: list[tuple[str, bytes]]) -> str:
    """The programs that the objects belong to, as the document names them."""
    names: dict[str, None] = {}
    for _, text in texts:
        if b"OLEObject" in text or b"oleObj" in text:
            for found in _PROGRAM_ID.finditer(text):
                names[shown(found.group(1).decode("utf-8", "replace"))] = None
                if len(names) >= 3:
                    break
    return f" ({', '.join(names)})" if names else ""


def _leaf(name: str) -> str:
    return shown(name.rpartition("/")[2] or name)
