"""A reference as a finding: what the table of references makes of an address, said in the words of its use."""

from __future__ import annotations

from collections.abc import Iterator

from attachguard.formats.markup.shared import shown
from attachguard.model import Finding
from attachguard.part import Part
from attachguard.readers.references import Use, kind_of


def refer(part: Part, use: Use, address: str, *, words: str = "", offset: int | None = None) -> Iterator[Finding]:
    """The finding about a reference; none where it is not worth saying.

    Args:
        part: the part that refers.
        use: what the reference is for.
        address: where it leads, as it is in the file.
        words: what it is called instead of the use's own words.
        offset: where it stands.
    """
    kind = kind_of(use, address)
    if kind:
        yield part.finding(kind, f"{words or use.words}: {shown(address)}", offset=offset)
