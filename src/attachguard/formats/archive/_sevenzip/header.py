"""Reader of the 7z header: packed streams, folders (chains of coders), and the files that they unpack to.

Reference: 7zFormat.txt of the LZMA SDK; the section names in the comments are its own. Every count is checked against the
bytes that are left to describe that many things, so no loop is longer than the header.
"""

from __future__ import annotations

import stat
import struct
import zlib
from typing import Final, NamedTuple

from attachguard.errors import Malformed

#: Signature header: signature, version, CRC, then offset, size and CRC of the header at the end.
START_SIZE: Final = 32

# Property IDs
_END, _HEADER, _ARCHIVE_PROPERTIES, _ADDITIONAL, _MAIN_STREAMS, _FILES = 0, 1, 2, 3, 4, 5
_PACK_INFO, _UNPACK_INFO, _SUBSTREAMS, _SIZE, _CRC, _FOLDER, _CODERS_SIZE, _NUM_STREAM = 6, 7, 8, 9, 10, 11, 12, 13
_EMPTY_STREAM, _EMPTY_FILE, _ANTI, _NAMES, _ATTRIBUTES, _ENCODED = 14, 15, 16, 17, 21, 23

_MAX_FILES: Final = 1 << 18
_MAX_FOLDERS: Final = 1 << 16
_MAX_CODERS: Final = 32
_MAX_STREAMS: Final = 32
_REPARSE_POINT: Final = 0x400
_UNIX_EXTENSION: Final = 0x8000


class Coder(NamedTuple):
    """One step of a folder: a method, how many streams it takes and gives, its settings."""

    method: bytes
    inputs: int
    outputs: int
    properties: bytes


class Folder(NamedTuple):
    """A chain of coders that turns packed streams into one unpacked stream.

    Args:
        coders: in the order of the header.
        bindings: input stream -> output stream that feeds it.
        packed: the input streams that packed streams feed, in order.
        first_packed: index of its first packed stream.
        sizes: unpacked size of each output stream.
    """

    coders: tuple[Coder, ...]
    bindings: dict[int, int]
    packed: tuple[int, ...]
    first_packed: int
    sizes: tuple[int, ...]

    @property
    def size(self) -> int:
        """Bytes of the one output stream that feeds no other coder."""
        taken = set(self.bindings.values())
        return next((size for index, size in enumerate(self.sizes) if index not in taken), 0)


class Streams(NamedTuple):
    """StreamsInfo: where the packed streams lie and what they unpack to.

    Args:
        pack_offsets: offset of each packed stream from the start of the archive.
        pack_sizes: its size.
        folders: the chains of coders.
        substreams: per folder the size and CRC (None where there is none) of each file in it.
    """

    pack_offsets: list[int]
    pack_sizes: list[int]
    folders: list[Folder]
    substreams: list[list[tuple[int, int | None]]]


class Entry(NamedTuple):
    """A file as FilesInfo describes it; `has_stream` is False for folders and empty files."""

    name: str
    has_stream: bool
    kind: str


_EMPTY: Final = Streams([], [], [], [])


