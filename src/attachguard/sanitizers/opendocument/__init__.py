"""OpenDocument (ISO/IEC 26300), zipped and flat, and its StarOffice ancestors: macros, listeners, DDE, OLE objects, what is loaded from elsewhere.

A member that goes takes its line of the manifest and the references to it along; the pictures that stand for objects stay. All other members are
copied as they are.
"""

from __future__ import annotations

import re
from typing import Any, Final

from attachguard.sanitizers.opendocument.text import Text, resolved, value_of
from attachguard.sanitizers.openxml.package import local, parse_xml, write_xml
from attachguard.sanitizers.openxml.unlink import remove
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
    "ole-object": "OLE objects; the picture shown for them stays",
}
KEEPS: Final = "Text, layout, styles, pictures, charts and formulas, cell values, links, embedded documents that are clean by themselves."
REFUSES: Final = "Signed and encrypted documents, XML that is not well-formed or declares entities."

_MANIFEST: Final = "meta-inf/manifest.xml"
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE\s[^\[>]{0,500}>")
#: Words of which one is in every text that has something to be taken out.
_WORTH: Final = (
    b"script", b"event-listener", b"macro", b"dde", b"DDE", b"href", b"WEBSERVICE", b"object-ole", b"execute",
)  # fmt: skip


def sanitize(work: Work) -> Cleaned:
    """The document without what is not wanted."""
    if work.type in _FLAT:
        root = _parse(work.data)
        Text(work, "").clean(root)
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
                found[value_of(element, "full-path").lower()] = value_of(element, "media-type").lower()
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
        text = Text(self._work, self._pack.members[name].name)
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
                if isinstance(element.tag, str) and resolved(folder, value_of(element, "href")) == name
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
            path = value_of(element, "full-path").lower()
            emptied = path.endswith("/") and len(path) > 1 and any(each.startswith(path) for each in self._gone)
            if path in self._gone or (emptied and not any(each.startswith(path) for each in left)):
                remove(element)
        self._pack.replace(_MANIFEST, write_xml(root))
