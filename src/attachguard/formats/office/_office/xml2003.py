"""Word 2003 XML and Excel 2003 XML: Office documents in one XML file each.

Word keeps binary content as base64 in `w:binData`: pictures, the OLE objects (`oledata.mso`) and the macros (`editdata.mso`), the last two in an
ActiveMime wrapper. Fields are `w:instrText` runs or `w:fldSimple`. Excel keeps formulas in `ss:Formula` and the sources of links in `SupBook`.

References: "Overview of WordprocessingML", Office 2003 XML Reference Schemas; XML Spreadsheet Reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.markup.plainxml import element_end, text_of
from attachguard.formats.markup.shared import from_base64, shown, url_text
from attachguard.formats.office._office.fields import field_facts
from attachguard.formats.referring import refer
from attachguard.part import Part
from attachguard.readers.references import USES

if TYPE_CHECKING:
    from attachguard.inspector import Fact

_MOST_CHILDREN: Final = 200
_MOST_FINDINGS: Final = 20

_BINARY: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?binData\b([^<>]{0,500})>\s{0,100}")
_NAME: Final = re.compile(rb"name\s*=\s*[\"']([^\"']{1,200})")
_OBJECT: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?OLEObject\b([^<>]{0,1000})")
_ATTRIBUTE: Final = re.compile(rb"\b(Type|ProgID)\s*=\s*[\"']([^\"']{0,100})")
_CONTROL: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?ocx\b([^<>]{0,200})")
_FIELD: Final = re.compile(
    rb"<(?:[\w.-]{1,40}:)?(?:instrText\b[^<>]{0,200}>([^<]{0,4000})|fldSimple\b[^<>]{0,200}?instr\s*=\s*(?:\"([^\"]{0,4000})|'([^']{0,4000}))|"
    rb"fldChar\b[^<>]{0,100}?fldCharType\s*=\s*[\"']([a-z]{1,10}))"
)
_TEMPLATE: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?attachedTemplate\b[^<>]{0,100}?val\s*=\s*[\"']([^\"']{1,500})")
_FORMULA: Final = re.compile(rb"(?:Formula|RefersTo)\s*=\s*(?:\"\s*=([^\"]{1,1000})|'\s*=([^']{1,1000}))")
#: A link of a cell, and one that a formula makes.
_LINKED: Final = re.compile(
    rb"HRef\s*=\s*(?:\"([^\"]{1,2000})|'([^']{1,2000}))|HYPERLINK\(\s{0,20}(?:&quot;|&#34;|\")([^&\"<]{1,2000})",
    re.IGNORECASE,
)
_MOST_LINKS: Final = 10_000
_LINK_PATH: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?Path>([^<|]{1,200}\|[^<]{0,400})")
_DDE: Final = re.compile(r"[\w.\\:]{1,255}\|\s*(?:'[^']*'|[^!\s]{1,255})\s*!")
#: How pictures begin, in base64: gzip (compressed metafiles), PNG, JPEG, GIF, BMP, WMF, EMF, TIFF.
_PICTURES: Final = (b"H4sI", b"iVBORw0KGgo", b"/9j/", b"R0lGOD", b"Qk", b"183Gmg", b"AQAAA", b"SUkq", b"TU0A")


def inspect_word(part: Part, data: bytes) -> Iterator[Fact]:
    """Facts about a Word 2003 XML document."""
    children = 0
    for match in _BINARY.finditer(data) if b"binData" in data else ():
        if data.startswith(_PICTURES, match.end()):
            continue
        children += 1
        if children > _MOST_CHILDREN:
            break
        name = _NAME.search(match[1])
        yield part.child(
            name[1].decode("utf-8", "replace") if name else f"binData-{children}",
            _decoder(data, match.end()),
            role="embedded",
        )
    if b"OLEObject" in data or b"ocx" in data:
        yield from _objects(part, data)
    if b"instr" in data:
        yield from field_facts(part, _field_codes(part, data))
    template = _TEMPLATE.search(data) if b"attachedTemplate" in data else None
    if template is not None:
        yield from refer(part, USES["template"], url_text(template[1]), words="Word template")


def _decoder(data: bytes, start: int) -> Iterator[bytes]:
    """The base64 content of an element that starts here, decoded when it is asked for."""
    yield from_base64(text_of(data[start : element_end(data, start, b"binData")]))


def _objects(part: Part, data: bytes) -> Iterator[Fact]:
    for number, match in enumerate(_OBJECT.finditer(data)):
        if number >= _MOST_FINDINGS:
            break
        given = {key: value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(match[1])}
        label = "OLE link" if given.get(b"Type") == "Link" else "OLE object"
        yield part.finding(
            "ole-object", f"{label}: {shown(given.get(b'ProgID', '')) or 'no class'}", offset=match.start()
        )
    for number, match in enumerate(_CONTROL.finditer(data)):
        if number >= _MOST_FINDINGS:
            break
        yield part.finding("activex-object", "ActiveX control: in Word XML", offset=match.start())
        yield part.finding("activex-control", "ActiveX control: in Word XML", offset=match.start())


def _field_codes(part: Part, data: bytes) -> Iterator[str]:
    """Field codes in order; a code may be cut into many runs between its `begin` and `separate` marks."""
    pieces: list[bytes] = []
    size = 0
    for match in _FIELD.finditer(data):
        if match[4] is None and match[1] is None:
            yield url_text(match[2] or match[3] or b"")
        elif match[1] is not None:
            if size < 4_000:
                pieces.append(match[1])
                size += len(match[1])
        elif pieces:
            part.budget.check_time()
            yield url_text(b"".join(pieces))
            pieces, size = [], 0
    if pieces:
        yield url_text(b"".join(pieces))


def inspect_excel(part: Part, data: bytes) -> Iterator[Fact]:
    """Facts about an Excel 2003 XML workbook."""
    for number, match in enumerate(_LINKED.finditer(data) if b"HRef" in data or b"HYPERLINK" in data else ()):
        if number >= _MOST_LINKS:
            break
        yield from refer(part, USES["link"], url_text(match[1] or match[2] or match[3]), offset=match.start())
    if b"|" not in data and b"&#" not in data:
        return
    reported = 0
    for match in _FORMULA.finditer(data):
        raw = match[1] or match[2]
        if b"|" not in raw and b"&#" not in raw:
            continue
        formula = url_text(raw)
        if _DDE.search(formula):
            reported += 1
            yield part.finding("dde-formula", f"DDE formula: ={shown(formula)}", offset=match.start())
            if reported >= _MOST_FINDINGS:
                return
    for match in _LINK_PATH.finditer(data):
        reported += 1
        yield part.finding("dde-link", f"DDE link: {shown(url_text(match[1]))}", offset=match.start())
        if reported >= _MOST_FINDINGS:
            return
