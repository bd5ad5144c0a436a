"""Compound files ([MS-CFB], "OLE2"): the small file system in which old Office, Outlook and Windows Installer keep their streams.

A header names the sectors of the FAT, the FAT links the sectors of each stream, streams under 4096 bytes live in the mini stream, and a directory
gives names, classes, sizes and the tree of storages. Reading is tolerant where the readers in use are: wrong counts in the header, names in any
case, trees out of order, sectors missing at the end.

Why our own: for speed on the hot path and for safety: olefile takes longer to list a file than a whole clean one may take here, and has been seen to
hang on a broken one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from attachguard._core.cfb import parents, reach, runs
from attachguard.errors import Malformed
from attachguard.limits import Budget

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

STORAGE: Final = 1
STREAM: Final = 2
ROOT: Final = 5

#: Streams below this size are in the mini stream; a constant of the format ([MS-CFB] 2.2, Mini Stream Cutoff Size).
_CUTOFF: Final = 4096
_MINI_SHIFT: Final = 6
_FREE: Final = b"\xff"
_UNUSED: Final = 0xFFFFFFFF
#: Sector numbers above this are marks ([MS-CFB] 2.1).
_MAXIMUM_SECTOR: Final = 0xFFFFFFFA
#: Directory entries looked at; Windows Installer files hold thousands.
_MAXIMUM_ENTRIES: Final = 100_000
_HEADER: Final = struct.Struct("<HHHHH6xIIIIIIIII")
_ENTRY: Final = struct.Struct("<64sHBB12x16s20xIQ")
_PATH_LEVELS: Final = 40


class Entry:
    """One storage or stream of a compound file.

    Args:
        name: as the directory has it.
        kind: `STORAGE`, `STREAM` or `ROOT`.
        clsid: class of a storage, sixteen bytes as stored.
        start: first sector of a stream.
        size: bytes of a stream as declared, never more than the file is long.
        mini: whether the stream is in the mini stream.
    """

    __slots__ = ("children", "clsid", "kind", "mini", "name", "parent", "size", "start")

    def __init__(self, name: str, kind: int, clsid: bytes, start: int, size: int, *, mini: bool) -> None:
        self.name = name
        self.kind = kind
        self.clsid = clsid
        self.start = start
        self.size = size
        self.mini = mini
        self.parent: Entry | None = None
        #: By name in lower case; of entries with one name the first stands here.
        self.children: dict[str, Entry] = {}

    def __repr__(self) -> str:
        return f"<Entry {self.path!r} {self.size}>"

    @property
    def path(self) -> str:
        """Names from below the root, joined by `/`; of very deep ones the last levels."""
        names: list[str] = []
        entry: Entry | None = self
        while entry is not None and entry.kind != ROOT and len(names) < _PATH_LEVELS:
            names.append(entry.name)
            entry = entry.parent
        return "/".join(reversed(names))

    def get(self, name: str, kind: int = STREAM) -> Entry | None:
        """The child with this name, in any case, if it is of this kind."""
        entry = self.children.get(name.lower())
        return entry if entry is not None and entry.kind == kind else None

    def has(self, *names: str) -> bool:
        """Whether there are children of all these names (lower case), of whatever kind."""
        return all(name in self.children for name in names)


class Compound:
    """A compound file whose header, tables and directory have been read.

    Args:
        data: the file.
        budget: what its streams are charged to.
        shift: two to this power are the bytes of a sector, where the header is not to say it.
        cutoff: size from which on a stream has sectors of its own.

    Raises:
        Malformed: there is no header or no directory.
    """

    __slots__ = (
        "_budget",
        "_cutoff",
        "_data",
        "_fat",
        "_mini",
        "_mini_fat",
        "_mini_start",
        "damage",
        "doubles",
        "entries",
        "odd",
        "orphans",
        "others",
        "root",
        "shift",
    )

    def __init__(self, data: bytes, budget: Budget, shift: int = 0, cutoff: int = _CUTOFF) -> None:
        if len(data) < 512 or not data.startswith(MAGIC):
            raise Malformed("compound file: no header")
        self._data, self._budget, self._cutoff = data, budget, cutoff
        #: What is broken but could be passed over, in plain words.
        self.damage: list[str] = []
        fields = _HEADER.unpack_from(data, 24)
        stated, directory_start = fields[3], fields[7]
        usual = 12 if fields[1] == 4 else 9
        self.shift = shift or (stated if 7 <= stated <= 16 else usual)
        #: Figures of the header of which readers take different ones, in plain words; empty where there are none.
        self.odd = ""
        #: What else the file is read with: bytes of a sector as a power of two, and a cutoff.
        self.others: list[tuple[int, int]] = []
        if fields[1] in (3, 4) and stated != usual:
            self.odd = f"sectors of {1 << min(stated, 64)} bytes in a file of version {fields[1]}"
            self.others.append((usual, _CUTOFF))
        elif fields[9] != _CUTOFF or fields[4] != _MINI_SHIFT:
            self.odd = "unusual sizes of its mini stream"
            self.others.append((self.shift, fields[9]))
        self._fat = self._read_fat(fields[12])
        self._mini_start: int = fields[10]
        self._mini_fat: bytes | None = None
        self._mini: bytes | None = None
        self.entries: list[Entry] = []
        #: Entries that the tree does not reach: no reader opens them by name.
        self.orphans: list[Entry] = []
        #: Entries of a storage that has another one of their name in front.
        self.doubles: list[Entry] = []
        self.root = self._read_directory(self._chain(directory_start, len(data)))

    # -- tables -------------------------------------------------------------------------------------------------------------

    def _sector(self, number: int) -> bytes:
        # The header fills one whole sector, also where sectors are larger than the header ([MS-CFB] 2.2).
        place = (number + 1) << self.shift
        return self._data[place : place + (1 << self.shift)]

    def _read_fat(self, difat_start: int) -> bytes:
        """The FAT from the sectors named in the header and in the DIFAT chain ([MS-CFB] 2.5)."""
        size = 1 << self.shift
        numbers = list(struct.unpack_from("<109I", self._data, 76))
        # Sectors of which there is at least a piece; the header takes the place of one.
        present = ((len(self._data) + size - 1) >> self.shift) - 1
        seen = set()
        # A DIFAT sector ends with the number of the next one.
        while difat_start < present and difat_start not in seen:
            seen.add(difat_start)
            sector = self._sector(difat_start)
            if len(sector) < size:
                break
            values = struct.unpack(f"<{size // 4}I", sector)
            numbers.extend(values[:-1])
            difat_start = values[-1]
        while numbers and numbers[-1] >= present:
            if numbers.pop() < _MAXIMUM_SECTOR:
                self.damage.append("sectors of its allocation table are missing")
        # More table than file is of no use to anybody.
        del numbers[(present * 4 >> self.shift) + 2 :]
        pieces = []
        for number in numbers:
            sector = self._sector(number) if number < present else b""
            if len(sector) < size:
                # Other entries must keep their places.
                self.damage.append("its allocation table is cut")
                sector = sector[: len(sector) & ~3].ljust(size, _FREE)
            pieces.append(sector)
        fat = b"".join(pieces)
        if reach(fat) >= present:
            self.damage.append("sectors at its end are missing")
        return fat

    def _chain(self, start: int, size: int) -> bytes:
        """The bytes of one chain of the FAT, at most `size`."""
        shift = self.shift
        data = self._data
        found = runs(self._fat, start, (size + (1 << shift) - 1) >> shift)
        if len(found) == 1:
            first, count = found[0]
            place = (first + 1) << shift
            return data[place : min(place + (count << shift), place + size)]
        return b"".join([data[(first + 1) << shift : (first + 1 + count) << shift] for first, count in found])[:size]

    def _mini_chain(self, start: int, size: int) -> bytes:
        """The bytes of one stream in the mini stream, 64 bytes a sector ([MS-CFB] 2.4)."""
        if self._mini is None:
            self._mini = self._chain(self.root.start, self.root.size)
            self._mini_fat = self._chain(self._mini_start, len(self._data))
        assert self._mini_fat is not None
        mini = self._mini
        found = runs(self._mini_fat, start, (size + 63) >> 6)
        return b"".join([mini[first << 6 : (first + count) << 6] for first, count in found])[:size]

    # -- directory ------------------------------------------------------------------------------------------------------------

    def _read_directory(self, directory: bytes) -> Entry:
        if len(directory) < _ENTRY.size:
            # Without the table a directory can still be read as far as its sectors are neighbours.
            start = (_HEADER.unpack_from(self._data, 24)[7] + 1) << self.shift
            directory = self._data[start : start + (1 << self.shift)]
            self.damage.append("its directory is not in its allocation table")
        if len(directory) < _ENTRY.size:
            raise Malformed("compound file: the directory is missing")
        count = len(directory) // _ENTRY.size
        if count > _MAXIMUM_ENTRIES:
            count = _MAXIMUM_ENTRIES
            self.damage.append(f"more than {count} directory entries")
        directory = directory[: count * _ENTRY.size]
        entries = [self._entry(*fields) for fields in _ENTRY.iter_unpack(directory)]
        entries[0].kind = ROOT
        for entry, owner in zip(entries, parents(directory), strict=True):
            if owner >= 0:
                parent = entries[owner]
                entry.parent = parent
                if parent.children.setdefault(entry.name.lower(), entry) is not entry:
                    self.doubles.append(entry)
                self.entries.append(entry)
            elif owner == -2 and entry.kind in (STORAGE, STREAM):
                self.orphans.append(entry)
        return entries[0]

    def _entry(self, raw: bytes, length: int, kind: int, _colour: int, clsid: bytes, start: int, size: int) -> Entry:
        # The length counts the final NUL; readers go by the NUL where the two disagree.
        name = raw[: max(length - 2, 0) if length <= 64 else 64].decode("utf-16-le", "replace").partition("\0")[0]
        if self.shift == 9:
            size &= 0xFFFFFFFF  # version 3 leaves the upper half undefined ([MS-CFB] 2.6.1)
        return Entry(name, kind, clsid, start, min(size, len(self._data)), mini=size < self._cutoff)

    # -- what inspectors use ----------------------------------------------------------------------------------------------------

    def find(self, path: str) -> Entry | None:
        """The stream at this path, names in any case; None where there is none."""
        *storages, name = path.split("/")
        entry: Entry | None = self.root
        for storage in storages:
            entry = entry.get(storage, STORAGE) if entry is not None else None
        return entry.get(name) if entry is not None else None

    def read(self, entry: Entry, limit: int | None = None) -> bytes:
        """The content of a stream, as much of it as there is; counted against the budget.

        Args:
            entry: the stream.
            limit: most bytes to read.
        """
        size = entry.size if limit is None else min(entry.size, limit)
        if size <= 0 or entry.kind != STREAM:
            return b""
        content = self._mini_chain(entry.start, size) if entry.mini else self._chain(entry.start, size)
        self._budget.charge(len(content))
        return content

    def unused(self, limit: int) -> bytes:
        """What is in sectors that no chain uses, at most `limit` bytes; counted against the budget."""
        fat, shift = self._fat, self.shift
        present = (len(self._data) >> shift) - 1
        known = min(present, len(fat) // 4)
        if known <= 0 or (present == known and fat.find(_FREE * 4, 0, known * 4) < 0):
            return b""
        free = [number for number, (mark,) in enumerate(struct.iter_unpack("<I", fat[: known * 4])) if mark == _UNUSED]
        free += range(known, present)
        content = b"".join(piece for number in free[: limit >> shift] if (piece := self._sector(number)).strip(b"\0"))
        self._budget.charge(len(content))
        return content

    def storages(self, *, under: Entry | None = None) -> Iterator[Entry]:
        """Every storage of the tree but the root, in the order of the directory."""
        for entry in self.entries:
            if entry.kind == STORAGE and (under is None or entry.parent is under):
                yield entry
