"""Walks the headers of tar archives: v7, ustar, pax and GNU, with long names, sparse files and numbers in base 256.

References: POSIX.1-2017 pax, "ustar Interchange Format" and "pax Header Block"; GNU tar manual, "Basic Tar Format" and "Storing Sparse Files".
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats.archive._tar.pax import FIRST, SPARSE_LIMIT, decimal, merged, records
from attachguard.formats.archive.members import text

BLOCK: Final = 512
ZEROS: Final = bytes(BLOCK)
_EXTENSION_LIMIT: Final = 1 << 20
_NAME_FIELD: Final = 100
_OCTAL_SIZE_LIMIT: Final = 1 << 33  # eleven octal digits; past it a size must be in an extension

#: Type flags that never have data, whatever their size says.
_NO_DATA: Final = frozenset(b"123456")
_KINDS: Final = {
    ord("1"): "link",
    ord("2"): "link",
    ord("3"): "device",
    ord("4"): "device",
    ord("5"): "folder",
    ord("6"): "device",
}

Chunks = tuple[tuple[int, int], ...]


class Entry(NamedTuple):
    """One file of the archive.

    Args:
        name: its path.
        kind: `file`, `folder`, `link` or `device`.
        start: offset of its data.
        stored: bytes of data in the archive.
        size: bytes of the file.
        chunks: for a sparse file, offset and length of each piece of data in it; None for others.
        following: offset of the next header.
        stated: size in the header, where extensions or the kind of entry state another one; -1 where they agree.
        other_name: name in the header or in a doubled record, where an extension gives another one without need; else empty.
        target: whether header and extension lead a link to different places.
    """

    name: str
    kind: str
    start: int
    stored: int
    size: int
    chunks: Chunks | None
    following: int
    stated: int
    other_name: str
    target: bool = False


def is_header(block: bytes) -> bool:
    """Whether the checksum of a header block holds, summed with or without sign as old writers did."""
    if len(block) < BLOCK:
        return False
    stated = _octal(block[148:156])
    if stated is None:
        return False
    plain = sum(block) - sum(block[148:156]) + 8 * 32
    if plain == stated:
        return True
    signed = sum(struct.unpack("512b", block)) - sum(struct.unpack("8b", block[148:156])) + 8 * 32
    return bool(signed == stated)


def _octal(field: bytes) -> int | None:
    digits = field.partition(b"\0")[0].strip(b" ")
    if not digits:
        return 0
    # int() would take signs, underscores and blanks too.
    if digits.strip(b"01234567"):
        return None
    return int(digits, 8)


def _number(field: bytes, what: str) -> int:
    if field[0] & 0x80:  # GNU: base 256 with the top bit set
        value = int.from_bytes(field, "big") & ((1 << (8 * len(field) - 1)) - 1)
        if field[0] & 0x40 or value >= 1 << 62:
            raise Malformed(f"tar: negative or huge {what}")
        return value
    number = _octal(field)
    if number is None:
        raise Malformed(f"tar: {what} is no number")
    return number


class Walker:
    """Reads one file after the other, with the extension headers before each.

    Args:
        data: the archive.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._common: dict[str, str] = {}

    def entry(self, position: int) -> Entry | None:
        """The file whose headers start at `position`; None where no further header follows the extensions there.

        Raises:
            Malformed: a header that cannot be.
        """
        pax = dict(self._common)
        gnu: dict[int, str] = {}
        sparse: list[tuple[str, str]] = []
        while True:
            header = self._data[position : position + BLOCK]
            if header == ZEROS or not is_header(header):
                if pax != self._common or gnu:
                    raise Malformed("tar: extension header without a file")
                return None
            kind = header[156]
            stated = _number(header[124:136], "size")
            if kind not in b"xgXLK":
                return self._file(header, position, stated, pax, gnu, sparse)
            content = self._data[position + BLOCK : position + BLOCK + min(stated, _EXTENSION_LIMIT)]
            if len(content) < stated:
                raise Malformed("tar: extension header cut or larger than any needs to be")
            if kind in b"LK":
                gnu[kind] = text(content.partition(b"\0")[0])
            else:
                found = merged(records(content, sparse))
                (self._common if kind == ord("g") else pax).update(found)
                if kind == ord("g"):
                    pax = {**found, **pax}
            position += BLOCK + _padded(stated)

    def _file(
        self,
        header: bytes,
        position: int,
        stated: int,
        pax: dict[str, str],
        gnu: dict[int, str],
        sparse: list[tuple[str, str]],
    ) -> Entry:
        kind_byte = header[156]
        start = position + BLOCK
        size = stated
        if "size" in pax:
            size = decimal(pax["size"])
        following = start + _padded(size)
        if kind_byte in _NO_DATA:
            size, stated, following = self._without_data(start, max(size, stated))
        sparse_file = bool(sparse) or any(key.startswith("GNU.sparse.") for key in pax)
        conflict = not sparse_file and size != stated and size < _OCTAL_SIZE_LIMIT
        own_name = header_name(header)
        name = pax.get("GNU.sparse.name") or pax.get("path") or gnu.get(ord("L")) or own_name
        # Some readers know one kind of extension only, some none; a writer uses them for names that the header cannot hold.
        others = [gnu.get(ord("L"), name), pax.get("path", name), pax.get(FIRST + "path", name), own_name]
        others = [] if sparse_file else others
        other_name = next((other for other in others if _contradicts(other, name)), "")
        kind = _KINDS.get(kind_byte, "file")
        if kind == "file" and name.endswith("/") and kind_byte in b"0\0":
            # v7 has no type for folders; with content, what is a folder to some readers is a file to others.
            kind, other_name = ("folder", other_name) if not size else ("file", name.rstrip("/") or name)
        if kind_byte in b"DMV":  # GNU: list of a folder's files, a file begun in another volume, name of the volume
            kind = "folder" if kind_byte == ord("D") else "file" if kind_byte == ord("M") else "label"
        chunks: Chunks | None = None
        real = size
        if kind_byte == ord("S"):
            chunks, start = self._old_sparse(header, start)
            real = _number(header[483:495], "sparse size")
            following = start + _padded(size)
        elif pax.get("GNU.sparse.major") == "1":
            chunks, start = self._sparse_1(start, size)
            real = decimal(pax.get("GNU.sparse.realsize", "0"))
            size = max(following - start, 0) if start > following else size - (start - position - BLOCK)
        elif "GNU.sparse.map" in pax or sparse:
            numbers = [decimal(value) for _, value in sparse] or [
                decimal(word) for word in pax["GNU.sparse.map"].split(",")
            ]
            chunks = _pairs(numbers)
            real = decimal(pax.get("GNU.sparse.size", pax.get("GNU.sparse.realsize", "0")))
        doubled = pax.get(FIRST + "size")
        if doubled is not None and not sparse_file and not conflict:
            stated, conflict = decimal(doubled), True
        target = kind == "link" and self._leads_elsewhere(header, pax, gnu)
        return Entry(name, kind, start, size, real, chunks, following, stated if conflict else -1, other_name, target)

    def _without_data(self, start: int, claimed: int) -> tuple[int, int, int]:
        """Size, stated size and next header of a folder, link or device; some readers take the bytes that it claims to have, most take none."""
        behind = start + _padded(claimed)
        block = self._data[start : start + BLOCK]
        if block != ZEROS and len(block) == BLOCK and not is_header(block):
            return 0, claimed, behind
        doubtful = claimed and is_header(self._data[behind : behind + BLOCK])
        return 0, claimed if doubtful else 0, start

    def _leads_elsewhere(self, header: bytes, pax: dict[str, str], gnu: dict[int, str]) -> bool:
        """Whether the target of a link is another one for readers that do not know its extension."""
        own = text(header[157:257].partition(b"\0")[0])
        target = pax.get("linkpath") or gnu.get(ord("K")) or own
        return any(_contradicts(other, target) for other in (own, gnu.get(ord("K"), target)))

    def _old_sparse(self, header: bytes, start: int) -> tuple[Chunks, int]:
        """The map in a GNU sparse header and the blocks that continue it (GNU tar manual, "Old GNU Format")."""
        chunks: list[tuple[int, int]] = []
        block, at, room, more = header, 386, 4, header[482]
        while True:
            for _ in range(room):
                if not block[at : at + 24].strip(b"\0"):
                    break
                chunks.append(
                    (_number(block[at : at + 12], "sparse offset"), _number(block[at + 12 : at + 24], "sparse size"))
                )
                at += 24
            if not more:
                return tuple(chunks), start
            block = self._data[start : start + BLOCK]
            if len(block) < BLOCK or len(chunks) > SPARSE_LIMIT:
                raise Malformed("tar: sparse map ends early or is too long")
            at, room, more = 0, 21, block[504]
            start += BLOCK

    def _sparse_1(self, start: int, size: int) -> tuple[Chunks, int]:
        """The map before the data: decimal numbers, one a line, padded to a block (pax sparse format 1.0)."""
        raw = self._data[start : start + min(size, _EXTENSION_LIMIT)]
        at = raw.find(b"\n")
        count = decimal(text(raw[: max(at, 0)]))
        if count > SPARSE_LIMIT:
            raise Malformed("tar: sparse map too long")
        numbers = []
        for _ in range(2 * count):
            end = raw.find(b"\n", at + 1)
            if end < 0:
                raise Malformed("tar: sparse map ends early")
            numbers.append(decimal(text(raw[at + 1 : end])))
            at = end
        return _pairs(numbers), start + _padded(at + 1)


def _contradicts(other: str, name: str) -> bool:
    """Whether a name is another one, and not the same cut to the size of its field or with letters replaced."""
    if other == name or other.strip("/") == name.strip("/") or not other:
        return False
    if name.isascii() and len(name) < _NAME_FIELD:
        return True
    # Of a longer name or one in another alphabet the header holds what it can; the ending still has to be the same if it is there.
    ending = other.rpartition("/")[2].rpartition(".")[2]
    cut = len(other) >= _NAME_FIELD - 1 or name.startswith(other)
    return not cut and name.isascii() != other.isascii() and ending != name.rpartition(".")[2]


def header_name(header: bytes) -> str:
    """The name in a header itself."""
    name = header[:100].partition(b"\0")[0]
    # The prefix field is POSIX's only; GNU's own format keeps other things there.
    if header[257:263] == b"ustar\0" and header[345]:
        name = header[345:500].partition(b"\0")[0] + b"/" + name
    return text(name)


def _pairs(numbers: list[int]) -> Chunks:
    return tuple(zip(numbers[::2], numbers[1::2], strict=False))


def _padded(size: int) -> int:
    return (size + BLOCK - 1) // BLOCK * BLOCK
