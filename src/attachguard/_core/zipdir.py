"""All members of a ZIP archive, as every way to read it finds them: by the directory, as a stream, by signatures (APPNOTE.TXT 6.3.10).

A reader finds the end-of-central-directory record near the end of the file (4.3.16), by it the central directory (4.3.12), and by each of its
entries a local header (4.3.7) with the data behind it. Bytes that no entry of the directory covers are searched for further local headers, which a
streaming reader sees, and for further end records, which lead another reader to another directory. Where there is no end record the local headers
are all there is. Members in whose data further local headers stand are marked: if that is an archive in the archive, all is well, and nobody knows
before it has been unpacked.

Own code and not `zipfile`: that one reads the directory only, believes it, and costs ten times as much per member.
"""

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

from attachguard._core import zipmarks
from attachguard._core.zipcentral import directory
from attachguard._core.zipend import find_end, readings
from attachguard._core.ziplocal import holders, search, streamed

#: How many members are looked for outside of the directory.
_HIDDEN_MAX = 256
#: How many places outside of members are searched for further end records.
_ENDS_MAX = 64


def read(data: bytes, limit: int) -> tuple[list[tuple], int, int, int, int, int]:
    """All members of an archive.

    Args:
        data: the file; what stands before the archive and behind it does not matter.
        limit: how many members to look at.

    Returns:
        Entries, notes about the whole (`zipmarks`), where the first entry's header is, place of the end record or -1, count of entries that it
        promises, count of entries that the directory holds. An entry is (name, flags, method, crc, packed size, unpacked size, place of local
        header or -1, place of data or -1, external attributes, version made by, extra data, marks, None or the local header's
        own (name, flags, method, crc, packed size, unpacked size)).
    """
    size: cython.Py_ssize_t = len(data)
    end_record: cython.Py_ssize_t
    at: cython.Py_ssize_t
    central: cython.Py_ssize_t
    found: cython.Py_ssize_t
    notes: cython.int
    more: cython.int
    count: cython.longlong
    if size < 22:
        return [], zipmarks.NO_END, 0, -1, 0, 0
    end_record, directories, notes = find_end(data)
    entries: list = []
    spans: list = []
    deeper: list = []
    if not directories:
        if search(data, 0, size, size, limit, entries):
            notes |= zipmarks.MORE_ENTRIES
        notes |= _mark_inside(data, entries, _spans(entries), [], deeper, [])
        entries += deeper
        return entries, notes, (entries[0][6] if entries else 0), -1, 0, 0
    central, end, shift, count, length = directories[0]
    found, at, more = directory(data, central, end, shift, limit, entries, spans)
    notes |= more
    if notes & zipmarks.MORE_ENTRIES:
        if count <= limit:
            notes |= zipmarks.COUNT_DIFFERS
    elif count != found:
        notes |= zipmarks.COUNT_DIFFERS
    elif at - central != length and found and data.startswith(b"PK", at):
        notes |= zipmarks.LENGTH_DIFFERS
    if found == 0 and count:
        notes |= zipmarks.NO_DIRECTORY
    spans.sort()
    first: cython.Py_ssize_t = spans[0][0] if spans else central
    if notes & zipmarks.MORE_ENTRIES:
        return entries, notes, first, end_record, count, found
    hidden: list = []
    ends: list = []
    notes |= _between(data, entries, spans, central, hidden, ends)
    if found and search(data, max(0, central - 29), end_record, size, _HIDDEN_MAX, hidden):
        notes |= zipmarks.MORE_HIDDEN
    if end_record - at > 21:
        notes |= _stray(data, at, end_record, ends) & ~zipmarks.STRAY
    if size - end_record > 43:
        notes |= _gap(data, end_record + 22, size, hidden, ends) & ~zipmarks.STRAY
    notes |= _mark_inside(data, entries, spans, hidden, hidden, ends)
    if hidden:
        notes |= _mark_inside(data, hidden, _spans(hidden), entries, deeper, [])
        hidden += deeper
    _others(data, directories[1:], ends, limit, entries, hidden)
    if ends:
        notes |= zipmarks.TWO_ENDS
    entries.extend(hidden)
    return entries, notes, first, end_record, count, found


@cython.cfunc
def _between(
    data: bytes, entries: list, spans: list, central: cython.Py_ssize_t, hidden: list, ends: list
) -> cython.int:
    """Look at what the directory does not cover, up to its own beginning, and at members that share bytes; gives notes."""
    size: cython.Py_ssize_t = len(data)
    start: cython.Py_ssize_t
    place: cython.Py_ssize_t = 0
    notes: cython.int = 0
    for span in spans:
        start = span[0]
        if span[1] < 0:
            search(data, start, start + 4, size, _HIDDEN_MAX, hidden)
            continue
        if start < place:
            entry = entries[span[2]]
            entries[span[2]] = (*entry[:11], entry[11] | zipmarks.OVERLAP, entry[12])
        elif start - place > 21:
            notes |= _gap(data, place, start, hidden, ends)
        entry = entries[span[2]]
        # Behind the place where a streaming reader sees the end of the data.
        if start >= place and span[1] > place:
            if entry[12] is not None or (entry[1] & 9 == 8 and entry[2] == 0):
                entry = streamed(data, entry)
                entries[span[2]] = entry
            if (
                entry[12] is not None
                and entry[12][4] < entry[4]
                and search(data, entry[7] + entry[12][4], span[1], size, _HIDDEN_MAX, hidden)
            ):
                notes |= zipmarks.MORE_HIDDEN
        if span[1] > place:
            place = span[1]
    if central - place > 21:
        notes |= _gap(data, place, central, hidden, ends)
    return notes


