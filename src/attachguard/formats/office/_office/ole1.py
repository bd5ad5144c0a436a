r"""OLE 1.0 object streams, as RTF files and `\1Ole10Native` streams hold them.

An object begins with a version, a kind (linked or embedded), a class name, a topic and an item; an embedded one goes on with its native data.
The class `Package` stands for a file that somebody dropped into a document: its native data names the file and holds it.

References: [MS-OLEDS] 2.2.4 ObjectHeader, 2.2.5 EmbeddedObject, 2.2.6 LinkedObject; the package's layout is not published.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

#: Longest string in a header that makes sense.
_LONGEST: Final = 1_024
LINKED: Final = 1
EMBEDDED: Final = 2
#: Pictures of an object, without the object ([MS-OLEDS] 2.2.2).
_STATIC: Final = (3, 5)
_PICTURES: Final = frozenset({"metafilepict", "dib", "bitmap", "enhmetafile"})


class OleObject(NamedTuple):
    """An OLE 1.0 object.

    Args:
        kind: `LINKED` to a file, `EMBEDDED`, or a picture of an object only.
        class_name: programmatic class, e.g. `Package`.
        topic: path of the linked file.
        native: native data of an embedded object.
    """

    kind: int
    class_name: str
    topic: str
    native: bytes


class Package(NamedTuple):
    """A file in a package.

    Args:
        label: name shown under its icon.
        path: where it came from.
        content: the file.
    """

    label: str
    path: str
    content: bytes


def read_object(data: bytes) -> OleObject | None:
    """An object stream taken apart; None where the header makes no sense."""
    if len(data) < 12:
        return None
    # The version is not looked at: Word takes any ([MS-OLEDS] 2.2.4 says "implementation-specific").
    kind = struct.unpack_from("<I", data, 4)[0]
    if kind not in (LINKED, EMBEDDED, *_STATIC):
        return None
    place = 8
    strings: list[str] = []
    for _ in range(3):
        if place + 4 > len(data):
            break
        length = struct.unpack_from("<I", data, place)[0]
        place += 4
        if length > _LONGEST or place + length > len(data):
            return None
        strings.append(data[place : place + length].split(b"\0")[0].decode("latin-1"))
        place += length
    strings += [""] * (3 - len(strings))
    if kind in _STATIC and strings[0].lower() not in _PICTURES:
        return None
    native = b""
    if kind == EMBEDDED and place + 4 <= len(data):
        size = struct.unpack_from("<I", data, place)[0]
        # A size beyond the data is a habit of exploits; Word takes what there is.
        native = data[place + 4 : place + 4 + size]
    return OleObject(kind, strings[0], strings[1], native)


def read_package(native: bytes) -> Package | None:
    """The file in a package's native data; None where it is something else."""
    # A 32-bit length is in front where the data comes from an \1Ole10Native stream.
    if len(native) >= 6 and struct.unpack_from("<H", native, 0)[0] != 2 and struct.unpack_from("<H", native, 4)[0] == 2:
        native = native[4:]
    if len(native) < 8 or struct.unpack_from("<H", native, 0)[0] != 2:
        return None
    label, place = _string(native, 2)
    path, place = _string(native, place)
    if place < 0 or place + 8 > len(native):
        return None
    # Two fields of unknown use, of which the second is 3 for a copied file; then the length of the temporary path, and that path.
    length = struct.unpack_from("<I", native, place + 4)[0]
    place += 8
    if length > _LONGEST or place + length + 4 > len(native):
        return None
    place += length
    size = struct.unpack_from("<I", native, place)[0]
    content = native[place + 4 : place + 4 + size]
    return Package(label, path, content)


def _string(data: bytes, place: int) -> tuple[str, int]:
    """A zero-terminated string and where the next field begins; -1 where there is none."""
    if place < 0:
        return "", -1
    end = data.find(b"\0", place, place + _LONGEST)
    if end < 0:
        return "", -1
    return data[place:end].decode("latin-1"), end + 1
