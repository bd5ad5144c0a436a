"""Archive members whose content cannot be had: encrypted, or packed by a method that nobody here undoes.

All there is to go by is the name, and a name that ends like a program's is a fact in itself. Such members are children without a source.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.model import Finding
from attachguard.part import Part
from attachguard.types.identify.extensions import RUN_EXTENSIONS
from attachguard.types.identify.names import effective_extension

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"unread"})
LIMITATIONS: Final = ("A program under a harmless name in an unreadable archive is not noticed.",)
EXTRACTS: Final = "Nothing."
DETECTS: Final = "Programs and scripts by the names of members whose content cannot be had."

#: Extensions that start a program on a double click, or that programs load.
PROGRAMS: Final = frozenset({
    "exe", "com", "scr", "pif", "cpl", "dll", "ocx", "sys", "drv", "msi", "msp", "msix", "appx",
    "jar", "class", "lnk", "chm", "hlp", "xll", "gadget", "application", "appimage", "elf", "so",
    "dylib", "pkg", "dmg", "deb", "rpm", "apk", "swf",
})  # fmt: skip
#: Extensions of what an interpreter runs.
SCRIPTS: Final = RUN_EXTENSIONS | {"a3x"}


def inspect(part: Part) -> Iterator[Fact]:
    """What the name says of content that nobody can see."""
    yield from _by_name(part)


def damaged(part: Part) -> Iterator[Finding]:
    """What is to be said of a part of any type that was not read whole, or not as its checksum says.

    The bytes that came out are judged as what they are. What another unpacker would get out is unknown: nobody can declare it clean, and under the
    name of a program it is one.
    """
    if part.damage == "unread" or not part.types:
        yield part.finding("member-unread", "archive: a member that cannot be unpacked whole")
    yield from _by_name(part)


def _by_name(part: Part) -> Iterator[Finding]:
    extension = effective_extension(part.name)
    if extension in PROGRAMS:
        yield part.finding("program-by-name", f"program by its name (.{extension}), content not readable")
    elif extension in SCRIPTS:
        yield part.finding("script-by-name", f"script by its name (.{extension}), content not readable")
