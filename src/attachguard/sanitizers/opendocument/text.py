"""The XML of OpenDocument: macros, listeners, DDE, what is loaded from elsewhere, formulas that act (ODF 1.3 part 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from attachguard.formats.office._opendocument.content import LOADED
from attachguard.readers.references import USES, kind_of
from attachguard.readers.zip.paths import joined
from attachguard.sanitizers.openxml.package import local
from attachguard.sanitizers.openxml.unlink import remove, unwrap
from attachguard.sanitizers.record import Work

_SCRIPT: Final = re.compile(r"\s*(?:vnd\.sun\.star\.script:|macro:|script:)", re.IGNORECASE)
_FORMULA: Final = re.compile(r"(?:^|[^\w.])(DDE|WEBSERVICE)\s*\(|\|\s*'", re.IGNORECASE)
#: Elements of which only the address goes; others that load something go whole.
_STAYING: Final = frozenset({"image", "background-image", "fill-image", "font-face-uri", "database-row-set", "form"})


class Text:
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
        target = value_of(element, "href") or value_of(element, "macro-name")
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
                or value_of(element, "macro-name")
                or value_of(element, "action") in ("execute", "macro", "verb")
            )
            if not acts:
                return False
            self._note("active-content", "odf-macro-call", f"macro call: {value_of(element, 'event-name')}", target)
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
            _dropvalue_of(element, "href")
            return True
        return False

    def _dde(self, element: Any, name: str) -> bool:
        if name in ("dde-source", "dde-connection-decl", "dde-link") and self._work.wants("dde-link", "dde-field"):
            said = f"{value_of(element, 'dde-application')}|{value_of(element, 'dde-topic')}"
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
        address = value_of(element, "href")
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
            _dropvalue_of(element, "href")
        return True

    def _object(self, element: Any, name: str) -> bool:
        """OLE objects of a flat document are in it."""
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


def value_of(element: Any, name: str) -> str:
    """An attribute by its local name; empty without one."""
    if not isinstance(element.tag, str):
        return ""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def _dropvalue_of(element: Any, name: str) -> None:
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


def resolved(folder: str, address: str) -> str:
    """The name of the member that an address means, in lower case.

    Args:
        folder: that the text is in.
        address: as it is there.
    """
    from urllib.parse import unquote

    steps = [*(folder.split("/") if folder else []), *unquote(address).lower().split("/")]
    return joined(steps)
