"""Open XML (ECMA-376): Word, Excel, PowerPoint and Visio, with and without macros.

Macros are found by relationship, whatever their part is called. What is taken out goes with its relationship, its content type and everything that
only it led to; a document that had macros becomes one of the type without. All other members are copied as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from attachguard.formats.office._office.links import EXTERNAL
from attachguard.readers.references import USES, Use, kind_of
from attachguard.sanitizers.openxml import excel, word
from attachguard.sanitizers.openxml.package import Link, Package, local, looks_like_xml
from attachguard.sanitizers.openxml.unlink import remove, unlink
from attachguard.sanitizers.record import Cleaned, Refusal, Work

#: Types by what they become without macros; and types that stay what they are.
_PLAIN: Final = {
    "docm": "docx", "dotm": "dotx", "xlsm": "xlsx", "xltm": "xltx", "pptm": "pptx", "potm": "potx", "ppsm": "ppsx", "sldm": "sldx", "vsdm": "vsdx",
}  # fmt: skip
TYPES: Final = frozenset({*_PLAIN, *_PLAIN.values(), "xlsb"})
REMOVES: Final = {
    "vba": "the VBA project with its data and signatures, toolbars, key bindings, ribbon callbacks, names and buttons that call procedures",
    "xlm": "Excel 4 macro sheets and the names that point to them",
    "activex-control": "ActiveX controls; their picture stays",
    "dde-field": "DDE fields of Word; the result that they show stays",
    "dde-link": "DDE links of Excel; values stay",
    "office-add-in": "web add-ins that the document brings along",
    "ribbon-callback": "ribbon elements that call macros",
    "slide-action": "actions of slides that start a program, run a macro or open an object",
    "ole-object": "OLE objects and packages; their preview picture stays",
    "attached-template": "templates, frames, subdocuments, linked objects, workbooks and network pictures that are fetched from elsewhere",
    "data-connection": "where data connections lead and what they ask",
    "fetching-function": "formulas that fetch from a server, ask a program or lead to a network path; values stay",
}
KEEPS: Final = (
    "Text, layout, styles, charts, pictures, comments, cell values and formulas, hyperlinks, pictures linked over https, embedded documents that "
    "are clean by themselves; members without a change are copied as they stand."
)
REFUSES: Final = (
    "Add-ins, workbooks with no sheet but macro sheets, documents whose text comes from an alternative content that is not empty, packages that are "
    "damaged, signed or encrypted."
)

_MACRO_KINDS: Final = frozenset(
    {
        "vbaproject", "wordvbadata", "vbaprojectsignature", "vbaprojectsignatureagile", "vbaprojectsignaturev3", "attachedtoolbars",
        "keymapcustomizations", "jdedata",
    }
)  # fmt: skip
_MACRO_TYPES: Final = ("vbaproject", "vbadata", "attachedtoolbars", "keymapcustomizations", "jdedata")
_VML: Final = "{urn:schemas-microsoft-com:vml}"
_RIBBONS: Final = frozenset({"extensibility", "usercustomization"})
_CALLBACK: Final = re.compile(rb"\s(?:on[A-Z][A-Za-z]{2,30}|get[A-Z][A-Za-z]{2,30}|loadImage)\s*=\s*[\"'][^\"']")
_ADD_INS: Final = frozenset({"webextension", "webextensiontaskpanes", "webextensiontaskpane"})
#: The kinds that `excel.external_links` deals with.
_BOOKS: Final = frozenset(
    {
        "externallinkpath", "xlpathmissing", "xlexternallinkpath", "xlstartup", "xlalternatestartup", "xllibrary", "externallinklongpath",
    }
)  # fmt: skip
_ACTION: Final = re.compile(r"ppaction://(program|macro|ole)\b", re.IGNORECASE)
_ACTIONS: Final = {
    "program": "starts a program",
    "macro": "runs a macro",
    "ole": "opens an object",
}
#: An alternative content that holds nothing but this is empty.
_BLANK: Final = re.compile(rb"<[^>]*>|&nbsp;|\s+")
_OPEN: Final = "application/vnd.openxmlformats-officedocument"
#: Media types of main parts, and those without macros.
_MACRO_FREE: Final = {
    f"application/vnd.ms-{old}+xml": new
    for old, new in (
        ("word.document.macroenabled.main", f"{_OPEN}.wordprocessingml.document.main+xml"),
        ("word.template.macroenabledtemplate.main", f"{_OPEN}.wordprocessingml.template.main+xml"),
        ("word.template.macroenabled.main", f"{_OPEN}.wordprocessingml.template.main+xml"),
        ("excel.sheet.macroenabled.main", f"{_OPEN}.spreadsheetml.sheet.main+xml"),
        ("excel.template.macroenabled.main", f"{_OPEN}.spreadsheetml.template.main+xml"),
        ("powerpoint.presentation.macroenabled.main", f"{_OPEN}.presentationml.presentation.main+xml"),
        ("powerpoint.template.macroenabled.main", f"{_OPEN}.presentationml.template.main+xml"),
        ("powerpoint.slideshow.macroenabled.main", f"{_OPEN}.presentationml.slideshow.main+xml"),
        ("powerpoint.slide.macroenabled.main", f"{_OPEN}.presentationml.slide.main+xml"),
        ("visio.drawing.macroenabled.main", "application/vnd.ms-visio.drawing.main+xml"),
        ("visio.stencil.macroenabled.main", "application/vnd.ms-visio.stencil.main+xml"),
        ("visio.template.macroenabled.main", "application/vnd.ms-visio.template.main+xml"),
    )
}
_WORD_ROOTS: Final = frozenset({"document", "hdr", "ftr", "footnotes", "endnotes", "comments", "glossaryDocument"})
_SLIDE_ROOTS: Final = frozenset({"sld", "sldLayout", "sldMaster", "handoutMaster", "notes", "notesMaster"})


def sanitize(work: Work) -> Cleaned:
    """The package without what is not wanted."""
    package = Package(work.data, work.budget)
    had_macros = _macros(package, work)
    if work.wants("xlm") and any(name.startswith("xl/") or "workbook" in name for name in package.names()):
        had_macros = bool(excel.macro_sheets(package, work)) or had_macros
    excel.external_links(package, work)
    _objects(package, work)
    _outside(package, work)
    excel.connections(package, work)
    excel.formulas(package, work)
    _texts(package, work)
    _children(package, work)
    for name, content in package.sweep():
        if name.endswith(".bin"):
            work.took("embedded-object", "ole-object", "what only a removed part used", content, member=name)
    kind = ""
    if had_macros:
        excel.macro_names(package)
        kind = _plain_type(package, work)
    return Cleaned(package.write(), kind)


# -- macros --------------------------------------------------------------------------------------------------------------------


def _macros(package: Package, work: Work) -> bool:
    """Take VBA and what belongs to it out; whether there was any."""
    if not work.wants("vba"):
        return False
    found = False
    for link in list(package.links):
        mine = link.kind in _MACRO_KINDS or (
            not link.external and any(word in package.media_type(link.target) for word in _MACRO_TYPES)
        )
        if mine and not link.external:
            _gone(package, work, link, "macro-content", "vba", "VBA" if "vba" in link.kind else "macro customization")
            found = True
    for name in package.names():
        if any(word in package.media_type(name) for word in _MACRO_TYPES) or name.endswith("/jdedata.bin"):
            work.took("macro-content", "vba", "VBA", package.read(name), member=package.actual(name))
            package.drop(name)
            found = True
    return found


def _plain_type(package: Package, work: Work) -> str:
    """Give the main part the media type without macros; the id of the document's type then."""
    for name in package.names():
        plain = _MACRO_FREE.get(package.media_type(name))
        if plain is not None:
            package.set_type(name, plain)
    return _PLAIN.get(work.type, work.type)


