"""Lists RAR archives of version 1.4 and older: names, encryption, stored members.

Reference: the source of unrar, `ReadHeader14`. Marker `RE~^`, size of the header, flags; then one header of 21 bytes and a name before each file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from attachguard.errors import Malformed
from attachguard.formats.archive.members import Member, text
from attachguard.readers.packed.chunks import slices

MARKER: Final = b"RE~^"
_MAIN: Final = 7
#: Packed and unpacked size, checksum, size of the header, time, attributes, flags, version, length of the name, method.
_FILE: Final = struct.Struct("<IIHHIBBBBB")
_SPLIT: Final = 3
_PASSWORD: Final = 4
_FOLDER: Final = 0x10


def members(data: bytes, base: int) -> Iterator[Member]:
    """The files of an archive that begins at `base`.

    Raises:
        Malformed: a header that cannot be.
    """
    size = int.from_bytes(data[base + 4 : base + 6], "little")
    if size < _MAIN or base + size > len(data):
        raise Malformed("RAR 1.4: header ends early")
    place = base + size
    view = memoryview(data)
    while place < len(data):
        if place + _FILE.size > len(data):
            raise Malformed("RAR 1.4: header of a file ends early")
        packed, _, _, head, _, attributes, flags, _, letters, method = _FILE.unpack_from(data, place)
        start = place + head
        if head < _FILE.size + letters or start > len(data):
            raise Malformed("RAR 1.4: impossible header of a file")
        name = text(view[place + _FILE.size : place + _FILE.size + letters]).replace("\\", "/")
        place = start + packed
        if attributes & _FOLDER:
            yield Member(name, None, "folder")
        elif flags & _PASSWORD:
            yield Member(name, None, encrypted=True)
        elif method or flags & _SPLIT:
            yield Member(name, None)
        else:
            yield Member(name, _stored(view[start:place], packed))


def _stored(content: memoryview, size: int) -> Iterator[bytes]:
    yield from slices(content)
    if len(content) < size:
        raise Malformed("RAR 1.4: stored member ends early")
