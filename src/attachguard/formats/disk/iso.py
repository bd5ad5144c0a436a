"""ISO 9660 images: up to three trees of folders over the same files, the primary one, the Joliet one with Unicode names, that of UDF.

References: ECMA-119 section 8; Joliet Specification (Microsoft); ECMA-167 2/8.3 (descriptors of a bridge); El Torito 1.0. All trees are walked:
a file that only one of them knows is seen by some systems and not by others.

Why our own: pycdlib trusts the sizes of a disc and raises at its first fault; discs are a common way to carry programs past a filter.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.formats.archive.members import Member, announce
from attachguard.formats.disk import iso_tree as isotree
from attachguard.formats.disk import udf
from attachguard.formats.disk.folder_trees import Tree, union
from attachguard.formats.disk.iso_tree import SECTOR, Volume
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.disk.blocks import Disk

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"iso"})
LIMITATIONS: Final = (
    "Files compressed by zisofs are read as they lie in the image.",
    "The HFS tree of discs for the Macintosh, earlier sessions and boot images outside of the trees are not read.",
)
EXTRACTS: Final = "The files of the ISO 9660 tree, of the Joliet tree and of the UDF tree."
DETECTS: Final = "Files and endings that not every tree shows, links, damage."

_FIRST_DESCRIPTOR: Final = 16
_MOST_DESCRIPTORS: Final = 32
_BOOT, _PRIMARY, _SUPPLEMENTARY, _TERMINATOR = 0, 1, 2, 255
_JOLIET: Final = (b"%/@", b"%/C", b"%/E")
#: One tree and one for Windows are usual; more are for readers that stop at the first or go on to the last.
_TREES: Final = 4
_BRIDGE: Final = (b"NSR02", b"NSR03")
_EL_TORITO: Final = b"EL TORITO SPECIFICATION"


def inspect(part: Part) -> Iterator[Fact]:
    """The files of all trees, each once."""
    volumes, bridge = _volumes(part.data)
    if not volumes:
        raise Malformed("ISO 9660: no volume descriptor")
    yield from announce(part, _members(part, volumes, bridge=bridge), "ISO 9660")


def _members(part: Part, volumes: list[Volume], *, bridge: bool) -> Iterator[Member | Finding]:
    disk = Disk(part.data)
    most = 4 * part.budget.limits.parts
    trees = list(udf.trees(part, disk)) if bridge else []
    trees += [Tree(volume.title, isotree.entries(part, volume), most) for volume in volumes]
    yield from union(part, disk, trees, _boot_places(part.data))


def _volumes(data: bytes) -> tuple[list[Volume], bool]:
    """The trees, the Joliet one first, and whether there is one of UDF besides."""
    found: list[Volume] = []
    bridge = ended = False
    for number in range(_FIRST_DESCRIPTOR, _FIRST_DESCRIPTOR + _MOST_DESCRIPTORS):
        block = data[number * SECTOR : (number + 1) * SECTOR]
        bridge |= block[1:6] in _BRIDGE
        if len(block) < 190 or block[1:6] != b"CD001" or block[0] == _TERMINATOR:
            ended = True  # the descriptors of UDF follow
            continue
        size = struct.unpack_from("<H", block, 128)[0] or SECTOR
        if ended or len(found) >= _TREES:
            continue
        if block[0] == _PRIMARY:
            found.append(Volume("ISO 9660", block, wide=False, block=size))
        elif block[0] == _SUPPLEMENTARY and block[88:91] in _JOLIET:
            found.insert(0, Volume("Joliet", block, wide=True, block=size))
        elif block[0] == _SUPPLEMENTARY:
            found.append(Volume("ISO 9660", block, wide=False, block=size))
    return found, bridge


def _boot_places(data: bytes) -> set[int]:
    """Where the boot catalogue and the images that it names lie: which trees show them is a matter of the mastering program (El Torito 2.0)."""
    for number in range(_FIRST_DESCRIPTOR, _FIRST_DESCRIPTOR + _MOST_DESCRIPTORS):
        block = data[number * SECTOR : (number + 1) * SECTOR]
        if block[1:6] != b"CD001":
            break
        if block[0] == _BOOT and block[7:30] == _EL_TORITO:
            catalogue = struct.unpack_from("<I", block, 71)[0] * SECTOR
            entries = data[catalogue : catalogue + SECTOR]
            images = (entries[place + 8 : place + 12] for place in range(32, len(entries), 32))
            return {catalogue, *(int.from_bytes(image, "little") * SECTOR for image in images)} - {0}
    return set()
