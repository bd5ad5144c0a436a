"""The hyperlink object that binary Office files keep for a link ([MS-OSHARED] 2.3.7.1): flags, strings and mostly a moniker.

Own code: no package reads it apart from the documents of one program.
"""

from __future__ import annotations

from typing import Final

from attachguard.readers.compound import monikers
from attachguard.readers.compound.classid import class_bytes

#: Class of the object, which precedes it.
CLASS: Final = class_bytes("79EAC9D0-BAF9-11CE-8C82-00AA004BA90B")
_HAS_MONIKER: Final = 0x001
_HAS_DISPLAY_NAME: Final = 0x010
_HAS_FRAME: Final = 0x080
_MONIKER_AS_STRING: Final = 0x100
_LONGEST: Final = 4_096


def target(data: bytes) -> str:
    """Where a hyperlink leads; empty where it leads to a place in its own document.

    Args:
        data: the object after its class, and maybe more.
    """
    flags = int.from_bytes(data[4:8], "little")
    if not flags & _HAS_MONIKER:
        return ""
    if not flags & _MONIKER_AS_STRING:
        return next(monikers.addresses(data[: 4 * _LONGEST]), "")
    place = 8
    for flag in (_HAS_DISPLAY_NAME, _HAS_FRAME):
        if flags & flag:
            place += 4 + 2 * int.from_bytes(data[place : place + 4], "little")
    count = min(int.from_bytes(data[place : place + 4], "little"), _LONGEST)
    return data[place + 4 : place + 4 + 2 * count].decode("utf-16-le", "replace").partition("\0")[0]