def _gone(package: Package, work: Work, link: Link, code: str, kind: str, detail: str) -> None:
    """Cut a relationship to a part, and the part where nothing else leads to it."""
    name = link.target
    unlink(package, link)
    if name not in package.pack:
        return
    if not any(other.target == name and not other.external for other in package.links):
        work.took(code, kind, detail, package.read(name), member=package.actual(name))
        package.drop(name)


# -- objects, controls, add-ins ----------------------------------------------------------------------------------------------------


def _objects(package: Package, work: Work) -> None:
    for link in list(package.links):
        reason = _object_reason(package, work, link) if package.has(link) else None
        if reason is not None:
            _gone(package, work, link, *reason)
    if work.wants("ole-object"):
        for name in package.names():
            orphan = "/embeddings/" in name and not any(link.target == name for link in package.links)
            if orphan and (name.endswith(".bin") or package.media_type(name).endswith("oleobject")):
                work.took(
                    "embedded-object", "ole-object", "OLE object", package.read(name), member=package.actual(name)
                )
                package.drop(name)


def _object_reason(package: Package, work: Work, link: Link) -> tuple[str, str, str] | None:
    """Code, kind and detail of an object, control or add-in that is not wanted; None for any other relationship."""
    if link.kind in _ADD_INS:
        return ("active-content", "office-add-in", "Office add-in") if work.wants("office-add-in") else None
    if link.external:
        return None
    content = package.read(link.target) if link.target in package.pack else b""
    if link.kind == "control" and work.wants("activex-control"):
        return "active-content", "activex-control", "ActiveX control"
    if link.kind == "oleobject" and work.wants("ole-object"):
        return "embedded-object", "ole-object", "OLE object"
    if link.kind in _RIBBONS and work.wants("ribbon-callback") and _CALLBACK.search(content):
        return "active-content", "ribbon-callback", "ribbon callback"
    if link.kind == "afchunk" and work.wants("alternative-chunk"):
        if _BLANK.sub(b"", content):
            raise Refusal("text of the document comes from an alternative content")
        return "embedded-file", "alternative-chunk", "altChunk"
    return None


