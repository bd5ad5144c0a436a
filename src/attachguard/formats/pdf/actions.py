"""Where a PDF action hangs: what starts it, and what it points to (ISO 32000-2, 12.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attachguard.formats.pdf.file import Document
from attachguard.formats.pdf.syntax import Ref, Stream, Value, dictionaries, text
from attachguard.readers.references import Use, kind_of
from attachguard.types.letters import printable

#: What an action refers to: with the document, or on a click.
_OPENED: Final = Use("PDF action", "content", "opening", "pdf-reference", anywhere=True)
_CLICKED: Final = Use("PDF link", "place", "click", "pdf-reference", anywhere=True)
#: Actions whose files are looked at where the action is.
_ACTIONS: Final = frozenset({"Launch", "SubmitForm", "ImportData", "GoToR", "GoToE", "URI"})
#: Attacker's text shown in a detail.
_SHOWN: Final = 80
#: Events of one object, and actions in one row, that are looked at.
_EVENTS: Final = 100
#: Nodes of a name tree that are visited.
_NODES: Final = 20_000

#: Triggers of additional actions (12.6.3, tables 197 to 200).
_TRIGGERS: Final = {
    "E": "mouse enter", "X": "mouse exit", "D": "mouse down", "U": "mouse up", "Fo": "focus", "Bl": "blur", "PO": "page open",
    "PC": "page close", "PV": "page visible", "PI": "page invisible", "O": "page open", "C": "calculate or close", "K": "keystroke",
    "F": "format", "V": "validate", "WC": "document close", "WS": "before saving", "DS": "after saving", "WP": "before printing",
    "DP": "after printing",
}  # fmt: skip


def clean(value: str) -> str:
    """Attacker's text for a detail: cut, and nothing in it that does not print."""
    shown = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    return printable(shown)


