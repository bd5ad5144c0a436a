"""XML of any kind: what its prolog fetches, script in stylesheets, and the Office documents that are one XML file.

The root element's namespace tells which vocabulary it is; each has its own way of holding programs and files, read in a module of its own: Word and
Excel 2003 XML, Flat OPC, flat OpenDocument. Any other XML can carry markup that browsers run, and XSLT can carry script.

Read with `find` and regular expressions: an XML parser would resolve, expand and build a tree of what is to be judged, at a hundredth of the speed.

References: XML 1.0; XSLT 1.0 section 14 (extensions), `msxsl:script`; Xalan extensions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.formats.markup.active import page_facts
from attachguard.formats.markup.elements import unescaped
from attachguard.formats.markup.page import read_page
from attachguard.formats.markup.plainxml import element_end, text_of, xml_markup
from attachguard.formats.markup.prolog import prolog_facts
from attachguard.formats.markup.shared import ascii_markup, from_base64, pack_names, shown, url_text
from attachguard.formats.office._office import flatopc as _flatopc
from attachguard.formats.office._office import xml2003 as _office2003
from attachguard.formats.office._opendocument import flat as _flatodf
from attachguard.formats.referring import refer
from attachguard.part import Part
from attachguard.readers.references import Use
from attachguard.signing import noted
from attachguard.signing.ledger import Ledger
from attachguard.signing.xmldsig import NAMESPACE, read_signatures
from attachguard.types.filetypes import filetype

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset(
    [
        "xml",
        "xslt",
        "flatopc",
        "word2003",
        "excel2003",
        "fods",
        "fodt",
        "fodp",
        "fodg",
        "plist",
        "kml",
        "gpx",
        "rss",
        "xfdf",
        "xdp",
    ]
)
LIMITATIONS: Final = (
    "Namespaces are recognised by their usual names in the text; a document that writes them with entities of its own is read as plain XML.",
    "XInclude is not followed or reported.",
)
EXTRACTS: Final = (
    "Binary data and objects of Office documents that are one XML file; files attached to electronic invoices; "
    "script of stylesheets for the rules."
)
DETECTS: Final = (
    "External entities, stylesheets with script, macros and objects in Word 2003 XML and Flat OPC, what the "
    "prolog fetches."
)

_ROOT_TAG: Final = re.compile(rb"<[A-Za-z_\x80-\xff][^<>]{0,65536}>?")
_PROLOG: Final = 1 << 20
_MARKUP_NAMES: Final = pack_names("script iframe frame object embed applet meta form input link")
_SCRIPT_ELEMENT: Final = re.compile(rb"<((?:[\w.-]{1,60}:)?)script\b([^<>]{0,1000})>((?:[^<]|<(?!/))*+)", re.ASCII)
_SCRIPT_VOCABULARIES: Final = (b"schemas-microsoft-com:xslt", b"xml.apache.org/x")
_EXTENSION: Final = re.compile(
    rb"xmlns:[\w.-]{1,60}\s*=\s*[\"'](https?://xml\.apache\.org/x(?:alan|slt)/java[^\"']{0,200}|java:[^\"']{1,200}|xalan://[^\"']{1,200}|"
    rb"clitype:[^\"']{1,200}|https?://php\.net/xsl|https?://saxon\.sf\.net/java-type[^\"']{0,200})"
)
_ATTACHED: Final = re.compile(
    rb"<(?:[\w.-]{1,60}:)?(?:EmbeddedDocument|Attachment)BinaryObject\b([^<>]{0,2000})(?<!/)>", re.ASCII
)
_ATTRIBUTE: Final = re.compile(rb"(\w{1,40})\s{0,8}=\s{0,8}[\"']([^\"']{0,400})[\"']")
_CONTACT_VALUE: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?Value\b[^<>]{0,500}>([^<]{1,1000})")
#: The document that form data in XML belongs to, which a reader opens with it (XFDF 3.0, element f).
_FORM: Final = re.compile(rb"<f\s[^<>]{0,500}?\bhref\s{0,8}=\s{0,8}(?:\"([^\"<]{1,2000})|'([^'<]{1,2000}))")
_FORM_FILE: Final = Use("form", "place", "opening")
_MOST_ATTACHED: Final = 200
_LANGUAGE: Final = re.compile(rb"language\s*=\s*[\"']([^\"']{1,40})")


def inspect(part: Part) -> Iterator[Fact]:
    """What the document fetches, runs and contains."""
    raw = part.once(ascii_markup)
    if b"<!" in raw[:4096] or b"<?" in raw[:4096]:
        yield from prolog_facts(part, raw)
    data = part.once(xml_markup)
    if NAMESPACE in raw:
        yield from _signatures(part)
    if part.is_a("xfdf"):
        for form in _FORM.finditer(data):
            yield from refer(part, _FORM_FILE, url_text(form[1] or form[2]), words="form of the data")
    root = root_tag(data)
    if b"office/2006/xmlPackage" in root:
        yield from _flatopc.inspect(part, data)
    elif b"office/word/2003/wordml" in root:
        yield from _office2003.inspect_word(part, data)
    elif b"schemas-microsoft-com:office:spreadsheet" in root:
        yield from _office2003.inspect_excel(part, data)
    elif b"oasis:names:tc:opendocument" in root or b"openoffice.org/2000/office" in root:
        yield from _flatodf.inspect(part, data)
    else:
        yield from _generic(part, data)


def _signatures(part: Part) -> Iterator[Fact]:
    """Signatures inside the document (XAdES, XML Signature); those of a package are checked with the package."""
    holder = part.parent
    if part.role == "member" and holder is not None and holder.signed:
        return
    try:
        found = read_signatures(part.data, lambda _name: None, part.budget.check_time)
    except Malformed as error:
        yield part.finding("signature-not-verified", f"XML signature: {error}")
        return
    for signature in found:
        kind = "XAdES" if signature.advanced else "XML signature"
        yield part.signature(
            "signature-xml", f"{kind}: {'the whole document' if signature.document else 'parts or other files'}"
        )
        coverage = (
            "whole" if signature.document else "partial" if signature.outcome.integrity == "pass" else "not-evaluated"
        )
        yield from noted(part, signature.record(kind, coverage, part.context.get(Ledger).trust))
        if coverage == "partial":
            yield part.finding("signature-partial-coverage", f"{kind}: covers elements of the document, not all of it")


def root_tag(data: bytes) -> bytes:
    """The start tag of the document's root element, where the vocabulary is named; empty where there is none.

    Args:
        data: the document, as `plainxml` gives it.
    """
    match = _ROOT_TAG.search(data, 0, _PROLOG)
    return match[0] if match is not None else b""


def _generic(part: Part, data: bytes) -> Iterator[Fact]:
    if b"XSL/Transform" in data:
        yield from _stylesheet(part, data)
    if b"schemas.microsoft.com/Contact" in data:
        yield from _contact(part, data)
    if b"BinaryObject" in data:
        yield from _attached(part, data)
    if b"1999/xhtml" in data or b"2000/svg" in data:
        page = read_page(part, data, _MARKUP_NAMES, xml=True)
        yield from page_facts(part, page, data, "XML")


def _contact(part: Part, data: bytes) -> Iterator[Fact]:
    """A Windows contact: a web site that is a path starts what lies there when it is clicked."""
    for number, match in enumerate(_CONTACT_VALUE.finditer(data)):
        if number >= _MOST_ATTACHED:
            return
        value = url_text(match[1])
        if "\\" in value:
            yield part.finding("launcher", f"Windows contact: {shown(value)}")


def _attached(part: Part, data: bytes) -> Iterator[Fact]:
    """Files in an electronic invoice (EN 16931 BT-125): base64 in UBL and in the syntax of UN/CEFACT."""
    for number, match in enumerate(_ATTACHED.finditer(data)):
        if number >= _MOST_ATTACHED:
            return
        given = dict(_ATTRIBUTE.findall(match[1]))
        name = url_text(given.get(b"filename", b"")) or f"attachment-{number + 1}"
        end = element_end(data, match.end(), b"BinaryObject")
        yield part.finding("invoice-attachment", f"invoice attachment: {shown(name)}")
        yield part.child(
            name,
            partial(from_base64, text_of(data[match.end() : end])),
            role="embedded",
            declared=url_text(given.get(b"mimeCode", b"")).lower() or None,
        )


def _stylesheet(part: Part, data: bytes) -> Iterator[Fact]:
    """Script and program calls in an XSLT stylesheet."""
    scripts: list[bytes] = []
    languages: list[str] = []
    vocabulary = any(name in data for name in _SCRIPT_VOCABULARIES)
    for number, match in enumerate(_SCRIPT_ELEMENT.finditer(data)):
        if number >= 1_000:
            break
        # A stylesheet may also write script elements into its result; those are text to it.
        if b"implements-prefix" not in match[2] and not (vocabulary and match[1]):
            continue
        language = _LANGUAGE.search(match[2])
        languages.append(shown(language[1].decode("latin-1")) if language else "script")
        end = data.find(b"</" + match[1] + b"script", match.start(3))
        scripts.append(unescaped(data[match.start(3) : end] if end >= 0 else match[3]))
    if scripts:
        yield part.finding("xslt-script", f"XSLT script: {', '.join(sorted(set(languages))[:5])}")
        yield part.layer("script.js", b"\n".join(scripts), filetype("js"))
    extension = _EXTENSION.search(data)
    if extension is not None:
        yield part.finding("xslt-extension", f"XSLT extension: {shown(extension[1].decode('latin-1'))}")
