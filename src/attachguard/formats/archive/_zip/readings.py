"""The members of a ZIP archive as other readers see them: under the names, methods, sizes and flags that local headers give.

Only entries whose two headers disagree have another reading, so a sound archive pays nothing for this.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from attachguard._core import zipmarks
from attachguard.codes import Role
from attachguard.containers.zip import source
from attachguard.formats.archive._zip.faults import tail
from attachguard.formats.archive._zip.names import MOST_FIELDS, other_names, unicode_fields
from attachguard.formats.archive.members import shown
from attachguard.inspector import Fact
from attachguard.part import Part
from attachguard.readers.zip.archive import Directory, Entry

_HEADERS: Final = zipmarks.NAME | zipmarks.METHOD | zipmarks.ENCRYPTION | zipmarks.SIZES | zipmarks.DESCRIPTOR
_OTHER: Final = _HEADERS | zipmarks.UNICODE
#: How many entries are read in more than one way; a sound archive has none.
_ENTRIES: Final = 256


def other_readings(part: Part, directory: Directory, role: Role) -> Iterator[Fact]:
    """Each member whose headers disagree, once more for each way to read it."""
    if not directory.marks and not directory.unusual:
        return
    count = 0
    crowded = False
    for entry in directory.entries:
        if entry.marks & _OTHER or b"up" in entry.extra:
            part.budget.check_time()
            if len(unicode_fields(directory, entry)) > MOST_FIELDS and not crowded:
                crowded = True
                detail = f"ZIP: '{shown(entry.name)}' has more than {MOST_FIELDS} names in Unicode fields"
                yield part.finding("resource-limit-exceeded", detail)
            count += bool(entry.marks & _HEADERS)
            if count > _ENTRIES:
                detail = f"ZIP: more than {_ENTRIES} members can be read in several ways"
                yield part.finding("resource-limit-exceeded", detail)
                return
            yield from _readings(part, directory, entry, role)


def _readings(part: Part, directory: Directory, entry: Entry, role: Role) -> Iterator[Fact]:
    if entry.readable and not entry.folder:
        for name in other_names(directory, entry):
            yield part.child(name, source(part, directory, entry), role=role)
    if not entry.marks & _HEADERS or entry.local is None:
        return
    name, flags, method, checksum, packed, size = entry.local
    if not packed:
        packed, size = entry.packed, entry.size
    seen = {(entry.flags & 1, entry.method, entry.packed)} if name == entry.raw_name else set()
    for bit, how, length in product((flags & 1, entry.flags & 1), (method, entry.method), (packed, entry.packed)):
        if (bit, how, length) in seen:
            continue
        seen.add((bit, how, length))
        unpacked = size if length == packed else entry.size
        shared = entry.marks & zipmarks.OVERLAP
        record = (
            name, flags & ~1 | bit, how, checksum, length, unpacked, entry.place, entry.start, 0, 0, b"", shared, None
        )  # fmt: skip
        other = Entry(record, entry.number)
        if other.readable and not other.folder:
            yield part.child(other.name, source(part, directory, other), role=role)
            yield from tail(part, directory, other)
