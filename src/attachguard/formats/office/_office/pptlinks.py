"""What a binary presentation refers to: hyperlinks, films and sounds that lie elsewhere.

Each is a container of the list of external objects that holds its address as a counted string; they are searched by their headers, as objects are.

References: [MS-PPT] 2.10.16 (ExHyperlinkContainer), 2.10.5 (ExVideoContainer), 2.10.9 and 2.10.13 (linked sounds), 2.2.19 (CString).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attachguard.errors import LimitExceeded
from attachguard.readers.references import USES, Use, kind_of

#: The containers: type, what they are for.
LINKING: Final[dict[int, Use]] = {
    0x0FD7: USES["link"],
    0x1005: USES["video"],
    0x1006: USES["video"],
    0x1007: USES["video"],
    0x100D: USES["sound"],
    0x100F: USES["sound"],
    0x1010: USES["sound"],
}
_CONTAINER: Final = re.compile(rb"\x0f\x00(\xd7\x0f|[\x05\x06\x07\x0d\x0f\x10]\x10)", re.DOTALL)
_STRING: Final = 0x0FBA
_MOST: Final = 10_000
_MOST_CHILDREN: Final = 12
_DEPTH: Final = 1
_LONGEST: Final = 4_096


def slide_links(stream: bytes) -> Iterator[tuple[str, str]]:
    """Kind and detail of each reference that is worth saying, each once.

    Raises:
        LimitExceeded: there are too many.
    """
    said: set[tuple[str, str]] = set()
    for number, match in enumerate(_CONTAINER.finditer(stream)):
        if number >= _MOST:
            raise LimitExceeded("parts", f"more than {_MOST} links in one presentation")
        use = LINKING[int.from_bytes(match[1], "little")]
        start = match.end() + 4
        for address in _strings(stream, start, start + int.from_bytes(stream[start - 4 : start], "little"), _DEPTH):
            kind = kind_of(use, address)
            if kind and (kind, address) not in said:
                said.add((kind, address))
                yield kind, f"{use.words}: {address}"


def _strings(stream: bytes, place: int, end: int, depth: int) -> Iterator[str]:
    """The strings in a container and, for films, in the container inside of it."""
    for _ in range(_MOST_CHILDREN):
        if place + 8 > min(end, len(stream)):
            return
        kind, size = (
            int.from_bytes(stream[place + at : place + at + count], "little") for at, count in ((2, 2), (4, 4))
        )
        body = place + 8
        if kind == _STRING:
            yield stream[body : body + min(size, _LONGEST)].decode("utf-16-le", "replace").rstrip("\0")
        elif stream[place] & 0x0F == 0x0F and depth:
            yield from _strings(stream, body, body + size, depth - 1)
        place = body + size
