"""Containers known by their signature and opened by programs of the system: Windows images, volumes of other systems, archives of old archivers.

A parser for each would be much code for files that mail hardly ever brings, so one well-kept reader is asked where it is there (`readers.tools`).
Where none is, what is inside stays unknown, and that is what is reported.

Why our own: nothing is read but two flags of encryption, without which a locked archive would only be unread.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.archive.members import opened
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset(
    {
        "wim", "dmg", "chm", "squashfs", "ext", "hfs", "apfs", "cramfs", "szdd", "zoo", "arc", "alz", "egg", "sit",
        "qcow", "vdi", "vmdk",
    }
)  # fmt: skip
LIMITATIONS: Final = (
    "Content is read only where a program of the system opens it: 7-Zip volumes and virtual disks, The Unarchiver ZOO, ARC, ALZ and StuffIt.",
    "EGG archives are never opened.",
)
EXTRACTS: Final = "The files inside, where 7-Zip or The Unarchiver is installed."
DETECTS: Final = "Content that cannot be looked into; in ALZ and EGG archives and QCOW images whether it is encrypted."

#: Header of a file in ALZ: length of the name, attributes, time, then a descriptor whose lowest bit says that a password is needed.
_ALZ_FILE: Final = b"BLZ\x01"
#: ESTSoft, "EGG specification": the header that precedes encrypted blocks.
_EGG_LOCK: Final = b"\x0f\x47\xd1\x08"
#: QEMU, docs/interop/qcow2.txt: the method of encryption, zero where there is none.
_QCOW_METHOD: Final = slice(32, 36)
_REACH: Final = 1 << 16


def inspect(part: Part) -> Iterator[Fact]:
    """What a program of the system finds inside, once per type."""
    if part.is_a("iso"):
        return  # a bridge image, whose files are read from its ISO 9660 tree
    for kind in part.types:
        if kind.id not in TYPES:
            continue
        lock = _lock(part, kind.id)
        if lock:
            yield part.encrypted("unknown-password", lock)
        yield from opened(part, kind.id)


def _lock(part: Part, kind: str) -> str:
    """How the content is encrypted, as far as a look at the headers tells; empty where it does not."""
    data = part.data
    if kind == "alz":
        at = data.find(_ALZ_FILE, 0, _REACH)
        return "ALZ: encrypted" if 0 <= at < len(data) - 11 and data[at + 11] & 1 else ""
    if kind == "egg":
        return "EGG: encrypted" if data.find(_EGG_LOCK, 0, _REACH) >= 0 else ""
    if kind == "qcow":
        return "QCOW: encrypted" if any(data[_QCOW_METHOD]) else ""
    return ""
