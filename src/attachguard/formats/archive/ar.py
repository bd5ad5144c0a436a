"""ar archives, and Debian packages, which are ar archives that start with a member `debian-binary`.

Reference: ar(5) of the BSDs, the GNU and System V variants of long names, deb(5).

Why our own: headers of sixty bytes in plain text need no library.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.formats.archive.members import Member, announce, text
from attachguard.part import Part
from attachguard.readers.packed.chunks import slices
from attachguard.types.filetypes import filetype

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"ar", "deb"})
LIMITATIONS: Final = ("Thin archives name files that lie elsewhere; they have no members of their own.",)
EXTRACTS: Final = "Members, under the long names of GNU and BSD archives."
DETECTS: Final = "Debian packages, which install programs; damage."

_MAGIC: Final = b"!<arch>\n"
_HEADER: Final = 60
_NAME_LIMIT: Final = 4096


def inspect(part: Part) -> Iterator[Fact]:
    """The members; the first one tells whether this is a package."""
    if part.data.startswith(b"debian-binary", len(_MAGIC)):
        yield filetype("deb")
    yield from announce(part, _members(part), "ar")


def _members(part: Part) -> Iterator[Member]:
    data = part.data
    view = memoryview(data)
    position = len(_MAGIC)
    long_names = b""
    while position + 1 < len(data):
        if position + _HEADER > len(data):
            raise Malformed("ar: header ends early")
        if data[position + 58 : position + 60] != b"`\n":
            raise Malformed("ar: broken header")
        size = _decimal(data[position + 48 : position + 58])
        raw = data[position : position + 16].rstrip(b" ")
        start = position + _HEADER
        # Members start at even offsets.
        position = start + size + (size & 1)
        if raw == b"//" or raw == b"ARFILENAMES/":
            long_names = data[start : start + size]
            continue
        if raw in (b"/", b"/SYM64/"):
            continue  # table of symbols
        if raw.startswith(b"#1/"):  # BSD: the name precedes the data
            length = min(_decimal(raw[3:]), size)
            raw = data[start : start + min(length, _NAME_LIMIT)].rstrip(b"\0")
            start, size = start + length, size - length
        elif raw.startswith(b"/") and raw[1:].isdigit():  # GNU: offset into the table of names
            offset = _decimal(raw[1:])
            raw = long_names[offset : offset + _NAME_LIMIT].partition(b"\n")[0]
        yield Member(text(raw.removesuffix(b"/")), _content(view, start, size))


def _content(view: memoryview, start: int, size: int) -> Iterator[bytes]:
    content = view[start : start + size]
    yield from slices(content)
    if len(content) < size:
        raise Malformed("ar: member ends early")


def _decimal(field: bytes) -> int:
    digits = field.strip()
    if not digits.isdigit() or len(digits) > 16:
        raise Malformed("ar: header field is not a number")
    return int(digits)
