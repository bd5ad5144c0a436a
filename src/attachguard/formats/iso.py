"""ISO 9660 images: two trees of folders over the same files, the primary one and, for Windows, the Joliet one with Unicode names.

References: ECMA-119 sections 8 and 9; Joliet Specification (Microsoft); SUSP and Rock Ridge (IEEE P1281, P1282) for long names.
Both trees are walked: a file that only one of them knows is seen by some systems and not by others.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats._archive.members import Member, announce, shown, text
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.unpack import slices

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"iso"})
LIMITATIONS: Final = (
    "The UDF tree of a bridge image is not walked.",
    "Files compressed by zisofs are read as they lie in the image.",
)
EXTRACTS: Final = "The files of the ISO 9660 tree and of the Joliet tree."
DETECTS: Final = "Files that only one tree shows, links, damage."

_SECTOR: Final = 2048
_FIRST_DESCRIPTOR: Final = 16
_MOST_DESCRIPTORS: Final = 32
_PRIMARY, _SUPPLEMENTARY, _TERMINATOR = 1, 2, 255
_JOLIET: Final = (b"%/@", b"%/C", b"%/E")
#: One tree and one for Windows are usual; more are for readers that stop at the first or go on to the last.
_TREES: Final = 4
_FOLDER_FLAG, _MORE_EXTENTS = 2, 0x80
_DEPTH_LIMIT: Final = 64


class _Entry(NamedTuple):
    name: str
    kind: str
    extents: tuple[tuple[int, int], ...]  # first sector and bytes of each piece


def inspect(part: Part) -> Iterator[Fact]:
    """The files of both trees, each once."""
    trees = _trees(part.data)
    if not trees:
        raise Malformed("ISO 9660: no volume descriptor")
    yield from announce(part, _members(part, trees), "ISO 9660")


def _trees(data: bytes) -> list[tuple[bytes, bool, int]]:
    """Root directory record, whether names are in UCS-2, and block size of each tree; the Joliet tree first."""
    found: list[tuple[bytes, bool, int]] = []
    for number in range(_FIRST_DESCRIPTOR, _FIRST_DESCRIPTOR + _MOST_DESCRIPTORS):
        block = data[number * _SECTOR : (number + 1) * _SECTOR]
        if len(block) < 190 or block[1:6] != b"CD001" or block[0] == _TERMINATOR:
            break
        size = struct.unpack_from("<H", block, 128)[0] or _SECTOR
        if block[0] == _PRIMARY:
            found.append((block[156:190], False, size))
        elif block[0] == _SUPPLEMENTARY and block[88:91] in _JOLIET:
            found.insert(0, (block[156:190], True, size))
    return found[:_TREES]


def _members(part: Part, trees: list[tuple[bytes, bool, int]]) -> Iterator[Member | Finding]:
    view = memoryview(part.data)
    seen: dict[tuple[tuple[int, int], ...], str] = {}
    broken: Malformed | None = None
    extra = 0
    renamed = ""
    for number, (root, joliet, block_size) in enumerate(trees):
        here: set[tuple[tuple[int, int], ...]] = set()
        before = len(seen)
        try:
            for entry in _walk(part, root, block_size, joliet=joliet):
                if entry.kind == "file" and any(size for _, size in entry.extents):
                    here.add(entry.extents)
                    known = seen.get(entry.extents)
                    if known is not None and _same_ending(known, entry.name):
                        continue
                    if known is None:
                        seen[entry.extents] = entry.name
                        extra += bool(number)
                    elif number:
                        renamed = renamed or f"'{shown(known)}' is '{shown(entry.name)}' in another tree"
                    else:
                        continue
                    yield Member(entry.name, _content(view, entry, block_size))
                elif not number:
                    yield Member(entry.name, b"" if entry.kind == "file" else None, entry.kind)
        except Malformed as error:
            broken = broken or error
            continue
        extra += before - len(here & set(list(seen)[:before])) if number else 0
    if renamed:
        yield part.finding("archive-ambiguous", f"ISO 9660: {renamed}")
    if extra:
        yield part.finding("archive-ambiguous", f"ISO 9660: {extra} files are not in every tree of folders")
    if broken is not None:
        raise broken


def _same_ending(one: str, other: str) -> bool:
    """Whether two names have one extension, which the primary tree cuts to three capitals and digits (ECMA-119 7.5)."""
    first, second = (name.rpartition("/")[2].rpartition(".")[2].upper() for name in (one, other))
    return first[:3] == second[:3] or not (first + second).isascii() or not (first + second).isalnum()


def _content(view: memoryview, entry: _Entry, block_size: int) -> Iterator[bytes]:
    for sector, size in entry.extents:
        piece = view[sector * block_size : sector * block_size + size]
        yield from slices(piece)
        if len(piece) < size:
            raise Malformed("ISO 9660: file ends early")


def _walk(part: Part, root: bytes, block_size: int, *, joliet: bool) -> Iterator[_Entry]:
    """Every file and folder below the root, no folder twice."""
    first, size = struct.unpack_from("<I4xI", root, 2)
    waiting = [("", first, size, 0)]
    entered = {first}
    left = len(part.data)
    while waiting:
        path, sector, size, depth = waiting.pop()
        begin = sector * block_size
        # Folders do not overlap, so together they are smaller than the image.
        left -= size
        if left < 0:
            raise Malformed("ISO 9660: folders larger than the image")
        if begin + size > len(part.data):
            if not path:
                raise Malformed("ISO 9660: folder beyond the end")
            continue
        extents: list[tuple[int, int]] = []
        for record in _records(part, begin, size):
            name = _name(record, joliet=joliet)
            if not name:
                continue
            where, length = struct.unpack_from("<I4xI", record, 2)
            flags = record[25]
            full = f"{path}{name}"
            if flags & _FOLDER_FLAG:
                yield _Entry(full, "folder", ())
                if where not in entered and depth < _DEPTH_LIMIT:
                    entered.add(where)
                    waiting.append((f"{full}/", where, length, depth + 1))
                continue
            extents.append((where, length))
            # A file of more than one extent has a record for each; the last one lacks the flag (ECMA-119 9.1.6).
            if not flags & _MORE_EXTENTS:
                yield _Entry(full, "link" if not length and b"SL" in record[33:] else "file", tuple(extents))
                extents = []


def _records(part: Part, begin: int, size: int) -> Iterator[bytes]:
    """Directory records; none crosses a sector, the rest of which is zero (ECMA-119 6.8.1.1)."""
    data = part.data
    position, end = begin, begin + size
    while position < end:
        part.budget.check_time()
        length = data[position]
        if not length:
            position = begin + ((position - begin) // _SECTOR + 1) * _SECTOR
            continue
        record = data[position : position + length]
        if length < 34 or len(record) < length or 33 + record[32] > length:
            raise Malformed("ISO 9660: broken directory record")
        yield record
        position += length


def _name(record: bytes, *, joliet: bool) -> str:
    """The name without version; Rock Ridge's where there is one; empty for the records of the folder itself and its parent."""
    length = record[32]
    raw = record[33 : 33 + length]
    if raw in (b"\0", b"\1"):
        return ""
    # A byte of padding makes the length of the name field odd, then come the fields of the system.
    extra = record[33 + length + (1 - length % 2) :]
    name = raw.decode("utf-16-be", "replace") if joliet else _rock_ridge(extra) or text(raw)
    return name.partition(";")[0].rstrip(".").replace("/", "_")


def _rock_ridge(fields: bytes) -> str:
    """The name in the `NM` fields of the system use area (RRIP 4.1.4)."""
    name = b""
    position = 0
    while position + 5 <= len(fields):
        length = fields[position + 2]
        if length < 4:
            break
        if fields[position : position + 2] == b"NM" and not fields[position + 4] & 6:  # not `.` or `..`
            name += fields[position + 5 : position + length]
        position += length
    return text(name)
