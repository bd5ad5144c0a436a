"""Word and Excel 2003 XML: a document in one file, with its macros and objects in it as base64 (Office 2003 XML Reference Schemas)."""

from __future__ import annotations

from typing import Any, Final

from attachguard.readers.references import USES, kind_of
from attachguard.sanitizers.openxml.excel import unwanted_formula
from attachguard.sanitizers.openxml.package import local, parse_xml, write_xml
from attachguard.sanitizers.openxml.unlink import remove
from attachguard.sanitizers.openxml.word import fields
from attachguard.sanitizers.record import Cleaned, Refusal, Work

TYPES: Final = frozenset({"word2003", "excel2003"})
REMOVES: Final = {
    "vba": "the macros in `editdata.mso`",
    "ole-object": "objects in `oledata.mso` and their elements; the picture shown for them stays",
    "activex-object": "ActiveX controls",
    "activex-control": "the same",
    "dde-field": "DDE fields; the result that they show stays",
    "fetching-field": "fields that fetch a file; the result that they show stays",
    "attached-template": "templates from elsewhere",
    "dde-formula": "formulas of Excel that start a program, and names for them; values stay",
    "dde-link": "links of Excel over DDE; values stay",
    "network-path-link": "links of cells to network paths; the text stays",
}
KEEPS: Final = "Text, formatting, tables, pictures, ordinary fields; cell values, formulas and links to the web."
REFUSES: Final = "XML that is not well-formed or declares entities."

_MACROS: Final = "editdata.mso"


def sanitize(work: Work) -> Cleaned:
    """The document without what is not wanted."""
    root = parse_xml(work.data)
    if work.type == "excel2003":
        _workbook(root, work)
        return Cleaned(write_xml(root))
    if local(root) != "wordDocument":
        raise Refusal("its root is not that of a document")
    for element in list(root.iter()):
        if isinstance(element.tag, str) and element.getparent() is not None:
            _look(element, local(element), work)
    fields(root, work, "")
    for key in list(root.attrib):
        # What the document says that it holds is no longer true.
        if str(key).rpartition("}")[2] in ("macrosPresent", "embeddedObjPresent", "ocxPresent"):
            root.set(key, "no")
    return Cleaned(write_xml(root))


def _workbook(root: Any, work: Work) -> None:
    for element in [each for each in root.iter() if isinstance(each.tag, str)]:
        for key, value in list(element.attrib.items()):
            name = str(key).rpartition("}")[2]
            reason = None
            if name in ("Formula", "RefersTo"):
                reason = unwanted_formula(value, work)
            elif name == "HRef":
                kind = kind_of(USES["link"], value)
                reason = ("external-reference", kind, "link of a cell") if kind and work.wants(kind) else None
            if reason is not None:
                work.took(*reason, value.encode("utf-8", "replace"))
                del element.attrib[key]
                if name == "RefersTo":
                    remove(element)
        path = element.text or ""
        if local(element) == "Path" and "|" in path and work.wants("dde-link"):
            work.took("active-content", "dde-link", "DDE link", path.encode("utf-8", "replace"))
            holder = element.getparent()
            remove(holder if holder is not None and local(holder) == "SupBook" else element)


def _look(element: Any, name: str, work: Work) -> None:
    if name == "binData":
        _binary(element, work)
    elif name == "OLEObject" and work.wants("ole-object"):
        work.took("embedded-object", "ole-object", "OLE object", _value(element, "ProgID").encode())
        remove(element)
    elif name == "ocx" and work.wants("activex-object", "activex-control"):
        work.took("embedded-object", "activex-object", "ActiveX control", _value(element, "name").encode())
        remove(element)
    elif name == "attachedTemplate":
        said = _value(element, "val")
        kind = kind_of(USES["template"], said)
        if kind and work.wants(kind):
            work.took("external-reference", kind, "Word template", said.encode())
            remove(element)


def _binary(element: Any, work: Work) -> None:
    """What is in the file as base64: pictures stay, macros and objects go."""
    name = _value(element, "name").rpartition("/")[2].lower()
    content = "".join(element.itertext()).encode()
    macros = name == _MACROS and work.wants("vba")
    objects = name == "oledata.mso" and work.wants("ole-object")
    if not macros and not objects and _value(element, "name") not in work.concerned:
        return
    if macros:
        work.took("macro-content", "vba", "VBA", content)
    else:
        work.took("embedded-object", "ole-object", "objects", content)
    holder = element.getparent()
    remove(element)
    if local(holder) in ("docSuppData", "docOleData") and len(holder) == 0 and holder.getparent() is not None:
        remove(holder)


def _value(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")
