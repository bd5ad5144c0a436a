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
_USES: Final[dict[int, Use]] = {
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
_MOST: Final = 50_000
_MOST_CHILDREN: Final = 20
#: Longer ones hold no address alone.
_LONGEST: Final = 1 << 16
_DEPTH: Final = 2


def slide_links(stream: bytes) -> Iterator[tuple[str, str]]:
    """Kind and detail of each reference that is worth saying, each once.

    Raises:
        LimitExceeded: there are too many.
    """
    said: set[tuple[str, str]] = set()
    for number, match in enumerate(_CONTAINER.finditer(stream)):
        if number >= _MOST:
            raise LimitExceeded("parts", f"more than {_MOST} links in one presentation")
        use = _USES[int.from_bytes(match[1], "little")]
        size = int.from_bytes(stream[match.end() : match.end() + 4], "little")
        if size > _LONGEST:
            continue
        for address in _strings(stream[match.end() + 4 : match.end() + 4 + size], _DEPTH):
            kind = kind_of(use, address)
            if kind and (kind, address) not in said:
                said.add((kind, address))
                yield kind, f"{use.words}: {address}"


def _strings(content: bytes, depth: int) -> Iterator[str]:
    """The strings in a container and, for films, in the container inside it."""
    place = 0
    for _ in range(_MOST_CHILDREN):
        head = content[place : place + 8]
        if len(head) < 8:
            return
        kind, size = int.from_bytes(head[2:4], "little"), int.from_bytes(head[4:8], "little")
        body = content[place + 8 : place + 8 + size]
        if kind == _STRING:
            yield body[:4096].decode("utf-16-le", "replace").rstrip("\0")
        elif head[0] & 0x0F == 0x0F and depth:
            yield from _strings(body, depth - 1)
        place += 8 + size
