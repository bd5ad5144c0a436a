"""One tree of folders of an ISO 9660 image: directory records, path tables, Rock Ridge names.

References: ECMA-119 sections 6.8, 8.4, 9.1 and 9.4; Joliet Specification (Microsoft); SUSP and RRIP (IEEE P1281, P1282). Numbers are in both byte
orders, folders in the tree and in path tables: where they disagree, both are read, because some readers take the one and some the other.

Why our own: pycdlib trusts the sizes of a disc and raises at its first fault.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats.archive.members import text
from attachguard.formats.disk.folder_trees import Entry
from attachguard.part import Part

SECTOR: Final = 2048
_FOLDER_FLAG, _MORE_EXTENTS = 2, 0x80
_DEPTH: Final = 64
#: Areas that continue the system use fields of one record.
_AREAS: Final = 8
_PATHS: Final = 1 << 16
#: Rock Ridge fields of what is elsewhere: symbolic links, folders that were moved up.
_LINKS: Final = (b"SL", b"CL")
_OTHER_ORDER: Final = "lies elsewhere by the numbers in the other byte order"
_TABLE_ONLY: Final = "is in a folder that only a path table leads to"


class Volume(NamedTuple):
    """A volume descriptor: title, its sector's bytes, whether names are in UCS-2, bytes of a block."""

    title: str
    raw: bytes
    wide: bool
    block: int


class _Folder(NamedTuple):
    path: str
    other: str
    begin: int
    size: int
    depth: int
    doubt: str = ""


def entries(part: Part, volume: Volume) -> Iterator[Entry]:
    """Every file and folder below the root, no folder twice, then those that only the path tables lead to.

    Raises:
        Malformed: a folder is broken; what the others hold comes first.
    """
    entered: set[int] = set()
    left = [len(part.data)]
    broken: Malformed | None = None
    roots = _both_orders(volume.raw[156:190], volume.block)
    waiting = [_Folder("", "", *where, 0, _OTHER_ORDER if where is not roots[0] else "") for where in roots]
    listed = False
    while waiting or not listed:
        if not waiting:
            listed = True
            waiting = [folder for folder in _path_tables(part, volume) if folder.begin not in entered]
            continue
        folder = waiting.pop()
        if folder.begin in entered:
            continue
        entered.add(folder.begin)
        try:
            yield from _folder(part, volume, folder, waiting, left)
        except Malformed as error:
            broken = broken or error
    if broken is not None:
        raise broken


def _both_orders(record: bytes, block: int) -> list[tuple[int, int]]:
    """Offset and bytes of an extent; twice where the two byte orders disagree (ECMA-119 7.3.3). Sloppy writers leave the second one zero."""
    little, size = struct.unpack_from("<I4xI", record, 2)
    big, other = struct.unpack_from(">I4xI", record, 6)
    found = [(little * block, size)]
    if (big and big != little) or (other and other != size):
        found.append(((big or little) * block, other or size))
    return found


def _folder(part: Part, volume: Volume, folder: _Folder, waiting: list[_Folder], left: list[int]) -> Iterator[Entry]:
    if folder.begin + folder.size > len(part.data):
        if not folder.depth:
            raise Malformed("ISO 9660: folder beyond the end")
        return
    # Folders do not overlap, so together they are smaller than the image.
    left[0] -= folder.size
    if left[0] < 0:
        raise Malformed("ISO 9660: folders larger than the image")
    extents: list[tuple[int, int]] = []
    for record in _records(part, folder.begin, folder.size):
        plain, name, fields = _names(part, record, volume)
        if not plain:
            continue
        full, other = f"{folder.path}{name}", f"{folder.other}{plain}"
        where = _both_orders(record, volume.block)
        flags = record[25]
        if flags & _FOLDER_FLAG:
            yield Entry(full, "folder", ())
            for place in where if folder.depth < _DEPTH else ():
                doubt = folder.doubt if place is where[0] else _OTHER_ORDER
                waiting.append(_Folder(f"{full}/", f"{other}/", *place, folder.depth + 1, doubt))
            continue
        _append(extents, where[0])
        # A file of more than one extent has a record for each; the last one lacks the flag (ECMA-119 9.1.6).
        if flags & _MORE_EXTENTS:
            continue
        link = not extents and any(kind in _LINKS for kind, _ in _walk(fields))
        yield Entry(full, "link" if link else "file", tuple(extents), other if other != full else "", folder.doubt)
        extents = []
        for place in where[1:]:
            if place[1]:
                yield Entry(full, "file", (place,), doubt=_OTHER_ORDER)


