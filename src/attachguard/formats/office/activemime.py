"""ActiveMime: the wrapper in which Office put OLE data into HTML, MHTML and XML files (`editdata.mso`, `oledata.mso`).

A header of about 50 bytes begins with the word ActiveMime; a zlib stream follows and holds a compound file, with macros or objects.

Reference: none published; the layout is known from Office's own files. The header gives its own remaining length at 0x1E; real files also have
the stream at 0x32 and 0x22A.

Why our own: oletools finds the wrapper and unpacks without a bound.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.part import Part
from attachguard.readers.packed.inflate import ZLIB, inflate, inflate_up_to

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"activemime"})
LIMITATIONS: Final = ("The header's own fields are not judged.",)
EXTRACTS: Final = "The OLE data that is packed inside."
DETECTS: Final = "Damage; macros and objects are found in the data."

_LENGTH_AT: Final = 0x1E
_USUAL: Final = (0x32, 0x22A)
#: First bytes of a zlib stream at the usual levels (RFC 1950 section 2.2).
_ZLIB_HEADS: Final = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_SEARCHED: Final = 4_096


def inspect(part: Part) -> Iterator[Fact]:
    """The compound file inside."""
    data = part.data
    offset = stream_offset(data)
    if offset is None:
        raise Malformed("ActiveMime: no compressed stream after the header")
    yield part.child("oledata.ole", inflate(memoryview(data)[offset:], wbits=ZLIB, strict=False), role="embedded")


def stream_offset(data: bytes) -> int | None:
    """Where the zlib stream begins; None where there is none."""
    candidates = [*_USUAL]
    if len(data) >= _LENGTH_AT + 2:
        candidates.insert(0, struct.unpack_from("<H", data, _LENGTH_AT)[0] + 46)
    candidates += [data.find(head, 0, _SEARCHED) for head in _ZLIB_HEADS]
    for offset in candidates:
        if (
            offset > 0
            and data[offset : offset + 2] in _ZLIB_HEADS
            and inflate_up_to(memoryview(data)[offset : offset + 4096], 8, wbits=ZLIB)
        ):
            return offset
    return None