def _outside(package: Package, work: Work) -> None:
    """Relationships to places outside that are followed without a click."""
    books = {link.target for link in package.links if link.kind == "externallink"}
    for link in list(package.links):
        if not link.external or not package.has(link) or (link.kind in _BOOKS and link.source in books):
            continue
        use = EXTERNAL.get(link.kind) or Use(f"relationship {link.kind[:40]}", "content", "opening")
        kind = kind_of(use, link.target)
        if not kind or not work.wants(kind):
            continue
        target = link.target.encode("utf-8", "replace")
        work.took("external-reference", kind, f"{use.words}: {link.target}", target, member=package.actual(link.source))
        if link.kind.startswith("mailmerge"):
            for element, _ in package.users(link.source, link.id):
                whole = element if local(element) == "mailMerge" else _holder(element, "mailMerge")
                remove(element if whole is None else whole)
                package.touch(link.source)
            package.cut(link)
        else:
            unlink(package, link)


def _holder(element: Any, name: str) -> Any:
    holder = element.getparent()
    while holder is not None and local(holder) != name:
        holder = holder.getparent()
    return holder


# -- what is in the XML itself ------------------------------------------------------------------------------------------------


def _texts(package: Package, work: Work) -> None:
    for name in package.names():
        if name.endswith((".rels", "[content_types].xml")):
            continue
        media_type = package.media_type(name)
        if not (name.endswith((".xml", ".vml")) or media_type.endswith("xml")) or name not in package.pack:
            continue
        content = package.read(name)
        look = _look(content)
        if look is not None and looks_like_xml(content):
            look(package, name, work)
        if b":vml" in content and (b"src=" in content or b"href=" in content):
            _drawn(package, name, work)


