"""Objects embedded in compound files: [MS-OLEDS], and where [MS-DOC] 2.1.5 (ObjectPool) and [MS-XLS] 2.1.7.12 (MBD, LNK) keep them.

An embedded object is a storage; it becomes a part of its own, written as a compound file, so that a workbook in a document is looked at like any
workbook. Inside, `Ole10Native` wraps a file that was dropped into the document, `Package` holds an Open XML file, `Ole` tells of links.

Why our own: oletools reads them from files that it writes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

from attachguard.containers import compound as compounds
from attachguard.errors import LimitExceeded
from attachguard.formats.markup.shared import shown
from attachguard.formats.office._office import equations
from attachguard.formats.office._office.equations import equation_facts
from attachguard.formats.referring import refer
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.compound import build as compound_build
from attachguard.readers.compound import monikers
from attachguard.readers.compound.classid import class_text
from attachguard.readers.compound.controls import control_of_class
from attachguard.readers.compound.file import STORAGE, Compound, Entry
from attachguard.readers.references import USES
from attachguard.types.claims import RUN_EXTENSIONS
from attachguard.types.extension import extension

TYPES: Final = frozenset({"cfb", "doc", "xls", "ppt", "pub", "vsd", "mpp", "wps", "hwp", "msg"})
LIMITATIONS: Final = (
    "Objects that keep their data in streams of their own making are shown as compound files of unknown kind.",
)
EXTRACTS: Final = "The files inside packages and the objects that are documents themselves."
DETECTS: Final = (
    "Embedded and linked objects, packages with programs, equation objects, links that reach other machines."
)

_EMBEDDING: Final = re.compile(r"(?:mbd|lnk)[0-9a-f]{8}")
#: Streams (lower case) that only an embedded object's storage has.
_MARKS: Final = ("\x01ole10native", "\x01ole", "\x03objinfo", "equation native", "\x03ocxname")
#: Classes worth a name of their own.
_NAMES: Final = {
    "0003000C-0000-0000-C000-000000000046": "package",
    "F20DA720-C02F-11CE-927B-0800095AE340": "package",
    "0002CE02-0000-0000-C000-000000000046": "Equation Editor object",
    "00020906-0000-0000-C000-000000000046": "Word document",
    "F4754C9B-64F5-4B40-8AF4-679732AC0607": "Word document",
    "00020820-0000-0000-C000-000000000046": "Excel workbook",
    "00020821-0000-0000-C000-000000000046": "Excel chart",
    "00020830-0000-0000-C000-000000000046": "Excel workbook",
    "64818D10-4F9B-11CF-86EA-00AA00B929E8": "PowerPoint presentation",
    "CF4F55F4-8F87-4D47-80BB-5808164BB3F8": "PowerPoint presentation",
    "D27CDB6E-AE6D-11CF-96B8-444553540000": "Flash object",
    "00021A14-0000-0000-C000-000000000046": "Visio drawing",
    "B801CA65-A1FC-11D0-85AD-444553540000": "PDF",
}
#: Classes of the Equation Editor, by version: 3, 2, 1.
_EQUATIONS: Final = frozenset(
    {
        "0002CE02-0000-0000-C000-000000000046",
        "00021700-0000-0000-C000-000000000046",
        "0003000B-0000-0000-C000-000000000046",
    }
)
_MAXIMUM_NAME: Final = 1024
#: Objects of one document that are looked into: each is a compound file of its own.
_MOST_OBJECTS: Final = 2_500
#: What the packager writes before the command where it wraps a file.
_FILE: Final = 3


def inspect(part: Part) -> Iterator[Part | Finding]:
    """Each embedded object as a part; in an object's own file what it wraps and links to."""
    file = compounds.peek(part)
    if file is None:
        return
    for number, entry in enumerate(part.once(objects)):
        if number >= _MOST_OBJECTS:
            raise LimitExceeded("parts", f"more than {_MOST_OBJECTS} embedded objects in one document")
        what = f"{_what(file, entry)} ({shown(entry.path)})"
        yield part.finding("ole-object", what)
        control = entry.get("\x03ocxname")
        # Word gives every object this stream; only that of a control names it.
        if control is not None and file.read(control, 128).strip(b"\0"):
            yield part.finding("activex-control", what)
        yield part.child(entry.name, _Storage(file, entry), role="embedded")
    yield from _own_content(part, file)


class _Storage:
    """Source of a part: the storage as a file, written when it is asked for."""

    __slots__ = ("_entry", "_file")

    def __init__(self, file: Compound, entry: Entry) -> None:
        self._file = file
        self._entry = entry

    def __call__(self) -> bytes:
        return compound_build.write(compound_build.copy(self._file, self._entry))


def objects(part: Part) -> list[Entry]:
    """Storages of a compound file that are embedded objects, outermost only; for `part.once(objects)`."""
    file = part.once(compounds.load)
    found: list[Entry] = []
    pending = [child for child in file.root.children.values() if child.kind == STORAGE]
    while pending:
        storage = pending.pop()
        if _is_object(storage):
            found.append(storage)
        # Attachments of messages are the message's business.
        elif not storage.name.startswith("__"):
            pending.extend(child for child in storage.children.values() if child.kind == STORAGE)
    found.reverse()
    return found


def _is_object(storage: Entry) -> bool:
    parent = storage.parent
    if parent is not None and parent.name.lower() in ("objectpool", "objects") and parent.parent is not None:
        return bool(storage.children)
    if storage.has("\x03vbframe"):  # a VBA form has the streams of a control
        return False
    return _EMBEDDING.fullmatch(storage.name.lower()) is not None or any(mark in storage.children for mark in _MARKS)


