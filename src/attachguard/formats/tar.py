"""tar archives: blocks of 512 bytes, each file a header and its data; two blocks of zeros end the archive.

References: POSIX.1-2017 pax; GNU tar manual, "Basic Tar Format". The walk is our own instead of `tarfile`: that raises a
dozen kinds of errors on broken input, reads extension headers of any size into memory, and stops at the first end of
the archive, behind which another archive may stand that other readers see.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.formats._archive.members import Member, announce, shown, trailing
from attachguard.formats._archive.tarlist import BLOCK, ZEROS, Entry, Walker, is_header
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.unpack import skip_zeros, slices

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"tar"})
LIMITATIONS: Final = ("Files that go on in another volume are read as far as they are here.",)
EXTRACTS: Final = "Members, sparse ones too."
DETECTS: Final = "Links, devices, a second archive behind the end, damage."

#: How many files are read by both of two sizes.
_DOUBTFUL: Final = 4
_ZERO_STEP: Final = bytes(1 << 20)


def inspect(part: Part) -> Iterator[Fact]:
    """The files, including those behind the end of the archive."""
    end = [0]
    yield from announce(part, _members(part, end), "tar")
    if end[0]:
        yield from trailing(part, end[0], "tar")


def _members(part: Part, end: list[int]) -> Iterator[Member | Finding]:
    """Every file; notes the offset behind the last archive where the bytes there are no header."""
    view = memoryview(part.data)
    walker = Walker(part.data)
    position = doubtful = 0
    ended = damaged = doubled = False
    while True:
        part.budget.check_time()
        entry = walker.entry(position)
        if entry is None:
            following = skip_zeros(view, position) // BLOCK * BLOCK
            if following >= len(view) // BLOCK * BLOCK:
                end[0] = 0 if damaged else following
                return
            if following > position:
                # A block of zeros ends the archive for some readers, two for others, none for `tar -i`.
                if is_header(part.data[following : following + BLOCK]):
                    if not doubled:
                        yield part.finding("archive-ambiguous", "tar: another archive behind the end", offset=following)
                    doubled = True
                    walker = Walker(part.data)
                    position = following
                    continue
                end[0] = following
                return
            if not position:
                raise Malformed("tar: no header")
            if ended:
                end[0] = position
                return
            position = _next_header(part, position)
            yield part.finding("malformed-file", "tar: a header is broken", offset=position)
            damaged = ended = True
            continue
        yield from _facts(part, view, entry)
        if entry.stated >= 0 and doubtful < _DOUBTFUL:
            doubtful += 1
            yield from _by_header(part, view, entry, first=doubtful == 1)
        position = entry.following
        if position > len(view):
            if entry.start + entry.stored > len(view):
                raise Malformed("tar: archive ends early")
            return


def _next_header(part: Part, position: int) -> int:
    """The offset of the next block that is a header, as GNU tar goes on after damage; the end where there is none."""
    data = part.data
    while position < len(data):
        part.budget.check_time()
        block = data[position : position + BLOCK]
        if block != ZEROS and is_header(block):
            return position
        position += BLOCK
    return len(data) // BLOCK * BLOCK


def _facts(part: Part, view: memoryview, entry: Entry) -> Iterator[Member | Finding]:
    if entry.other_name:
        detail = f"tar: '{shown(entry.name)}' is named '{shown(entry.other_name)}' by readers that do not know its extension header"
        yield part.finding("archive-ambiguous", detail, offset=entry.start)
        if entry.kind == "file" and entry.chunks is None:
            yield Member(entry.other_name, _content(view, entry))
    if entry.kind != "file":
        if entry.kind != "label":
            yield Member(entry.name, None, entry.kind)
    elif entry.chunks is None:
        yield Member(entry.name, _content(view, entry))
    else:
        yield Member(entry.name, _sparse(view, entry))


def _by_header(part: Part, view: memoryview, entry: Entry, *, first: bool) -> Iterator[Member | Finding]:
    """What readers see that go by the size in the header (CVE-2025-62518): other content, and other files behind it."""
    if first:
        detail = (
            f"tar: '{shown(entry.name)}' has {entry.stored} bytes by its extension header, {entry.stated} by its own"
        )
        yield part.finding("archive-ambiguous", detail, offset=entry.start)
    if 0 < entry.stated < len(view) - entry.start:
        yield Member(entry.name, slices(view[entry.start : entry.start + entry.stated]))
    behind = entry.start + (entry.stated + BLOCK - 1) // BLOCK * BLOCK
    if is_header(part.data[behind : behind + BLOCK]):
        yield Member("other reading.tar", slices(view[behind:]))


def _content(view: memoryview, entry: Entry) -> Iterator[bytes]:
    data = view[entry.start : entry.start + entry.stored]
    yield from slices(data)
    if len(data) < entry.stored:
        raise Malformed("tar: file ends early")


def _sparse(view: memoryview, entry: Entry) -> Iterator[bytes]:
    """The file with its holes filled with zeros."""
    start, place = entry.start, 0
    for offset, length in entry.chunks or ():
        if offset < place or offset + length > entry.size:
            raise Malformed("tar: impossible sparse map")
        yield from _zeros(offset - place)
        data = view[start : start + length]
        yield from slices(data)
        if len(data) < length:
            raise Malformed("tar: file ends early")
        start += length
        place = offset + length
    yield from _zeros(entry.size - place)


def _zeros(count: int) -> Iterator[bytes]:
    while count > 0:
        piece = _ZERO_STEP[:count]
        count -= len(piece)
        yield piece
