"""Inside a presentation of PowerPoint 97 to 2003 ([MS-PPT]): the VBA project and the objects, which are records of the document stream, and actions.

Records are overwritten in their place, because the directory of the presentation holds positions: an object becomes zeros, the atom that tells of
macros says that there are none, an action does nothing any more.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from attachguard.formats.office._office.pptlinks import LINKING
from attachguard.readers.compound.build import Storage
from attachguard.readers.compound.file import MAGIC
from attachguard.readers.packed.inflate import ZLIB, inflate_up_to
from attachguard.readers.references import kind_of
from attachguard.sanitizers.record import Refusal, Work

_OBJECT: Final = 0x1011
_VBA_ATOM: Final = 0x0400
_INTERACTIVE: Final = 0x0FF2
_INTERACTIVE_ATOM: Final = 0x0FF3
_STRING: Final = 0x0FBA
_LINK: Final = 0x0FD7
_LINK_ATOM: Final = 0x0FD3
_ENCRYPTED_TOKEN: Final = 0xF3D1C4DF
#: Actions by their number in the atom ([MS-PPT] 2.13.2): run a macro, run a program, open an object.
_ACTIONS: Final = {1: "runs a macro", 2: "starts a program", 5: "opens an object"}
_PROJECT: Final = "_VBA_PROJECT".encode("utf-16-le")
_LARGEST: Final = 64 << 20
_DEEPEST: Final = 60
_MOST: Final = 2_000_000


def clean(root: Storage, work: Work) -> None:
    """Overwrite what is not wanted in the document stream."""
    name = next((each for each in root.streams if each.lower() == "powerpoint document"), None)
    if name is None:
        raise Refusal("there is no PowerPoint Document stream")
    user = next((data for each, data in root.streams.items() if each.lower() == "current user"), b"")
    if len(user) >= 16 and int.from_bytes(user[12:16], "little") == _ENCRYPTED_TOKEN:
        raise Refusal("encrypted: it cannot be changed, only kept back")
    stream = bytearray(root.streams[name])
    programs: set[int] = set()
    found = list(_records(bytes(stream), 0, len(stream), 0))
    for kind, head, start, end in found:
        work.budget.check_time()
        if kind == _OBJECT:
            _object(stream, head, start, end, work)
        elif kind == _VBA_ATOM and work.wants("vba") and end - start >= 12:
            stream[start + 4 : start + 8] = bytes(4)
        elif kind in (_INTERACTIVE, _INTERACTIVE_ATOM) and work.wants("slide-action"):
            # An atom is in its container, unless the file is odd.
            _action(stream, start if kind == _INTERACTIVE else start - 8, end, work, programs)
    if programs:
        _links(stream, found, programs)
    _references(stream, found, work)
    root.streams[name] = bytes(stream)


def _records(stream: bytes, start: int, end: int, depth: int) -> Iterator[tuple[int, int, int, int]]:
    """Every record, containers before what is in them: type, first word of its header, where its content begins and ends."""
    if depth > _DEEPEST:
        raise Refusal("records are nested too deeply")
    at = start
    count = 0
    while at + 8 <= end:
        head, kind, length = struct.unpack_from("<HHI", stream, at)
        stop = at + 8 + length
        if stop > end:
            if depth:
                return
            raise Refusal("a record of the presentation is cut")
        yield kind, head, at + 8, stop
        if head & 0xF == 0xF:
            yield from _records(stream, at + 8, stop, depth + 1)
        at = stop
        count += 1
        if count > _MOST:
            raise Refusal("the presentation has too many records")


def _inside(stream: bytearray, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """The records in a piece of the stream."""
    for kind, head, first, last in _records(bytes(stream[start:end]), 0, end - start, 1):
        yield kind, head, start + first, start + last


def _object(stream: bytearray, head: int, start: int, end: int, work: Work) -> None:
    """The storage of an object or of the VBA project: zeros, in the same number of bytes."""
    packed = head >> 4 == 1
    content = bytes(stream[start:end])
    inner = inflate_up_to(content[4:], _LARGEST, wbits=ZLIB) if packed else content
    if not inner.startswith(MAGIC):
        return
    project = _PROJECT in inner
    if not work.wants("vba" if project else "ole-object"):
        return
    if project:
        work.took("macro-content", "vba", "VBA", inner, member="vbaProject.bin")
    else:
        work.took("embedded-object", "ole-object", "OLE object in the presentation", inner)
    if packed:
        blank = zlib.compress(bytes(len(inner)), 9)
        filler = struct.pack("<I", len(inner)) + blank if len(blank) + 4 <= end - start else b""
    else:
        filler = b""
    stream[start:end] = filler.ljust(end - start, b"\0")


def _action(stream: bytearray, start: int, end: int, work: Work, programs: set[int]) -> None:
    """An action of a shape or text ([MS-PPT] 2.6.7, 2.8.10)."""
    reasons = ""
    texts: list[tuple[int, int]] = []
    for kind, _, first, last in _inside(stream, start, end):
        if kind == _INTERACTIVE_ATOM and last - first >= 16 and stream[first + 8] in _ACTIONS:
            reasons = _ACTIONS[stream[first + 8]]
            programs.add(int.from_bytes(stream[first + 4 : first + 8], "little"))
            # No sound, no link, no action, no jump.
            stream[first + 4 : first + 12] = bytes(8)
        elif kind == _STRING:
            texts.append((first, last))
    if not reasons:
        return
    said = b"".join(bytes(stream[first:last]) for first, last in texts)
    work.took("active-content", "slide-action", f"PowerPoint action: {reasons}", said)
    for first, last in texts:
        stream[first:last] = b" \0" * ((last - first) // 2) + bytes((last - first) % 2)


def _references(stream: bytearray, found: list[tuple[int, int, int, int]], work: Work) -> None:
    """Addresses of hyperlinks, films and sounds that are not wanted become blanks."""
    for kind, _, start, end in found:
        if kind not in LINKING:
            continue
        for each, _, first, last in _inside(stream, start, end):
            address = bytes(stream[first:last]).decode("utf-16-le", "replace").rstrip("\0") if each == _STRING else ""
            told = kind_of(LINKING[kind], address) if address else ""
            if told and work.wants(told):
                said = f"{LINKING[kind].words}: {address}"
                work.took("external-reference", told, said, address.encode("utf-8", "replace"))
                stream[first:last] = b" \0" * ((last - first) // 2) + bytes((last - first) % 2)


def _links(stream: bytearray, found: list[tuple[int, int, int, int]], programs: set[int]) -> None:
    """The addresses that only an action led to ([MS-PPT] 2.10.16)."""
    for kind, _, start, end in found:
        if kind != _LINK:
            continue
        inner = list(_inside(stream, start, end))
        numbers = {
            int.from_bytes(stream[first : first + 4], "little") for each, _, first, _ in inner if each == _LINK_ATOM
        }
        if numbers & programs - {0}:
            for each, _, first, last in inner:
                if each == _STRING:
                    stream[first:last] = b" \0" * ((last - first) // 2) + bytes((last - first) % 2)
