"""Word 2003 XML: a document in one file, with its macros and objects in it as base64 (Office 2003 XML Reference Schemas)."""

from __future__ import annotations

from typing import Any, Final

from attachguard.readers.references import USES, kind_of
from attachguard.sanitizers.openxml.package import local, parse_xml, write_xml
from attachguard.sanitizers.openxml.unlink import remove
from attachguard.sanitizers.openxml.word import fields
from attachguard.sanitizers.record import Cleaned, Refusal, Work

TYPES: Final = frozenset({"word2003"})
REMOVES: Final = {
    "vba": "the macros in `editdata.mso`",
    "ole-object": "objects in `oledata.mso` and their elements; the picture shown for them stays",
    "activex-object": "ActiveX controls",
    "activex-control": "the same",
    "dde-field": "DDE fields; the result that they show stays",
    "fetching-field": "fields that fetch a file; the result that they show stays",
    "attached-template": "templates from elsewhere",
}
KEEPS: Final = "Text, formatting, tables, pictures, ordinary fields."
REFUSES: Final = "XML that is not well-formed or declares entities; Excel 2003 XML."

_MACROS: Final = "editdata.mso"


def sanitize(work: Work) -> Cleaned:
    """The document without what is not wanted."""
    root = parse_xml(work.data)
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
