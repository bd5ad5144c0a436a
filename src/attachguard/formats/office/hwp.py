"""Documents of the Hangul word processor, version 5: password, script, binary data.

A compound file. `FileHeader` says in bits whether the streams are deflated, under a password, rights-managed or made for a certificate. `BinData`
holds pictures and objects, `Scripts/DefaultJScript` the script that every document has: most often the empty functions that the program writes.

Reference: Hangul Word Processor document file format 5.0, revision 1.3 (Hancom), sections 3.2.1 (FileHeader), 3.2.5 (BinData), 3.2.9 (Scripts).

Why our own: the package for it turns documents into pages; a header and a list of streams are wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.containers import compound as compounds
from attachguard.formats.markup.shared import shown
from attachguard.part import Part
from attachguard.readers.compound.file import MAGIC, STORAGE, STREAM, Compound, Entry
from attachguard.readers.packed.inflate import inflate, inflate_up_to
from attachguard.types.filetypes import filetype

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"hwp"})
LIMITATIONS: Final = (
    "The text is not read; documents made for distribution keep their script enciphered, and it is not looked into.",
    "Version 3 and older are named only.",
)
EXTRACTS: Final = "Pictures and objects, the script for the rules."
DETECTS: Final = "Passwords, rights management, scripts with code in them, OLE objects."

#: Bits of the properties at offset 36 of FileHeader.
_DEFLATED, _PASSWORD, _FOR_DISTRIBUTION = 1, 2, 4
_RIGHTS_MANAGED: Final = 1 << 4 | 1 << 8 | 1 << 10
_SCRIPT_BYTES: Final = 1 << 20
_MOST: Final = 500
#: Lines of the script that the program itself writes.
_IDLE: Final = re.compile(
    r"\s*(?://.*|[{}]|var\s+Documents?\s*=\s*(?:XHwpDocuments|Documents\.Active_XHwpDocument)\s*;?|function\s+\w+\s*\(\s*\)\s*\{?)?\s*"
)


def inspect(part: Part) -> Iterator[Fact]:
    """Whether the document is locked, what its script does, and the binary data in it."""
    file = compounds.peek(part)
    if file is None:
        return
    header = file.root.get("fileheader")
    content = file.read(header, 256) if header is not None else b""
    if len(content) < 40:
        return
    properties = int.from_bytes(content[36:40], "little")
    if properties & _PASSWORD:
        yield part.encrypted("unknown-password", "HWP: password")
        return
    if properties & _RIGHTS_MANAGED:
        yield part.encrypted("unknown-key", "HWP: rights management or certificate")
        return
    deflated = bool(properties & _DEFLATED)
    scripts = file.root.get("scripts", STORAGE)
    script = scripts.get("defaultjscript") if scripts is not None else None
    if script is not None and not properties & _FOR_DISTRIBUTION:
        yield from _script(part, file.read(script, _SCRIPT_BYTES), deflated=deflated)
    data = file.root.get("bindata", STORAGE)
    for number, entry in enumerate(data.children.values() if data is not None else ()):
        if entry.kind != STREAM or number >= _MOST:
            continue
        if entry.name.lower().endswith(".ole"):
            yield part.finding("ole-object", f"OLE object: {shown(entry.name)}")
        yield part.child(entry.name, _content(file, entry, deflated=deflated), role="embedded")


def _script(part: Part, content: bytes, *, deflated: bool) -> Iterator[Fact]:
    text = _texts(inflate_up_to(content, _SCRIPT_BYTES) if deflated else content)
    part.budget.charge(len(text))
    code = [line for line in text.splitlines() if not _IDLE.fullmatch(line[:2000])]
    if code:
        yield part.finding("hwp-script", f"HWP script: {len(code)} lines, e.g. {shown(code[0].strip())}")
        yield part.layer("script.js", text.encode("utf-8", "replace"), filetype("js"))


def _texts(content: bytes) -> str:
    """Header and source: each the number of its UTF-16 units, then these."""
    pieces: list[str] = []
    at = 0
    for _ in range(4):
        length = 2 * int.from_bytes(content[at : at + 4], "little")
        if not 0 < length <= len(content) - at - 4:
            break
        pieces.append(content[at + 4 : at + 4 + length].decode("utf-16-le", "replace"))
        at += 4 + length
    return "\n".join(pieces)


def _content(file: Compound, entry: Entry, *, deflated: bool) -> Iterator[bytes]:
    """Binary data as they were put in: inflated, and without the length before a compound file."""
    data = file.read(entry)
    # Single items may be stored as they are, whatever the header says.
    pieces: Iterator[bytes] = inflate(data) if deflated and inflate_up_to(data, 1) else iter((data,))
    for number, piece in enumerate(pieces):
        yield piece[4:] if not number and piece.startswith(MAGIC, 4) else piece
