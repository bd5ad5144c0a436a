"""A guess whether some content is a mail, for where the answer of the scanner alone is not enough."""

from __future__ import annotations

import re
from typing import Final

#: Octets that are looked at.
HEAD: Final = 8192
_FIELD: Final = re.compile(rb"(?:From |[!-9;-~]{1,76}[ \t]*:)")
_LINE: Final = re.compile(rb"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_LINES: Final = 6


def looks_like_mail(head: bytes) -> bool:
    """Whether the first lines are fields of a header; generous, because it costs one more scan at most.

    Args:
        head: the first octets.
    """
    lines: list[bytes] = []
    place = 0
    while place < len(head) and len(lines) < _LINES and (line := _LINE.match(head, place)):
        lines.append(line[1])
        place = line.end()
    whole = lines[:-1] or lines
    return (
        bool(whole)
        and _FIELD.match(whole[0]) is not None
        and all(_FIELD.match(line) or line[:1] in (b" ", b"\t") for line in whole if line)
    )
