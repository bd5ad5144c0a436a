"""xar archives: a compressed XML table of contents, then a heap; macOS installers are xar archives with a `Distribution` or `PackageInfo`.

Reference: xar(1) wiki, "xarformat". The table is read with expat, document type declarations refused, so no entity can grow.

Why our own: no maintained package reads xar; its table of contents is small XML.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from attachguard.errors import Malformed
from attachguard.formats.archive.members import Member, announce
from attachguard.part import Part
from attachguard.readers.packed.chunks import slices, whole
from attachguard.readers.packed.decoders import bunzip2, unlzma, unxz
from attachguard.readers.packed.inflate import ZLIB, inflate
from attachguard.types.filetypes import filetype

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"xar", "pkg"})
LIMITATIONS: Final = ("Signatures in the table of contents are not looked at.",)
EXTRACTS: Final = "Members."
DETECTS: Final = "macOS installers, links, members of an unknown compression."

_HEADER: Final = struct.Struct(">4sHHQQI")
_TABLE_LIMIT: Final = 1 << 24
_DEPTH_LIMIT: Final = 64
_TEXT_LIMIT: Final = 4096
_INSTALLER: Final = frozenset({"Distribution", "PackageInfo"})


class _File:
    """A `<file>` element as far as it was read."""

    __slots__ = ("data", "encoding", "kind", "name")

    def __init__(self) -> None:
        self.name = ""
        self.kind = "file"
        self.encoding = ""
        self.data: dict[str, int] = {}


class _Table:
    """Collects the files of a table of contents from expat's events."""

    def __init__(self, most: int) -> None:
        self.files: list[tuple[str, _File]] = []
        self._open: list[_File] = []
        self._path: list[str] = []
        self._text = ""
        self._most = most

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if len(self._path) >= _DEPTH_LIMIT or len(self.files) >= self._most:
            raise Malformed("xar: table of contents too deep or too long")
        self._path.append(tag)
        self._text = ""
        if tag == "file":
            file = _File()
            self._open.append(file)
        elif tag == "encoding" and self._open and self._path[-2:-1] == ["data"]:
            self._open[-1].encoding = attributes.get("style", "")

    def characters(self, piece: str) -> None:
        """Text inside an element."""
        if len(self._text) < _TEXT_LIMIT:
            self._text += piece

    def end(self, tag: str) -> None:
        """An element ends."""
        self._path.pop()
        if not self._open:
            return
        parent = self._path[-1] if self._path else ""
        word = self._text.strip()
        self._text = ""
        file = self._open[-1]
        if tag == "file":
            self.files.append(("/".join(one.name for one in self._open), self._open.pop()))
        elif tag == "name" and parent == "file":
            file.name = word[:_TEXT_LIMIT]
        elif tag == "type" and parent == "file":
            file.kind = {"directory": "folder", "file": "file", "symlink": "link", "hardlink": "link"}.get(
                word, "device"
            )
        elif parent == "data" and tag in ("offset", "length") and word.isdigit() and len(word) < 19:
            file.data[tag] = int(word)


def inspect(part: Part) -> Iterator[Fact]:
    """The members, and whether this is an installer."""
    data = part.data
    if len(data) < _HEADER.size:
        raise Malformed("xar: header ends early")
    _, header_size, _, packed, _, _ = _HEADER.unpack_from(data)
    if header_size < _HEADER.size or header_size + packed > len(data):
        raise Malformed("xar: table of contents ends early")
    view = memoryview(data)
    table = _Table(4 * part.budget.limits.parts)
    raw = whole(inflate(view[header_size : header_size + packed], wbits=ZLIB), _TABLE_LIMIT, part.budget)
    _parse(raw, table)
    if any(path in _INSTALLER for path, _ in table.files):
        yield filetype("pkg")
    yield from announce(part, _members(part, table, view[header_size + packed :]), "xar: unknown compression")


def _parse(raw: bytes, table: _Table) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Malformed("xar: document type declaration in the table of contents")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = table.start
    parser.EndElementHandler = table.end
    parser.CharacterDataHandler = table.characters
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise Malformed("xar: table of contents is not well-formed XML") from error


def _members(part: Part, table: _Table, heap: memoryview) -> Iterator[Member]:
    check = part.budget.check_time
    for path, file in table.files:
        if file.kind != "file":
            yield Member(path, None, file.kind)
            continue
        if not file.data.get("length"):
            yield Member(path, b"")
            continue
        begin = file.data.get("offset", 0)
        packed = heap[begin : begin + file.data["length"]]
        style = file.encoding.rpartition("/")[2].removeprefix("x-")
        if style in ("", "octet-stream"):
            yield Member(path, slices(packed))
        elif style == "gzip":  # by its name gzip, by its bytes zlib
            yield Member(path, inflate(packed, wbits=ZLIB))
        elif style == "bzip2":
            yield Member(path, bunzip2(packed, check=check))
        elif style in ("lzma", "xz"):
            is_xz = bytes(packed[:6]) == b"\xfd7zXZ\0"
            yield Member(path, unxz(packed, check=check) if is_xz else unlzma(packed))
        else:
            yield Member(path)
