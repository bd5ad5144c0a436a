"""tar archives: blocks of 512 bytes, each file a header and its data; two blocks of zeros end the archive.

References: POSIX.1-2017 pax; GNU tar manual, "Basic Tar Format".

Why our own: `tarfile` raises a dozen kinds of errors on broken input, reads extension headers of any size into memory, and stops at the first end
of the archive, after which another archive may stand that other readers see.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.formats.archive._tar.headers import BLOCK, ZEROS, Entry, Walker, header_name, is_header
from attachguard.formats.archive.members import Member, announce, shown, trailing
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.packed.chunks import skip_zeros, slices

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"tar"})
LIMITATIONS: Final = ("Files that go on in another volume are read as far as they are here.",)
EXTRACTS: Final = "Members, sparse ones too."
DETECTS: Final = "Links, devices, a second archive after the end, damage."

#: How many broken headers are stepped over.
_REPAIRS: Final = 16
#: How many files are read by both of two sizes.
_DOUBTFUL: Final = 4
#: Name of the archive that readers see who go by another size.
_OTHER_READING: Final = "other reading.tar"
_ZERO_STEP: Final = bytes(1 << 20)


def inspect(part: Part) -> Iterator[Fact]:
    """The files, including those after the end of the archive."""
    end = [0]
    yield from announce(part, _members(part, end), "tar")
    if end[0]:
        yield from trailing(part, end[0], "tar")


def _members(part: Part, end: list[int]) -> Iterator[Member | Finding]:
    """Every file; notes the offset after the last archive where the bytes there are no header."""
    view = memoryview(part.data)
    size = len(view) // BLOCK * BLOCK
    walker = Walker(part.data)
    position = doubtful = damaged = 0
    doubled = False
    while True:
        part.budget.check_time()
        entry, mistake = _entry(walker, position)
        if entry is None and not mistake:
            following = skip_zeros(view, position) // BLOCK * BLOCK
            if following >= size or (following > position and not is_header(part.data[following : following + BLOCK])):
                end[0] = 0 if damaged and following >= size else following
                return
            if following > position:
                # A block of zeros ends the archive for some readers, two for others, none for `tar -i`.
                if not doubled:
                    yield part.finding("second-archive", "tar: another archive after the end", offset=following)
                doubled = True
                walker, position = Walker(part.data), following
                continue
        if entry is None:
            damaged += 1
            if damaged > _REPAIRS or not (position or mistake):
                raise Malformed(mistake or "tar: no header")
            yield part.finding("malformed-file", mistake or "tar: a header is broken", offset=position)
            walker = Walker(part.data)
            following = _next_header(part, position + BLOCK)
            yield from _damaged(part, position, following)
            position = following
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


def _damaged(part: Part, broken: int, following: int) -> Iterator[Member | Finding]:
    """What readers see that do not mind a broken header: they go on with the next one, and what stands before it is somebody's content."""
    view = memoryview(part.data)
    if following < len(view) // BLOCK * BLOCK:
        yield part.finding("hidden-member", "tar: more files after a broken header", offset=following)
    if skip_zeros(view, broken + BLOCK) < following:
        yield Member(header_name(part.data[broken : broken + BLOCK]), slices(view[broken + BLOCK : following]))


def _entry(walker: Walker, position: int) -> tuple[Entry | None, str]:
    """The file at a place, and what is wrong with its header."""
    try:
        return walker.entry(position), ""
    except Malformed as error:
        return None, str(error)


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
        yield part.finding("headers-differ", detail, offset=entry.start)
        if entry.kind == "file" and entry.chunks is None:
            yield Member(entry.other_name, _content(view, entry))
    if entry.target:
        detail = (
            f"tar: the link '{shown(entry.name)}' leads elsewhere for readers that do not know its extension header"
        )
        yield part.finding("headers-differ", detail, offset=entry.start)
    if entry.kind != "file":
        if entry.kind != "label":
            yield Member(entry.name, None, entry.kind)
    elif entry.chunks is None:
        yield Member(entry.name, _content(view, entry))
    else:
        # Readers that know no sparse files give the pieces, one after the other.
        yield Member(entry.name, _content(view, entry))
        yield Member(entry.name, _sparse(view, entry))


def _by_header(part: Part, view: memoryview, entry: Entry, *, first: bool) -> Iterator[Member | Finding]:
    """What readers see that go by the size in the header (CVE-2025-62518): other content, and other files after it."""
    if first:
        detail = f"tar: '{shown(entry.name)}' "
        if entry.kind == "file":
            detail += f"has {entry.stored} bytes by its extension header, {entry.stated} by its own or another"
        else:
            detail += f"is a {entry.kind} that says to have {entry.stated} bytes of content"
        yield part.finding("headers-differ", detail, offset=entry.start)
    if 0 < entry.stated < len(view) - entry.start:
        yield Member(entry.name, slices(view[entry.start : entry.start + entry.stated]))
    behind = entry.start + (entry.stated + BLOCK - 1) // BLOCK * BLOCK
    reading = part.name == _OTHER_READING and part.parent is not None and part.parent.is_a("tar")
    if first and not reading and is_header(part.data[behind : behind + BLOCK]):
        # One further reading an archive, and none of the reading: each could hold as many again.
        yield Member(_OTHER_READING, slices(view[behind:]))


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