def _drawn(package: Package, name: str, work: Work) -> None:
    """Addresses in VML itself; all others are relationships."""
    for element in package.tree(name).iter():
        if not isinstance(element.tag, str) or not element.tag.startswith(_VML):
            continue
        for key, use in (("src", USES["picture"]), ("href", USES["link"])):
            address = element.get(key) or ""
            kind = kind_of(use, address) if address else ""
            if kind and work.wants(kind):
                said = address.encode("utf-8", "replace")
                work.took("external-reference", kind, f"{use.words}: {address}", said, member=package.actual(name))
                del element.attrib[key]
                package.touch(name)


def _look(content: bytes) -> Callable[[Package, str, Work], None] | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _any_text
    if b"instrText" in content or b"fldSimple" in content or b"webVideoPr" in content:
        return _word_text
    if b"ppaction:" in content:
        return _slide
    if b"HyperlinkBase>" in content:
        return _base
    return None


def _any_text(package: Package, name: str, work: Work) -> None:
    root = local(package.tree(name))
    if root in _WORD_ROOTS:
        _word_text(package, name, work)
    elif root in _SLIDE_ROOTS:
        _slide(package, name, work)


def _word_text(package: Package, name: str, work: Work) -> None:
    if word.fields(package.tree(name), work, package.actual(name)):
        package.touch(name)
    if work.wants("web-video"):
        for element in word.without(package, name, lambda each: local(each) == "webVideoPr"):
            page = element.get("embeddedHtml") or ""
            work.took("external-reference", "web-video", "web video", page.encode(), member=package.actual(name))


def _base(package: Package, name: str, work: Work) -> None:
    """What every relative link is appended to (22.2.2.14)."""
    for element in [each for each in package.tree(name).iter() if local(each) == "HyperlinkBase"]:
        address = element.text or ""
        kind = kind_of(USES["link"], address)
        if kind and work.wants(kind):
            said = address.encode("utf-8", "replace")
            work.took("external-reference", kind, f"base of links: {address}", said, member=package.actual(name))
            remove(element)
            package.touch(name)


def _slide(package: Package, name: str, work: Work) -> None:
    """Actions of a slide (21.1.2.3.5); what they lead to goes by its relationship."""
    if not work.wants("slide-action"):
        return
    for element in [each for each in package.tree(name).iter() if isinstance(each.tag, str) and each.get("action")]:
        found = _ACTION.match(element.get("action").strip())
        if found is None:
            continue
        ident = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        target = next((link for link in package.of(name) if link.id == ident), None)
        detail = f"PowerPoint action: {_ACTIONS[found[1].lower()]}"
        said = element.get("action") + (f" {target.target}" if target is not None else "")
        work.took(
            "active-content", "slide-action", detail, said.encode("utf-8", "replace"), member=package.actual(name)
        )
        remove(element)
        package.touch(name)
        if target is not None and not package.users(name, ident):
            package.cut(target)


# -- members with findings of their own -----------------------------------------------------------------------------------------


def _children(package: Package, work: Work) -> None:
    """Members in which something was found: cleaned in place where that can be, else taken out."""
    concerned = {name.lower() for name in work.concerned}
    for name in package.names():
        if name not in concerned or name.endswith(".rels") or name not in package.pack:
            continue
        content = package.read(name)
        if looks_like_xml(content) and package.media_type(name).endswith("xml"):
            continue
        child = work.child(package.actual(name), content)
        if child.data is not None:
            package.pack.replace(name, child.data)
            _follow_name(package, name, child.name)
            continue
        code, kind = child.reasons[0] if child.reasons else ("embedded-file", "embedded-file")
        work.took(code, kind, "embedded content that is not accepted", content, member=package.actual(name))
        for link in [link for link in package.links if link.target == name and not link.external]:
            unlink(package, link)
        package.drop(name)


def _follow_name(package: Package, name: str, new: str) -> None:
    """The name and media type of an embedded document whose type has changed."""
    from attachguard.types.filetypes import filetype

    kind = new.rpartition(".")[2].lower()
    if new and _PLAIN.get(name.rpartition(".")[2]) == kind:
        package.set_type(name, filetype(kind).mime)
        package.rename(name, new.rpartition("/")[2])
