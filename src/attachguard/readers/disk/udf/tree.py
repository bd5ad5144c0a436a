"""The folders of a UDF volume and what is in them.

Reference: ECMA-167 (3rd edition) 4/14.4 (file identifiers); UDF 2.60, 2.3.4. Every folder is entered once; folders together are no larger than the
image.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.readers.disk.udf.nodes import DEVICES, FOLDERS, LINK, Node, Place, long_place, node
from attachguard.readers.disk.udf.volume import Volume

#: Tag of a file identifier, as it is stored.
_IDENTIFIER: Final = b"\x01\x01"
_DELETED, _PARENT = 4, 8
_DEPTH: Final = 64


class File(NamedTuple):
    """A file or folder: path, `file`, `folder`, `link` or `device`, and where it lies."""

    name: str
    kind: str
    extents: tuple[tuple[int, int], ...]


def files(volume: Volume) -> Iterator[File]:
    """Every file and folder; named streams stand like files below the file that they belong to.

    Raises:
        Malformed: a folder is broken; what the others hold comes first.
    """
    blocks = volume.blocks
    waiting = [("", root, 0) for root in volume.roots()]
    entered: set[Place] = set()
    left = blocks.disk.size
    broken: Malformed | None = None
    while waiting:
        path, place, depth = waiting.pop()
        if place in entered:
            continue
        entered.add(place)
        folder = node(blocks, volume.partitions, place)
        if folder is None or folder.kind not in FOLDERS:
            broken = broken or Malformed("UDF: a folder is missing")
            continue
        left -= folder.size
        if left < 0:
            raise Malformed("UDF: folders larger than the image")
        try:
            for name, child in _identifiers(blocks.read(folder.extents, folder.size)):
                full = f"{path}{name}"
                found = node(blocks, volume.partitions, child)
                yield _file(full, found, blocks.disk.size)
                if found is None or depth >= _DEPTH:
                    continue
                if found.kind in FOLDERS:
                    waiting.append((f"{full}/", child, depth + 1))
                if found.streams is not None:
                    waiting.append((f"{full}/", found.streams, depth + 1))
        except Malformed as error:
            broken = broken or error
    if broken is not None:
        raise broken


def _file(name: str, found: Node | None, nowhere: int) -> File:
    if found is None:
        return File(name, "file", ((nowhere, 1),))  # listed, and nowhere to be read
    if found.kind in FOLDERS:
        return File(name, "folder", ())
    kind = "link" if found.kind == LINK else "device" if found.kind in DEVICES else "file"
    return File(name, kind, tuple(found.extents))


def _identifiers(raw: bytes) -> Iterator[tuple[str, Place]]:
    """Names in a folder and the blocks that describe the files (ECMA-167 4/14.4)."""
    position = 0
    while position + 38 <= len(raw):
        if raw[position : position + 2] != _IDENTIFIER:
            if raw[position:].strip(b"\0"):
                raise Malformed("UDF: broken folder")
            return
        flags, length = raw[position + 18], raw[position + 19]
        extra = struct.unpack_from("<H", raw, position + 36)[0]
        begin = position + 38 + extra
        name = _name(raw[begin : begin + length])
        if not flags & (_DELETED | _PARENT):
            yield name or "?", long_place(raw, position + 20)
        position += (38 + extra + length + 3) & ~3


def _name(raw: bytes) -> str:
    """OSTA compressed Unicode: the first byte says how wide the letters are (UDF 2.1.1)."""
    letters = raw[1:].decode("utf-16-be" if raw[:1] in (b"\x10", b"\xff") else "latin-1", "replace")
    return letters.replace("/", "_")
