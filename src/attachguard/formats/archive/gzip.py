"""gzip: one or more members, each a header with an optional file name, deflate data, and a checksum.

Reference: RFC 1952. All members together are the content, as `gunzip` has it; readers that stop after the first see
something else (CVE-2012-1461), so the later members are looked at on their own too, and so is what follows the last.

Why our own: `gzip` reads neither the name of a member nor what follows the last one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import ChecksumFailed, LimitExceeded, Malformed
from attachguard.formats.archive.members import shown, text, trailing, unpacked_name
from attachguard.part import Part
from attachguard.readers.packed.decoders import gunzip_member
from attachguard.types.claims import RUN_EXTENSIONS
from attachguard.types.extension import extension

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"gz", "svgz"})
LIMITATIONS: Final = ("Members after the 64th are only seen as part of the whole content.",)
EXTRACTS: Final = "The file inside, from all members."
DETECTS: Final = (
    "Data after the end, more than one member, a name inside that is not a script's where the one outside is, damage."
)

_MAGIC: Final = b"\x1f\x8b"
_FHCRC, _FEXTRA, _FNAME = 2, 4, 8
_NAME_LIMIT: Final = 1024
#: How many members are looked at by themselves.
_SEPARATE_MEMBERS: Final = 64
#: Members of one stream; tools that cut a file into members make them 64 KiB large.
_MEMBERS: Final = 100_000
#: Extra field of writers that cut one file into members (bgzip: SAM specification 4.1, "The BGZF compression format").
_BLOCKS: Final = b"BC\x02\x00"
#: Deflate data of nothing.
_NOTHING: Final = b"\x03\x00"


def inspect(part: Part) -> Iterator[Fact]:
    """The content, then what only some readers see."""
    outer = unpacked_name(part.name, "gz")
    name = member_name(part.data, 0) or outer
    if part.is_a("svgz") and not name.lower().endswith(".svg"):
        name = "drawing.svg"
    starts: list[int] = []
    end: list[int] = []
    yield part.child(name, _content(part, starts, end))
    if _runs(name) != _runs(outer):
        # `gunzip` goes by the name outside, archivers and `gunzip -N` by the one inside.
        yield part.finding("name-differs", f"gzip: '{shown(name)}' is '{shown(outer)}' to other readers")
        yield part.child(outer, _content(part, [], []))
    if len(starts) > 1 and not _blocks(part.data, starts):
        yield part.finding("several-streams", f"gzip: {len(starts)} members in one stream", offset=starts[1])
        for start in starts[1:_SEPARATE_MEMBERS]:
            part.budget.check_time()
            yield part.child(member_name(part.data, start) or name, gunzip_member(memoryview(part.data)[start:]))
    if end:
        yield from trailing(part, end[0], "gzip")


def _runs(name: str) -> str:
    """The extension by which a text of this name is run; empty where it is not."""
    suffix = extension(name)
    return suffix if suffix in RUN_EXTENSIONS else ""


def _blocks(data: bytes, starts: list[int]) -> bool:
    """Whether the members are pieces of one file: they say so, or all after the first are empty."""
    return all(data[start + 3] & _FEXTRA and data.startswith(_BLOCKS, start + 12) for start in starts) or all(
        data[start + 3] == 0 and data.startswith(_NOTHING, start + 10) for start in starts[1:]
    )


def _content(part: Part, starts: list[int], end: list[int]) -> Iterator[bytes]:
    """All members, decoded; notes where each starts and, once whole, where the last one ends."""
    view = memoryview(part.data)
    position = 0
    fault = ""
    while not starts or view[position : position + 2].tobytes() == _MAGIC:
        part.budget.check_time()
        starts.append(position)
        if len(starts) > _MEMBERS:
            raise LimitExceeded("parts", f"more than {_MEMBERS} members in one gzip stream")
        try:
            position += yield from gunzip_member(view[position:])
        except ChecksumFailed as error:
            # Everything is there, and whoever does not check goes on.
            fault = fault or str(error)
            position += error.end
        except Malformed:
            if len(starts) == 1:
                raise
            # What only looks like a further member is trailing data; gunzip ignores it with a warning.
            starts.pop()
            break
    end.append(position)
    if fault:
        raise ChecksumFailed(fault)


def member_name(data: bytes, start: int) -> str:
    """The file name in a member's header, without folders; empty where there is none (section 2.3)."""
    if len(data) < start + 10:
        return ""
    flags = data[start + 3]
    if not flags & _FNAME:
        return ""
    position = start + 10
    if flags & _FEXTRA:
        position += 2 + int.from_bytes(data[position : position + 2], "little")
    zero = data.find(b"\0", position, position + _NAME_LIMIT)
    name = text(data[position:zero]) if zero > position else ""
    return name.replace("\\", "/").rpartition("/")[2]
