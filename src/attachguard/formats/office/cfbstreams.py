"""Files that lie whole in a stream of a compound file: programs, archives and documents that a dropper or a program of one's own takes out.

A compound file of unknown kind is a container like any archive, so each of its streams is named by its beginning. In a document of a known kind the
streams belong to that kind; there only what begins like a program, an archive or another compound file is taken out. What `oleobjects` and `msg`
pass on is left to them.

Why our own: no library looks for whole files in streams.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from attachguard.containers import compound as compounds
from attachguard.errors import LimitExceeded
from attachguard.formats.markup.shared import shown
from attachguard.formats.office.cfb import kinds
from attachguard.formats.office.oleobjects import objects
from attachguard.part import Part
from attachguard.readers.compound.file import STORAGE, STREAM, Compound, Entry
from attachguard.types.filetypes import refinements
from attachguard.types.identify import identify
from attachguard.types.identify.longtail import Guesses, nobody

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = refinements("cfb") - {"msg"}
LIMITATIONS: Final = (
    "A file that begins somewhere inside of a stream of a known document is found by the rules only.",
)
EXTRACTS: Final = "Streams that are a program, a script, an archive or a document."
DETECTS: Final = "Files in streams."

#: Bytes of a stream by which it is named.
_HEAD: Final = 4096
_MOST: Final = 500
#: How programs, archives and compound files begin, and shortcuts and PDF.
_BEGINS: Final = re.compile(
    rb"MZ|\x7fELF|PK\x03\x04|Rar!\x1a|7z\xbc\xaf|MSCF|\xd0\xcf\x11\xe0|L\0\0\0\x01\x14\x02|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe|%PDF-|\{\\rt|\x1f\x8b\x08"
)
#: Groups of types that are worth a part of their own in a file of unknown kind.
_TELLING: Final = frozenset(
    {"executable", "script", "archive", "document", "spreadsheet", "presentation", "mail", "crypto", "database"}
)
#: Streams that other modules pass on.
_ELSEWHERE: Final = frozenset({"\x01ole10native", "package", "embeddedodf", "contents"})


def inspect(part: Part) -> Iterator[Fact]:
    """Each stream that is a file.

    Raises:
        LimitExceeded: there are too many.
    """
    file = compounds.peek(part)
    if file is None:
        return
    known = bool(kinds(file))
    given = 0
    for entry in _streams(part, file):
        head = file.read(entry, _HEAD)
        if known and _BEGINS.match(head) is None:
            continue
        whole = len(head) == entry.size
        # A name that begins with a control character is one of OLE itself ([MS-OLEDS] 2.3, [MS-OLEPS] 2).
        guess = nobody if entry.name < " " else part.context.get(Guesses).guess
        found = identify(head, "" if known else entry.name, complete=whole, guess=guess)
        if not found or found[0].group not in _TELLING or found[0].id in ("txt", "bin"):
            continue
        given += 1
        if given > _MOST:
            raise LimitExceeded("parts", f"more than {_MOST} files in streams of one compound file")
        yield part.finding("stream-file", f"file in a stream: {found[0].id} ({shown(entry.path)})")
        yield part.child(entry.name, partial(file.read, entry), role="embedded")


def _streams(part: Part, file: Compound) -> Iterator[Entry]:
    """Streams outside of embedded objects, which are files of their own."""
    apart = set(part.once(objects))
    pending = [file.root]
    while pending:
        storage = pending.pop()
        for entry in storage.children.values():
            if entry.kind == STORAGE and entry not in apart:
                pending.append(entry)
            elif entry.kind == STREAM and entry.size and entry.name.lower() not in _ELSEWHERE:
                yield entry
