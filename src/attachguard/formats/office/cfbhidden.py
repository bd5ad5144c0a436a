"""What only some readers of a compound file see: streams outside of the tree or after a name that is taken, other sizes of sectors, unused sectors.

Reference: [MS-CFB] 2.2 (sector sizes, mini stream cutoff), 2.6 (directory). Each further reading is built anew as a compound file of its own, so that
everything that is looked for in a document is looked for in it. Damaged and half-written files have such remains as well; they are told where there
is something to them.

Why our own: libraries show the tree that a file claims; this looks for what it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from attachguard._core.ovba import decompress
from attachguard.containers import compound as compounds
from attachguard.errors import Malformed
from attachguard.formats.office._office.vbagrade import grade
from attachguard.later import later
from attachguard.part import Part
from attachguard.readers.compound import file as compound
from attachguard.readers.compound.build import Storage, copy, write
from attachguard.readers.compound.file import STREAM, Compound, Entry
from attachguard.readers.packed import markers
from attachguard.types.filetypes import filetype

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"cfb"})
LIMITATIONS: Final = (
    "Of unused sectors the first 16 MiB are looked through, of streams outside of the tree the first 64.",
)
EXTRACTS: Final = (
    "Streams outside of the tree, the file as other readers see it, programs and macros in unused sectors."
)
DETECTS: Final = (
    "Streams of one name, active content that only some readers reach, a header whose figures contradict each other."
)

_MOST: Final = 64
_UNUSED_BYTES: Final = 16 << 20
#: Start of a compressed source: signature, chunk header, eight literals ([MS-OVBA] 2.4.1); what every one of them has.
_SOURCE: Final = later(rb"\x01.[\xb0-\xbf]\x00Attribut", re.DOTALL)
_ATTRIBUTE: Final = b"\0Attribut"
_SOURCE_BYTES: Final = 1 << 20
_ALL_SOURCES: Final = 8 << 20
#: Where the tables of a program lead to its header, which is at most this far behind.
_PROGRAM: Final = re.compile(rb"MZ.{58}(.\x00|.\x01|.\x02)\x00\x00", re.DOTALL)


def inspect(part: Part) -> Iterator[Fact]:
    """The further readings of the file, and what is in no reading."""
    file = compounds.peek(part)
    if file is None:
        return
    if file.odd:
        yield part.finding("unlisted-stream", f"compound file: {file.odd}")
        yield from _other_sizes(part, file)
    yield from _doubles(part, file)
    yield from _unreached(part, file)
    yield from _unused(part, file)


def _other_sizes(part: Part, file: Compound) -> Iterator[Fact]:
    """The file by the other figure of the two that contradict each other."""
    for shift, cutoff in file.others:
        try:
            other = Compound(part.data, part.budget, shift, cutoff)
        except Malformed:
            continue
        pairs = (
            zip(file.entries, other.entries, strict=False)
            if shift == file.shift
            else ((None, entry) for entry in other.entries)
        )
        moved = [
            theirs for ours, theirs in pairs if theirs.kind == STREAM and (ours is None or ours.mini != theirs.mini)
        ]
        for entry in moved[:_MOST]:
            yield part.child(entry.name, other.read(entry), role="embedded")
        if moved:
            yield part.reading("other reading", write(copy(other, other.root)))


def _doubles(part: Part, file: Compound) -> Iterator[Fact]:
    """The file with each stream that has its name second in place of the first one."""
    doubles = [entry for entry in file.doubles if entry.kind == STREAM and entry.size]
    if not doubles:
        return
    detail = f"compound file: {len(doubles)} streams have the name of another one"
    yield part.finding("unlisted-stream", detail)
    replaced: dict[Entry, bytes] = {}
    for entry in doubles[:_MOST]:
        first = entry.parent.children.get(entry.name.lower()) if entry.parent is not None else None
        if first is not None:
            replaced[first] = content = file.read(entry)
            yield part.child(entry.name, content, role="embedded")
    yield part.reading("other reading", write(copy(file, file.root, replaced)))


def _unreached(part: Part, file: Compound) -> Iterator[Fact]:
    """Streams with content that the tree does not lead to: readers of the directory as a list see them."""
    lost = [entry for entry in file.orphans if entry.kind == STREAM and entry.size]
    together = Storage()
    sources = False
    for entry in lost[:_MOST]:
        content = file.read(entry)
        if not content:
            continue
        together.streams.setdefault(entry.name, content)
        sources = sources or _ATTRIBUTE in content
        child = part.child(entry.name, content, role="embedded")
        yield child
        if child.active:
            detail = f"compound file: {len(lost)} streams outside of its tree hold data, one of them {child.type.id}"
            yield part.finding("unlisted-stream", detail)
            return
    if sources:
        # A project, which needs its storage to be one.
        root = Storage()
        root.storages["VBA"] = together
        together.streams.setdefault("_VBA_PROJECT", b"")
        child = part.reading("outside of the tree", write(root))
        yield child
        if child.has_macros:
            yield part.finding("unlisted-stream", "compound file: macros in streams outside of its tree")


def _unused(part: Part, file: Compound) -> Iterator[Fact]:
    """Macros that do something by themselves, programs and documents in sectors that no stream uses."""
    content = file.unused(_UNUSED_BYTES)
    if _ATTRIBUTE in content:
        matches = islice(_SOURCE.finditer(content), _MOST)
        sources: list[bytes] = []
        room = _ALL_SOURCES
        for match in matches:
            sources.append(decompress(content, match.start(), min(_SOURCE_BYTES, room)))
            room -= len(sources[-1])
            if room <= 0:
                break
        text = b"\n".join(sources).decode("cp1252", "replace")
        part.budget.charge(len(text))
        found = grade(text)
        if found.running or found.suspicious:
            yield part.layer("unused sectors.bas", text.encode(), filetype("vb"))
            yield part.finding("vba-suspicious", "VBA (suspicious): source in sectors that no stream uses")
            yield part.finding("unlisted-stream", "compound file: macros in sectors that no stream uses")
    for place in _inner(content):
        child = part.child("unused sectors", content[place:], role="embedded")
        yield child
        if child.active:
            detail = f"compound file: {child.type.id} in sectors that no stream uses"
            yield part.finding("unlisted-stream", detail)


def _inner(content: bytes) -> list[int]:
    """Where a program, a compound file or an archive begins in unused sectors."""
    program = _PROGRAM.search(content)
    places = [content.find(compound.MAGIC), program.start() if program else -1]
    places += [find(content) for find in (markers.rar, markers.seven_zip)]
    return [place for place in places if place >= 0]
