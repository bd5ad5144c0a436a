"""What follows the end of a picture, a film or a document: archives, whose readers search for them, and programs.

Cameras and editors append pictures and films of their own, and mailing lists a footer; those are passed over. Where a file ends is recognised by
`readers.ends`. ZIP archives are recognised by their end already (`identify.tail`), and programs have their own overlay (`_archive.overlay`).

Why our own: no library says what follows the end of a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.part import HEAD_SIZE, Part
from attachguard.readers.packed import file_ends, markers
from attachguard.readers.packed.chunks import skip_zeros, slices
from attachguard.readers.packed.file_ends import ENDS
from attachguard.types.filetypes import TITLES, filetype, ids, runs
from attachguard.types.identify import identify

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset(ENDS)
LIMITATIONS: Final = ("Of sound files only those in RIFF and MPEG-4 form are known to end.",)
EXTRACTS: Final = "Programs, scripts, compound files and RTF after the end of a picture, a film or a PDF."
DETECTS: Final = "Archives and programs after the end, PHP code in a picture."

#: Archives whose readers look for their marker after whatever stands first.
_ARCHIVES: Final = ((markers.rar, "rar"), (markers.seven_zip, "7z"))
#: Documents whose programs open them by their first bytes; their inspectors say what is active in them.
_DOCUMENTS: Final = ids("sniffed")
#: Ends after which the search is for archives only: their inspectors look there themselves, or there is no end.
_ARCHIVES_ONLY: Final = (file_ends.archive, file_ends.text)
_PHP: Final = b"<?php"
#: Comments of a picture precede its data.
_COMMENTS: Final = 1 << 12


def inspect(part: Part) -> Iterator[Fact]:
    """The archive or the program after the end."""
    kind = next(kind.id for kind in part.types if kind.id in ENDS)
    data = part.data
    if filetype(kind).group == "image" and (_PHP in data[:_COMMENTS] or _PHP in data[-_COMMENTS:]):
        yield filetype("php")
    end = ENDS[kind](data)
    if not 0 < end < len(data) - 20:
        return
    for find, key in _ARCHIVES:
        if find(data, end) >= 0:
            yield filetype(key)
    if ENDS[kind] not in _ARCHIVES_ONLY:
        yield from _behind(part, kind, end)


def _behind(part: Part, kind: str, end: int) -> Iterator[Fact]:
    view = memoryview(part.data)
    begin = skip_zeros(view, end)
    while begin < len(view) and view[begin] in b"\r\n\0":
        begin += 1
    types = identify(bytes(view[begin : begin + HEAD_SIZE]), complete=False)
    active = any(runs(each.id) for each in types)
    if not active and not any(each.id in _DOCUMENTS for each in types):
        return
    child = part.child("trailing", slices(view[begin:]), role="embedded")
    yield child
    if active or child.active:
        title = TITLES.get(types[0].id, types[0].id)
        yield part.finding("appended-file", f"{TITLES.get(kind, kind)} with a {title} after its end", offset=begin)
