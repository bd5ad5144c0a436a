"""OpenDocument (ISO/IEC 26300), zipped and flat, and its StarOffice ancestors: macros, listeners, DDE, OLE objects, what is loaded from elsewhere.

A member that goes takes its line of the manifest and the references to it along; the pictures that stand for objects stay. All other members are
copied as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from attachguard.formats.office._opendocument.content import LOADED
from attachguard.readers.references import USES, kind_of
from attachguard.sanitizers.openxml.package import local, parse_xml, write_xml
from attachguard.sanitizers.openxml.unlink import remove, unwrap
from attachguard.sanitizers.record import Cleaned, Refusal, Work
from attachguard.sanitizers.zippack import Pack

_ZIPPED: Final = frozenset(
    {
        "odt", "ods", "odp", "odg", "odf", "odc", "odi", "odm", "odb", "ott", "ots", "otp", "otg", "oth", "sxw", "sxc", "sxi", "sxd", "sxm", "sxg",
        "stw", "stc", "sti", "std",
    }
)  # fmt: skip
_FLAT: Final = frozenset({"fodt", "fods", "fodp", "fodg"})
TYPES: Final = _ZIPPED | _FLAT
REMOVES: Final = {
    "odf-basic": "Basic libraries and dialogs",
    "odf-script": "scripts in other languages",
    "odf-macro-call": "event listeners, links and buttons that call a macro",
    "dde-link": "DDE links; the text that they show stays",
    "dde-formula": "formulas that start a program; values stay",
    "fetching-function": "formulas that fetch from a server; values stay",
    "fetched-content": "sections, tables, objects, frames, network pictures and templates that are loaded from elsewhere",
    "ole-object": "OLE objects; the picture that stands for them stays",
}
KEEPS: Final = "Text, layout, styles, pictures, charts and formulas, cell values, links, embedded documents that are clean by themselves."
REFUSES: Final = "Signed and encrypted documents, XML that is not well-formed or declares entities."

_MANIFEST: Final = "meta-inf/manifest.xml"
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE\s[^\[>]{0,500}>")
_SCRIPT: Final = re.compile(r"\s*(?:vnd\.sun\.star\.script:|macro:|script:)", re.IGNORECASE)
_FORMULA: Final = re.compile(r"(?:^|[^\w.])(DDE|WEBSERVICE)\s*\(|\|\s*'", re.IGNORECASE)
#: Elements of which only the address goes; others that load something go whole.
_STAYING: Final = frozenset({"image", "background-image", "fill-image", "font-face-uri", "database-row-set", "form"})
#: Words of which one stands in every text that has something to be taken out.
_WORTH: Final = (
    b"script", b"event-listener", b"macro", b"dde", b"DDE", b"href", b"WEBSERVICE", b"object-ole", b"execute",
)  # fmt: skip


def sanitize(work: Work) -> Cleaned:
    """The document without what is not wanted."""
    if work.type in _FLAT:
        root = _parse(work.data)
        _Text(work, "").clean(root)
        return Cleaned(write_xml(root))
    return Cleaned(_Zipped(work).run())


def _parse(content: bytes) -> Any:
    return parse_xml(_DOCTYPE.sub(b"", content, count=1))


class _Zipped:
    """A document in a ZIP archive."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._pack = Pack(work.data, work.budget)
        self._gone: set[str] = set()
        self._types = self._read_manifest()

    def run(self) -> bytes:
        work, pack = self._work, self._pack
        for name in tuple(pack.members):
            self._member(name, pack.members[name].name)
        # First the texts, for the objects that they show; then what nobody shows.
        for name in tuple(pack.members):
            if name.endswith((".xml", ".rdf")) and not name.startswith("meta-inf/") and name in pack.members:
                self._text(name)
        if work.wants("ole-object"):
            for name in tuple(pack.members):
                if self._is_object(name):
                    self._take(name, "embedded-object", "ole-object", "OLE object")
        self._children()
        self._write_manifest()
        return pack.write()

    def _read_manifest(self) -> dict[str, str]:
        if _MANIFEST not in self._pack.members:
            return {}
        root = _parse(self._pack.read(_MANIFEST))
        found: dict[str, str] = {}
        for element in root.iter():
            if local(element) == "encryption-data":
                raise Refusal("encrypted: it cannot be changed, only kept back")
            if local(element) == "file-entry":
                found[_value(element, "full-path").lower()] = _value(element, "media-type").lower()
        return found

    def _member(self, name: str, actual: str) -> None:
        """Macros, which are members of their own."""
        folders = name.split("/")
        basic = (
            "basic" in folders[:-1] or "dialogs" in folders[:-1] or folders[-1].endswith(".xba")
        ) and self._work.wants("odf-basic")
        script = "scripts" in folders[:-1] and self._work.wants("odf-script")
        if not basic and not script:
            return
        content = b"" if name.endswith("/") else self._pack.read(name)
        if basic:
            self._work.took("macro-content", "odf-basic", "ODF Basic", content, member=actual)
        else:
            self._work.took("macro-content", "odf-script", "ODF script", content, member=actual)
        self._pack.drop(name)
        self._gone.add(name)

    def _text(self, name: str) -> None:
        content = self._pack.read(name)
        if not any(word in content for word in _WORTH) and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return
        root = _parse(content)
        text = _Text(self._work, self._pack.members[name].name)
        if text.clean(root):
            self._pack.replace(name, write_xml(root))

    def _is_object(self, name: str) -> bool:
        leaf = name.rpartition("/")[2]
        if self._types.get(name) == "application/vnd.sun.star.oleobject":
            return True
        return leaf.startswith("object ") and "objectreplacements/" not in name and not leaf.endswith(".xml")

    def _take(self, name: str, code: str, kind: str, detail: str) -> None:
        self._work.took(code, kind, detail, self._pack.read(name), member=self._pack.members[name].name)
        self._pack.drop(name)
        self._gone.add(name)
        self._unlink(name)

    def _unlink(self, name: str) -> None:
        """Take out the references to a member that went."""
        for text in tuple(self._pack.members):
            if not text.endswith(".xml") or text.startswith("meta-inf/"):
                continue
            content = self._pack.read(text)
            if name.rpartition("/")[2].encode() not in content.lower().replace(b"%20", b" "):
                continue
            root = _parse(content)
            folder = text.rpartition("/")[0]
            gone = [
                element for element in root.iter()
                if isinstance(element.tag, str) and _resolved(folder, _value(element, "href")) == name
            ]  # fmt: skip
            for element in gone:
                remove(element)
            if gone:
                self._pack.replace(text, write_xml(root))

    def _children(self) -> None:
        """Members in which something was found."""
        for wanted in self._work.concerned:
            name = wanted.lower()
            if name not in self._pack.members or name.endswith(".xml"):
                continue
            content = self._pack.read(name)
            child = self._work.child(wanted, content)
            if child.data is None:
                code, kind = child.reasons[0] if child.reasons else ("embedded-file", "embedded-file")
                self._take(name, code, kind, "embedded content that is not accepted")
            elif child.data != content:
                self._pack.replace(name, child.data)

    def _write_manifest(self) -> None:
        if not self._gone or _MANIFEST not in self._pack.members:
            return
        root = _parse(self._pack.read(_MANIFEST))
        left = self._pack.members
        for element in [each for each in root.iter() if local(each) == "file-entry"]:
            path = _value(element, "full-path").lower()
            emptied = path.endswith("/") and len(path) > 1 and any(each.startswith(path) for each in self._gone)
            if path in self._gone or (emptied and not any(each.startswith(path) for each in left)):
                remove(element)
        self._pack.replace(_MANIFEST, write_xml(root))


