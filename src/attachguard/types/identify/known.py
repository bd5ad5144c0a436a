"""What one scanner knows of file types: the table of the package, and the rows and signatures of inspectors that somebody adds to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from attachguard.model import FileType
from attachguard.types.extension import extension
from attachguard.types.filetypes import TABLE, Table
from attachguard.types.identify import identify, longtail
from attachguard.types.identify.magic import told_by
from attachguard.types.identify.text import opens
from attachguard.types.row import Row

#: Gives the id of the type that the content is of, an empty text where it is of none it knows.
Signature = Callable[[bytes], str]
#: What is looked at of text.
_OPENING: Final = 8192


class Known:
    """The types that can be told.

    Args:
        rows: types beside those of the package; first bytes, places further in and names of text in them count like those of its own.
        signatures: what tells them where bytes at a place are not enough.
    """

    __slots__ = ("_rows", "_signatures", "table")

    def __init__(self, rows: Iterable[Row] = (), signatures: Sequence[Signature] = ()) -> None:
        self._rows = tuple(rows)
        self._signatures = tuple(signatures)
        self.table: Final = Table((*TABLE.rows.values(), *self._rows)) if self._rows else TABLE

    def identify(
        self,
        data: bytes,
        name: str,
        declared: str | None,
        *,
        complete: bool = True,
        guess: Callable[[bytes], str] = longtail.guess,
    ) -> list[FileType]:
        """Every type of the content, see `attachguard.types.identify`."""
        types = identify(data, name, declared, complete=complete, guess=guess)
        if not self._rows or not data:
            return types
        text = data[:_OPENING].lstrip() if types and types[0].id == "txt" else b""
        for row in self._rows:
            if told_by(row, data) or (text and (opens(row, text) or extension(name) in row.text.split())):
                self._add(types, row.id)
        for signature in self._signatures:
            key = signature(data)
            if key:
                self._add(types, key)
        return types

    def _add(self, types: list[FileType], key: str) -> None:
        kind = self.table.types.get(key)
        if kind is not None:
            self.table.add_type(types, kind)
