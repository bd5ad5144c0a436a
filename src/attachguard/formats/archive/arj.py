"""ARJ archives: a header of its own for the archive and for each file; a file can be garbled, which is ARJ's word for encrypted.

Reference: TECHNOTE.DOC of ARJ ("ARJ TECHNICAL INFORMATION").

Why our own: no maintained package lists ARJ; what is packed is left to 7-Zip.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats.archive.members import Member, announce, by_others, remedy, text
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.packed.chunks import slices

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"arj"})
LIMITATIONS: Final = (
    "Compressed members are unpacked only where 7-Zip or The Unarchiver is installed; stored members always.",
)
EXTRACTS: Final = "Members that are stored; compressed ones where 7-Zip or The Unarchiver is installed."
DETECTS: Final = (
    "Garbled (encrypted) members, volumes, archives appended to a program, programs by the names of members that "
    "cannot be read."
)

_MAGIC: Final = b"\x60\xea"
_SFX_SEARCH: Final = 1 << 20
_BASIC_LIMIT: Final = 2600  # largest basic header by the technical note
_GARBLED, _VOLUME, _CONTINUES = 0x01, 0x04, 0x08
_FOLDER, _LABEL = 3, 4


class _Header(NamedTuple):
    flags: int
    method: int
    kind: int
    packed: int
    name: bytes
    end: int


def inspect(part: Part) -> Iterator[Fact]:
    """Encryption, names and stored members."""
    data = part.data
    base = data.find(_MAGIC, 0, _SFX_SEARCH)
    if base < 0:
        raise Malformed("ARJ: no header")
    if base and data.startswith(b"MZ"):
        yield part.finding("sfx", "ARJ: archive appended to a program")
    main = _header(data, base)
    if main is None:
        raise Malformed("ARJ: header ends early")
    files, broken = _files(part, main.end)
    contents = [file for file in files if file.kind not in (_FOLDER, _LABEL) and file.packed]
    garbled = sum(bool(file.flags & _GARBLED) for file in contents)
    # The archive's own flag is only a hint: what counts is a file with content that is garbled.
    if garbled:
        some = "" if garbled == len(contents) else ", some members"
        yield part.encrypted("unknown-password", f"ARJ: garbled{some}")
    if main.flags & _VOLUME or any(file.flags & (_VOLUME | _CONTINUES) for file in files):
        yield part.finding("split-archive", "ARJ: one volume of a set")
    yield from announce(part, _members(part, base, files), "ARJ: compressed members", partial(remedy, part, "arj"))
    if broken is not None:
        raise broken


def _files(part: Part, position: int) -> tuple[list[_Header], Malformed | None]:
    """The headers of the files, and the error that cut the list short."""
    files: list[_Header] = []
    most = 4 * part.budget.limits.parts
    try:
        while len(files) < most:
            part.budget.check_time()
            file = _header(part.data, position)
            if file is None:
                return files, None
            files.append(file)
            position = file.end + file.packed
    except Malformed as error:
        return files, error
    return files, Malformed("ARJ: more members than any archive needs")


def _header(data: bytes, position: int) -> _Header | None:
    """The header at `position`; None for the empty one that ends the archive."""
    if data[position : position + 2] != _MAGIC or position + 4 > len(data):
        raise Malformed("ARJ: header missing")
    size = struct.unpack_from("<H", data, position + 2)[0]
    if size == 0:
        return None
    if not 30 <= size <= _BASIC_LIMIT:
        raise Malformed("ARJ: header of impossible size")
    basic = data[position + 4 : position + 4 + size]
    end = position + 4 + size + 4  # the header's CRC
    if end + 2 > len(data):
        raise Malformed("ARJ: header ends early")
    first, flags, method, kind = basic[0], basic[4], basic[5], basic[6]
    packed = struct.unpack_from("<I", basic, 12)[0]
    name = basic[first:].partition(b"\0")[0]
    while extended := struct.unpack_from("<H", data, end)[0]:
        end += 2 + extended + 4
        if end + 2 > len(data):
            raise Malformed("ARJ: header ends early")
    return _Header(flags, method, kind, packed, name, end + 2)


def _members(part: Part, base: int, files: list[_Header]) -> Iterator[Member | Finding]:
    view = memoryview(part.data)
    compressed: list[str] = []
    others: set[str] = set()
    for file in files:
        name = text(file.name).replace("\\", "/")
        garbled = bool(file.flags & _GARBLED)
        if file.kind not in (_FOLDER, _LABEL) and file.packed and file.method and not garbled:
            compressed.append(name)
            continue
        others.add(name)
        if file.kind == _FOLDER:
            yield Member(name, None, "folder")
        elif file.kind == _LABEL:
            continue
        elif not file.packed:
            yield Member(name, b"")
        elif garbled:
            yield Member(name, None, encrypted=True)
        else:
            yield Member(name, _content(view, file))
    yield from by_others(part, view[base:], (), "arj", compressed, others, "ARJ")


def _content(view: memoryview, file: _Header) -> Iterator[bytes]:
    content = view[file.end : file.end + file.packed]
    yield from slices(content)
    if len(content) < file.packed:
        raise Malformed("ARJ: member ends early")