class _Text:
    """The XML of a document.

    Args:
        work: notes what goes.
        member: name of the member that it is; empty for a flat document.
    """

    def __init__(self, work: Work, member: str) -> None:
        self._work = work
        self._member = member
        self._changed = False

    def clean(self, root: Any) -> bool:
        """Clean a tree; whether anything went."""
        steps: tuple[Callable[[Any, str], bool], ...] = (self._macro, self._dde, self._loaded, self._object)
        for number, element in enumerate(list(root.iter())):
            if number % 1000 == 0:
                self._work.budget.check_time()
            if not isinstance(element.tag, str) or element.getparent() is None:
                continue
            self._formula(element)
            name = local(element)
            for step in steps:
                if step(element, name):
                    self._changed = True
                    break
        return self._changed

    def _note(self, code: str, kind: str, detail: str, content: str) -> None:
        self._work.took(code, kind, detail, content.encode("utf-8", "replace"), member=self._member)

    def _macro(self, element: Any, name: str) -> bool:
        wants = self._work.wants
        target = _value(element, "href") or _value(element, "macro-name")
        if name in ("scripts", "script", "library-embedded", "libraries", "source-code") and wants(
            "odf-basic", "odf-script"
        ):
            if name == "scripts" and len(element) == 0:
                return False
            from lxml import etree

            self._note(
                "macro-content",
                "odf-basic",
                "macros in the text of the document",
                etree.tostring(element, encoding="unicode"),
            )
            remove(element)
            return True
        if not wants("odf-macro-call"):
            return False
        if name in ("event-listener", "event"):
            acts = (
                _SCRIPT.match(target)
                or _value(element, "macro-name")
                or _value(element, "action") in ("execute", "macro", "verb")
            )
            if not acts:
                return False
            self._note("active-content", "odf-macro-call", f"macro call: {_value(element, 'event-name')}", target)
            holder = element.getparent()
            remove(element)
            if local(holder) in ("event-listeners", "events") and len(holder) == 0:
                remove(holder)
            return True
        if name == "execute-macro":
            self._note("active-content", "odf-macro-call", "field that calls a macro", target)
            unwrap_text(element)
            return True
        if target and _SCRIPT.match(target):
            self._note("active-content", "odf-macro-call", f"{name} that calls a macro", target)
            _drop_value(element, "href")
            return True
        return False

    def _dde(self, element: Any, name: str) -> bool:
        if name in ("dde-source", "dde-connection-decl", "dde-link") and self._work.wants("dde-link", "dde-field"):
            said = f"{_value(element, 'dde-application')}|{_value(element, 'dde-topic')}"
            self._note("active-content", "dde-link", "DDE link", said)
            holder = element.getparent()
            remove(element)
            if local(holder) in ("dde-connection-decls", "dde-links") and len(holder) == 0:
                remove(holder)
            return True
        if name == "dde-connection" and self._work.wants("dde-link", "dde-field"):
            unwrap_text(element)
            return True
        return False

    def _loaded(self, element: Any, name: str) -> bool:
        address = _value(element, "href")
        if not address or address.startswith(("#", "./")):
            return False
        use = LOADED.get(name.encode(), USES["link"])
        kind = kind_of(use, address)
        if not kind or not self._work.wants(kind):
            return False
        self._note("external-reference", kind, use.words, address)
        if name.encode() in LOADED and name not in _STAYING:
            remove(element)
        elif name == "a":
            unwrap_text(element)
        else:
            _drop_value(element, "href")
        return True

    def _object(self, element: Any, name: str) -> bool:
        """OLE objects of a flat document stand in it."""
        if self._member or name not in ("object-ole", "object") or not self._work.wants("ole-object"):
            return False
        data = next((each for each in element if local(each) == "binary-data"), None)
        if data is None:
            return False
        self._note("embedded-object", "ole-object", "OLE object", "".join(data.itertext()))
        remove(element)
        return True

    def _formula(self, element: Any) -> None:
        for key, value in list(element.attrib.items()):
            if str(key).rpartition("}")[2] != "formula":
                continue
            found = _FORMULA.search(value)
            if found is None:
                continue
            fetching = (found[1] or "").upper() == "WEBSERVICE"
            kind = "fetching-function" if fetching else "dde-formula"
            if self._work.wants(kind, *(() if fetching else ("dde-link",))):
                code = "external-reference" if fetching else "active-content"
                self._note(code, kind, "formula", value)
                del element.attrib[key]
                self._changed = True


def _value(element: Any, name: str) -> str:
    """An attribute by its local name; empty without one."""
    if not isinstance(element.tag, str):
        return ""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def _drop_value(element: Any, name: str) -> None:
    for key in list(element.attrib):
        if str(key).rpartition("}")[2] == name:
            del element.attrib[key]


def unwrap_text(element: Any) -> None:
    """Put the text and elements that an element holds in its place."""
    if element.text:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.text
        else:
            parent = element.getparent()
            parent.text = (parent.text or "") + element.text
    unwrap(element)


def _resolved(folder: str, address: str) -> str:
    from urllib.parse import unquote

    steps = [*(folder.split("/") if folder else []), *unquote(address).lower().split("/")]
    kept: list[str] = []
    for step in steps:
        if step == "..":
            if kept:
                kept.pop()
        elif step not in ("", "."):
            kept.append(step)
    return "/".join(kept)
