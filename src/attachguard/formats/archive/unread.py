"""Archive members whose content cannot be had: encrypted, or packed by a method that nobody here undoes.

All there is to go by is the name, and a name that ends like a program's is a fact in itself. Such members are children without a source.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.model import Finding
from attachguard.part import Part
from attachguard.types.claims import CLAIMS, PROGRAMS, TEXT_NAMES
from attachguard.types.extension import extension
from attachguard.types.filetypes import filetype

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"unread"})
LIMITATIONS: Final = ("A program under a harmless name in an unreadable archive is not noticed.",)
EXTRACTS: Final = "Nothing."
DETECTS: Final = "Programs and scripts by the names of members whose content cannot be had."


def inspect(part: Part) -> Iterator[Fact]:
    """What the name says of content that nobody can see."""
    yield from _by_name(part)


def damaged(part: Part) -> Iterator[Finding]:
    """What is to be said of a part of any type that was not read whole, or not as its checksum says.

    The bytes that came out are judged as what they are. What another unpacker would get out is unknown: nobody can declare it clean, and under the
    name of a program it is one. Of a returned original, which the mail server cut, there is no more anywhere.
    """
    if (part.damage == "unread" or not part.types) and not part.cut:
        yield part.finding("member-unread", "archive: a member that cannot be unpacked whole")
    yield from _by_name(part)


def _by_name(part: Part) -> Iterator[Finding]:
    suffix = extension(part.name)
    if suffix not in PROGRAMS:
        return
    key = TEXT_NAMES.get(suffix) or next(iter(CLAIMS.get(suffix, ())), "")
    if key and filetype(key).group == "script":
        yield part.finding("script-by-name", f"script, judging by its name (.{suffix}), content not readable")
    else:
        yield part.finding("program-by-name", f"program, judging by its name (.{suffix}), content not readable")
