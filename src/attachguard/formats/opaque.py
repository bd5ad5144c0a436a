"""Containers that are known by their signature and not opened: disk images, Windows images, archives of old or rare archivers.

What is inside stays unknown, and that is what is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.filetypes import TITLES
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset(
    {
        "wim", "vhdx", "vmdk", "qcow", "dmg", "squashfs", "zoo", "arc", "alz", "egg", "sit",
    }
)  # fmt: skip
LIMITATIONS: Final = ("Nothing is unpacked; the content of these types is out of reach.",)
EXTRACTS: Final = "Nothing."
DETECTS: Final = "That the content cannot be looked into; in ALZ and EGG archives whether it is encrypted, in disk images a BitLocker volume."

#: Boot sector of a volume under BitLocker: the jump of Windows Vista or of later ones, the name.
_BITLOCKER: Final = (b"\xeb\x52\x90-FVE-FS-", b"\xeb\x58\x90-FVE-FS-")
#: Header of a file in ALZ: length of the name, attributes, time, then a descriptor whose lowest bit says that a password is needed.
_ALZ_FILE: Final = b"BLZ\x01"
#: ESTSoft, "EGG specification": the header that stands in front of encrypted blocks.
_EGG_LOCK: Final = b"\x0f\x47\xd1\x08"
_REACH: Final = 1 << 16


def inspect(part: Part) -> Iterator[Fact]:
    """That the content cannot be looked into, once per type."""
    if part.is_a("iso"):
        return  # a bridge image, whose files are read from its ISO 9660 tree
    for kind in part.types:
        if kind.id in TYPES:
            lock = _lock(part, kind.id)
            if lock:
                yield part.encrypted("unknown-password", lock)
            yield part.finding("uninspectable-content", f"{TITLES[kind.id]}: not opened here")


def _lock(part: Part, kind: str) -> str:
    """How the content is encrypted, as far as a look at the headers tells; empty where it does not."""
    data = part.data
    if kind == "alz":
        at = data.find(_ALZ_FILE, 0, _REACH)
        return "ALZ: encrypted" if 0 <= at < len(data) - 11 and data[at + 11] & 1 else ""
    if kind == "egg":
        return "EGG: encrypted" if data.find(_EGG_LOCK, 0, _REACH) >= 0 else ""
    if kind in ("vhdx", "vmdk", "qcow") and any(data.find(mark) >= 0 for mark in _BITLOCKER):
        return "BitLocker: encrypted volume"
    return ""
