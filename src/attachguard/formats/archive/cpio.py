"""cpio archives: the binary, the old character (odc) and the new character (newc, with and without checksums) forms.

Reference: cpio(5) of FreeBSD; POSIX.1-1997 cpio for odc. Used alone, inside RPM packages and as initial RAM disks.

Why our own: headers of fixed fields need no library, and what follows a broken one is still wanted.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats.archive.members import Member, announce, text, trailing
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.packed.chunks import slices

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"cpio"})
LIMITATIONS: Final = ("RPM's stripped form, whose names are in the package's header, is not read.",)
EXTRACTS: Final = "Members."
DETECTS: Final = "Links, devices, damage."

_NAME_LIMIT: Final = 4096
_LAST: Final = b"TRAILER!!!"


class _Header(NamedTuple):
    mode: int
    name: bytes
    start: int
    size: int
    following: int


def inspect(part: Part) -> Iterator[Fact]:
    """The members, and what follows the last one."""
    end: list[int] = []
    yield from announce(part, _members(part, end), "cpio")
    if end:
        yield from trailing(part, end[0], "cpio")


def _members(part: Part, end: list[int]) -> Iterator[Member | Finding]:
    data = part.data
    view = memoryview(data)
    position = 0
    while position < len(data):
        header = _header(data, position)
        if header.name == _LAST:
            end.append(header.following)
            return
        position = header.following
        name = text(header.name)
        kind = stat.S_IFMT(header.mode)
        if kind == stat.S_IFDIR:
            yield Member(name, None, "folder")
        elif kind == stat.S_IFLNK:
            yield Member(name, None, "link")
        elif kind in (stat.S_IFREG, 0):
            yield Member(name, _content(view, header))
        else:
            yield Member(name, None, "device")
    raise Malformed("cpio: archive ends early")


def _content(view: memoryview, header: _Header) -> Iterator[bytes]:
    content = view[header.start : header.start + header.size]
    yield from slices(content)
    if len(content) < header.size:
        raise Malformed("cpio: member ends early")


def _header(data: bytes, position: int) -> _Header:
    magic = data[position : position + 6]
    if magic in (b"070701", b"070702"):
        return _newc(data, position)
    if magic == b"070707":
        return _odc(data, position)
    if magic[:2] in (b"\xc7\x71", b"\x71\xc7"):
        return _binary(data, position, "<" if magic[0] == 0xC7 else ">")
    raise Malformed("cpio: broken header")


def _newc(data: bytes, position: int) -> _Header:
    """110 bytes: magic and 13 numbers of 8 hexadecimal digits; name and data are padded to 4 bytes."""
    mode, size, length = (_number(data[position + at : position + at + 8], 16) for at in (14, 54, 94))
    name_start = position + 110
    start = position + (110 + length + 3) // 4 * 4
    return _Header(mode, _name(data, name_start, length), start, size, start + (size + 3) // 4 * 4)


def _odc(data: bytes, position: int) -> _Header:
    """76 bytes: magic and numbers of 6 or 11 octal digits; nothing is padded."""
    mode, length = _number(data[position + 18 : position + 24], 8), _number(data[position + 59 : position + 65], 8)
    size = _number(data[position + 65 : position + 76], 8)
    start = position + 76 + length
    return _Header(mode, _name(data, position + 76, length), start, size, start + size)


def _binary(data: bytes, position: int, order: str) -> _Header:
    """13 words of 16 bits, the larger numbers with their high word first; name and data are padded to 2 bytes."""
    if position + 26 > len(data):
        raise Malformed("cpio: header ends early")
    words = struct.unpack_from(f"{order}13H", data, position)
    mode, length, size = words[3], words[10], words[11] << 16 | words[12]
    start = position + 26 + length + (length & 1)
    return _Header(mode, _name(data, position + 26, length), start, size, start + size + (size & 1))


def _name(data: bytes, start: int, length: int) -> bytes:
    if start + length > len(data):
        raise Malformed("cpio: header ends early")
    return data[start : start + min(length, _NAME_LIMIT)].partition(b"\0")[0]


def _number(field: bytes, base: int) -> int:
    # int() would take signs, blanks and underscores too.
    if not field or field.strip(b"0123456789abcdefABCDEF" if base == 16 else b"01234567"):
        raise Malformed("cpio: header field is not a number")
    return int(field, base)
