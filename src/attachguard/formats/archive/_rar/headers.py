"""Walks the headers of RAR archives, version 1.5 to 4 and version 5, without unpacking anything.

References: technote.txt of RAR 3 and 4 ("RAR archive format"), "RAR 5.0 archive format" of RARLAB. Checksums of headers are not needed to read
them; a header that does not lead forward ends the walk.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed

MARKER_OLD: Final = b"Rar!\x1a\x07\x00"
MARKER_NEW: Final = b"Rar!\x1a\x07\x01\x00"

_NAME_LIMIT: Final = 4096


class Item(NamedTuple):
    """What one header says.

    Args:
        kind: `archive`, `file`, `folder`, `link`, `locked` (all that follows is encrypted), `end`
            or `other`.
        name: path of a file, with `/` between folders.
        start: offset of its packed bytes; for `end`: after it.
        packed: how many there are.
        size: unpacked size; None where it is not stated.
        stored: whether the bytes are not compressed.
        encrypted: whether they are encrypted.
        split: whether they go on in, or come from, another volume.
        solid: for `archive`: whether it is a solid one.
        ancient: whether a version before 2.9 packed it.
    """

    kind: str
    name: str = ""
    start: int = 0
    packed: int = 0
    size: int | None = 0
    stored: bool = False
    encrypted: bool = False
    split: bool = False
    solid: bool = False
    ancient: bool = False


# -- RAR 1.5 to 4 ---------------------------------------------------------------------------------------------------------

_BLOCK: Final = struct.Struct("<HBHH")  # HEAD_CRC HEAD_TYPE HEAD_FLAGS HEAD_SIZE
_FILE: Final = struct.Struct("<IIBIIBBHI")  # PACK_SIZE UNP_SIZE HOST_OS FILE_CRC FTIME UNP_VER METHOD NAME_SIZE ATTR
_MAIN_HEAD, _FILE_HEAD, _ENDARC = 0x73, 0x74, 0x7B
_LONG_BLOCK: Final = 0x8000
_STORE: Final = 0x30
#: Version that is needed to unpack what RAR 2.9 and later pack (UNP_VER).
_NEWER: Final = 29
_HOST_UNIX: Final = 3


def walk_old(data: bytes, position: int) -> Iterator[Item]:
    """The headers of a RAR 1.5-4 archive from after its marker."""
    while position + _BLOCK.size <= len(data):
        _, kind, flags, size = _BLOCK.unpack_from(data, position)
        if size < _BLOCK.size:
            raise Malformed("RAR: header of impossible size")
        extra = 0
        if flags & _LONG_BLOCK or kind == _FILE_HEAD:
            if position + 11 > len(data):
                raise Malformed("RAR: header ends early")
            extra = struct.unpack_from("<I", data, position + 7)[0]
        if kind == _MAIN_HEAD:
            yield Item("archive", solid=bool(flags & 8), split=bool(flags & 1))
            if flags & 0x80:  # MHD_PASSWORD: a salt, then encrypted headers
                yield Item("locked")
                return
        elif kind == _FILE_HEAD:
            item = _file_old(data, position, flags, size)
            yield item
            extra = item.packed
        elif kind == _ENDARC:
            yield Item("end", start=position + size, split=bool(flags & 1))
            return
        else:
            yield Item("other")
        position += size + extra
    if position > len(data):
        raise Malformed("RAR: archive ends early")


def _file_old(data: bytes, position: int, flags: int, size: int) -> Item:
    if position + _BLOCK.size + _FILE.size > len(data) or size < _BLOCK.size + _FILE.size:
        raise Malformed("RAR: header ends early")
    packed, unpacked, host, _, _, needed, method, name_size, attributes = _FILE.unpack_from(
        data, position + _BLOCK.size
    )
    at = position + _BLOCK.size + _FILE.size
    if flags & 0x100:  # LHD_LARGE
        if at + 8 > len(data):
            raise Malformed("RAR: header ends early")
        high_packed, high_unpacked = struct.unpack_from("<II", data, at)
        packed |= high_packed << 32
        unpacked |= high_unpacked << 32
        at += 8
    raw = data[at : at + min(name_size, _NAME_LIMIT)]
    name = _name_old(raw, unicode=bool(flags & 0x200)).replace("\\", "/")
    kind = "file"
    if flags & 0xE0 == 0xE0:  # LHD_DIRECTORY: all dictionary bits set
        kind = "folder"
    elif host == _HOST_UNIX and attributes & 0xF000 == 0xA000:
        kind = "link"
    return Item(
        kind, name, position + size, packed, unpacked,
        stored=method == _STORE, encrypted=bool(flags & 4), split=bool(flags & 3), ancient=needed < _NEWER,
    )  # fmt: skip


def _name_old(raw: bytes, *, unicode: bool) -> str:
    """A file name: in the code page of the packer, with its Unicode form after a zero where the flag says so."""
    plain, zero, coded = raw.partition(b"\0")
    if unicode and not zero:
        return raw.decode("utf-8", "replace")
    if unicode and coded:
        return _unpack_name(plain, coded)
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError:
        return plain.decode("cp437")


def _unpack_name(plain: bytes, coded: bytes) -> str:
    """The Unicode form: two bits a step say how the next characters follow from the coded bytes and from the plain name."""
    high = coded[0]
    letters: list[int] = []
    at = 1
    flags = bits = 0
    while at < len(coded) and len(letters) < _NAME_LIMIT:
        if bits == 0:
            flags, bits = coded[at], 8
            at += 1
        bits -= 2
        step = (flags >> bits) & 3
        need = 2 if step == 2 else 1
        if at + need > len(coded):
            break
        if step == 0:
            letters.append(coded[at])
        elif step == 1:
            letters.append(coded[at] | high << 8)
        elif step == 2:
            letters.append(coded[at] | coded[at + 1] << 8)
        else:
            at = _copy_run(plain, coded, at, high, letters)
            continue
        at += need
    return struct.pack(f"<{len(letters)}H", *letters).decode("utf-16-le", "replace")


def _copy_run(plain: bytes, coded: bytes, at: int, high: int, letters: list[int]) -> int:
    length = coded[at]
    correction = None
    at += 1
    if length & 0x80:
        if at >= len(coded):
            return at
        correction = coded[at]
        at += 1
    for _ in range((length & 0x7F) + 2):
        place = len(letters)
        if place >= len(plain):
            break
        letters.append(plain[place] if correction is None else (plain[place] + correction) & 0xFF | high << 8)
    return at


# -- RAR 5 ----------------------------------------------------------------------------------------------------------------

_MAIN, _FILE_5, _SERVICE, _CRYPT, _END = 1, 2, 3, 4, 5
_EXTRA_CRYPT, _EXTRA_REDIRECT = 1, 5


class NewReader:
    """Reads the fields of one header, never past its end."""

    def __init__(self, data: bytes, position: int, end: int) -> None:
        self.data = data
        self.position = position
        self.end = min(end, len(data))

    def number(self) -> int:
        """A vint: seven bits a byte, lowest first, at most ten bytes."""
        value = 0
        for shift in range(0, 70, 7):
            if self.position >= self.end:
                raise Malformed("RAR5: header ends early")
            byte = self.data[self.position]
            self.position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise Malformed("RAR5: number without end")

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        if count > self.end - self.position:
            raise Malformed("RAR5: header ends early")
        self.position += count
        return self.data[self.position - count : self.position]


def walk_new(data: bytes, position: int) -> Iterator[Item]:
    """The headers of a RAR 5 archive from after its marker."""
    while position + 7 <= len(data):
        outer = NewReader(data, position + 4, len(data))
        size = outer.number()
        if not 0 < size <= 1 << 21:  # at most 2 MiB by the format
            raise Malformed("RAR5: header of impossible size")
        end = outer.position + size
        if end > len(data):
            raise Malformed("RAR5: archive ends early")
        reader = NewReader(data, outer.position, end)
        kind, flags = reader.number(), reader.number()
        extra_size = reader.number() if flags & 1 else 0
        packed = reader.number() if flags & 2 else 0
        split = bool(flags & 0x18)
        if kind == _CRYPT:
            yield Item("locked")
            return
        if kind == _MAIN:
            archive_flags = reader.number()
            yield Item("archive", solid=bool(archive_flags & 4), split=bool(archive_flags & 1))
        elif kind == _FILE_5:
            yield _file_new(reader, end, extra_size, packed, split=split)
        elif kind == _END:
            yield Item("end", start=end, split=bool(reader.number() & 1))
            return
        else:
            yield Item("other")
        position = end + packed
    if position > len(data):
        raise Malformed("RAR5: archive ends early")


def _file_new(reader: NewReader, start: int, extra_size: int, packed: int, *, split: bool) -> Item:
    flags, unpacked, _attributes = reader.number(), reader.number(), reader.number()
    reader.take((4 if flags & 2 else 0) + (4 if flags & 4 else 0))  # time, CRC32
    method = reader.number() >> 7 & 7
    reader.number()  # host system
    name = reader.take(min(reader.number(), 1 << 16)).decode("utf-8", "replace").replace("\\", "/")
    encrypted, link = _extras(NewReader(reader.data, max(reader.position, start - extra_size), start))
    kind = "folder" if flags & 1 else "link" if link else "file"
    size = None if flags & 8 else unpacked
    return Item(kind, name, start, packed, size, stored=method == 0, encrypted=encrypted, split=split)


def _extras(reader: NewReader) -> tuple[bool, bool]:
    """Whether the extra area has an encryption record and a redirection record (link or copy of another file)."""
    encrypted = link = False
    while reader.position < reader.end:
        size = reader.number()
        following = reader.position + size
        if not size or following > reader.end:
            break
        kind = reader.number()
        encrypted |= kind == _EXTRA_CRYPT
        link |= kind == _EXTRA_REDIRECT
        reader.position = following
    return encrypted, link
