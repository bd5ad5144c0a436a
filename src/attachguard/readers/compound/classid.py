"""Class identifiers of compound files: as they are stored ([MS-DTYP] 2.3.4.2) and as they are written.

Why our own: `uuid` with the names of a few classes is all there is to it.
"""

from __future__ import annotations

import struct
from typing import Final

_NO_CLASS: Final = bytes(16)


def class_text(clsid: bytes) -> str:
    """A class identifier as it is written: `00020906-0000-0000-C000-000000000046`; empty for none."""
    if clsid == _NO_CLASS or len(clsid) != 16:
        return ""
    first, second, third = struct.unpack_from("<IHH", clsid)
    return f"{first:08X}-{second:04X}-{third:04X}-{clsid[8:10].hex().upper()}-{clsid[10:].hex().upper()}"


def class_bytes(text: str) -> bytes:
    """A class identifier as it is stored, from the way it is written."""
    first, second, third, fourth, fifth = text.split("-")
    return struct.pack("<IHH", int(first, 16), int(second, 16), int(third, 16)) + bytes.fromhex(fourth + fifth)
