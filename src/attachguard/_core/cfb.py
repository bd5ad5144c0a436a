"""Sector chains and the directory tree of compound files ([MS-CFB] 2.2 to 2.6): the loops that an attacker gets to shape.

A compound file is a small file system: a header, sectors of 512 or 4096 bytes, a table (FAT) that links each sector to the next one of its
stream, and a directory whose entries form one red-black tree per storage. Own code, because these loops are on the path of every old Office file
and because readers made for sound files have been seen to run in circles on broken ones. Everything here takes the tables as raw bytes and gives
small lists; nothing is copied and no step is taken twice.
"""

from __future__ import annotations

try:
    import cython
except ImportError:
    from attachguard._core import _shim as cython

#: Bytes of one directory entry ([MS-CFB] 2.6.1).
_ENTRY_SIZE = 128


def runs(fat: cython.const[cython.uchar][::1], start: cython.longlong, limit: cython.Py_ssize_t) -> list:
    """The sectors of one chain, as runs of neighbours.

    The chain ends at ENDOFCHAIN, at any other number that is no sector of the table, after `limit` sectors, or where it runs into itself.

    Args:
        fat: the table, four bytes (little endian) a sector.
        start: first sector.
        limit: most sectors to give.

    Returns:
        Pairs of first sector and number of sectors.
    """
    count: cython.Py_ssize_t = len(fat) // 4
    found: list = []
    sector: cython.longlong = start
    first: cython.longlong = start
    length: cython.Py_ssize_t = 0
    taken: cython.Py_ssize_t = 0
    following: cython.longlong
    place: cython.Py_ssize_t
    # Brent's cycle detection: a mark is left at sectors 1, 2, 4, 8 ... of the chain; meeting the mark again is a loop. It needs no memory.
    mark: cython.longlong = -1
    until: cython.Py_ssize_t = 1
    if limit > count:
        limit = count
    while taken < limit and 0 <= sector < count and sector != mark:
        if taken == until:
            mark = sector
            until = until * 2
        length += 1
        taken += 1
        place = sector * 4
        following = (
            fat[place]
            | (cython.cast(cython.longlong, fat[place + 1]) << 8)
            | (cython.cast(cython.longlong, fat[place + 2]) << 16)
            | (cython.cast(cython.longlong, fat[place + 3]) << 24)
        )
        if following != sector + 1:
            found.append((first, length))
            first = following
            length = 0
        sector = following
    if length:
        found.append((first, length))
    return found


def parents(directory: cython.const[cython.uchar][::1]) -> list:
    """Which storage each directory entry belongs to, by walking the trees of [MS-CFB] 2.6.4 from the root.

    Colours and order are not checked: readers in use do not mind a tree that is red only or out of order. An entry that is met twice stays where
    it was met first.

    Args:
        directory: the directory stream.

    Returns:
        For each entry the number of its storage; -1 for the root, -2 for entries that no tree holds.
    """
    count: cython.Py_ssize_t = len(directory) // _ENTRY_SIZE
    owner: list = [-2] * count
    if count == 0:
        return owner
    owner[0] = -1
    pending: list = [(_number(directory, 76), 0)]
    entry: cython.longlong
    place: cython.Py_ssize_t
    while pending:
        entry, parent = pending.pop()
        if entry < 0 or entry >= count or owner[entry] != -2:
            continue
        owner[entry] = parent
        place = entry * _ENTRY_SIZE
        pending.append((_number(directory, place + 72), parent))
        pending.append((_number(directory, place + 68), parent))
        # Only storages have children (object type 1); a child that a stream claims is not followed by readers either.
        if directory[place + 66] == 1:
            pending.append((_number(directory, place + 76), entry))
    return owner


@cython.cfunc
@cython.inline
def _number(data: cython.const[cython.uchar][::1], place: cython.Py_ssize_t) -> cython.longlong:
    return (
        data[place]
        | (cython.cast(cython.longlong, data[place + 1]) << 8)
        | (cython.cast(cython.longlong, data[place + 2]) << 16)
        | (cython.cast(cython.longlong, data[place + 3]) << 24)
    )


def reach(fat: cython.const[cython.uchar][::1]) -> cython.longlong:
    """The highest sector that some other sector is followed by; -1 where no chain has two sectors.

    Marks (free, end of chain, table: 0xFFFFFFFA and above) are no sectors. A file with fewer sectors than this was cut.
    """
    count: cython.Py_ssize_t = len(fat) // 4
    highest: cython.longlong = -1
    value: cython.longlong
    i: cython.Py_ssize_t
    for i in range(count):
        value = _number(fat, i * 4)
        if highest < value < 0xFFFFFFFA:
            highest = value
    return highest
