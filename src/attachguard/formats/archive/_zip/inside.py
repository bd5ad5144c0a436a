"""Members inside the data of other members: what a search for signatures finds, and a reader whom a wrong size leads astray.

A member that is itself an archive, a mail, a disk image or the like holds members as it should, and its own inspector opens them; so one is asked
first what it was. In anything else, and in data that do not come out as their checksum says, a local header is one more member of the archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attachguard._core import ziplocal, zipmarks
from attachguard.codes import Role
from attachguard.containers.zip import source
from attachguard.formats.archive.members import shown
from attachguard.inspector import Fact
from attachguard.model import FileType
from attachguard.part import Part
from attachguard.readers.zip.archive import Directory, Entry
from attachguard.types.filetypes import BASES
from attachguard.types.identify.tail import HOLDERS

#: How many members inside others are looked at in one archive.
_MOST: Final = 256
_HOLDING_GROUPS: Final = frozenset({"archive", "executable", "mail"})
_HOLDING_IDS: Final = HOLDERS | {"zip", "pdf"}
#: A signature may begin in the last bytes of the data, or end in the first.
_OVERHANG: Final = 3


def witness(entry: Entry, child: Part) -> None:
    """Note whether what a member turned out to be accounts for what it holds; to be called when the child has been inspected."""
    if entry.marks & zipmarks.INSIDE:
        entry.opened = any(_holds(kind) for kind in child.types)


def _holds(kind: FileType) -> bool:
    step: str | None = kind.id
    while step is not None:
        if step in _HOLDING_IDS:
            return True
        step = BASES.get(step)
    return kind.group in _HOLDING_GROUPS


def inside_members(part: Part, directory: Directory, role: Role) -> Iterator[Fact]:
    """The members inside others that nothing else accounts for, each as a child, and what is to be said of them."""
    if not directory.notes & zipmarks.SOME_INSIDE:
        return
    known = {entry.place for entry in directory.entries}
    room = _MOST
    for entry in [entry for entry in directory.entries if entry.marks & zipmarks.INSIDE]:
        if entry.opened and entry.sound and not entry.scheme:
            continue
        part.budget.check_time()
        end = min(entry.start + entry.packed + _OVERHANG, len(directory.data))
        records, more = ziplocal.inside(directory.data, entry.start - _OVERHANG, end, room)
        found = [Entry(record, entry.number) for record in records if record[6] not in known]
        known.update(other.place for other in found)
        room -= len(found)
        if found:
            detail = (
                f"ZIP: {len(found)} members inside of the data of '{shown(entry.name)}', e.g. '{shown(found[0].name)}'"
            )
            yield part.finding("nested-member", detail, offset=found[0].place)
        for other in found:
            if not other.folder:
                yield part.child(other.name, source(part, directory, other) if other.readable else None, role=role)
        if more:
            yield part.finding("nested-member", f"ZIP: more than {_MOST} members inside of others")
            yield part.finding("resource-limit-exceeded", f"ZIP: more than {_MOST} members inside of others")
            return
