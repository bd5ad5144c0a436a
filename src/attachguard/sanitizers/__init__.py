"""Sanitizers: one module a family of formats, standing in one explicit table.

A sanitizer module has

* `TYPES`: ids of the file types that it cleans,
* `REMOVES`: what it takes out: kinds of facts (see `attachguard.kinds`) and, in a few words, what goes with them,
* `KEEPS` and `REFUSES`: what stays, and what it does not clean, one sentence each; `docs/sanitizing.md` is made from them,
* `sanitize(work)`: the file without what is not wanted; raises `Refusal` where it cannot be cleaned.

Sanitizers know no policy: `work.wants(kind)` says what has to go. They prove nothing either: what they give is scanned again like anything that
comes in. Containers are rebuilt from the inside out: `work.child(name, data)` cleans what is inside.
"""

from __future__ import annotations

from typing import Final

from attachguard.sanitizers import calendar, compound, flatopc, markup, opendocument, openxml, pdf, rtf, wordxml, zipped
from attachguard.sanitizers.record import Sanitizer, by_type

#: Every sanitizer; where several know a type, the first one counts.
SANITIZERS: Final[tuple[Sanitizer, ...]] = (
    openxml,
    pdf,
    markup,
    compound,
    rtf,
    opendocument,
    zipped,
    calendar,
    wordxml,
    flatopc,
)
BY_TYPE: Final = by_type(SANITIZERS)
