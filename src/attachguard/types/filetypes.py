"""Every file type that attachguard can name, and what being of a type means by itself."""

from __future__ import annotations

from typing import Final

from attachguard.model import FileType
from attachguard.types.table import TABLE

#: What the letters of the table's `facts` column stand for.
_FACTS: Final = {
    "x": "executable-content",
    "s": "script-content",
    "a": "archive-content",
    "m": "multimedia-content",
    "e": "uninspectable-content",
    "l": "legacy-office-format",
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


_TYPES, _BASES, _FACTS_OF, _TITLES = _read(TABLE)

#: By id.
TYPES: Final = _TYPES
#: The type that a type refines, by id: `docx` -> `zip`.
BASES: Final = _BASES
#: Reason codes that follow from a type alone, by id: `jar` -> executable-content, archive-content.
FACTS: Final = _FACTS_OF
#: Name in plain words, by id.
TITLES: Final = _TITLES

#: Every group of types.
GROUPS: Final = frozenset(kind.group for kind in TYPES.values())

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


def refinements(base: str) -> frozenset[str]:
    """A type's id and those of all its special kinds."""
    return frozenset(key for key in TYPES if key == base or refines(key, base))


def _certain() -> dict[str, tuple[str, ...]]:
    """The facts of each type that every refinement of it shares: they hold before the whole content is there."""
    certain = {key: set(codes) for key, codes in FACTS.items()}
    for key in BASES:
        base = BASES.get(key)
        while base is not None:
            certain.get(base, set()).intersection_update(FACTS.get(key, ()))
            base = BASES.get(base)
    return {key: tuple(code for code in FACTS[key] if code in codes) for key, codes in certain.items() if codes}


#: Like `FACTS`, for a type of which only the head has been seen.
CERTAIN_FACTS: Final = _certain()


def add_type(types: list[FileType], kind: FileType) -> None:
    """Add a type to a part's list: a refinement takes the place of its base, anything else stands beside."""
    if any(known.id == kind.id or refines(known.id, kind.id) for known in types):
        return
    for place, known in enumerate(types):
        if refines(kind.id, known.id):
            types[place] = kind
            return
    types.append(kind)
