"""Where readers of one ZIP archive see different things: the two lists of members, their order, what lies outside of them.

What legal writers do is no disagreement: streamed members have no sizes in their local header (APPNOTE.TXT 4.4.4 bit 3), ZIP64 sizes may be in
one of the two headers only, a prefix shifts all offsets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attachguard._core import zipmarks
from attachguard.formats.archive._zip.names import name_findings
from attachguard.formats.archive.members import shown
from attachguard.inspector import Fact
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.zip.archive import METHODS, Directory, Entry, member_name

_SAID_OF_ALL: Final = (
    (zipmarks.TWO_ENDS, "more than one end record, of which readers take different ones"),
    (zipmarks.TWO_DIRECTORIES, "two directories, by its offset and by its size"),
    (zipmarks.ZIP64_DIFFERS, "the ZIP64 end record contradicts the end record, or there are two"),
    (zipmarks.DISK_COUNT, "the end record states two different numbers of members"),
    (zipmarks.LENGTH_DIFFERS, "the directory is not as long as the end record says"),
    (zipmarks.STRAY, "records of a directory stand between the members"),
    (zipmarks.MORE_HIDDEN, "more members outside of the directory than are looked at"),
    (zipmarks.TWO_LOCALS, "two members stand where one is said to be, with and without the bytes in front"),
)
_MARKED: Final = (
    zipmarks.NAME | zipmarks.METHOD | zipmarks.ENCRYPTION | zipmarks.SIZES | zipmarks.CHECKSUM | zipmarks.DESCRIPTOR
)


def suspicions(part: Part, directory: Directory) -> Iterator[Fact]:
    """Bombs, split archives and an encrypted directory, distinguished from the directory alone."""
    limits = part.budget.limits
    declared = packed = shared = 0
    for entry in directory.entries:
        declared += min(entry.size, 1 << 62)
        packed += min(entry.packed, 1 << 62)
        shared += bool(entry.marks & zipmarks.OVERLAP)
    absurd = declared > limits.ratio_floor and declared > limits.ratio * len(part.data)
    if absurd and not shared:
        # A size that is only stated proves nothing; what unpacking shows is recognised by its own bound.
        yield part.finding("declared-size", f"ZIP: {len(part.data)} bytes declare to unpack to {declared}")
    if shared:
        # That is how a small file holds a large one many times; a few bytes too many in a size are a mistake, or a trap for some readers.
        kind = "overlapping-members" if absurd and packed > 2 * len(part.data) else "shared-bytes"
        yield part.finding(kind, f"ZIP: {shared} members share their bytes with others")
    if directory.notes & (zipmarks.MORE_ENTRIES | zipmarks.MORE_HIDDEN):
        promised = f", {directory.count} promised" if directory.count else ""
        yield part.finding("resource-limit-exceeded", f"ZIP: more than {len(directory.entries)} members{promised}")
    if directory.notes & zipmarks.SPLIT:
        yield part.finding("split-archive", "ZIP: one piece of a split archive")
    if directory.locked:
        yield part.encrypted("unknown-password", "ZIP: the directory itself is encrypted")


def disagreements(part: Part, directory: Directory) -> Iterator[Finding]:
    """What is said in two ways; one finding a kind, with the first case."""
    if directory.notes:
        yield from _of_the_whole(part, directory)
    if directory.marks:
        yield from _of_members(part, directory)
    yield from name_findings(part, directory)


def _of_the_whole(part: Part, directory: Directory) -> Iterator[Finding]:
    for note, words in _SAID_OF_ALL:
        if directory.notes & note:
            yield part.finding("headers-differ", f"ZIP: {words}")
    if directory.notes & zipmarks.COUNT_DIFFERS:
        yield part.finding(
            "count-differs",
            f"ZIP: the end record promises {directory.count} members, the directory has {directory.found}",
        )


def _of_members(part: Part, directory: Directory) -> Iterator[Finding]:
    entries, marks = directory.entries, directory.marks
    if marks & _MARKED:
        for mark in (
            zipmarks.NAME,
            zipmarks.METHOD,
            zipmarks.ENCRYPTION,
            zipmarks.SIZES,
            zipmarks.CHECKSUM,
            zipmarks.DESCRIPTOR,
        ):
            if marks & mark:
                yield part.finding(
                    "headers-differ", _first_case(mark, [entry for entry in entries if entry.marks & mark])
                )
    if marks & zipmarks.ZIP64:
        twice = next(entry for entry in entries if entry.marks & zipmarks.ZIP64)
        detail = f"ZIP: the ZIP64 sizes of '{shown(twice.name)}' are stated twice or contradict the plain ones"
        yield part.finding("headers-differ", detail)
    if marks & zipmarks.HIDDEN and directory.end >= 0:
        hidden = [entry for entry in entries if entry.hidden]
        detail = f"ZIP: {len(hidden)} members outside of the directory, e.g. '{shown(hidden[0].name)}'"
        yield part.finding("headers-differ", detail, offset=hidden[0].place)
    if marks & zipmarks.NO_LOCAL and directory.end >= 0:
        lost = [entry for entry in entries if entry.marks & zipmarks.NO_LOCAL]
        yield part.finding(
            "malformed-file", f"ZIP: {len(lost)} members have no local header, e.g. '{shown(lost[0].name)}'"
        )
    if marks & zipmarks.CUT:
        cut = next(entry for entry in entries if entry.marks & zipmarks.CUT)
        yield part.finding("malformed-file", f"ZIP: the data of '{shown(cut.name)}' is cut off")


def _first_case(mark: int, cases: list[Entry]) -> str:
    entry = cases[0]
    name, flags, method, checksum, packed, size = entry.local
    here = f"'{shown(entry.name)}'"
    more = f" ({len(cases)} members)" if len(cases) > 1 else ""
    if mark == zipmarks.NAME:
        said = f"the directory names {here}, the local header '{shown(member_name(name, flags))}'"
    elif mark == zipmarks.METHOD:
        said = f"{here} is {_method(entry.method)} in the directory, {_method(method)} in the local header"
    elif mark == zipmarks.ENCRYPTION:
        said = f"{here} is encrypted {'in the directory' if entry.flags & 1 else 'in the local header'} only"
    elif mark == zipmarks.SIZES:
        said = f"{here} has {entry.packed} bytes packed and {entry.size} unpacked in the directory, {packed} and {size} in the local header"
    elif mark == zipmarks.CHECKSUM:
        said = f"{here} has checksum {entry.checksum:08x} in the directory, {checksum:08x} in the local header"
    else:
        said = f"the data descriptor of {here} contradicts the directory"
    return f"ZIP: {said}{more}"


def _method(number: int) -> str:
    return METHODS.get(number, f"method {number}")
