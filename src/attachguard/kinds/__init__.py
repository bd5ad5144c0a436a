"""Kinds of findings: the registry of ids that tell findings apart within a reason code. They are API, like the codes.

Every code is a kind, too, for findings of which there is nothing more exact to say; a YARA rule of an analyst says it with its code alone.
To add a kind, add a row to the table of its subject: id, reason code, sentence in English, sentence in German. The page `docs/kinds.md` is made
from these tables and from the samples of the test suite, which has one for every kind.
"""

from __future__ import annotations

from typing import Final

import msgspec

from attachguard.codes import CODES
from attachguard.kinds import active, archive, content, other

__all__ = ["EXACT", "KINDS", "Kind", "near", "of_code"]


class Kind(msgspec.Struct, frozen=True):
    """One kind of finding.

    Args:
        id: stable name, e.g. `pdf-javascript`.
        code: reason code that findings of this kind have.
        english: what it is, for people, without particulars.
        german: the same in German.
    """

    id: str
    code: str
    english: str
    german: str

    def title(self, language: str = "en") -> str:
        """What it is, for people: `en` or `de`."""
        return self.german if language == "de" else self.english


def _rows() -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for table in (active.TABLE, content.TABLE, archive.TABLE, other.TABLE):
        for line in table.splitlines():
            if not line or line.startswith("#"):
                continue
            row = Kind(*line.split("|"))
            if row.id in kinds or row.code not in CODES or (row.id in CODES and row.id != row.code):
                raise ValueError(
                    f"kind {row.id}: twice in the tables, named like another code, or of the unknown code {row.code}"
                )
            kinds[row.id] = row
    return kinds


#: The exact kinds by id.
EXACT: Final = _rows()
#: Every kind by id: the exact ones, and one for each code.
KINDS: Final[dict[str, Kind]] = {**{code: Kind(code, code, "", "") for code in sorted(CODES)}, **EXACT}


def of_code(code: str) -> tuple[Kind, ...]:
    """The exact kinds of a reason code."""
    return tuple(kind for kind in EXACT.values() if kind.code == code)


def near(name: str) -> list[str]:
    """Ids of the kinds whose names resemble `name`, the nearest first."""
    import difflib

    return difflib.get_close_matches(name, KINDS, n=3, cutoff=0.6)