def _what(file: Compound, storage: Entry) -> str:
    """An embedded object in plain words: its class, or what it says of itself."""
    control = storage.get("\x03ocxname")
    if control is not None:
        name = file.read(control, 128).decode("utf-16-le", "replace").partition("\0")[0]
        return f"ActiveX control: {shown(name) or 'unnamed'}"
    kind = _NAMES.get(class_text(storage.clsid)) or shown(_user_type(file, storage))
    if storage.name.lower().startswith("lnk") or storage.has("\x03linkfile"):
        return f"OLE link: {kind or 'unknown kind'}"
    return f"OLE object: {kind or 'unknown kind'}"


def _user_type(file: Compound, storage: Entry) -> str:
    """The display name of the class in `CompObj` ([MS-OLEDS] 2.3.8)."""
    stream = storage.get("\x01compobj")
    content = file.read(stream, 512) if stream is not None else b""
    if len(content) < 32:
        return ""
    (length,) = struct.unpack_from("<I", content, 28)
    return content[32 : 32 + min(length, 80)].split(b"\0")[0].decode("cp1252", "replace")


# -- the file of one object -----------------------------------------------------------------------------------------------------


def _own_content(part: Part, file: Compound) -> Iterator[Part | Finding]:
    root = file.root
    native = root.get("\x01ole10native")
    if native is not None:
        yield from _packaged(part, file, native)
    acting = control_of_class(class_text(root.clsid))
    if acting:
        yield part.finding("activex-control", f"ActiveX control: {acting}")
    equation = root.get("equation native")
    editor = class_text(root.clsid) in _EQUATIONS
    if equation is not None or editor:
        yield part.finding("equation-object", "Equation Editor object")
    if equation is not None:
        yield from equation_facts(part, file.read(equation, equations.MAXIMUM))
    if native is not None and (editor or file.read(native, 6)[4:] == b"\x1c\0"):
        yield from equation_facts(part, file.read(native, equations.MAXIMUM))
    for name in ("package", "embeddedodf"):
        stream = root.get(name)
        if stream is not None and stream.size:
            yield part.finding("embedded-document", f"Embedded document ({name})")
            yield part.child(name, _Stream(file, stream), role="embedded")
    contents = root.get("contents")
    # In Publisher and Works files the stream of this name is the document.
    if contents is not None and part.type.id == "cfb" and contents.size:
        yield part.child("CONTENTS", _Stream(file, contents), role="embedded")
    link = root.get("\x01ole")
    if link is not None:
        yield from _link(part, file.read(link, 8192))


class _Stream:
    """Source of a part: one stream, read when it is asked for."""

    __slots__ = ("_entry", "_file")

    def __init__(self, file: Compound, entry: Entry) -> None:
        self._file = file
        self._entry = entry

    def __call__(self) -> bytes:
        return self._file.read(self._entry)


def _packaged(part: Part, file: Compound, stream: Entry) -> Iterator[Part | Finding]:
    content = file.read(stream)
    name, inner = unpack_native(content)
    if inner is None:
        yield part.finding("packaged-link", f"Packaged link: {shown(name)}")
        return
    if name:
        yield part.finding("packaged-file", f"Packaged file: {shown(name)}")
    yield part.child(name or "native data", inner, role="embedded")


def unpack_native(content: bytes) -> tuple[str, bytes | None]:
    """Name and content of what `Ole10Native` holds ([MS-OLEDS] 2.3.6, and the layout of the object packager inside it).

    Args:
        content: the stream, from its size field on.

    Returns:
        The name and the wrapped file; no file where the packager holds a link only; no name where the stream is not the packager's.
    """
    if len(content) < 4:
        return "", content
    body = content[4:]
    # The packager writes 2, label, path, 0, kind (1 link, 3 file), length and text of a temporary path, size, content.
    if body[:2] != b"\x02\x00":
        return "", body[: int.from_bytes(content[:4], "little")] or body
    label, at = _text(body, 2)
    path, at = _text(body, at)
    kind = int.from_bytes(body[at + 2 : at + 4], "little")
    command, _ = _text(body, at + 8)
    short = _file_name(label, path, command if kind == _FILE else "")
    (length,) = struct.unpack_from("<I", body, at + 4) if at + 8 <= len(body) else (0,)
    at += 8 + length
    if kind == 1 or at + 4 > len(body):
        return short or "unnamed", None if kind == 1 else body[min(at, len(body)) :]
    (size,) = struct.unpack_from("<I", body, at)
    return short or "unnamed", body[at + 4 : at + 4 + size]


def _file_name(*names: str) -> str:
    """The name that says what is opened: the label is what a reader sees, but a path with the extension of a script is what runs."""
    short = [name.replace("/", "\\").rpartition("\\")[2] for name in names if name]
    return next((name for name in short if extension(name) in RUN_EXTENSIONS), short[0] if short else "")


def _text(data: bytes, start: int) -> tuple[str, int]:
    """A text that ends with NUL, and where the next field begins."""
    end = data.find(b"\0", start, start + _MAXIMUM_NAME)
    if end < 0:
        return "", min(start + _MAXIMUM_NAME, len(data))
    return data[start:end].decode("cp1252", "replace"), end + 1


def _link(part: Part, content: bytes) -> Iterator[Finding]:
    """Where a linked object comes from: the monikers of the OLEStream ([MS-OLEDS] 2.3.3)."""
    for address in monikers.addresses(content):
        yield from refer(part, USES["object"], address, words="OLE link")
