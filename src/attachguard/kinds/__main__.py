"""Prints the page `docs/kinds.md`: every kind of finding by its code; `python -m attachguard.kinds > docs/kinds.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from attachguard.codes import CODES_BY_SUBJECT
from attachguard.kinds import of_code

_INTRODUCTION = """\
# Kinds of findings

Made from the tables in `src/attachguard/kinds/` by `python -m attachguard.kinds`; a test keeps it current.

Each finding of a report has a reason code and a `kind`, which distinguishes findings of one code. Both are stable names that a policy may match:
`code = "active-content"`, `kind = ["pdf-javascript"]`. A finding of which there is nothing more exact to say has its code as kind; so has a match
of a YARA rule that names a code of its own.
"""


def page() -> str:
    """The whole page."""
    return "\n".join((_INTRODUCTION, *_tables(), ""))


def _tables() -> Iterator[str]:
    for subject, codes in CODES_BY_SUBJECT.items():
        rows = [kind for code in codes for kind in of_code(code)]
        if rows:
            yield f"## {subject.capitalize()}\n"
            yield "| code | kind | what it is | auf Deutsch |"
            yield "|---|---|---|---|"
            yield from (f"| `{kind.code}` | `{kind.id}` | {kind.english} | {kind.german} |" for kind in rows)
            yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
