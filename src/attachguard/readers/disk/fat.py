"""Files of a FAT12, FAT16 or FAT32 volume.

Reference: Microsoft Extensible Firmware Initiative FAT32 File System Specification 1.03. Every chain is followed for as
many clusters as its file may have, every folder is entered once.

Why our own: no package reads FAT from bytes in memory within bounds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.limits import Budget
from attachguard.readers.disk.blocks import Disk

_ENTRY: Final = 32
_DELETED, _LONG, _LABEL, _FOLDER = 0xE5, 0x0F, 0x08, 0x10
#: Most bytes of a folder: 65536 entries (section "FAT Directory Structure").
_FOLDER_BYTES: Final = 65536 * _ENTRY
_TABLE_BYTES: Final = 1 << 25
_DEPTH: Final = 32
_RUN: Final = 1 << 20


class File(NamedTuple):
    """A file or folder: path, first cluster, bytes, whether it is a folder."""

    name: str
    cluster: int
    size: int
    folder: bool


class Volume:
    """A FAT volume.

    Args:
        disk: what it lies on.
        start: where, in bytes.
        budget: charged for the table and the folders.

    Raises:
        Malformed: the boot sector makes no sense.
    """

    def __init__(self, disk: Disk, start: int, budget: Budget) -> None:
        boot = disk.read(start, 512)
        if len(boot) < 512:
            raise Malformed("FAT: boot sector ends early")
        sector, per_cluster, reserved, tables, roots, total, size = struct.unpack_from("<HBHBHH1xH", boot, 11)
        total = total or struct.unpack_from("<I", boot, 32)[0]
        size = size or struct.unpack_from("<I", boot, 36)[0]
        if sector not in (512, 1024, 2048, 4096) or not per_cluster or not tables or not size:
            raise Malformed("FAT: boot sector makes no sense")
        self._disk = disk
        self._budget = budget
        self._root = start + (reserved + tables * size) * sector
        self._root_bytes = roots * _ENTRY
        self._cluster = per_cluster * sector
        self._data = self._root + -(-self._root_bytes // sector) * sector
        clusters = max(0, total * sector - (self._data - start)) // self._cluster
        self._bits = 12 if clusters < 4085 else 16 if clusters < 65525 else 32
        self._root_cluster = struct.unpack_from("<I", boot, 44)[0] if self._bits == 32 else 0
        needed = (clusters + 2) * self._bits // 8 + 1
        self._table = disk.read(start + reserved * sector, min(size * sector, needed, _TABLE_BYTES))
        budget.charge(len(self._table))

    def files(self) -> Iterator[File]:
        """Every file and folder; deleted ones are passed over."""
        waiting = [("", self._root_folder(), 0)]
        entered: set[int] = {self._root_cluster}
        while waiting:
            path, raw, depth = waiting.pop()
            self._budget.charge(len(raw))
            for file in _entries(raw):
                self._budget.check_time()
                found = file._replace(name=path + file.name)
                yield found
                if file.folder and file.cluster not in entered and depth < _DEPTH:
                    entered.add(file.cluster)
                    folder = b"".join(self._clusters(file.cluster, _FOLDER_BYTES))
                    waiting.append((f"{found.name}/", folder, depth + 1))

    def content(self, file: File) -> Iterator[bytes]:
        """The content of a file.

        Raises:
            Malformed: its chain of clusters or the disk ends early.
        """
        left = file.size
        for piece in self._clusters(file.cluster, file.size):
            left -= len(piece)
            yield piece
        if left > 0:
            raise Malformed("FAT: file ends early")

    def _root_folder(self) -> bytes:
        if self._root_cluster:
            return b"".join(self._clusters(self._root_cluster, _FOLDER_BYTES))
        return self._disk.read(self._root, self._root_bytes)

    def _clusters(self, cluster: int, size: int) -> Iterator[bytes]:
        """A chain of clusters, up to `size` bytes; clusters side by side are read at once."""
        while size > 0 and cluster >= 2:
            first, count = cluster, 1
            most = min(size, _RUN)
            cluster = self._next(cluster)
            while cluster == first + count and count * self._cluster < most:
                count += 1
                cluster = self._next(cluster)
            piece = self._disk.read(self._data + (first - 2) * self._cluster, min(count * self._cluster, size))
            if not piece:
                return
            size -= len(piece)
            self._budget.check_time()
            yield piece

    def _next(self, cluster: int) -> int:
        """The cluster after another one; 0 at the end of a chain, and where the table does not say."""
        place = cluster * self._bits // 8
        raw = self._table[place : place + (4 if self._bits == 32 else 2)]
        if len(raw) < (4 if self._bits == 32 else 2):
            return 0
        value = int.from_bytes(raw, "little")
        if self._bits == 12:
            value = value >> 4 if cluster & 1 else value & 0xFFF
        value &= 0x0FFFFFFF
        end = {12: 0xFF7, 16: 0xFFF7, 32: 0x0FFFFFF7}[self._bits]
        return value if value < end else 0


def _entries(raw: bytes) -> Iterator[File]:
    """The entries of a folder; a long name precedes its entry, last piece first."""
    long: list[str] = []
    for place in range(0, len(raw) - _ENTRY + 1, _ENTRY):
        first, kind = raw[place], raw[place + 11]
        if not first:
            return
        if first == _DELETED:
            long = []
            continue
        if kind & 0x3F == _LONG:
            entry = raw[place : place + _ENTRY]
            letters = (entry[1:11] + entry[14:26] + entry[28:32]).decode("utf-16-le", "replace")
            long = [letters.partition("\0")[0], *([] if first & 0x40 else long[:19])]
            continue
        name, long = "".join(long), []
        if kind & _LABEL or raw[place : place + 1] == b".":
            continue
        high, low, size = struct.unpack_from("<H4xHI", raw, place + 20)
        short = _short(raw[place : place + 11])
        yield File((name or short).replace("/", "_"), high << 16 | low, size, bool(kind & _FOLDER))


def _short(raw: bytes) -> str:
    """A name of eight and three letters; 05 stands for E5, which marks deleted entries."""
    if raw[:1] == b"\x05":
        raw = b"\xe5" + raw[1:]
    stem, extension = raw[:8].decode("cp437").rstrip(), raw[8:].decode("cp437").rstrip()
    return f"{stem}.{extension}" if extension else stem
