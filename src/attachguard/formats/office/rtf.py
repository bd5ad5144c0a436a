r"""Rich Text Format: OLE objects, templates and fields in it.

RTF itself runs nothing. What is dangerous in it are OLE objects (hex text in `\objdata`: programs in a package, exploits of the Equation Editor,
links that fetch), a template from elsewhere (`\*\template`) and fields that start programs (`DDEAUTO`) or fetch files.

Read by `_core.rtf` in one pass. The library for it, rtfobj, spends seconds on a file of some megabytes and has no bounds.

References: RTF 1.9.1, sections "Objects", "Fields", "Document Area"; [MS-OLEDS] 2.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard._core import rtf as core
from attachguard.formats.markup.shared import is_remote, shown
from attachguard.formats.office._office import ole1 as _ole1
from attachguard.formats.office._office.fields import field_facts
from attachguard.formats.office._office.links import ole_link
from attachguard.part import Part
from attachguard.types.filetypes import UNKNOWN
from attachguard.types.identify import identify

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"rtf"})
LIMITATIONS: Final = (
    "Pictures are not looked into.",
    "Object data that is encrypted or that only the exploited program can decode is reported as an object, not unpacked.",
)
EXTRACTS: Final = "Objects, packages and the files in them, under every disguise that Word reads."
DETECTS: Final = (
    "OLE objects, equation objects, linked objects, templates from elsewhere, DDE fields, `bin` data, obfuscation."
)

_MOST_EVENTS: Final = 20_000
_MOST_OBJECTS: Final = 100
_MOST_TEXT: Final = 4_096
_CFB: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FLAGS: Final = {core.UPDATE: "updates itself", core.LINK: "link", core.CONTROL: "ActiveX"}
#: How far into object data a compound file is looked for where the header makes no sense.
_SEARCHED: Final = 65_536
#: URL moniker, {79EAC9E0-BAF9-11CE-8C82-00AA004BA90B}, as it stands in memory.
_URL_MONIKER: Final = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
_URL_LENGTH: Final = 4_096
_EQUATION: Final = re.compile(r"equation\.[23]", re.IGNORECASE)


class _Reading:
    """What the events before say about the object that comes next."""

    __slots__ = ("declared", "flags", "objects", "other")

    def __init__(self) -> None:
        self.flags: list[str] = []
        self.declared = ""
        self.objects = 0
        self.other: dict[int, bytes] | None = None


def inspect(part: Part) -> Iterator[Fact]:
    """Objects, templates and fields."""
    events = core.read(part.data, True, _MOST_EVENTS, _MOST_TEXT)
    if not events:
        return
    reading = _Reading()
    fields: list[str] = []
    for kind, offset, content in events:
        if kind == core.OBJECT:
            reading.flags, reading.declared = [], ""
        elif kind in _FLAGS:
            reading.flags.append(_FLAGS[kind])
        elif kind == core.CLASS:
            reading.declared = content.decode("latin-1").strip()
        elif kind == core.FIELD:
            fields.append(content.decode("latin-1"))
        elif kind == core.TEMPLATE:
            target = content.decode("utf-8", "replace").strip().replace("\\\\", "\\")
            if is_remote(target) or is_remote("\\" + target):
                yield part.finding("attached-template", f"RTF template: {shown(target)}", offset=offset)
        elif kind == core.DATA:
            reading.objects += 1
            if reading.objects <= _MOST_OBJECTS:
                part.budget.check_time()
                yield from _object_facts(part, _better(part, reading, content, offset), reading, offset)
    yield from field_facts(part, fields)


def _better(part: Part, reading: _Reading, content: bytes, offset: int) -> bytes:
    """Object data as it makes sense: readers disagree on groups inside it, so the other reading is taken where the first gives nothing."""
    if not content or _ole1.read_object(content) is not None or _CFB in content[:_SEARCHED]:
        return content
    if reading.other is None:
        events = core.read(part.data, False, _MOST_EVENTS, _MOST_TEXT)
        reading.other = {at: other for kind, at, other in events if kind == core.DATA}
    other = reading.other.get(offset, b"")
    return other if _ole1.read_object(other) is not None or _CFB in other[:_SEARCHED] else content


def _object_facts(part: Part, content: bytes, reading: _Reading, offset: int) -> Iterator[Fact]:
    """One object: what it is, and what it holds as a part."""
    parsed = _ole1.read_object(content)
    name = (parsed.class_name if parsed is not None else "") or reading.declared
    notes = list(dict.fromkeys(reading.flags))
    if _EQUATION.match(name) or _EQUATION.match(reading.declared):
        notes.append("Equation Editor")
    if not content:
        notes.append("empty")
    elif parsed is None:
        notes.append("damaged header")
    detail = f"{'OLE link' if parsed is not None and parsed.linked else 'OLE object'}: {shown(name) or 'no class'}"
    yield part.finding("ole-object", detail + (f" ({', '.join(notes)})" if notes else ""), offset=offset)
    if parsed is not None and parsed.topic and is_remote(parsed.topic):
        yield part.finding(ole_link(parsed.topic), f"OLE link: {shown(parsed.topic)}", offset=offset)
    url = moniker_url(content)
    if url:
        yield part.finding(ole_link(url), f"OLE link: {shown(url)}", offset=offset)
    yield from _contents(part, parsed, content, offset, reading.objects)


def _contents(part: Part, parsed: _ole1.OleObject | None, content: bytes, offset: int, number: int) -> Iterator[Fact]:
    native = parsed.native if parsed is not None else b""
    package = _ole1.read_package(native) if native else None
    if package is not None:
        file_name = (package.label or package.path).replace("\\", "/").rpartition("/")[2]
        yield part.finding("packaged-file", f"OLE package: {shown(file_name) or 'unnamed file'}", offset=offset)
        yield part.child(file_name or f"package-{number}", package.content, role="embedded")
        return
    start = content.find(_CFB, 0, _SEARCHED)
    if start >= 0:
        yield part.child(f"object-{number}.ole", content[start:], role="embedded")
    elif native:
        if identify(native, ""):
            yield part.child(f"object-{number}", native, role="embedded")
        else:
            yield part.layer(f"object-{number}.bin", native, UNKNOWN)
    elif content and parsed is None:
        yield part.layer(f"object-{number}.bin", content, UNKNOWN)


def moniker_url(content: bytes) -> str:
    """The URL of a URL moniker in object data ([MS-OSHARED] 2.3.7.6); empty where there is none."""
    place = content.find(_URL_MONIKER)
    if place < 0:
        return ""
    start = place + len(_URL_MONIKER) + 4
    text = content[start : start + _URL_LENGTH].decode("utf-16-le", "replace").partition("\0")[0]
    return text if is_remote(text) else ""
