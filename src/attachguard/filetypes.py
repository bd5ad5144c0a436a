"""Every file type that attachguard can name, and what being of a type means by itself."""

from __future__ import annotations

from typing import Final

from attachguard._typetable import TABLE
from attachguard.model import FileType

#: What the letters of the table's `facts` column stand for.
_FACTS: Final = {
    "x": "executable-content",
    "s": "script-content",
    "a": "archive-content",
    "m": "multimedia-content",
    "e": "uninspectable-content",
}


def _read(table: str) -> tuple[dict[str, FileType], dict[str, str], dict[str, tuple[str, ...]], dict[str, str]]:
    types: dict[str, FileType] = {}
    bases: dict[str, str] = {}
    facts: dict[str, tuple[str, ...]] = {}
    titles: dict[str, str] = {}
    for line in table.splitlines():
        if not line or line.startswith("#"):
            continue
        key, group, letters, base, mime, extensions, title = line.split("|")
        types[key] = FileType(key, mime, group, tuple(extensions.split()))
        titles[key] = title
        if base:
            bases[key] = base
        if letters:
            facts[key] = tuple(_FACTS[letter] for letter in letters)
    return types, bases, facts, titles


#: By id.
TYPES: Final[dict[str, FileType]]
#: The type that a type refines, by id: `docx` -> `zip`.
BASES: Final[dict[str, str]]
#: Reason codes that follow from a type alone, by id: `jar` -> executable-content, archive-content.
FACTS: Final[dict[str, tuple[str, ...]]]
#: Name in plain words, by id.
TITLES: Final[dict[str, str]]
TYPES, BASES, FACTS, TITLES = _read(TABLE)

#: What is said of bytes that nothing recognises.
UNKNOWN: Final = FileType("bin", "application/octet-stream", "unknown", ())


def filetype(key: str) -> FileType:
    """The type with this id; `KeyError` for an id that is not in the table."""
    return TYPES[key]


def refines(key: str, base: str) -> bool:
    """Whether type `key` is a special kind of type `base`, at any distance."""
    step = BASES.get(key)
    while step is not None:
        if step == base:
            return True
        step = BASES.get(step)
    return False
