"""HTML, XHTML and SVG: rebuilt from an allow-list of elements, attributes and addresses. What is not on it goes; text stays where it was shown.

A page is parsed and written anew, so that what comes out is read by everybody alike. Its own bytes beyond ASCII are carried through untouched,
whatever character set the page or its mail names. Whether a page has to be changed at all has been decided before: clean ones never come here.
"""

from __future__ import annotations

import re
from typing import Final

from attachguard.readers.packed.inflate import GZIP, inflate_up_to
from attachguard.sanitizers.markup.cleaner import Cleaner
from attachguard.sanitizers.record import Cleaned, Refusal, Work

TYPES: Final = frozenset({"html", "xhtml", "svg", "svgz"})
REMOVES: Final = {
    "html-script": "script elements, event handlers, links that run script or start a program, redirects",
    "html-object": "frames, objects, applets",
    "html-form-target": "where forms send to; the form stays",
    "html-smuggling": "files in data: addresses",
    "html-picture": "pictures and style sheets from elsewhere, where the policy wants them out; network paths always",
    "svg-script": "script, handlers, foreign objects, animations of links, references to elsewhere in drawings",
}
KEEPS: Final = "Text, tables, lists, layout by styles, links to the web and to mailboxes, pictures that the page or mail brings along."
REFUSES: Final = (
    "Pages in UTF-7 or a seven-bit Asian encoding, XML that is not well-formed or declares entities, HTML applications."
)

_CONTROL: Final = re.compile("[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE\s[^\[>]{0,500}>", re.IGNORECASE)
_NAMED: Final = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,10});")
_ASIAN: Final = re.compile(rb"\x1b[$(]|charset\s*=\s*[\"']?(?:utf-7|utf-16|iso-2022|hz-gb)", re.IGNORECASE)
#: How text begins whose letters have two bytes.
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
#: Own bytes of a page above ASCII stand here while it is a text.
_CARRIED: Final = 0xF700
_DEEPEST: Final = 400


def sanitize(work: Work) -> Cleaned:
    """The page or drawing without what is not on the list."""
    data = work.data
    if _ASIAN.search(data[:4096]) and not data.startswith(_WIDE):
        raise Refusal("a character set in which tags cannot be found safely")
    if work.type == "svgz":
        return Cleaned(_packed(work))
    return Cleaned(_page(work) if work.type == "html" else _document(work))


def _packed(work: Work) -> bytes:
    """A drawing in gzip: cleaned as a drawing, and packed again."""
    import gzip

    plain = inflate_up_to(work.data, work.budget.limits.part_bytes, wbits=GZIP)
    child = work.child("drawing.svg", plain)
    if child.data is None:
        raise Refusal("the drawing in it cannot be cleaned")
    return gzip.compress(child.data, 6, mtime=0)


# -- HTML ---------------------------------------------------------------------------------------------------------------------


def _page(work: Work) -> bytes:
    from lxml import etree, html

    bom = b"\xef\xbb\xbf" if work.data.startswith(b"\xef\xbb\xbf") else b""
    if work.data.startswith(_WIDE):
        # It comes out in ASCII with references, which every character set has.
        wide = "utf-16-be" if work.data.startswith((b"\xfe\xff", b"\0<")) else "utf-16-le"
        text = work.data.decode(wide, "replace").lstrip("\ufeff").replace("\0", "")
        text = "".join(letter if not 0xF700 <= ord(letter) <= 0xF7FF else "\ufffd" for letter in text)
    else:
        text = "".join(chr(byte) if byte < 0x80 else chr(_CARRIED + byte) for byte in work.data[len(bom) :]).replace(
            "\0", ""
        )
    # No reader shows control characters, and the library takes none.
    text = _CONTROL.sub(" ", text)
    parser = html.HTMLParser(remove_comments=False, no_network=True, huge_tree=False)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Refusal("not a page that can be read") from error
    doctype = root.getroottree().docinfo.doctype if b"<!doctype" in work.data[:1024].lower() else ""
    Cleaner(work, "html").clean(root)
    written: str = html.tostring(root, encoding="unicode", include_meta_content_type=True, doctype=doctype or None)
    # A page that was a piece stays one: mail programs put it into a page of their own.
    if b"<html" not in work.data.lower():
        written = _inner(written)
    return bom + _carried(written)


def _inner(written: str) -> str:
    body = re.search(r"<body[^>]*>(.*)</body>", written, re.DOTALL)
    head = re.search(r"<head[^>]*>(.*?)</head>", written, re.DOTALL)
    return (head[1] if head else "") + (body[1] if body else written)


def _carried(text: str) -> bytes:
    """Text as bytes: what the page had above ASCII as it was, everything else above ASCII as a reference."""
    out = bytearray()
    for letter in text:
        code = ord(letter)
        if code < 0x80:
            out.append(code)
        elif _CARRIED + 0x80 <= code <= _CARRIED + 0xFF:
            out.append(code - _CARRIED)
        else:
            out += b"&#%d;" % code
    return bytes(out)


# -- XML -----------------------------------------------------------------------------------------------------------------------


def _document(work: Work) -> bytes:
    from lxml import etree

    doctype = _DOCTYPE.search(work.data)
    data = _DOCTYPE.sub(b"", work.data, count=1)
    if work.type == "xhtml" and b"&" in data:
        # Named references come from the document type, which is not read.
        data = _NAMED.sub(_numbered, data)
    if b"<!DOCTYPE" in data.upper() or b"<!ENTITY" in data.upper():
        raise Refusal("the document declares entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal("XML that is not well-formed") from error
    for sibling in [*root.itersiblings(preceding=True), *root.itersiblings()]:
        if sibling.tag is etree.ProcessingInstruction:
            work.took(
                "active-content",
                f"{work.type}-script",
                "processing instruction",
                etree.tostring(sibling, with_tail=False),
            )
    Cleaner(work, work.type).clean(root)
    encoding = root.getroottree().docinfo.encoding or "UTF-8"
    written: bytes = etree.tostring(root, xml_declaration=data.lstrip().startswith(b"<?xml"), encoding=encoding)
    if work.type == "xhtml" and doctype is not None:
        at = written.find(b"?>") + 2 if written.startswith(b"<?xml") else 0
        written = written[:at] + b"\n" * bool(at) + doctype[0] + written[at:]
    return written


def _numbered(found: re.Match[bytes]) -> bytes:
    from html.entities import name2codepoint

    code = name2codepoint.get(found[1].decode("ascii"))
    return b"&#%d;" % code if code is not None and found[1] not in (b"amp", b"lt", b"gt", b"quot") else found[0]