@cython.cfunc
def _spans(entries: list) -> list:
    """Where each entry stands, in order."""
    number: cython.Py_ssize_t
    found: list = []
    for number in range(len(entries)):
        entry = entries[number]
        if entry[7] >= 0:
            found.append((entry[6], entry[7] + entry[4], number))
    found.sort()
    return found


@cython.cfunc
def _mark_inside(data: bytes, entries: list, spans: list, others: list, hidden: list, ends: list) -> cython.int:
    """Mark entries in whose data further local headers stand, take up those in headers, note end records that lead a reader; gives notes."""
    size: cython.Py_ssize_t = len(data)
    notes: cython.int = 0
    numbers, fronts, records = holders(data, entries, spans, others)
    for at, stop in fronts:
        if search(data, at, stop, size, _HIDDEN_MAX, hidden):
            notes = zipmarks.MORE_HIDDEN
    ends += records[: max(0, _ENDS_MAX - len(ends))]
    for number in numbers:
        entry = entries[number]
        entries[number] = (*entry[:11], entry[11] | zipmarks.INSIDE, entry[12])
    return notes | zipmarks.SOME_INSIDE if numbers else notes


@cython.cfunc
def _stray(data: bytes, at: cython.Py_ssize_t, stop: cython.Py_ssize_t, ends: list) -> cython.int:
    """Note end records between two places where no member is; gives `STRAY` for a signature of a directory there."""
    place: cython.Py_ssize_t = at
    notes: cython.int = 0
    if stop - at < 22:
        return 0
    while True:
        place = data.find(b"PK\x01\x02", place, stop)
        if place < 0:
            break
        # A program that reads archives holds bare signatures; an entry has a method that somebody reads, and a name.
        if (
            place + 47 <= len(data)
            and data[place + 11] == 0
            and data[place + 10] < 100
            and data[place + 28 : place + 30] != b"\0\0"
        ):
            notes = zipmarks.STRAY
            break
        place += 4
    place = at
    while len(ends) < _ENDS_MAX:
        place = data.find(b"PK\x05\x06", place, stop)
        if place < 0:
            break
        ends.append(place)
        place += 4
        notes = zipmarks.STRAY
    return notes


@cython.cfunc
def _gap(
    data: bytes,
    at: cython.Py_ssize_t,
    stop: cython.Py_ssize_t,
    hidden: list,
    ends: list,
) -> cython.int:
    """Look for members and end records where no member of the directory is; gives notes."""
    notes: cython.int = 0
    # A header may begin in the last bytes of the member in front.
    if stop - at > 30 and search(data, max(0, at - 29), stop, stop, _HIDDEN_MAX, hidden):
        notes = zipmarks.MORE_HIDDEN
    return notes | _stray(data, at, stop, ends)


@cython.cfunc
def _others(
    data: bytes,
    directories: list,
    ends: list,
    limit: cython.Py_ssize_t,
    entries: list,
    hidden: list,
) -> cython.void:
    """Add the members that only other directories name to the hidden ones; these are named better there than by their local headers."""
    size: cython.Py_ssize_t = len(data)
    place: cython.Py_ssize_t
    for place in ends:
        if place + 22 <= size:
            directories += readings(data, place)[0]
    if not directories and not hidden:
        return
    known: set = {(entry[6], entry[0], entry[2], entry[4]) for entry in entries}
    places: set = {entry[6] for entry in entries}
    named: list = []
    for other in directories[:_ENDS_MAX]:
        if len(named) >= _HIDDEN_MAX:
            break
        directory(data, other[0], other[1], other[2], min(limit, _HIDDEN_MAX), named, [])
    kept: list = []
    for entry in [*named, *hidden]:
        key = (entry[6], entry[0], entry[2], entry[4])
        # The directory describes better what it names; but data in which more stands have been searched here only.
        plain = entry[11] & (zipmarks.HIDDEN | zipmarks.INSIDE) == zipmarks.HIDDEN and entry[12] is None
        if key in known or (plain and entry[6] in places and entry[6] >= 0):
            continue
        known.add(key)
        places.add(entry[6])
        kept.append((*entry[:11], entry[11] | zipmarks.HIDDEN, entry[12]))
    hidden[:] = kept
