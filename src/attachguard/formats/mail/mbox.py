"""mbox: messages one behind the other, each after a line that begins with `From `.

Reference: RFC 4155 (application/mbox).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"mbox"})
LIMITATIONS: Final = ("Lines quoted as `>From ` are left as they stand.",)
EXTRACTS: Final = "The messages."
DETECTS: Final = "Damage; every message is judged by itself."

#: A `From_` line at the beginning of the file, or after a blank line (RFC 4155, appendix A).
_SEPARATOR: Final = re.compile(rb"(?:\A\s{0,100}|\n\r?\n)From [^\n]*\n")


def inspect(part: Part) -> Iterator[Fact]:
    """Each message as a part; how many there may be is the budget's business."""
    data = part.data
    view = memoryview(data)
    number = 0
    start = -1
    for match in _SEPARATOR.finditer(data):
        if start >= 0:
            number += 1
            yield _message(part, view, number, start, match.start() + 1)
        start = match.end()
    if start >= 0:
        yield _message(part, view, number + 1, start, len(data))


def _message(part: Part, view: memoryview, number: int, start: int, end: int) -> Part:
    return part.child(f"message-{number}.eml", lambda: bytes(view[start:end]), declared="message/rfc822")
