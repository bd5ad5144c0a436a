"""What the table of file types says, ready for quick answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from attachguard.model import FileType
from attachguard.types.row import Row
from attachguard.types.table import ROWS

#: Reason codes, by the words of the column `means`.
_MEANS: Final = {
    "executable": "executable-content",
    "script": "script-content",
    "archive": "archive-content",
    "multimedia": "multimedia-content",
    "opaque": "uninspectable-content",
    "legacy": "legacy-office-format",
}
_RUNNING: Final = frozenset({"executable-content", "script-content"})
#: What is said of bytes that nothing recognises.
UNKNOWN: Final = FileType("bin", "application/octet-stream", "unknown", ())
#: Groups of documents that people write.
OFFICE: Final = frozenset({"document", "spreadsheet", "presentation"})


class Table:
    """The types of some rows: those of the package, or those and the rows of formats that somebody adds.

    Args:
        rows: one a type; an id that is there twice is a `ValueError`.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        #: Rows by id.
        self.rows: dict[str, Row] = {}
        for row in rows:
            if row.id in self.rows or row.id == UNKNOWN.id:
                message = f"two types have the id {row.id!r}: a row of an inspector needs one of its own"
                raise ValueError(message)
            self.rows[row.id] = row
        for row in self.rows.values():
            if row.refines and row.refines not in self.rows:
                message = f"the type {row.id!r} refines {row.refines!r}, which is not in the table"
                raise ValueError(message)
        #: By id.
        self.types = {
            key: FileType(key, row.mime, row.group, tuple(row.names.split())) for key, row in self.rows.items()
        }
        #: Reason codes that follow from a type alone, by id: `jar` -> executable-content, archive-content.
        self.facts = {
            key: tuple(_MEANS[word] for word in row.means.split()) for key, row in self.rows.items() if row.means
        }

    def row(self, key: str) -> Row:
        """The row of a type; one that says nothing for a type that somebody else brought."""
        return self.rows.get(key) or Row(key, "", key, "")

    def title(self, key: str) -> str:
        """Name in plain words."""
        return self.row(key).title

    def refines(self, key: str, base: str) -> bool:
        """Whether type `key` is a special kind of type `base`, at any distance."""
        row = self.rows.get(key)
        while row is not None and row.refines:
            if row.refines == base:
                return True
            row = self.rows[row.refines]
        return False

    def add_type(self, types: list[FileType], kind: FileType) -> None:
        """Add a type to a part's list: a refinement takes the place of its base, anything else is next to."""
        if any(known.id == kind.id or self.refines(known.id, kind.id) for known in types):
            return
        for place, known in enumerate(types):
            if self.refines(kind.id, known.id):
                types[place] = kind
                return
        types.append(kind)

    def runs(self, key: str) -> bool:
        """Whether what is of this type does something when it is opened."""
        return not _RUNNING.isdisjoint(self.facts.get(key, ()))


TABLE: Final = Table(ROWS)

#: By id.
TYPES: Final = TABLE.types
#: The type that a type refines, by id: `docx` -> `zip`.
BASES: Final = {row.id: row.refines for row in ROWS if row.refines}
#: Reason codes that follow from a type alone, by id.
FACTS: Final = TABLE.facts
#: Name in plain words, by id.
TITLES: Final = {row.id: row.title for row in ROWS}
#: Every group of types.
GROUPS: Final = frozenset(kind.group for kind in TYPES.values())

refines: Final = TABLE.refines
runs: Final = TABLE.runs
add_type: Final = TABLE.add_type


def filetype(key: str) -> FileType:
    """The type with this id; `KeyError` for an id that is not in the table."""
    return TYPES[key]


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


def ids(column: str) -> frozenset[str]:
    """Ids of the types whose rows have something in a column."""
    return frozenset(row.id for row in ROWS if getattr(row, column))


def words(column: str) -> frozenset[str]:
    """Every word that is in a column."""
    return frozenset(word for row in ROWS for word in getattr(row, column).split())


def by_word(column: str) -> dict[str, str]:
    """Ids of types by the words of a column; where two types have a word, the first one's."""
    found: dict[str, str] = {}
    for row in ROWS:
        for word in _spelled(row, column):
            found.setdefault(word, row.id)
    return found


def _spelled(row: Row, column: str) -> Iterator[str]:
    for word in getattr(row, column).split():
        if word == "*":
            yield from row.names.split()
        else:
            yield word


@cache
def wrappers(key: str) -> dict[str, str]:
    """Suffixes after the name of the file that is inside a type, each with the suffix that takes its place; mostly none."""
    return {suffix: inner for suffix, _, inner in (word.partition(">") for word in TABLE.rows[key].wraps.split())}
