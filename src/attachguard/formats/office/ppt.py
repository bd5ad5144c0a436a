"""PowerPoint 97-2003 presentations ([MS-PPT]): encryption, VBA and embedded objects inside the document stream, actions that run programs.

`Current User` tells by a token whether the presentation is encrypted. Macros and objects are not storages of the file but records
(ExOleObjStg, [MS-PPT] 2.10.34 to 2.10.36) of the stream `PowerPoint Document`, each a whole compound file, mostly compressed. They are searched by
their record header instead of through the directory of persistent objects: that also finds what an old or damaged directory no longer names.

Why our own: no package reads the records of a presentation for what starts by itself.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

from attachguard.containers import compound as compounds
from attachguard.errors import LimitExceeded
from attachguard.formats.markup.shared import shown
from attachguard.formats.office._office import crypt
from attachguard.formats.office._office.pptlinks import slide_links
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.compound import build as compound_build
from attachguard.readers.compound.file import MAGIC, Compound, Entry
from attachguard.readers.packed.inflate import ZLIB, inflate_up_to

TYPES: Final = frozenset({"ppt"})
LIMITATIONS: Final = ("Presentations of PowerPoint 95 and older are named, not looked into.",)
EXTRACTS: Final = "The VBA project and the embedded objects, which the document stream holds compressed."
DETECTS: Final = (
    "Encryption, rights management, objects, actions that run programs, links to network paths, films and sounds "
    "from elsewhere; macros are found in the project that "
    "is handed on."
)

#: `headerToken` of the CurrentUserAtom ([MS-PPT] 2.3.2).
_ENCRYPTED_TOKEN: Final = 0xF3D1C4DF
_USER_EDIT: Final = 0x0FF5
_PERSIST_DIRECTORY: Final = 0x1772
_CRYPT_SESSION: Final = 0x2F14
#: How a DocumentContainer begins, and the DocumentAtom in it ([MS-PPT] 2.4.1, 2.4.2).
_DOCUMENT_HEAD: Final = b"\x0f\x00\xe8\x03"
_DOCUMENT_ATOM: Final = b"\x01\x00\xe9\x03\x28\x00\x00\x00"
#: An object's record ([MS-PPT] 2.10.34): the instance, 0x10 for compressed, the type 0x1011, a length; then a size and a zlib stream, or the file.
_OBJECT: Final = re.compile(
    rb"\x10\x00\x11\x10.{8}[\x08\x18\x28\x38\x48\x58\x68\x78]|\x00\x00\x11\x10.{4}\xd0\xcf\x11\xe0", re.DOTALL
)
_MAXIMUM_TRIES: Final = 50_000
#: InteractiveInfoAtom ([MS-PPT] 2.8.10), sixteen bytes; the ninth is the action, 2 to run a program.
_INTERACTIVE_HEAD: Final = b"\xf3\x0f\x10\x00\x00\x00"
_PROGRAM: Final = re.compile(rb"\x00\x00\xf3\x0f\x10\x00\x00\x00.{8}\x02", re.DOTALL)
_PROJECT: Final = "_VBA_PROJECT".encode("utf-16-le")
_MAXIMUM_OBJECTS: Final = 1000
#: Links of one kind that are listed.
_MOST_LINKS: Final = 20
_MAXIMUM_OBJECT: Final = 64 << 20
_MAXIMUM_EDITS: Final = 1000
_MAXIMUM_PERSISTENT: Final = 20_000


def inspect(part: Part) -> Iterator[Part | Finding]:
    """Encryption and the decrypted presentation; macros and objects as parts; actions."""
    file = compounds.peek(part)
    if file is None:
        return
    entry = file.root.get("powerpoint document")
    if file.root.get("\tdrmcontent") is not None:
        yield part.encrypted("unknown-key", "Office: rights management (IRM)")
    if entry is None:
        return
    stream = file.read(entry)
    if len(stream) < entry.size:
        yield part.finding("malformed-file", "compound file: the stream PowerPoint Document is cut")
    user = file.root.get("current user")
    current = file.read(user, 4096) if user is not None else b""
    (token, edit) = struct.unpack_from("<II", current, 12) if len(current) >= 20 else (0, 0)
    if token == _ENCRYPTED_TOKEN or _edit_is_encrypted(stream, edit) or file.root.has("encryptedsummary"):
        yield from _encrypted(part, file, entry, stream, edit)
        return
    yield from _objects(part, stream)
    yield from _actions(part, stream)
    counts: Counter[str] = Counter()
    for kind, detail in slide_links(stream):
        counts[kind] += 1
        if counts[kind] <= _MOST_LINKS:
            yield part.finding(kind, shown(detail))


def _objects(part: Part, stream: bytes) -> Iterator[Part | Finding]:
    limits = part.budget.limits
    room = max(limits.ratio_floor, limits.ratio * len(stream))
    taken = 0
    place = tried = 0
    while (found := _OBJECT.search(stream, place)) is not None:
        start = found.start()
        place = start + 4
        tried += 1
        if tried > _MAXIMUM_TRIES:
            raise LimitExceeded(
                "parts", f"more than {_MAXIMUM_TRIES} places in one presentation that may hold an object"
            )
        inner = _inner(stream, place, packed=stream[start] == 0x10)
        if inner is None:
            continue
        taken += 1
        room -= len(inner)
        if taken > _MAXIMUM_OBJECTS or room < 0:
            raise LimitExceeded("ratio" if room < 0 else "parts", f"{taken} objects in one presentation")
        part.budget.check_time()
        place += 4 + min(int.from_bytes(stream[place : place + 4], "little"), len(stream))
        if _PROJECT in inner:
            yield part.child("vbaProject.bin", inner, role="embedded")
        else:
            yield part.finding("ole-object", "OLE object in the presentation", offset=start)
            yield part.child(f"object {taken}", inner, role="embedded")


def _inner(stream: bytes, place: int, *, packed: bool) -> bytes | None:
    """The compound file of a record whose length field is at `place`; None where there is none."""
    content = memoryview(stream)[place + 4 : place + 4 + int.from_bytes(stream[place : place + 4], "little")]
    if not packed:
        return bytes(content) if bytes(content[:8]) == MAGIC else None
    # The size when decompressed comes first and is not believed. Eight bytes out of it tell whether it is worth going on.
    try:
        if zlib.decompressobj().decompress(content[4:2052], 8) != MAGIC:
            return None
    except zlib.error:
        return None
    return inflate_up_to(content[4:], _MAXIMUM_OBJECT, wbits=ZLIB)


def _actions(part: Part, stream: bytes) -> Iterator[Finding]:
    if _INTERACTIVE_HEAD in stream and _PROGRAM.search(stream) is not None:
        yield part.finding("slide-action", "PowerPoint action: starts a program")


# -- encryption -------------------------------------------------------------------------------------------------------------------


def _record(stream: bytes, place: int) -> tuple[int, int]:
    """Type and length of the record at a place; zeros where there is none."""
    if place < 0 or place + 8 > len(stream):
        return 0, 0
    kind, length = struct.unpack_from("<2xHI", stream, place)
    return kind, length


def _edit_is_encrypted(stream: bytes, place: int) -> bool:
    # A UserEditAtom of 32 bytes has the field encryptSessionPersistIdRef ([MS-PPT] 2.3.3).
    return _record(stream, place) == (_USER_EDIT, 32)


def _persistent(stream: bytes, edit: int) -> dict[int, int]:
    """Places of the persistent objects by their numbers, newest edit first ([MS-PPT] 2.1.2)."""
    places: dict[int, int] = {}
    for _ in range(_MAXIMUM_EDITS):
        kind, length = _record(stream, edit)
        if kind != _USER_EDIT or length < 28 or edit + 36 > len(stream):
            break
        earlier, directory = struct.unpack_from("<II", stream, edit + 16)
        kind, length = _record(stream, directory)
        at, end = directory + 8, min(directory + 8 + length, len(stream))
        while kind == _PERSIST_DIRECTORY and at + 4 <= end and len(places) < _MAXIMUM_PERSISTENT:
            (head,) = struct.unpack_from("<I", stream, at)
            first, count = head & 0xFFFFF, head >> 20
            at += 4
            for number in range(min(count, (end - at) // 4)):
                places.setdefault(first + number, struct.unpack_from("<I", stream, at + 4 * number)[0])
            at += 4 * count
        if not earlier or earlier >= edit:
            break
        edit = earlier
    return places


def _encrypted(part: Part, file: Compound, entry: Entry, stream: bytes, edit: int) -> Iterator[Part | Finding]:
    places = _persistent(stream, edit)
    session = -1
    if _edit_is_encrypted(stream, edit) and edit + 40 <= len(stream):
        session = places.get(struct.unpack_from("<I", stream, edit + 36)[0], -1)
    kind, length = _record(stream, session)
    scheme = (
        crypt.binary_scheme(stream[session + 8 : session + 8 + min(length, 4096)]) if kind == _CRYPT_SESSION else None
    )
    if scheme is None or scheme.kind != "cryptoapi" or len(stream) > crypt.MAXIMUM_SIZE:
        yield part.encrypted("unknown-password", f"PowerPoint: {scheme.name if scheme else 'encrypted'}")
        return
    known = scheme
    yield from crypt.first_that_opens(
        part,
        f"PowerPoint: {scheme.name}",
        lambda password: _open(file, entry, stream, places, edit, known, password),
    )


def _open(
    file: Compound, entry: Entry, stream: bytes, places: dict[int, int], edit: int, scheme: crypt.Scheme, password: str
) -> bytes | None:
    """The decrypted presentation; None for a wrong password."""
    (document,) = struct.unpack_from("<I", stream, edit + 24)
    if not crypt.verify(scheme, password):
        # The verifier may be wrong where the password is right: then the document container gets its header back.
        head = _clear_object(stream, places.get(document, -1), 16, scheme, password, document)
        # Both headers, that of the container and that of its first atom, are known to the bit but for one length.
        if head[:4] != _DOCUMENT_HEAD or head[8:16] != _DOCUMENT_ATOM:
            return None
    clear = bytearray(stream)
    order = sorted((place, number) for number, place in places.items() if place < len(stream))
    ends = [place for place, _ in order[1:]] + [len(stream)]
    for (place, number), end in zip(order, ends, strict=True):
        # Edits and their directories are never encrypted, and each other object has a key of its own ([MS-PPT] 2.3.7).
        if _record(stream, place)[0] in (_USER_EDIT, _PERSIST_DIRECTORY, _CRYPT_SESSION):
            continue
        kind, length = _record(_clear_object(stream, place, 8, scheme, password, number), 0)
        size = min(8 + length, end - place) if kind else end - place
        clear[place : place + size] = _clear_object(stream, place, size, scheme, password, number)
    replaced = {entry: bytes(clear)}
    user = file.root.get("current user")
    if user is not None:
        current = bytearray(file.read(user))
        if len(current) >= 16:
            struct.pack_into("<I", current, 12, 0xE391C05F)
        replaced[user] = bytes(current)
    # The copy says that it is not encrypted: the edit loses its last field.
    if _edit_is_encrypted(stream, edit):
        struct.pack_into("<I", clear, edit + 4, 28)
        replaced[entry] = bytes(clear)
    root = compound_build.copy(file, file.root, replaced)
    for name in [name for name in root.streams if name.lower() == "encryptedsummary"]:
        del root.streams[name]
    return compound_build.write(root)


def _clear_object(stream: bytes, place: int, size: int, scheme: crypt.Scheme, password: str, number: int) -> bytes:
    if place < 0:
        return b""
    return crypt.decrypt(scheme, password, stream[place : place + size], block_size=max(size, 1), block=number)
