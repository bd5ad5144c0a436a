"""Images of discs hold their files in several trees of folders; which one a system shows is its own choice.

Windows takes UDF before Joliet before ISO 9660, Linux takes Rock Ridge before Joliet, others know one tree only. The files of all trees are read,
each once; files that not every tree leads to, and names whose endings differ, are told.

Why our own: libraries for discs show one tree; what counts is where the trees differ.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from attachguard.errors import Malformed
from attachguard.formats.archive.members import Member, shown
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.disk.blocks import Disk, content

Extents = tuple[tuple[int, int], ...]

#: Pieces of all files of one tree together.
_PIECES: Final = 1 << 18
#: The only file of an ISO 9660 tree whose readers are told to use another one (UDF bridges of Windows): a short text that says so.
_NOTICE_LIMIT: Final = 4096
_NOTICE: Final = b"UDF"
#: Lists of long names that mastering programs put into the folders of the tree that needs them.
_LISTS: Final = frozenset({"TRANS.TBL", "YMTRANS.TBL"})
_PLAIN: Final = re.compile("[^A-Z0-9]")
#: Double extensions for which mastering programs write a short one.
_SHORT: Final = {"TAR.GZ": "TGZ", "PS.GZ": "PSZ"}
#: Letters of an extension that the primary tree keeps at the least (ECMA-119 7.5).
_KEPT: Final = 3


class Entry(NamedTuple):
    """A file or folder of one tree.

    Args:
        name: its path.
        kind: `file`, `folder`, `link` or `device`.
        extents: offset and bytes of each piece of it; a hole begins at `HOLE`.
        other: its path for readers of the same tree that do not know its extensions; empty where they see the same.
        doubt: why not every reader of this tree comes here; empty where all do.
    """

    name: str
    kind: str
    extents: Extents
    other: str = ""
    doubt: str = ""


class Tree:
    """One tree, read as far as it goes.

    Args:
        title: its format.
        entries: what it holds.
        most: entries that are taken.
        broken: what hides it, where there is nothing to read.
    """

    def __init__(self, title: str, entries: Iterable[Entry], most: int, broken: Malformed | None = None) -> None:
        self.title = title
        self.entries: list[Entry] = []
        #: What cut it short.
        self.broken = broken
        pieces = 0
        try:
            for entry in entries:
                pieces += len(entry.extents)
                if len(self.entries) >= most or pieces > _PIECES:
                    raise Malformed(f"{title}: more files than any disc needs")
                self.entries.append(entry)
        except Malformed as error:
            self.broken = error
        self.files = {entry.extents for entry in self.entries if entry.kind == "file" and entry.extents}


def union(part: Part, disk: Disk, trees: Sequence[Tree], apart: Collection[int] = ()) -> Iterator[Member | Finding]:
    """The files of all trees, each once, and how the trees differ.

    Args:
        part: the image.
        disk: its bytes.
        trees: those it has, the one that is shown first in front.
        apart: offsets of what only some trees name as a rule: what the machine starts from.

    Raises:
        Malformed: what cut one of the trees short.
    """
    seen: dict[Extents, list[str]] = {}
    renamed = doubt = ""
    for number, tree in enumerate(trees):
        before = {extents: len(names) for extents, names in seen.items()} if number else {}
        doubt = doubt or _doubt(tree)
        for entry in tree.entries:
            if entry.kind != "file" or not entry.extents:
                if not number:
                    yield Member(entry.name, b"" if entry.kind == "file" else None, entry.kind)
                continue
            names = seen.setdefault(entry.extents, [])
            for name in filter(None, (entry.name, entry.other)):
                if any(_same_ending(name, known) for known in names):
                    continue
                if name == entry.other or before.get(entry.extents):
                    renamed = renamed or f"'{shown(names[0])}' is '{shown(name)}' to other readers"
                names.append(name)
                yield Member(name, content(disk, entry.extents))
    title = trees[0].title if len(trees) == 1 else "ISO 9660"
    for detail in filter(None, (renamed, doubt)):
        yield part.finding("trees-differ", f"{title}: {detail}")
    shown_by_all = [tree.files for tree in trees if not _notice(disk, tree, trees)]
    common = set.intersection(*shown_by_all) if shown_by_all else set()
    lacking = [
        extents
        for extents in set().union(*shown_by_all) - common
        if extents[0][0] not in apart and seen[extents][0].rpartition("/")[2].upper() not in _LISTS
    ]
    if lacking:
        yield part.finding("trees-differ", f"{title}: {len(lacking)} files are not in every tree of folders")
    for tree in trees:
        if tree.broken is not None:
            raise tree.broken


def _doubt(tree: Tree) -> str:
    """Why readers of this one tree may see different files; empty where they do not."""
    places: dict[str, Extents] = {}
    for entry in tree.entries:
        if entry.doubt:
            return f"'{shown(entry.name)}' {entry.doubt}"
        if entry.kind == "file" and places.setdefault(entry.name, entry.extents) != entry.extents:
            return f"two files are named '{shown(entry.name)}'"
    return ""


def _notice(disk: Disk, tree: Tree, trees: Sequence[Tree]) -> bool:
    """Whether a tree holds nothing but the advice to use another one."""
    if len(trees) < 2 or len(tree.files) != 1:
        return False
    (extents,) = tree.files
    size = sum(length for _, length in extents)
    return size <= _NOTICE_LIMIT and _NOTICE in disk.read(max(extents[0][0], 0), size)


def _same_ending(one: str, other: str) -> bool:
    """Whether two names have one extension, which the primary tree cuts and spells in capitals, digits and underscores (ECMA-119 7.5)."""
    first, second = _ending(one), _ending(other)
    if (first + second).isascii() and (first + second).isalnum():
        return first[:_KEPT] == second[:_KEPT]
    # Each letter that is none of those becomes one or more underscores, by the charset of the mastering program.
    first, second = (_PLAIN.sub("", ending)[:_KEPT] for ending in (first, second))
    return bool(first) == bool(second) and (first.startswith(second) or second.startswith(first))


def _ending(name: str) -> str:
    """The extension in capitals; names that begin with their only dot have none."""
    stem, dot, extension = name.rpartition("/")[2].upper().rpartition(".")
    inner = stem.rpartition(".")[2]
    return _SHORT.get(f"{inner}.{extension}", extension) if dot and stem else ""
