"""LHA archives (lzh): a header before each file, in one of four levels; the method is five characters such as `-lh5-`.

Reference: header.doc.md of LHa for UNIX (levels 0 to 3 and the extended headers).

Why our own: lhafile wants a file and unpacks without a bound; packed members are left to libarchive.
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

TYPES: Final = frozenset({"lha"})
LIMITATIONS: Final = (
    "Compressed members are unpacked only where libarchive (extra `archives`), 7-Zip or The Unarchiver is installed; stored members always.",
)
EXTRACTS: Final = "Members that are stored; compressed ones where libarchive, 7-Zip or The Unarchiver is installed."
DETECTS: Final = "Programs by the names of members that cannot be read, links."

_STORED: Final = frozenset({b"-lh0-", b"-lz4-", b"-pm0-"})
_FOLDER: Final = b"-lhd-"
_READ_HERE: Final = _STORED | {_FOLDER}
_EXTENDED_LIMIT: Final = 64
_NAME, _PATH, _MODE, _SIZES = 0x01, 0x02, 0x50, 0x42


class _Header(NamedTuple):
    name: str
    method: bytes
    link: bool
    start: int
    packed: int


def inspect(part: Part) -> Iterator[Fact]:
    """Names and stored members."""
    yield from announce(part, _members(part), "LHA: compressed members", partial(remedy, part, "lha", library=True))


def _members(part: Part) -> Iterator[Member | Finding]:
    data = part.data
    view = memoryview(data)
    position = 0
    compressed: list[str] = []
    others: set[str] = set()
    # A zero in the place of a header's size ends the archive.
    while position < len(data) and data[position]:
        part.budget.check_time()
        header = _header(data, position)
        position = header.start + header.packed
        if header.packed and header.method not in _READ_HERE and not header.link:
            compressed.append(header.name)
            continue
        others.add(header.name)
        if header.link:
            yield Member(header.name, None, "link")
        elif header.method == _FOLDER:
            yield Member(header.name, None, "folder")
        elif not header.packed:
            yield Member(header.name, b"")
        else:
            yield Member(header.name, _content(view, header))
    yield from by_others(part, data, ("lha",), "lha", compressed, others, "LHA")
    if position > len(data):
        raise Malformed("LHA: archive ends early")


def _content(view: memoryview, header: _Header) -> Iterator[bytes]:
    content = view[header.start : header.start + header.packed]
    yield from slices(content)
    if len(content) < header.packed:
        raise Malformed("LHA: member ends early")


def _header(data: bytes, position: int) -> _Header:
    if position + 27 > len(data):
        raise Malformed("LHA: header ends early")
    method = data[position + 2 : position + 7]
    if method[:1] != b"-" or method[4:] != b"-":
        raise Malformed("LHA: broken header")
    packed = struct.unpack_from("<I", data, position + 7)[0]
    level = data[position + 20]
    if level <= 1:
        return _old_header(data, position, method, packed, level)
    if level == 2:
        end = position + struct.unpack_from("<H", data, position)[0]
        return _new_header(data, position + 24, 2, end, method, packed)
    if level == 3 and position + 32 <= len(data):
        end = position + struct.unpack_from("<I", data, position + 24)[0]
        return _new_header(data, position + 28, 4, end, method, packed)
    raise Malformed("LHA: unknown header level")


def _old_header(data: bytes, position: int, method: bytes, packed: int, level: int) -> _Header:
    """Levels 0 and 1: the name is in the header; level 1 may go on in extended headers, which count as packed."""
    end = position + 2 + data[position]
    length = data[position + 21]
    name = data[position + 22 : position + 22 + length]
    if end > len(data) or position + 22 + length > end:
        raise Malformed("LHA: header ends early")
    if level == 0:
        return _named(name, b"", b"", method, end, packed)
    extended, start = _extended(data, end - 2, 2, end + packed)
    return _named(
        extended.get(_NAME, name),
        extended.get(_PATH, b""),
        extended.get(_MODE, b""),
        method,
        start,
        max(end + packed - start, 0),
    )


def _new_header(data: bytes, first: int, width: int, end: int, method: bytes, packed: int) -> _Header:
    """Levels 2 and 3: everything but sizes and method is in extended headers."""
    if end > len(data) or end < first:
        raise Malformed("LHA: header ends early")
    extended, _ = _extended(data, first, width, end)
    sizes = extended.get(_SIZES, b"")
    if len(sizes) >= 8:
        packed = int.from_bytes(sizes[:8], "little")
    return _named(extended.get(_NAME, b""), extended.get(_PATH, b""), extended.get(_MODE, b""), method, end, packed)


def _extended(data: bytes, position: int, width: int, limit: int) -> tuple[dict[int, bytes], int]:
    """Extended headers by type, and the offset after them; each ends with the size of the next."""
    found: dict[int, bytes] = {}
    limit = min(limit, len(data))
    for _ in range(_EXTENDED_LIMIT):
        if position + width > limit:
            break
        size = int.from_bytes(data[position : position + width], "little")
        position += width
        if not size:
            return found, position
        if size <= width or position + size > limit:
            break
        found[data[position]] = data[position + 1 : position + size - width]
        position += size - width
    raise Malformed("LHA: extended headers end early")


def _named(name: bytes, path: bytes, mode: bytes, method: bytes, start: int, packed: int) -> _Header:
    """Folders in a path are parted by 0xFF in extended headers, and by backslashes in old names; `name|target` is a link."""
    raw = path.replace(b"\xff", b"/") + name.replace(b"\xff", b"/")
    full = text(raw).replace("\\", "/")
    link = len(mode) >= 2 and int.from_bytes(mode[:2], "little") & 0xF000 == 0xA000
    return _Header(full, method, link, start, packed)
