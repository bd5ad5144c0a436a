"""Files of an NTFS volume: the records of the master file table, their names and their streams.

Reference: the documentation of the Linux-NTFS project ("NTFS Documentation", Russon and Fledel). The table is walked from
front to back, so every file in use is seen, whatever its folder's index says; records that continue another one are added to it. Deleted files are
passed over.

Why our own: no package reads NTFS from bytes in memory within bounds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.limits import Budget
from attachguard.readers.disk.blocks import HOLE, Disk
from attachguard.readers.disk.ntfsruns import Extents, cut, runs

_NAME, _DATA, _END = 0x30, 0x80, 0xFFFFFFFF
_IN_USE, _IS_FOLDER = 1, 2
_ROOT: Final = 5
#: Files of the file system itself are in the first records, more of them in a folder of theirs.
_FIRST_USER: Final = 24
_EXTEND: Final = 11
_OWN: Final = frozenset(
    ". $MFT $MFTMirr $LogFile $Volume $AttrDef $Bitmap $Boot $BadClus $Secure $UpCase $Extend".split()  # noqa: SIM905
)
#: Name space of the short names next to long ones.
_SHORT: Final = 2
_COMPRESSED, _ENCRYPTED = 0x00FF, 0x4000
_DEPTH: Final = 64
#: Most records looked at: more than a volume that can be mailed has.
_RECORDS: Final = 1 << 18
#: Pieces of all streams together.
_PIECES: Final = 1 << 18
_RECORD_BYTES: Final = (256, 1 << 16)


class Stream(NamedTuple):
    """One stream of a file.

    Args:
        path: where the file is; of a named stream the stream's name stands below it.
        resident: its content, where it is in the record.
        extents: where it lies otherwise, holes and all.
        size: its bytes.
        unit: bytes of the units that it is compressed in; 0 where it is not.
        encrypted: whether only its owner can read it.
        folder: whether it is a folder and no stream.
    """

    path: str
    resident: bytes | None = None
    extents: Extents = ()
    size: int = 0
    unit: int = 0
    encrypted: bool = False
    folder: bool = False


class _Piece(NamedTuple):
    """A stretch of a stream, as one attribute describes it."""

    first: int
    resident: bytes | None
    extents: Extents
    size: int
    flags: int
    unit: int


class _Record:
    """What the table says of one file."""

    __slots__ = ("folder", "names", "streams", "used")

    def __init__(self) -> None:
        self.used = self.folder = False
        self.names: list[tuple[int, str]] = []
        self.streams: dict[str, list[_Piece]] = {}


class Volume:
    """An NTFS volume.

    Args:
        disk: what it lies on.
        start: where, in bytes.
        budget: charged for the table.

    Raises:
        Malformed: the boot sector makes no sense, there is no table, or a stream has too many pieces.
    """

    def __init__(self, disk: Disk, start: int, budget: Budget) -> None:
        boot = disk.read(start, 512)
        if len(boot) < 512:
            raise Malformed("NTFS: boot sector ends early")
        sector, per_cluster = struct.unpack_from("<HB", boot, 11)
        table = struct.unpack_from("<Q", boot, 48)[0]
        # A negative power of two where a cluster is larger than a record, or larger than 128 sectors.
        cluster = sector * (1 << (256 - per_cluster) if per_cluster > 128 else per_cluster)
        record = struct.unpack_from("<b", boot, 64)[0]
        self._size: int = 1 << -record if record < 0 else record * cluster
        if sector not in (256, 512, 1024, 2048, 4096) or not 0 < cluster <= 1 << 21:
            raise Malformed("NTFS: boot sector makes no sense")
        if not _RECORD_BYTES[0] <= self._size <= _RECORD_BYTES[1] or self._size % 256:
            raise Malformed("NTFS: impossible size of a record")
        self._disk, self._start, self._cluster, self._budget = disk, start, cluster, budget
        self._records: dict[int, _Record] = {}
        self._pieces = 0
        self._walk(start + table * cluster)

    def streams(self) -> Iterator[Stream]:
        """Every folder and every stream of every file in use."""
        for number, record in self._records.items():
            self._budget.check_time()
            paths = self._paths(number, record)
            if not record.used or not paths:
                continue
            if record.folder:
                yield Stream(paths[0], folder=True)
            for path in paths:
                for name, pieces in record.streams.items():
                    yield self._stream(f"{path}/{name}" if name else path, pieces)

    # -- the table ----------------------------------------------------------------------------------------------------------

    def _walk(self, first: int) -> None:
        """Read all records: the first one says where the others are, and some of them may say where there are more."""
        self._record(self._disk.read(first, self._size), 0)
        table = self._records.get(0)
        if table is None:
            raise Malformed("NTFS: no master file table")
        known = 0
        while pieces := table.streams.get("", [])[known:]:
            known += len(pieces)
            for piece in pieces:
                offset = piece.first * self._cluster
                for place, size in piece.extents:
                    self._run(place, size, offset // self._size)
                    offset += size

    def _run(self, place: int, size: int, number: int) -> None:
        """Read the records of one run, of which the first has this number."""
        if place == HOLE:
            return
        for begin in range(place, place + size - self._size + 1, self._size):
            raw = self._disk.read(begin, self._size)
            self._budget.charge(len(raw))
            if len(raw) < self._size or number >= _RECORDS:
                return
            if number:
                self._record(raw, number)
            number += 1

    def _record(self, raw: bytes, number: int) -> None:
        """Add what one record says to the file that it belongs to."""
        if len(raw) < self._size or not raw.startswith(b"FILE"):
            return
        raw = self._mended(raw)
        place, flags = struct.unpack_from("<HH", raw, 20)
        # A reference is a number of six bytes and how often it was used; the table itself has the number 0.
        continues = any(raw[32:40])
        record = self._records.setdefault(int.from_bytes(raw[32:38], "little") if continues else number, _Record())
        if not continues:
            record.used, record.folder = bool(flags & _IN_USE), bool(flags & _IS_FOLDER)
        while place + 24 <= len(raw):
            kind, length = struct.unpack_from("<II", raw, place)
            if kind == _END or length < 24:
                return
            self._attribute(raw[place : place + length], kind, record)
            place += length

    def _mended(self, raw: bytes) -> bytes:
        """The record with the last two bytes of each sector put back (update sequence)."""
        place, count = struct.unpack_from("<HH", raw, 4)
        if place + 2 * count > len(raw):
            return raw
        mended = bytearray(raw)
        for number in range(1, count):
            end = number * 512
            if end > len(mended):
                break
            mended[end - 2 : end] = raw[place + 2 * number : place + 2 * number + 2]
        return bytes(mended)

    def _attribute(self, raw: bytes, kind: int, record: _Record) -> None:
        if kind not in (_NAME, _DATA):
            return
        resident, letters, where, flags = not raw[8], raw[9], *struct.unpack_from("<HH", raw, 10)
        content: bytes | None = None
        if resident:
            size, begin = struct.unpack_from("<IH", raw, 16)
            content = raw[begin : begin + size]
        if kind == _NAME:
            if content is not None and len(content) > 66 and content[65] != _SHORT:
                name = content[66 : 66 + 2 * content[64]].decode("utf-16-le", "replace").replace("/", "_")
                record.names.append((int.from_bytes(content[:6], "little"), name))
            return
        name = raw[where : where + 2 * letters].decode("utf-16-le", "replace").replace("/", "_")
        pieces = record.streams.setdefault(name, [])
        if content is not None:
            pieces.append(_Piece(0, content, (), len(content), flags, 0))
        elif len(raw) >= 64:
            first, begin, unit, size = struct.unpack_from("<Q8xHH4x8xQ", raw, 16)
            found = runs(raw[begin:], self._start, self._cluster, self._budget)
            self._pieces += len(found)
            if self._pieces > _PIECES:
                raise Malformed("NTFS: streams of too many pieces")
            compressed = self._cluster << unit if flags & _COMPRESSED and 0 < unit <= 8 else 0
            pieces.append(_Piece(first, None, found, size if not first else 0, flags, compressed))

    # -- names and streams --------------------------------------------------------------------------------------------------

    def _paths(self, number: int, record: _Record) -> list[str]:
        """Where a file is: each of its names that ends otherwise than those before; none for files of the file system itself."""
        found: dict[str, str] = {}
        for parent, name in record.names:
            path, above = name, parent
            for _ in range(_DEPTH):
                holder = self._records.get(above)
                if above == _ROOT or holder is None or not holder.names:
                    break
                following, folder = holder.names[0]
                if above == _EXTEND and folder in _OWN:
                    return []
                above, path = following, f"{folder}/{path}"
            if number < _FIRST_USER and name in _OWN:
                return []
            found.setdefault(name.rpartition(".")[2].lower(), path)
        return list(found.values())

    def _stream(self, path: str, pieces: list[_Piece]) -> Stream:
        pieces = sorted(pieces, key=lambda piece: piece.first)
        first = pieces[0]
        encrypted = bool(first.flags & _ENCRYPTED)
        if first.resident is not None:
            return Stream(path, first.resident, size=first.size, encrypted=encrypted)
        extents = tuple(extent for piece in pieces for extent in piece.extents)
        size = max(piece.size for piece in pieces)
        unit = max(piece.unit for piece in pieces)
        return Stream(path, None, extents if unit else cut(extents, size, self._disk.size), size, unit, encrypted)
