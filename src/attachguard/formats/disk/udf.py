"""UDF images: the file system of DVDs and of what Windows burns and mounts since, without the tree of ISO 9660.

References: ECMA-167; OSTA Universal Disk Format 1.02 to 2.60 (`readers.udf`). Bridges, which have both, are read by `iso.py`.

Why our own: a double click mounts such an image, and libarchive reads none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.formats.archive.members import announce
from attachguard.formats.disk.folder_trees import Entry, Tree, union
from attachguard.part import Part
from attachguard.readers.disk.blocks import Disk
from attachguard.readers.disk.udf.tree import files
from attachguard.readers.disk.udf.volume import Volume, volumes

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"udf"})
LIMITATIONS: Final = ("Of a disc that was written in several sessions the last state is read.",)
EXTRACTS: Final = "The files of the volume, their named streams, sparse files with their holes."
DETECTS: Final = "A second volume that only some readers find, links, damage."


def inspect(part: Part) -> Iterator[Fact]:
    """The files of every volume that the anchors lead to."""
    if part.is_a("iso"):
        return
    disk = Disk(part.data)
    yield from announce(part, union(part, disk, list(trees(part, disk))), "UDF")


def trees(part: Part, disk: Disk) -> Iterator[Tree]:
    """The tree of each volume; one that only says what is broken where none can be found."""
    most = 4 * part.budget.limits.parts
    found: list[Volume] = []
    broken: Malformed | None = None
    try:
        found.extend(volumes(disk, 0, part.budget))
    except Malformed as error:
        broken = error
    for volume in found:
        yield Tree("UDF", (Entry(*file) for file in files(volume)), most)
    if broken is not None:
        yield Tree("UDF", (), most, broken)