def _append(extents: list[tuple[int, int]], piece: tuple[int, int]) -> None:
    """Add a piece; what goes on where the last one ends is one with it, as other trees have it."""
    if extents and sum(extents[-1]) == piece[0]:
        extents[-1] = (extents[-1][0], extents[-1][1] + piece[1])
    elif piece[1]:
        extents.append(piece)


def _records(part: Part, begin: int, size: int) -> Iterator[bytes]:
    """Directory records; none crosses a sector, the rest of which is zero (ECMA-119 6.8.1.1)."""
    data = part.data
    position, end = begin, begin + size
    while position < end:
        part.budget.check_time()
        length = data[position]
        if not length:
            position = begin + ((position - begin) // SECTOR + 1) * SECTOR
            continue
        record = data[position : position + length]
        if length < 34 or len(record) < length or 33 + record[32] > length:
            raise Malformed("ISO 9660: broken directory record")
        yield record
        position += length


def _names(part: Part, record: bytes, volume: Volume) -> tuple[str, str, bytes]:
    """The name without version, Rock Ridge's where there is one, and the system use fields; no names for a folder itself and its parent."""
    length = record[32]
    raw = record[33 : 33 + length]
    if raw in (b"\0", b"\1"):
        return "", "", b""
    # A byte of padding makes the length of the name field odd, then come the fields of the system.
    fields = _fields(part, record[33 + length + (1 - length % 2) :], volume.block)
    plain = _clean(raw.decode("utf-16-be", "replace") if volume.wide else text(raw))
    return plain, plain if volume.wide else _clean(_rock_ridge(fields)) or plain, fields


def _clean(name: str) -> str:
    return name.partition(";")[0].rstrip(".").replace("/", "_")


def _fields(part: Part, fields: bytes, block: int) -> bytes:
    """The system use fields of a record, with the areas that continue them (SUSP 5.1)."""
    found = fields
    for _ in range(_AREAS):
        place = next((position for kind, position in _walk(fields) if kind == b"CE"), None)
        if place is None or place + 28 > len(fields):
            break
        number, offset, length = struct.unpack_from("<I4xI4xI", fields, place + 4)
        fields = part.data[number * block + offset : number * block + offset + min(length, SECTOR)]
        found += fields
    return found


def _walk(fields: bytes) -> Iterator[tuple[bytes, int]]:
    position = 0
    while position + 4 <= len(fields):
        length = fields[position + 2]
        if length < 4:
            # Padding may stand between an area and the one that continues it.
            position += 1
            continue
        yield fields[position : position + 2], position
        position += length


def _rock_ridge(fields: bytes) -> str:
    """The name in the `NM` fields (RRIP 4.1.4)."""
    name = b""
    for kind, position in _walk(fields):
        if kind == b"NM" and not fields[position + 4 : position + 5].strip(b"\x01\x00"):  # neither `.` nor `..`
            name += fields[position + 5 : position + fields[position + 2]]
    return text(name)


def _path_tables(part: Part, volume: Volume) -> Iterator[_Folder]:
    """The folders that the path tables name, which Windows and DOS look folders up in (ECMA-119 9.4)."""
    size = struct.unpack_from("<I", volume.raw, 132)[0]
    for offset, order in ((140, "<"), (144, "<"), (148, ">"), (152, ">")):
        place = struct.unpack_from(f"{order}I", volume.raw, offset)[0] * volume.block
        if place and place + size <= len(part.data):
            yield from _path_table(part, volume, part.data[place : place + size], order)


def _path_table(part: Part, volume: Volume, table: bytes, order: str) -> Iterator[_Folder]:
    paths: list[str] = []
    position = 0
    while position + 8 < len(table) and len(paths) < _PATHS:
        part.budget.check_time()
        length, _, number, parent = struct.unpack_from(f"{order}BBIH", table, position)
        if not length:
            return
        raw = table[position + 8 : position + 8 + length]
        position += 8 + length + length % 2
        above = paths[parent - 1] if 0 < parent <= len(paths) and len(paths[parent - 1]) < 4 * SECTOR else ""
        name = "" if not paths else _clean(raw.decode("utf-16-be", "replace") if volume.wide else text(raw))
        paths.append(f"{above}{name}/" if name else "")
        begin = number * volume.block
        # The size of a folder is in the record of the folder itself, its first one.
        first = part.data[begin : begin + 34]
        if len(first) == 34 and first[0] >= 34:
            yield _Folder(paths[-1], paths[-1], begin, struct.unpack_from("<I", first, 10)[0], 1, _TABLE_ONLY)
