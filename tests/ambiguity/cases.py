"""Ambiguous messages, several a class of the catalogue in docs/ambiguity.md, and a benign twin of each.

A trick hides a payload (a program, mostly) so that some readers find it and others do not. Its twin looks alike and is ordinary mail. All of
it is built here; nothing is taken from anybody's samples.
"""

from __future__ import annotations

from tests.ambiguity import bodies, boundaries, fields, kinds, naming
from tests.ambiguity.build import Case


def cases() -> list[Case]:
    """Every trick."""
    return [
        *fields.encodings(),
        *fields.lines_of_headers(),
        *kinds.types(),
        *boundaries.parameters(),
        *boundaries.delimiters(),
        *bodies.separators(),
        *bodies.decodings(),
        *bodies.uuencoded(),
        *bodies.containers(),
        *naming.names(),
    ]
