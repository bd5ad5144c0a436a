"""The formats: one module each, standing in one explicit table that is made from them.

A format module has

* `TYPES`: ids of the file types that it inspects (see `filetypes.py`),
* `LIMITATIONS`: what it knowingly does not do, one sentence each,
* `EXTRACTS` and `DETECTS`: what it passes on as parts, and what it says, one sentence each; `docs/formats.md` is made from them,
* `inspect(part)`: a generator of facts about a part of one of these types:
    - a `FileType`: the part is also this, or more exactly this;
    - a `Part` made by `part.child(…)` or `part.layer(…)`: the part contains this;
    - a `Finding` made by `part.finding(…)`, `part.encrypted(…)` or `part.signature(…)`: this was noticed.

Inspectors know no policy. They raise `Malformed` where a format is broken (what they yielded before stays) and may let `LimitExceeded` pass.
A module that looks into plain text may say in `MARKS` the octets without one of which it has nothing to say.

To add a format, write the module, give its types their rows, and let `python -m attachguard.formats --table` find it: the table of all modules stands
in `_table.py`, because a module is loaded when a part of one of its types is met for the first time, as sixty of them with their patterns are more
than most mails need. Where several inspectors know a type they run in the order of the table, which the command keeps; a new one comes last.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Final, overload

from attachguard.formats._table import MARKS, TABLE
from attachguard.inspector import Entry, Inspector

__all__ = ["ENTRIES", "INSPECTORS"]


def _load(name: str) -> Inspector:
    return import_module(f"{__name__}.{name}")


def _entries() -> tuple[Entry, ...]:
    lines = (line.split() for line in TABLE.split("\n") if line)
    return tuple(Entry(name, frozenset(types), _load, MARKS.get(name, ())) for name, *types in lines)


#: Every inspector, to be loaded on first need.
ENTRIES: Final = _entries()


class _Modules(Sequence[Inspector]):
    """The modules themselves, in the order of the table; each is loaded when it is asked for."""

    def __len__(self) -> int:
        return len(ENTRIES)

    @overload
    def __getitem__(self, place: int) -> Inspector: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Inspector]: ...
    def __getitem__(self, place: int | slice) -> Inspector | Sequence[Inspector]:
        if isinstance(place, slice):
            return tuple(entry.inspector for entry in ENTRIES[place])
        return ENTRIES[place].inspector


#: Every inspector, for callers who add one, leave one out, or look at what they say of themselves.
INSPECTORS: Final[Sequence[Inspector]] = _Modules()
