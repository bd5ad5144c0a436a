"""Windows cabinets: files lie one after the other in folders, each folder a run of blocks that are stored, MSZIP, Quantum or LZX.

Reference: MS-CAB, sections 2.1 to 2.4; MSZIP is MS-MCI: deflate blocks of 32 KiB, each with the block before as its dictionary.

Why our own: cabarchive unpacks everything into memory without a bound; Quantum and LZX, which it has not, are left to libarchive.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats.archive.members import Member, announce, by_others, remedy, text
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.packed.chunks import Sequence
from attachguard.types.filetypes import filetype

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"cab", "onepkg"})
LIMITATIONS: Final = (
    "Members packed with LZX are unpacked only where libarchive (extra `archives`) or 7-Zip is installed, those packed with Quantum only by 7-Zip.",
)
EXTRACTS: Final = (
    "Members that are stored or packed with MSZIP; with LZX or Quantum where libarchive or 7-Zip is installed."
)
DETECTS: Final = "OneNote packages, archives appended to a program, members that go on in another cabinet."

_MAGIC: Final = b"MSCF"
_SFX_SEARCH: Final = 1 << 22
_HEADER: Final = struct.Struct("<4sIIIIIBBHHHHH")
_FOLDER: Final = struct.Struct("<IHH")
_FILE: Final = struct.Struct("<IIHHHH")
_DATA: Final = struct.Struct("<IHH")
_PREVIOUS, _NEXT, _RESERVE = 1, 2, 4
_STORED, _MSZIP, _QUANTUM, _LZX = 0, 1, 2, 3
#: Methods that are left to others.
_METHODS: Final = {_QUANTUM: "Quantum", _LZX: "LZX"}
_NAME_LIMIT: Final = 512
_BLOCK: Final = 1 << 15
#: Numbers from here on say that a file began in, or goes on in, another cabinet.
_CONTINUED: Final = 0xFFFD


class _Folder(NamedTuple):
    start: int
    blocks: int
    method: int


class _File(NamedTuple):
    name: str
    folder: int
    offset: int
    size: int


def inspect(part: Part) -> Iterator[Fact]:
    """The files, as far as their folders can be unpacked."""
    base = part.data.find(_MAGIC, 0, _SFX_SEARCH)
    if base < 0 or len(part.data) < base + _HEADER.size:
        raise Malformed("cabinet: header ends early")
    if base and part.data.startswith(b"MZ"):
        yield part.finding("sfx", "cabinet: archive appended to a program")
    folders, files, reserved = _directory(part, base)
    extensions = {file.name.lower().rpartition(".")[2] for file in files}
    if "onetoc2" in extensions and "one" in extensions:
        yield filetype("onepkg")
    if "diagpkg" in extensions:
        yield filetype("diagcab")
    methods = sorted({_METHODS.get(folder.method, "an unknown method") for folder in folders if folder.method > _MSZIP})
    members = _members(part, base, folders, files, reserved)
    cause = f"cabinet: packed with {', '.join(methods) or 'parts in other volumes'}"
    yield from announce(part, members, cause, partial(remedy, part, "cab", library="LZX" in methods))


def _directory(part: Part, base: int) -> tuple[list[_Folder], list[_File], int]:
    """Folders, files, and how many bytes are reserved before each block's data."""
    data = part.data
    fields = _HEADER.unpack_from(data, base)
    first_file, folder_count, file_count, flags = base + fields[4], fields[8], fields[9], fields[10]
    position = base + _HEADER.size
    reserved_folder = reserved_data = 0
    if flags & _RESERVE:
        if position + 4 > len(data):
            raise Malformed("cabinet: header ends early")
        header_reserve, reserved_folder, reserved_data = struct.unpack_from("<HBB", data, position)
        position += 4 + header_reserve
    for _ in range(2 * bool(flags & _PREVIOUS) + 2 * bool(flags & _NEXT)):
        position = _string(data, position)[1]
    folders = []
    for _ in range(folder_count):
        if position + _FOLDER.size > len(data):
            raise Malformed("cabinet: list of folders ends early")
        start, blocks, method = _FOLDER.unpack_from(data, position)
        folders.append(_Folder(base + start, blocks, method & 15))
        position += _FOLDER.size + reserved_folder
    files = []
    position = first_file
    for _ in range(file_count):
        if position + _FILE.size > len(data):
            break  # what is listed so far is still worth a look; the members will say what is missing
        size, offset, folder, _, _, _ = _FILE.unpack_from(data, position)
        raw, position = _string(data, position + _FILE.size)
        files.append(_File(text(raw).replace("\\", "/"), folder, offset, size))
    return folders, files, reserved_data


def _string(data: bytes, position: int) -> tuple[bytes, int]:
    end = data.find(b"\0", position, position + _NAME_LIMIT)
    if end < 0:
        raise Malformed("cabinet: name without end")
    return data[position:end], end + 1


def _members(
    part: Part, base: int, folders: list[_Folder], files: list[_File], reserved: int
) -> Iterator[Member | Finding]:
    readers = {
        number: Sequence(_unpacked(part, folder, reserved), part.budget, "cabinet")
        for number, folder in enumerate(folders)
        if folder.method in (_STORED, _MSZIP)
    }
    compressed: list[str] = []
    others: set[str] = set()
    # A folder is decoded once, so its files are taken in the order in which they lie there.
    for file in sorted(files, key=lambda one: (one.folder, one.offset)):
        reader = readers.get(file.folder)
        if reader is None:
            if file.folder >= len(folders) and file.folder < _CONTINUED:
                raise Malformed("cabinet: file in a folder that is not there")
            if file.folder < len(folders) and folders[file.folder].method in _METHODS and file.size:
                compressed.append(file.name)
                continue
        others.add(file.name)
        yield Member(file.name, reader.member(file.offset, file.size) if reader is not None else None)
    formats = ("cab",) if any(folder.method == _LZX for folder in folders) else ()
    yield from by_others(part, memoryview(part.data)[base:], formats, "cab", compressed, others, "cabinet")


def _unpacked(part: Part, folder: _Folder, reserved: int) -> Iterator[bytes]:
    """A folder's blocks, one after the other."""
    data = part.data
    position = folder.start
    history = b""
    for _ in range(folder.blocks):
        if position + _DATA.size + reserved > len(data):
            raise Malformed("cabinet: blocks end early")
        _, packed, unpacked = _DATA.unpack_from(data, position)
        position += _DATA.size + reserved
        block = data[position : position + packed]
        position += packed
        if len(block) < packed or unpacked > _BLOCK:
            raise Malformed("cabinet: blocks end early")
        out = _mszip(block, history) if folder.method == _MSZIP else block
        if not out:
            raise Malformed("cabinet: a block without content")
        yield out
        history = out


def _mszip(block: bytes, history: bytes) -> bytes:
    if block[:2] != b"CK":
        raise Malformed("cabinet: block is not MSZIP")
    decoder = zlib.decompressobj(-15, zdict=history) if history else zlib.decompressobj(-15)
    try:
        return decoder.decompress(block[2:], _BLOCK)
    except zlib.error as error:
        raise Malformed("cabinet: broken MSZIP block") from error