def counted(number: int, thing: str) -> str:
    """`1 field`, `3 fields`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def target(document: Document, action: dict[str, Value]) -> str:
    """The file or address that an action points to, ready for a detail; empty where it names none."""
    candidates = [document.resolve(action.get(key)) for key in ("F", "Win", "Unix", "Mac", "UF")]
    for _ in range(3):  # a file specification can be a dictionary that holds a string, or one more level down
        for value in candidates:
            if isinstance(value, bytes) and value:
                return clean(text(value))
        candidates = [
            document.resolve(value.get(key))
            for value in candidates
            if isinstance(value, dict)
            for key in ("UF", "F", "Unix", "DOS", "Mac")
        ]
    return ""


def reference_kind(address: str, *, click: bool = False) -> str:
    """The kind of a reference that an action makes, as the table of references has it."""
    return kind_of(_CLICKED if click else _OPENED, address)


def linked_addresses(document: Document) -> Iterator[tuple[str, str]]:
    """Addresses of links that do more than lead to the web: details, ready made, and their kinds."""
    for _number, value in document.marked("unusual"):
        for _path, entries in dictionaries(value):
            address = document.resolve(entries.get("URI"))
            if isinstance(address, dict):
                address = document.resolve(address.get("Base"))  # what every relative address is put behind (12.6.4.8)
            kind = reference_kind(text(address), click=True) if isinstance(address, bytes) else ""
            if isinstance(address, bytes) and kind not in ("", "pdf-reference"):
                yield f"PDF link: {clean(text(address))}", kind


def shares(document: Document) -> Iterator[tuple[str, str]]:
    """Files on another host's share that anything but an action for them names: streams and form data that lie there, articles of other documents.

    Details, ready made, and their kinds.
    """
    for _number, value in document.marked("share"):
        outside = value.entries if isinstance(value, Stream) else {}
        for path, entries in dictionaries(value):
            if document.resolve(entries.get("S")) in _ACTIONS:
                continue
            for key in ("F", "UF", "DOS", "Unix", "Mac"):
                address = document.resolve(entries.get(key))
                if not isinstance(address, bytes):
                    continue
                opened = entries is outside or path[:1] == ("F",) or path == ("FDF",) or "Ref" in path
                kind = reference_kind(text(address), click=not opened)
                if kind not in ("", "pdf-reference"):
                    yield f"PDF file on a share: {clean(text(address))}", kind


def opened_addresses(document: Document) -> Iterator[tuple[str, str]]:
    """Addresses that are opened without a click: URI actions that the file, a page or a field starts by itself; details, ready made, and kinds."""
    for _number, value in document.marked("trigger"):
        for _path, entries in dictionaries(value):
            started = [("open action", entries["OpenAction"])] if "OpenAction" in entries else []
            events = document.resolve(entries.get("AA"))
            if isinstance(events, dict):
                started += [(_trigger(name), action) for name, action in list(events.items())[:_EVENTS]]
            for place, first in started:
                action = document.resolve(first)
                for _ in range(_EVENTS):
                    if not isinstance(action, dict):
                        break
                    address = document.resolve(action.get("URI"))
                    if document.resolve(action.get("S")) == "URI" and isinstance(address, bytes) and address:
                        detail = f"PDF address that opens by itself: {clean(text(address))} ({place})"
                        yield detail, reference_kind(text(address))
                    following = document.resolve(action.get("Next"))
                    action = document.resolve(following[0]) if isinstance(following, list) and following else following


class Places:
    """Names the place of an action by what refers to it.

    Args:
        document: the PDF; its catalog, pages, fields and name trees are read here, once.
    """

    __slots__ = ("_document", "_links_read", "_names")

    def __init__(self, document: Document) -> None:
        self._document = document
        self._links_read = False
        self._names: dict[int, str] = {}
        for _number, value in document.marked("trigger", "tree", "script"):
            for _path, entries in dictionaries(value):
                if "OpenAction" in entries:
                    self._remember(entries["OpenAction"], "open action")
                if "AA" in entries:
                    self._additional(entries["AA"])
                if "JavaScript" in entries:
                    self._tree(entries["JavaScript"])

    def name(self, number: int, path: tuple[str, ...]) -> str:
        """The place of an action that is in object `number` under these keys."""
        if path == ("FDF",):
            return "import of form data"
        if path == ("OnInstantiate",):
            return "start of a 3D scene"
        if "OpenAction" in path:
            return "open action"
        if "AA" in path:
            trigger = path[path.index("AA") + 1 :]
            return _trigger(trigger[0]) if trigger else "additional action"
        if number in self._names:
            return self._names[number]
        if path and path[-1] == "Names":
            return "document script"
        if path and path[-1] in ("A", "PA"):
            return "on click"
        if path and path[-1] == "Next":
            return "following action"
        if not self._links_read:
            self._links()
        return self._names.get(number, "action")

    def _remember(self, value: Value, name: str) -> None:
        if isinstance(value, Ref):
            self._names.setdefault(value.number, name)

    def _links(self) -> None:
        """Remember what annotations and outline items start; most files have many of them, so only where a place is still unknown."""
        self._links_read = True
        for _number, value in self._document.marked("link"):
            for _path, entries in dictionaries(value):
                for key in ("A", "PA"):
                    self._remember(entries.get(key), "on click")

    def _additional(self, value: Value) -> None:
        events = self._document.resolve(value)
        if not isinstance(events, dict):
            return
        if isinstance(value, Ref):
            self._names.setdefault(value.number, "additional action")
        for trigger, action in events.items():
            self._remember(action, _trigger(trigger))

    def _tree(self, root: Value) -> None:
        """Remember each action of the name tree of document scripts (7.7.4, 7.9.6)."""
        waiting, visited = [root], set()
        for _ in range(_NODES):
            if not waiting:
                return
            node = waiting.pop()
            if isinstance(node, Ref):
                if node.number in visited:
                    continue
                visited.add(node.number)
                self._names.setdefault(node.number, "document script")
            entries = self._document.resolve(node)
            if isinstance(entries, Stream):
                entries = entries.entries
            if not isinstance(entries, dict):
                continue
            for key in ("Kids", "Names"):
                inner = self._document.resolve(entries.get(key))
                if isinstance(inner, list):
                    waiting.extend(item for item in inner if isinstance(item, (Ref, dict)))


def _trigger(name: str) -> str:
    return f"on {_TRIGGERS[name]}" if name in _TRIGGERS else "additional action"
