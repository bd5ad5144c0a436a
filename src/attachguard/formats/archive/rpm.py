"""RPM packages: a lead, a signature header, a header, and a compressed cpio archive.

Reference: "RPM V4 Package format" of rpm.org. Only the way to the payload is read; the payload is a child like any other.

Why our own: two headers are passed over to reach a cpio archive, which is all that is wanted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.part import Part
from attachguard.readers.packed.chunks import slices

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"rpm"})
LIMITATIONS: Final = ("Names and scripts in the package's header are not looked at, only its payload.",)
EXTRACTS: Final = "The cpio archive with the files."
DETECTS: Final = "That a program package installs programs; damage."

_LEAD: Final = 96
_HEADER_MAGIC: Final = b"\x8e\xad\xe8"


def inspect(part: Part) -> Iterator[Fact]:
    """The payload."""
    end = _header_end(part.data, _LEAD)
    # The signature is padded to a multiple of eight bytes, the header after it is not.
    payload = _header_end(part.data, (end + 7) // 8 * 8)
    if payload >= len(part.data):
        raise Malformed("RPM: no payload")
    yield part.child("payload", slices(memoryview(part.data)[payload:]))


def _header_end(data: bytes, start: int) -> int:
    """Offset after the header structure at `start`: an index of 16 bytes an entry, then its store."""
    if data[start : start + 3] != _HEADER_MAGIC or start + 16 > len(data):
        raise Malformed("RPM: header missing")
    entries, store = struct.unpack_from(">II", data, start + 8)
    return int(start + 16 + 16 * entries + store)
