"""ACE archives: names and the flag that says a file is encrypted; stored files are read.

Reference: TECHINFO.TXT of ACE 1.2 and 2.0. ACE's compression is documented nowhere and its only decoder had CVE-2018-20250.

Why our own: acefile, the one package for ACE, is no longer maintained; names and flags are all that is wanted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats.archive.members import Member, announce, text
from attachguard.part import Part
from attachguard.readers.packed.chunks import slices

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"ace"})
LIMITATIONS: Final = ("Compressed members are listed by name, not unpacked; stored members are read.",)
EXTRACTS: Final = "Members that are stored."
DETECTS: Final = (
    "Encrypted members, volumes, archives appended to a program, programs by the names of members that cannot be read."
)

_MARK: Final = b"**ACE**"
_SFX_SEARCH: Final = 1 << 20
_MAIN, _FILE, _FILE_64 = 0, 1, 3
_ADDSIZE, _SPLIT, _PASSWORD = 0x0001, 0x3000, 0x4000
_MULTIVOLUME: Final = 0x0800
_DIRECTORY: Final = 0x10


class _File(NamedTuple):
    name: str
    folder: bool
    encrypted: bool
    stored: bool
    split: bool
    start: int
    packed: int


def inspect(part: Part) -> Iterator[Fact]:
    """Encryption, names and stored members."""
    mark = part.data.find(_MARK, 0, _SFX_SEARCH)
    if mark < 7:
        raise Malformed("ACE: no header")
    if mark > 7 and part.data.startswith(b"MZ"):
        yield part.finding("sfx", "ACE: archive appended to a program")
    files, volumes, broken = _files(part, mark - 7)
    contents = [file for file in files if not file.folder and file.packed]
    locked = sum(file.encrypted for file in contents)
    if locked:
        some = "" if locked == len(contents) else ", some members"
        yield part.encrypted("unknown-password", f"ACE: Blowfish{some}")
    if volumes or any(file.split for file in files):
        yield part.finding("split-archive", "ACE: one volume of a set")
    yield from announce(part, _members(part.data, files), "ACE: compressed members")
    if broken is not None:
        raise broken


def _files(part: Part, position: int) -> tuple[list[_File], bool, Malformed | None]:
    """The files, whether the archive has several volumes, and the error that cut the list short."""
    data = part.data
    files: list[_File] = []
    volumes = False
    most = 4 * part.budget.limits.parts
    while position + 7 <= len(data) and len(files) < most:
        part.budget.check_time()
        _, size, kind, flags = struct.unpack_from("<HHBH", data, position)
        body = data[position + 7 : position + 4 + size]
        end = position + 4 + size
        if size < 3 or end > len(data):
            return files, volumes, Malformed("ACE: header ends early")
        extra = 0
        if flags & _ADDSIZE and kind != _MAIN:
            width = 8 if kind >= _FILE_64 else 4
            if len(body) < width:
                return files, volumes, Malformed("ACE: header ends early")
            extra = int.from_bytes(body[:width], "little")
        if kind == _MAIN:
            volumes = bool(flags & _MULTIVOLUME)
        elif kind in (_FILE, _FILE_64):
            file = _file(body, kind, flags, end, extra)
            if file is None:
                return files, volumes, Malformed("ACE: header ends early")
            files.append(file)
        position = end + extra
    return files, volumes, Malformed("ACE: archive ends early") if position > len(data) else None


def _file(body: bytes, kind: int, flags: int, start: int, packed: int) -> _File | None:
    """Packed size, size, time, attributes, CRC, method (type, quality, parameters), reserved, length of the name, name."""
    width = 8 if kind == _FILE_64 else 4
    at = 2 * width + 4
    if len(body) < at + 18:
        return None
    attributes, _, method, _, _, _, length = struct.unpack_from("<IIBBHHH", body, at)
    name = text(body[at + 16 : at + 16 + length]).replace("\\", "/")
    return _File(
        name, bool(attributes & _DIRECTORY), bool(flags & _PASSWORD), method == 0, bool(flags & _SPLIT), start, packed
    )


def _members(data: bytes, files: list[_File]) -> Iterator[Member]:
    view = memoryview(data)
    for file in files:
        if file.folder:
            yield Member(file.name, None, "folder")
        elif not file.packed:
            yield Member(file.name, b"")
        elif file.encrypted or not file.stored or file.split:
            yield Member(file.name, None, encrypted=file.encrypted)
        else:
            yield Member(file.name, _content(view, file))


def _content(view: memoryview, file: _File) -> Iterator[bytes]:
    content = view[file.start : file.start + file.packed]
    yield from slices(content)
    if len(content) < file.packed:
        raise Malformed("ACE: member ends early")
