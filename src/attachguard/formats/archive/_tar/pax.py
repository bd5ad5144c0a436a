"""Records of pax extension headers: a length in decimal, a blank, `key=value`, a line feed.

Reference: POSIX.1-2017 pax, "pax Header Block"; GNU tar manual, "Storing Sparse Files".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attachguard.errors import Malformed
from attachguard.formats.archive.members import text

#: Most pieces of a sparse file.
SPARSE_LIMIT: Final = 1 << 16
#: In front of the name of a record whose value is another one than that of the last such record.
FIRST: Final = "first "


def records(content: bytes, sparse: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Records `length key=value` of a pax header; the repeated ones of sparse format 0.0 go to `sparse`."""
    position = 0
    while position < len(content):
        blank = content.find(b" ", position, position + 20)
        if blank < 0:
            if content[position:].strip(b"\0"):
                raise Malformed("tar: pax record without length")
            return
        length = decimal(text(content[position:blank]))
        if length <= blank - position or position + length > len(content):
            raise Malformed("tar: pax record of impossible length")
        key, _, value = content[blank + 1 : position + length - 1].partition(b"=")
        position += length
        name = text(key)
        if name in ("GNU.sparse.offset", "GNU.sparse.numbytes"):
            if len(sparse) > 2 * SPARSE_LIMIT:
                raise Malformed("tar: sparse map too long")
            sparse.append((name, text(value)))
        elif name in ("path", "size", "linkpath") or name.startswith("GNU.sparse."):
            yield name, text(value)  # the others say nothing of what is in the archive


def merged(found_in: Iterator[tuple[str, str]]) -> dict[str, str]:
    """Records by name; the last of one name counts (pax Extended Header), and the first one is kept where it says something else."""
    found: dict[str, str] = {}
    for name, value in found_in:
        if found.get(name, value) != value:
            found.setdefault(FIRST + name, found[name])
        found[name] = value
    return found


def decimal(word: str) -> int:
    if not word.isascii() or not word.isdigit() or len(word) > 18:
        raise Malformed("tar: field of an extension header is not a number")
    return int(word)
