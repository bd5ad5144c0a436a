"""What a format module looks like from outside, and what it may say.

A format that is not one of the package's brings its types along: `ROWS`, a tuple of `Row`, and, where bytes at a place are not enough to tell them,
`signature(data)`, which gives the id of the type or an empty text. `Scanner(inspectors=(*INSPECTORS, mine))` then knows it like its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, Protocol

from attachguard._core.needles import holds_any
from attachguard.model import FileType, Finding
from attachguard.part import Part
from attachguard.types.filetypes import ids

if TYPE_CHECKING:
    from attachguard.types.identify.known import Known

__all__ = ["Entry", "Fact", "Inspector"]

#: Types that are text as it is, where an inspector may be known to have nothing to say without certain octets.
PLAIN: Final = ids("plain")

#: The part is also this, or more exactly this; this was noticed; the part contains this.
Fact = FileType | Finding | Part


class Inspector(Protocol):
    """A format module."""

    @property
    def TYPES(self) -> frozenset[str]:
        """Ids of the file types it inspects."""

    @property
    def LIMITATIONS(self) -> tuple[str, ...]:
        """What it knowingly does not do."""

    @property
    def EXTRACTS(self) -> str:
        """What it passes on as parts of their own, in one sentence."""

    @property
    def DETECTS(self) -> str:
        """What it says about the part, in one sentence."""

    def inspect(self, part: Part) -> Iterator[Fact]:
        """Facts about a part of one of these types."""


def known_to(inspectors: Iterable[Inspector]) -> Known:
    """The types that a scanner with these inspectors can tell.

    Raises:
        ValueError: two inspectors bring types of one id, or one of the package's.
    """
    from attachguard.types.identify.known import Known

    bringing = [inspector for inspector in inspectors if getattr(inspector, "ROWS", ())]
    rows = [row for inspector in bringing for row in getattr(inspector, "ROWS", ())]
    return Known(rows, [getattr(each, "signature") for each in bringing if hasattr(each, "signature")])  # noqa: B009  not every inspector has one


class Entry:
    """An inspector in the table that the walk goes by; it is loaded on first need.

    Args:
        name: of the module, its family before it.
        types: ids of the file types it inspects.
        load: gives the inspector for its name.
        marks: octets without one of which it has nothing to say about a part whose types are all in `PLAIN`; none where that is not known.
    """

    __slots__ = ("_inspector", "_load", "marks", "name", "source", "types")

    def __init__(
        self, name: str, types: frozenset[str], load: Callable[[str], Inspector], marks: tuple[bytes, ...] = ()
    ) -> None:
        self.name = name
        self.types = types
        #: How findings name it.
        self.source = name.rpartition(".")[2]
        self.marks = marks
        self._load = load
        self._inspector: Inspector | None = None

    @classmethod
    def of(cls, inspector: Inspector) -> Entry:
        """The entry of an inspector that is at hand."""
        name = getattr(inspector, "__name__", type(inspector).__name__)
        return cls(name, frozenset(inspector.TYPES), lambda _name: inspector)

    @property
    def loaded(self) -> bool:
        """Whether it has been needed."""
        return self._inspector is not None

    @property
    def inspector(self) -> Inspector:
        """The inspector itself."""
        if self._inspector is None:
            self._inspector = self._load(self.name)
        return self._inspector

    def silent(self, data: bytes) -> bool:
        """Whether it is known to have nothing to say about this plain text, and need not even be loaded."""
        return bool(self.marks) and not holds_any(data, self.marks)


def by_type(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    """The dispatch table: inspectors by the type ids they name, in the order given."""
    table: dict[str, list[Entry]] = {}
    for entry in entries:
        for key in entry.types:
            table.setdefault(key, []).append(entry)
    return {key: tuple(named) for key, named in table.items()}
