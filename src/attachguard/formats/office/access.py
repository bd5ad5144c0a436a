"""Access databases (Jet 3 and 4, ACE): the VBA in them.

A database is a row of pages of 2048 or 4096 bytes. The streams of a VBA project are in long values of a system table, cut into pages; a module's
source is compressed as everywhere ([MS-OVBA] 2.4.1) and begins with its attributes, so the beginning of each module is found without the tables.
What a page holds of it is read: enough to tell that there is code, and what it starts with.

Reference: the notes of mdbtools and Jackcess on the format ("HACKING"); [MS-OVBA].

Why our own: the packages for Access read tables; what is wanted is the VBA in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard._core.ovba import decompress
from attachguard.formats.markup.shared import shown
from attachguard.formats.office._office.vbagrade import grade, vba_kind
from attachguard.formats.office.vba import code_lines
from attachguard.part import Part
from attachguard.types.filetypes import filetype

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"mdb", "accdb"})
LIMITATIONS: Final = (
    "Tables, queries, forms and the macros of the macro designer are not read.",
    "Of a VBA module only its first 4096 characters are seen, as far as they are in one page.",
    "Databases under a password are not distinguished from others.",
)
EXTRACTS: Final = "The beginning of each VBA module, for the rules."
DETECTS: Final = "VBA modules with code, graded by their beginning."

#: Start of a compressed module: signature, chunk header, eight literals.
_SOURCE: Final = re.compile(rb"\x01.[\xb0-\xbf]\x00Attribut", re.DOTALL)
_NAME: Final = re.compile(r'Attribute VB_Name = "([^"\r\n]{1,60})')
#: Pages of Jet 3 are half as long; one of its pages read too far gives a few odd letters at the end.
_PAGE: Final = 4096
_MODULES: Final = 2000


def inspect(part: Part) -> Iterator[Fact]:
    """Modules with code, as one finding, and their source as layers."""
    data = part.data
    sources: list[str] = []
    for number, match in enumerate(_SOURCE.finditer(data)):
        if number >= _MODULES:
            break
        part.budget.check_time()
        start = match.start()
        # The first chunk, whose length its header tells; after it stands what belongs to somebody else.
        length = 4 + (int.from_bytes(data[start + 1 : start + 3], "little") & 0x0FFF)
        end = min(start + length, (start // _PAGE + 1) * _PAGE)
        source = decompress(data[start:end], 0, _PAGE).decode("cp1252", "replace")
        part.budget.charge(len(source))
        if source[:10].lower() == "attribute " and code_lines(source):
            sources.append(source)
    if not sources:
        return
    for source in sources:
        name = _NAME.search(source)
        yield part.layer(f"{name[1] if name else 'module'}.bas", source.encode("utf-8", "replace"), filetype("vb"))
    found = grade("\n".join(sources))
    flags = [word for word, there in (("auto-exec", found.running), ("suspicious", found.suspicious)) if there]
    words = ", ".join(shown(word) for word in (*found.running[:5], *found.suspicious[:8]))
    kind = f"VBA ({', '.join(flags)})" if flags else "VBA"
    yield part.finding(
        vba_kind(flags), f"{kind}: {len(sources)} modules in an Access database" + (f", {words}" if words else "")
    )
