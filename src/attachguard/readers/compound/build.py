"""Writing compound files ([MS-CFB]): an embedded object or message is a storage, and to be looked at like any file it must become one.

The result is sound and plain, not beautiful: sibling trees are balanced and all black, mini streams are used as the format demands, sectors are
4096 bytes once the header's own table would not reach.

Why our own: no library at hand writes new compound files.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from attachguard.errors import LimitExceeded
from attachguard.readers.compound.file import MAGIC, ROOT, STORAGE, STREAM, Compound, Entry

_END: Final = 0xFFFFFFFE
_FAT_SECTOR: Final = 0xFFFFFFFD
_LIST_SECTOR: Final = 0xFFFFFFFC
_NONE: Final = 0xFFFFFFFF
_CUTOFF: Final = 4096
#: FAT sectors that the header itself can name.
_IN_HEADER: Final = 109
#: Storages in storages that are copied; an object in an object in an object takes two levels each.
_DEPTH: Final = 200


class Storage:
    """A storage to be written.

    Args:
        clsid: its class, sixteen bytes.
    """

    __slots__ = ("clsid", "storages", "streams")

    def __init__(self, clsid: bytes = bytes(16)) -> None:
        self.clsid = clsid
        self.storages: dict[str, Storage] = {}
        self.streams: dict[str, bytes] = {}


def copy(compound: Compound, storage: Entry, replaced: dict[Entry, bytes] | None = None) -> Storage:
    """A storage of a file that was read, with everything below it.

    Args:
        compound: the file.
        storage: its root or any storage of it.
        replaced: streams that get other content.

    Raises:
        LimitExceeded: storages are nested too deeply, or there is more content than the budget allows.
    """
    top = Storage(storage.clsid)
    pending = [(storage, top, 0)]
    while pending:
        entry, target, depth = pending.pop()
        if depth > _DEPTH:
            raise LimitExceeded("depth", f"storages nested deeper than {_DEPTH} levels")
        for child in entry.children.values():
            if child.kind == STREAM:
                given = replaced.get(child) if replaced else None
                target.streams[child.name] = compound.read(child) if given is None else given
            elif child.kind == STORAGE:
                inner = target.storages[child.name] = Storage(child.clsid)
                pending.append((child, inner, depth + 1))
    return top


def write(root: Storage, shift: int = 0) -> bytes:
    """The bytes of a compound file whose root storage is `root`.

    Args:
        root: what it holds.
        shift: two to this power are the bytes of a sector; without it as many as let the header name the whole table.
    """
    names, entries, contents = _directory(root)
    total = sum(len(content) for content in contents.values())
    shift = shift or (9 if total < (_IN_HEADER - 2) * 128 * 512 else 12)
    return _Writer(shift).write(names, entries, contents)


class _Node:
    __slots__ = ("child", "clsid", "kind", "left", "right", "size", "start")

    def __init__(self, kind: int, clsid: bytes) -> None:
        self.kind = kind
        self.clsid = clsid
        self.left = self.right = self.child = _NONE
        self.start = _END if kind == STREAM else 0
        self.size = 0


def _directory(root: Storage) -> tuple[list[str], list[_Node], dict[int, bytes]]:
    """Names and nodes of the directory, linked into trees, and the contents by number of their node."""
    names = ["Root Entry"]
    nodes = [_Node(ROOT, root.clsid)]
    contents: dict[int, bytes] = {}
    pending = [(root, nodes[0])]
    while pending:
        storage, holder = pending.pop()
        order: list[tuple[tuple[int, str], int]] = []
        for name, inner in storage.storages.items():
            node = _Node(STORAGE, inner.clsid)
            order.append((_rank(name), len(nodes)))
            pending.append((inner, node))
            names.append(name)
            nodes.append(node)
        for name, content in storage.streams.items():
            node = _Node(STREAM, bytes(16))
            node.size = len(content)
            order.append((_rank(name), len(nodes)))
            contents[len(nodes)] = content
            names.append(name)
            nodes.append(node)
        order.sort()
        holder.child = _balance(nodes, [number for _, number in order])
    return names, nodes, contents


def _rank(name: str) -> tuple[int, str]:
    # Shorter names come first, names of one length by their upper-case form ([MS-CFB] 2.6.4).
    return len(name.encode("utf-16-le", "surrogatepass")), name.upper()


def _balance(nodes: list[_Node], order: list[int]) -> int:
    """Link the nodes of one storage into a balanced search tree; gives the number of its top."""
    if not order:
        return _NONE
    middle = len(order) // 2
    top = nodes[order[middle]]
    top.left = _balance(nodes, order[:middle])
    top.right = _balance(nodes, order[middle + 1 :])
    return order[middle]


class _Writer:
    __slots__ = ("_sectors", "_shift", "_table")

    def __init__(self, shift: int) -> None:
        self._shift = shift
        self._table: list[int] = []
        self._sectors: list[bytes] = []

    def _add(self, content: bytes) -> int:
        """Append a stream to the file; gives its first sector."""
        if not content:
            return _END
        size = 1 << self._shift
        first = len(self._table)
        count = (len(content) + size - 1) >> self._shift
        self._table.extend(range(first + 1, first + count))
        self._table.append(_END)
        self._sectors.append(content.ljust(count << self._shift, b"\0"))
        return first

    def write(self, names: list[str], nodes: list[_Node], contents: dict[int, bytes]) -> bytes:
        mini_table: list[int] = []
        mini: list[bytes] = []
        for number, content in contents.items():
            if len(content) >= _CUTOFF:
                nodes[number].start = self._add(content)
            elif content:
                first = nodes[number].start = len(mini_table)
                count = (len(content) + 63) >> 6
                mini_table.extend(range(first + 1, first + count))
                mini_table.append(_END)
                mini.append(content.ljust(count << 6, b"\0"))
        mini_stream = b"".join(mini)
        nodes[0].start, nodes[0].size = self._add(mini_stream), len(mini_stream)
        mini_bytes = _numbers(mini_table, 1 << self._shift)
        mini_start = self._add(mini_bytes)
        directory = b"".join(_entry(name, node) for name, node in zip(names, nodes, strict=True))
        directory += _entry("", _Node(0, bytes(16))) * (-len(nodes) % ((1 << self._shift) // 128))
        directory_start = self._add(directory)
        # The table must also hold its own sectors.
        per_sector = (1 << self._shift) // 4
        own, more = 1, 0
        while (len(self._table) + own + more + per_sector - 1) // per_sector > own:
            own += 1
            # Sectors of the table that the header cannot name are in sectors of their own ([MS-CFB] 2.5).
            more = max(0, -(-(own - _IN_HEADER) // (per_sector - 1)))
        first = len(self._table)
        self._table.extend([_FAT_SECTOR] * own + [_LIST_SECTOR] * more)
        self._sectors.append(_numbers(self._table, 1 << self._shift))
        header = MAGIC + bytes(16) + struct.pack(
            "<HHHHH6xIIIIIIIII",
            0x3E, 4 if self._shift == 12 else 3, 0xFFFE, self._shift, 6,
            len(directory) >> self._shift if self._shift == 12 else 0,
            own, directory_start, 0, _CUTOFF, mini_start, len(mini_bytes) >> self._shift, first + own if more else _END, more,
        )  # fmt: skip
        further = list(range(first + _IN_HEADER, first + own))
        for number in range(more):
            listed = further[number * (per_sector - 1) : (number + 1) * (per_sector - 1)]
            listed += [_NONE] * (per_sector - 1 - len(listed))
            following = first + own + number + 1 if number + 1 < more else _END
            self._sectors.append(struct.pack(f"<{per_sector}I", *listed, following))
        located = [*range(first, first + own), *[_NONE] * (_IN_HEADER - own)][:_IN_HEADER]
        header += struct.pack(f"<{_IN_HEADER}I", *located)
        return b"".join([header.ljust(1 << self._shift, b"\0"), *self._sectors])


def _numbers(values: Iterable[int], align: int) -> bytes:
    """Sector numbers as bytes, filled up with free marks."""
    listed = list(values)
    listed.extend([_NONE] * (-len(listed) % (align // 4)))
    return struct.pack(f"<{len(listed)}I", *listed)


def _entry(name: str, node: _Node) -> bytes:
    raw = name.encode("utf-16-le", "surrogatepass")[:62]
    return struct.pack(
        "<64sHBBIII16s20xIQ",
        raw, len(raw) + 2 if node.kind else 0, node.kind, 1,
        node.left if node.kind else _NONE, node.right if node.kind else _NONE, node.child if node.kind else _NONE,
        node.clsid, node.start if node.kind else 0, node.size,
    )  # fmt: skip
