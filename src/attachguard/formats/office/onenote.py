"""OneNote sections (MS-ONE, MS-ONESTORE): pages, pictures and attached files, in the desktop's form or the cloud's.

The desktop's form keeps each attached file and picture whole after a GUID of its own, and lists of file nodes say which is which. The cloud's form
(MS-FSSHTTPB packaging) is a stream of objects, some of them blobs. Names of attached files are in property sets, apart from the contents; they
are matched by extension and order, which is how OneNote writes them.

Why our own: there is no Python reader of either, and what is wanted is only what a page carries.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import partial
from typing import Final, NamedTuple

from attachguard.errors import LimitExceeded, Malformed
from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.types.letters import printable

TYPES: Final = frozenset({"one"})
LIMITATIONS: Final = (
    "Names of several attached files with one extension may be exchanged among them.",
    "Text of pages is not put together, and links in it are not reported.",
    "Files in an encrypted section are seen, not read.",
)
EXTRACTS: Final = "Attached files and pictures."
DETECTS: Final = "Attached files, sections under a password."

#: FileDataStoreObject (MS-ONESTORE 2.6.13): guidHeader, cbLength, unused, reserved, FileData.
_FILE_DATA: Final = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
_FILE_DATA_HEAD: Final = struct.Struct("<16sQ12x")
#: FileNodeListHeader and footer (2.4.2, 2.4.3).
_LIST: Final = bytes.fromhex("c4f4f7f5b17a56a4")
_LIST_END: Final = bytes.fromhex("4bba3382c315c28b")
#: guidFileFormat of the cloud's form (MS-ONESTORE 2.8.1), at offset 48.
_PACKAGED: Final = bytes.fromhex("2fe98d63d4a6c14b9a36b3fc2511a5b7")
_PACKAGE_START: Final = 68

#: File nodes (2.4.3): a file's declaration with few or many references, a reference to its data, a section's key.
_DECLARATION: Final = 0x072
_DECLARATION_LARGE: Final = 0x073
_DATA_REFERENCE: Final = 0x094
_ENCRYPTION_KEY: Final = 0x07C
_LIST_DONE: Final = frozenset({0, 0x0FF})
#: jcidPictureContainer14 (MS-ONE 2.1.13)
_PICTURE: Final = 0x00080039

#: The property id of EmbeddedFileName (MS-ONE 2.1.12), as it is in a file.
_FILE_NAME: Final = bytes.fromhex("9c1d001c")
#: Sizes of property values by type (MS-ONESTORE 2.6.6); 7 carries its own.
_VALUE_SIZES: Final = {1: 0, 2: 0, 3: 1, 4: 2, 5: 4, 6: 8, 8: 0, 9: 4, 10: 0, 11: 4, 12: 0, 13: 4}
_DATA_VALUE: Final = 7

_BLOB: Final = 0x02
_GUID_TEXT: Final = re.compile(r"\{([0-9A-Fa-f-]{36})\}")
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\x01\0\0\0")

_MAX_FILES: Final = 2000
_MAX_NODES: Final = 200_000
_MAX_NAMES: Final = 2000
_MAX_OBJECTS: Final = 500_000
_MAX_PROPERTIES: Final = 64


class _Declared(NamedTuple):
    """What the file nodes say of a file."""

    picture: bool
    extension: str


class _Nodes(NamedTuple):
    """What was found in the lists of file nodes."""

    files: dict[int, _Declared]
    encrypted: bool


def inspect(part: Part) -> Iterator[Fact]:
    """Attached files and pictures; whether the section is under a password."""
    data = part.data
    names = _file_names(data)
    if data[48:64] == _PACKAGED:
        yield from _packaged(part, names)
        return
    nodes = _nodes(part)
    if nodes.encrypted:
        yield part.encrypted("unknown-password", "OneNote: section under a password")
    at = data.find(_FILE_DATA)
    for number in range(_MAX_FILES):
        if at < 0:
            return
        if at + _FILE_DATA_HEAD.size > len(data):
            raise Malformed("OneNote: a file's head is cut short")
        _, size = _FILE_DATA_HEAD.unpack_from(data, at)
        start = at + _FILE_DATA_HEAD.size
        end = min(start + size, len(data))
        declared = nodes.files.get(at) or _Declared(data.startswith(_PICTURES, start), "")
        yield from _file(part, number, start, end, declared, names)
        if start + size > len(data):
            raise Malformed("OneNote: a file is longer than the section")
        at = data.find(_FILE_DATA, end)
    raise LimitExceeded("parts", f"more than {_MAX_FILES} files in one OneNote section")


def _file(part: Part, number: int, start: int, end: int, declared: _Declared, names: list[str]) -> Iterator[Fact]:
    if declared.picture:
        name = f"picture{number + 1}{declared.extension}"
    else:
        name = _take_name(names, declared.extension) or f"file{number + 1}{declared.extension}"
        shown = printable(name[-80:])
        yield part.finding("onenote-file", f"OneNote: attached file {shown}")
    yield part.child(name, partial(_slice, part.data, start, end), role="embedded")


def _slice(data: bytes, start: int, end: int) -> bytes:
    return data[start:end]


def _take_name(names: list[str], extension: str) -> str:
    """The next name with this extension, or the next at all where the extension is not known."""
    for place, name in enumerate(names):
        if name.lower().endswith(extension.lower()):
            return names.pop(place)
    return ""


# -- the desktop's form ---------------------------------------------------------------------------------------------------


def _nodes(part: Part) -> _Nodes:
    """Declarations of files by the offset of their data, from every list of file nodes."""
    data = part.data
    declared: dict[str, _Declared] = {}
    offsets: dict[str, int] = {}
    encrypted = False
    seen = 0
    at = data.find(_LIST)
    while at >= 0 and seen < _MAX_NODES:
        node = at + 16
        at = data.find(_LIST, node)
        while seen < _MAX_NODES and node + 4 <= len(data) and not data.startswith(_LIST_END, node):
            head = int.from_bytes(data[node : node + 4], "little")
            kind, size = head & 0x3FF, head >> 10 & 0x1FFF
            if kind in _LIST_DONE or size < 4:
                break
            seen += 1
            if kind in (_DECLARATION, _DECLARATION_LARGE):
                _declaration(data, node, node + size, declared)
            elif kind == _DATA_REFERENCE:
                offsets[_guid(data[node + size - 16 : node + size])] = _reference(data, node + 4, head)
            elif kind == _ENCRYPTION_KEY:
                encrypted = True
            node += size
        part.budget.check_time()
    files = {offset: declared[guid] for guid, offset in offsets.items() if guid in declared}
    return _Nodes(files, encrypted)


def _declaration(data: bytes, node: int, end: int, declared: dict[str, _Declared]) -> None:
    """ObjectDeclarationFileData3RefCountFND (MS-ONESTORE 2.5.27): head, id, class, count, reference, extension."""
    kind = int.from_bytes(data[node : node + 2], "little") & 0x3FF
    picture = int.from_bytes(data[node + 8 : node + 12], "little") == _PICTURE
    # The number of references takes one octet, or four in the large form.
    reference, at = _counted_text(data, node + (13 if kind == _DECLARATION else 16), end)
    extension, _ = _counted_text(data, at, end)
    guid = _GUID_TEXT.search(reference)
    if guid:
        declared[guid[1].lower()] = _Declared(picture, extension[:32] if extension.startswith(".") else "")


def _counted_text(data: bytes, at: int, end: int) -> tuple[str, int]:
    """StringInStorageBuffer (2.2.3): number of characters, UTF-16."""
    size = 2 * int.from_bytes(data[at : at + 4], "little")
    if at + 4 + size > end:
        return "", end
    return data[at + 4 : at + 4 + size].decode("utf-16-le", "replace"), at + 4 + size


def _guid(raw: bytes) -> str:
    if len(raw) < 16:
        return ""
    first, second, third = struct.unpack_from("<IHH", raw)
    return f"{first:08x}-{second:04x}-{third:04x}-{raw[8:10].hex()}-{raw[10:].hex()}"


def _reference(data: bytes, at: int, head: int) -> int:
    """Offset in a FileNodeChunkReference (2.2.4.2): eight or four octets, or two or four that count octets by eight."""
    width, scale = ((8, 1), (4, 1), (2, 8), (4, 8))[head >> 23 & 3]
    return int.from_bytes(data[at : at + width], "little") * scale


# -- names ----------------------------------------------------------------------------------------------------------------


def _file_names(data: bytes) -> list[str]:
    """Names of attached files, in the order they are written, each once."""
    names: list[str] = []
    at = data.find(_FILE_NAME)
    for _ in range(_MAX_NAMES):
        if at < 0:
            break
        name = _name_value(data, at)
        # Every revision of a page says it again.
        if name and name not in names[-8:]:
            names.append(name)
        at = data.find(_FILE_NAME, at + 4)
    return names


def _name_value(data: bytes, at: int) -> str:
    """Value of the property whose id is at an offset (PropertySet, MS-ONESTORE 2.6.7): count, ids, then values."""
    for before in range(_MAX_PROPERTIES):
        first = at - 4 * before
        if first < 2:
            return ""
        count = int.from_bytes(data[first - 2 : first], "little")
        if not before < count <= _MAX_PROPERTIES:
            continue
        place = first + 4 * count
        for number in range(before):
            kind = int.from_bytes(data[first + 4 * number : first + 4 * number + 4], "little") >> 26 & 0x1F
            size = _VALUE_SIZES.get(kind, -1)
            if kind == _DATA_VALUE:
                size = 4 + int.from_bytes(data[place : place + 4], "little")
            if size < 0 or place + size > len(data):
                break
            place += size
        else:
            size = int.from_bytes(data[place : place + 4], "little")
            if 2 <= size <= 1024 and not size % 2 and place + 4 + size <= len(data):
                text = data[place + 4 : place + 4 + size].decode("utf-16-le", "replace").rstrip("\0")
                if text and text.isprintable():
                    return text
    return ""


# -- the cloud's form -----------------------------------------------------------------------------------------------------


def _packaged(part: Part, names: list[str]) -> Iterator[Fact]:
    """Blobs in the stream of objects (MS-FSSHTTPB 2.2.1.5): each a header with type and length, then its body."""
    data = part.data
    at = _PACKAGE_START
    number = 0
    for step in range(_MAX_OBJECTS):
        if at >= len(data):
            if at > len(data) + 2:
                raise Malformed("OneNote: an object is longer than the section")
            return
        kind, start, end = _stream_object(data, at)
        if kind == _BLOB:
            size, width = _compact(data, start)
            content = start + width
            declared = _Declared(data.startswith(_PICTURES, content), "")
            yield from _file(part, number, content, min(content + size, end, len(data)), declared, names)
            number += 1
        at = end
        if step % 4096 == 4095:
            part.budget.check_time()
    raise Malformed("OneNote: too many objects")


def _stream_object(data: bytes, at: int) -> tuple[int, int, int]:
    """Type of the stream object at an offset (-1 for the end of a compound one), start and end of its body."""
    form = data[at] & 3
    if form == 1:  # 8-bit end
        return -1, at + 1, at + 1
    if form == 3:  # 16-bit end
        return -1, at + 2, at + 2
    if form == 0:  # 16-bit start: two bits of form, one of nesting, six of type, seven of length
        head = int.from_bytes(data[at : at + 2], "little")
        return head >> 3 & 0x3F, at + 2, at + 2 + (head >> 9)
    head = int.from_bytes(data[at : at + 4], "little")  # 32-bit start: fourteen of type, fifteen of length
    kind, size, start = head >> 3 & 0x3FFF, head >> 17, at + 4
    if size == 0x7FFF:
        size, width = _compact(data, start)
        start += width
    return kind, start, start + size


def _compact(data: bytes, at: int) -> tuple[int, int]:
    """Compact unsigned integer (2.2.1.1): the number of low zero bits tells the width."""
    first = data[at] if at < len(data) else 0
    if first == 0:
        return 0, 1
    if first == 0x80:
        return int.from_bytes(data[at + 1 : at + 9], "little"), 9
    width = (first & -first).bit_length()
    return int.from_bytes(data[at : at + width], "little") >> width, width
