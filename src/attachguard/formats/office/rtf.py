r"""Rich Text Format: OLE objects, templates and fields in it.

RTF itself runs nothing. What is dangerous in it are OLE objects (hex text in `\objdata`: programs in a package, exploits of the Equation Editor,
links that fetch), a template from elsewhere (`\*\template`) and fields that start programs (`DDEAUTO`) or fetch files.

Read by `_core.rtf` in one pass. The library for it, rtfobj, spends seconds on a file of some megabytes and has no bounds.

References: RTF 1.9.1, sections "Objects", "Fields", "Document Area"; [MS-OLEDS] 2.2.

Why our own: oletools' reader works in Python byte by byte and by the book, where Word does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard._core import rtf as core
from attachguard.errors import LimitExceeded
from attachguard.formats.markup.shared import shown
from attachguard.formats.office._office import ole1 as _ole1
from attachguard.formats.office._office.equations import equation_facts
from attachguard.formats.office._office.fields import field_facts
from attachguard.formats.referring import refer
from attachguard.later import later
from attachguard.part import Part
from attachguard.readers.compound import monikers
from attachguard.readers.compound.controls import is_control
from attachguard.readers.references import USES, found_in
from attachguard.types.filetypes import UNKNOWN
from attachguard.types.identify import identify
from attachguard.types.identify.longtail import Guesses

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"rtf"})
LIMITATIONS: Final = (
    "Pictures are not looked into.",
    "Object data that is encrypted or that only the exploited program can decode is reported as uninspectable.",
)
EXTRACTS: Final = "Objects, packages and the files in them, under every disguise that Word reads."
DETECTS: Final = (
    "OLE objects, ActiveX controls, equations that overrun the editor, linked objects, templates from elsewhere, DDE fields, `bin` data, "
    "object data that cannot be read."
)

#: The version that a file says it has: 1 in all that exist.
_VERSION: Final = re.compile(rb"\s*\{\\rtf([0-9]{1,3})")
_MOST_EVENTS: Final = 100_000
_MOST_OBJECTS: Final = 1_000
_MOST_TEXT: Final = 4_096
#: Addresses of one kind that are named.
_MOSTADDRESSES: Final = 20
#: Templates that are named; a document has one.
_MOST_TEMPLATES: Final = 100
#: What looking at an address takes, and how many events of other kinds take as long as one look, see `Budget.spare`.
_LOOKS: Final = 2
_EVENTS: Final = 8
_CFB: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FLAGS: Final = {core.UPDATE: "updates itself", core.LINK: "link", core.CONTROL: "ActiveX"}
#: How far into object data a compound file is looked for where the header makes no sense.
_SEARCHED: Final = 65_536
_EQUATION: Final = later(r"equation(?:\.[123])?\s*\Z", re.IGNORECASE)
#: How the header of an equation begins: its length.
_EQUATION_HEADER: Final = b"\x1c\0"
#: The readings that differ from the usual one.
_READINGS: Final = (
    core.HALVED,
    core.QUOTED,
    core.STARRED,
    core.DESTINATIONS,
    core.ANYWHERE,
    core.APART,
    core.SUBSTITUTES,
)
#: Bytes that all readings together may cost, as a multiple of the file.
_MOST_READINGS: Final = 9
_TEMPLATE: Final = USES["template"]
_LINK: Final = USES["object"]._replace(anywhere=False)
#: What the addresses are for that are in destinations of their own.
ADDRESSES: Final = {
    core.VALUE: USES["picture"],
    core.GOAL: USES["link"],
    core.FILE: USES["subdocument"]._replace(anywhere=False),
    core.SOURCE: USES["mail merge"],
}


class _Reading:
    """What the events before say about the object that comes next, and what has been spent."""

    __slots__ = ("controls", "data", "declared", "fields", "flags", "objects", "spent")

    def __init__(self, data: bytes) -> None:
        self.data = memoryview(data)
        #: Classes of controls and where each begins; field codes.
        self.controls: dict[str, int] = {}
        self.fields: list[str] = []
        self.flags: list[str] = []
        self.declared = ""
        self.objects = 0
        self.spent = 0

    def note(self, kind: int, offset: int, content: bytes) -> None:
        """Remember an event that is no object data."""
        if kind == core.OBJECT:
            self.flags, self.declared = [], ""
        elif kind == core.FIELD:
            self.fields.append(content.decode("latin-1"))
        elif kind == core.CLASS:
            self.declared = content.decode("latin-1").strip()
        else:
            self.flags.append(_FLAGS[kind])
        if _FLAGS[core.CONTROL] in self.flags and kind in (core.CLASS, core.CONTROL):
            self.controls.pop("", None)
            self.controls.setdefault(self.declared, offset)


def inspect(part: Part) -> Iterator[Fact]:
    """Objects, templates and fields.

    Raises:
        LimitExceeded: there are too many of them.
    """
    version = _VERSION.match(part.head)
    if version is not None:
        part.describe({"version": version[1].decode()})
    events = core.read(part.data, 0, _MOST_EVENTS, _MOST_TEXT)
    if not events:
        return
    reading = _Reading(part.data)
    addresses: Counter[str] = Counter()
    crowded = len(events) >= _MOST_EVENTS
    part.budget.look("fields and objects of Rich Text", len(events) // _EVENTS)
    for kind, offset, content in events:
        if kind == core.TEMPLATE or kind in ADDRESSES:
            if part.budget.spare(_LOOKS):
                yield from _address(part, kind, content.decode("utf-8", "replace").strip(), offset, addresses)
            else:
                crowded = True
        elif kind & 0xFF not in (core.DATA, core.DOUBTFUL, core.NESTED):
            reading.note(kind, offset, content)
        else:
            reading.objects += 1
            if reading.objects <= _MOST_OBJECTS:
                part.budget.check_time()
                for data in _contents_of(part, reading, kind, content, offset):
                    yield from _object_facts(part, data, reading, offset)
    for name, offset in reading.controls.items():
        yield part.finding("activex-control", f"ActiveX control: {shown(name) or 'unnamed'} in RTF", offset=offset)
    yield from field_facts(part, reading.fields)
    if reading.objects > _MOST_OBJECTS or crowded:
        raise LimitExceeded("parts", f"RTF: more than {_MOST_OBJECTS} objects or {_MOST_EVENTS} fields in one document")


def _address(part: Part, kind: int, text: str, offset: int, said: Counter[str]) -> Iterator[Fact]:
    """What a destination of its own leads to; `said` counts what has been named."""
    if kind == core.TEMPLATE:
        said["template"] += 1
        if said["template"] <= _MOST_TEMPLATES:
            yield from refer(part, _TEMPLATE, text, words="RTF template", offset=offset)
        return
    use = ADDRESSES[kind]
    found, address = found_in(use, text)
    if found and said[found] < _MOSTADDRESSES:
        said[found] += 1
        yield part.finding(found, f"{use.words}: {shown(address)}", offset=offset)


def _contents_of(part: Part, reading: _Reading, kind: int, content: bytes, offset: int) -> list[bytes]:
    """Object data as it makes sense: where readers may differ, every reading that has a header; the usual one where none has.

    Raises:
        LimitExceeded: there is too much of it that may be read in too many ways.
    """
    if kind == core.DATA:
        return [content]
    doubts = kind >> 8
    if kind == core.NESTED:
        content, doubts = _read_again(part, reading, offset, 0)
    found = [content] if _makes_sense(content) else []
    # One reader may differ in one thing from Word, or in all of them.
    others = [other for other in _READINGS if other & doubts]
    for how in [*others, doubts] if len(others) > 1 else others:
        data, _ = _read_again(part, reading, offset, how)
        if _makes_sense(data) and data not in found:
            found.append(data)
    return found or ([content] if kind != core.NESTED else [])


def _read_again(part: Part, reading: _Reading, offset: int, how: int) -> tuple[bytes, int]:
    """The object data that begins here, read in another way, and what other readings would read differently."""
    if reading.spent > _MOST_READINGS * len(part.data):
        raise LimitExceeded("seconds", "RTF: object data that may be read in too many ways")
    content, doubts = b"", 0
    for kind, place, data in core.read(reading.data[offset:], how | core.FIRST, 2, 0):
        if kind == core.END:
            reading.spent += place
        elif kind & 0xFF in (core.DATA, core.DOUBTFUL):
            content, doubts = data, kind >> 8
    return content, doubts


def _makes_sense(content: bytes) -> bool:
    return _ole1.read_object(content) is not None or _CFB in content[:_SEARCHED]


def _object_facts(part: Part, content: bytes, reading: _Reading, offset: int) -> Iterator[Fact]:
    """One object: what it is, and what it holds as a part."""
    parsed = _ole1.read_object(content)
    name = (parsed.class_name if parsed is not None else "") or reading.declared
    notes = list(dict.fromkeys(reading.flags))
    equation = bool(_EQUATION.match(name) or _EQUATION.match(reading.declared))
    if equation:
        notes.append("Equation Editor")
    if not content:
        notes.append("empty")
    elif parsed is None:
        notes.append("damaged header")
    if is_control(name) or is_control(reading.declared):
        reading.controls.setdefault(name or reading.declared, offset)
    linked = parsed is not None and parsed.kind == _ole1.LINKED
    detail = f"{'OLE link' if linked else 'OLE object'}: {shown(name) or 'no class'}"
    yield part.finding("ole-object", detail + (f" ({', '.join(notes)})" if notes else ""), offset=offset)
    if content and parsed is None:
        yield part.finding("object-unread", "OLE object: its header cannot be read", offset=offset)
    if parsed is not None and linked and parsed.topic:
        yield from refer(part, _LINK, parsed.topic, words="OLE link", offset=offset)
    for address in monikers.addresses(content):
        yield from refer(part, _LINK, address, words="OLE link", offset=offset)
    if (
        parsed is not None
        and (equation or parsed.native[:2] == _EQUATION_HEADER)
        and _CFB not in parsed.native[:_SEARCHED]
    ):
        yield from equation_facts(part, parsed.native, offset=offset)
    yield from _contents(part, parsed, content, offset, reading.objects)


def _contents(part: Part, parsed: _ole1.OleObject | None, content: bytes, offset: int, number: int) -> Iterator[Fact]:
    native = parsed.native if parsed is not None else b""
    package = _ole1.read_package(native) if native and native[:2] != _EQUATION_HEADER else None
    if package is not None:
        file_name = (package.label or package.path).replace("\\", "/").rpartition("/")[2]
        yield part.finding("packaged-file", f"OLE package: {shown(file_name) or 'unnamed file'}", offset=offset)
        yield part.child(file_name or f"package-{number}", package.content, role="embedded")
        return
    start = content.find(_CFB, 0, _SEARCHED)
    if start >= 0:
        yield part.child(f"object-{number}.ole", content[start:], role="embedded")
    elif native:
        if identify(native, "", guess=part.context.get(Guesses).guess):
            yield part.child(f"object-{number}", native, role="embedded")
        else:
            yield part.layer(f"object-{number}.bin", native, UNKNOWN)
    elif content and parsed is None:
        yield part.layer(f"object-{number}.bin", content, UNKNOWN)