class Cursor:
    """Reads the header's numbers from front to back, never past its end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    @property
    def left(self) -> int:
        """Bytes not yet read."""
        return len(self.data) - self.position

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        if not 0 <= count <= self.left:
            raise Malformed("7z: the header ends early")
        self.position += count
        return self.data[self.position - count : self.position]

    def byte(self) -> int:
        """The next byte."""
        return self.take(1)[0]

    def number(self) -> int:
        """A number of one to nine bytes: the leading ones of the first byte say how many follow (type UINT64)."""
        first = self.byte()
        extra = 8 - (first ^ 0xFF).bit_length()
        value = int.from_bytes(self.take(extra), "little")
        return value if extra >= 7 else value | (first & ((1 << (7 - extra)) - 1)) << (8 * extra)

    def count(self, most: int) -> int:
        """A number of things, refused where there are not that many bytes to describe them."""
        number = self.number()
        if number > most:
            raise Malformed("7z: the header counts more than it describes")
        return number

    def bits(self, count: int) -> list[bool]:
        """A bit vector, highest bit first."""
        raw = self.take((count + 7) // 8)
        return [bool(raw[index >> 3] & (0x80 >> (index & 7))) for index in range(count)]

    def optional_bits(self, count: int) -> list[bool]:
        """A bit vector after a byte that may say "all of them"."""
        return [True] * count if self.byte() else self.bits(count)

    def digests(self, count: int) -> list[int | None]:
        """CRCs of those streams that have one."""
        defined = self.optional_bits(count)
        raw = self.take(4 * sum(defined))
        values = iter(struct.unpack(f"<{len(raw) // 4}I", raw))
        return [next(values) if there else None for there in defined]


def start(data: bytes, base: int) -> tuple[int, int]:
    """Offset and size of the header at the end, from the signature header at `base`."""
    if len(data) < base + START_SIZE:
        raise Malformed("7z: signature header ends early")
    offset, size = struct.unpack_from("<QQ", data, base + 12)
    return base + START_SIZE + offset, size


def pack_info(cursor: Cursor) -> tuple[list[int], list[int]]:
    """PackInfo: offsets and sizes of the packed streams."""
    position = START_SIZE + cursor.number()
    sizes = [0] * cursor.count(cursor.left)
    while (kind := cursor.byte()) != _END:
        if kind == _SIZE:
            sizes = [cursor.number() for _ in sizes]
        elif kind == _CRC:
            cursor.digests(len(sizes))
        else:
            raise Malformed("7z: unknown property in PackInfo")
    offsets = []
    for size in sizes:
        offsets.append(position)
        position += size
    return offsets, sizes


def _coder(cursor: Cursor) -> Coder:
    flags = cursor.byte()
    if flags & 0xC0:
        raise Malformed("7z: reserved coder flags")
    method = cursor.take(flags & 15).lstrip(b"\0")
    inputs = outputs = 1
    if flags & 16:
        inputs, outputs = cursor.count(_MAX_STREAMS), cursor.count(_MAX_STREAMS)
    return Coder(method, inputs, outputs, cursor.take(cursor.count(cursor.left)) if flags & 32 else b"")


def _folder(cursor: Cursor) -> tuple[tuple[Coder, ...], dict[int, int], tuple[int, ...]]:
    number = cursor.count(_MAX_CODERS)
    coders = tuple(_coder(cursor) for _ in range(number))
    inputs, outputs = sum(coder.inputs for coder in coders), sum(coder.outputs for coder in coders)
    if not coders or not outputs or inputs < outputs - 1:
        raise Malformed("7z: impossible folder")
    bindings = {}
    for _ in range(outputs - 1):
        target, origin = cursor.number(), cursor.number()
        if target >= inputs or origin >= outputs:
            raise Malformed("7z: impossible folder")
        bindings[target] = origin
    packed = inputs - len(bindings)
    if packed == 1:
        return coders, bindings, tuple(index for index in range(inputs) if index not in bindings)
    return coders, bindings, tuple(cursor.count(inputs) for _ in range(packed))


def unpack_info(cursor: Cursor) -> tuple[list[Folder], list[int | None]]:
    """UnpackInfo: the folders and their CRCs."""
    if cursor.byte() != _FOLDER:
        raise Malformed("7z: folders missing")
    number = cursor.count(min(cursor.left, _MAX_FOLDERS))
    if cursor.byte():
        raise Malformed("7z: folders in an external stream")
    bare = [_folder(cursor) for _ in range(number)]
    if cursor.byte() != _CODERS_SIZE:
        raise Malformed("7z: unpacked sizes missing")
    folders = []
    first = 0
    for coders, bindings, packed in bare:
        sizes = tuple(cursor.number() for coder in coders for _ in range(coder.outputs))
        folders.append(Folder(coders, bindings, packed, first, sizes))
        first += len(packed)
    digests: list[int | None] = [None] * number
    while (kind := cursor.byte()) != _END:
        if kind != _CRC:
            raise Malformed("7z: unknown property in UnpackInfo")
        digests = cursor.digests(number)
    return folders, digests


def _substreams(
    cursor: Cursor, folders: list[Folder], folder_digests: list[int | None]
) -> list[list[tuple[int, int | None]]]:
    counts = [1] * len(folders)
    kind = cursor.byte()
    if kind == _NUM_STREAM:
        counts = [cursor.count(_MAX_FILES) for _ in folders]
        if sum(counts) - len(counts) > cursor.left:  # all but the last of each folder have their size here
            raise Malformed("7z: the header counts more than it describes")
        kind = cursor.byte()
    sizes: list[list[int]] = []
    for folder, count in zip(folders, counts, strict=True):
        known = [cursor.number() for _ in range(count - 1)] if kind == _SIZE else []
        rest = folder.size - sum(known)
        if rest < 0:
            raise Malformed("7z: files larger than their folder")
        sizes.append([*known, rest] if count else [])
    if kind == _SIZE:
        kind = cursor.byte()
    # A folder with one file has that file's CRC as its own.
    known_digest = [count == 1 and digest is not None for count, digest in zip(counts, folder_digests, strict=True)]
    missing = sum(count for count, known in zip(counts, known_digest, strict=True) if not known)
    digests: list[int | None] = []
    while kind != _END:
        if kind == _CRC:
            digests = cursor.digests(missing)
        else:
            raise Malformed("7z: unknown property in SubStreamsInfo")
        kind = cursor.byte()
    more = iter(digests)
    return [
        [(size, digest if known else next(more, None)) for size in of_folder]
        for of_folder, digest, known in zip(sizes, folder_digests, known_digest, strict=True)
    ]


def streams_info(cursor: Cursor) -> Streams:
    """StreamsInfo, as it precedes an encoded header and inside a plain one."""
    offsets: list[int] = []
    sizes: list[int] = []
    folders: list[Folder] = []
    digests: list[int | None] = []
    substreams: list[list[tuple[int, int | None]]] | None = None
    while (kind := cursor.byte()) != _END:
        if kind == _PACK_INFO:
            offsets, sizes = pack_info(cursor)
        elif kind == _UNPACK_INFO:
            folders, digests = unpack_info(cursor)
        elif kind == _SUBSTREAMS:
            substreams = _substreams(cursor, folders, digests)
        else:
            raise Malformed("7z: unknown property in StreamsInfo")
    if substreams is None:
        substreams = [[(folder.size, digest)] for folder, digest in zip(folders, digests, strict=True)]
    return Streams(offsets, sizes, folders, substreams)


def _names(raw: bytes, count: int) -> list[str]:
    if raw[:1] != b"\0":
        raise Malformed("7z: names in an external stream")
    names = raw[1:].decode("utf-16-le", "replace").split("\0")
    return (names + [""] * count)[:count]


def files_info(cursor: Cursor) -> list[Entry]:
    """FilesInfo: name, kind and whether there is content, for every file."""
    count = cursor.count(min(_MAX_FILES, 8 * cursor.left))
    names = [""] * count
    empty = [False] * count
    empty_files: list[bool] = []
    attributes = [0] * count
    while (kind := cursor.number()) != _END:
        value = Cursor(cursor.take(cursor.count(cursor.left)))
        if kind == _NAMES:
            names = _names(value.data, count)
        elif kind == _EMPTY_STREAM:
            empty = value.bits(count)
        elif kind == _EMPTY_FILE:
            empty_files = value.bits(sum(empty))
        elif kind == _ATTRIBUTES:
            defined = value.optional_bits(count)
            if not value.byte():
                present = iter(struct.unpack(f"<{sum(defined)}I", value.take(4 * sum(defined))))
                attributes = [next(present) if there else 0 for there in defined]
    is_file = iter(empty_files)
    return [
        Entry(name.replace("\\", "/"), not hollow, _kind(hollow and not next(is_file, False), bits))
        for name, hollow, bits in zip(names, empty, attributes, strict=True)
    ]


def _kind(folder: bool, attributes: int) -> str:  # noqa: FBT001
    if folder:
        return "folder"
    mode = attributes >> 16 if attributes & _UNIX_EXTENSION else 0
    return "link" if stat.S_ISLNK(mode) or attributes & _REPARSE_POINT else "file"


def header(data: bytes) -> Streams | tuple[Streams, list[Entry]]:
    """A header that is in the clear gives streams and files; an encoded one gives the streams that hold it."""
    cursor = Cursor(data)
    kind = cursor.byte()
    if kind == _ENCODED:
        return streams_info(cursor)
    if kind != _HEADER:
        raise Malformed("7z: no header where one should be")
    streams = _EMPTY
    entries: list[Entry] = []
    while (kind := cursor.byte()) != _END:
        if kind == _ARCHIVE_PROPERTIES:
            while cursor.byte() != _END:
                cursor.take(cursor.count(cursor.left))
        elif kind == _ADDITIONAL:
            streams_info(cursor)
        elif kind == _MAIN_STREAMS:
            streams = streams_info(cursor)
        elif kind == _FILES:
            entries = files_info(cursor)
        else:
            raise Malformed("7z: unknown property in Header")
    return streams, entries


def checksum_holds(data: bytes, base: int, raw: bytes) -> bool:
    """Whether the header at the end is the one that the signature header sums up."""
    stated: int = struct.unpack_from("<I", data, base + 28)[0]
    return zlib.crc32(raw) == stated
