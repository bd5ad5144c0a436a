"""yEnc (yEnc draft 1.3): files from the network news, every octet moved up by 42, awkward ones escaped.

`=ybegin line=… size=… name=…` opens a file, `=ypart` may follow, `=yend` closes it. Nothing else of a message needs be text.

Why our own: the packages for it are made for articles of news servers and want them sound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from attachguard._core.transfer import decode_yenc
from attachguard.errors import LimitExceeded, Malformed
from attachguard.inspector import Fact
from attachguard.part import Part

TYPES: Final = frozenset({"txt", "yenc"})
MARKS: Final = (b"=ybegin ",)
LIMITATIONS: Final = ("Files split over several messages are looked at piece by piece.",)
EXTRACTS: Final = "The file inside."
DETECTS: Final = "Damage, files in several parts."

_BEGIN: Final = re.compile(rb"=ybegin (?:[a-z0-9]{1,12}=[0-9]{1,20} ){1,6}name=([^\r\n]{1,255})\r?\n")
_PART: Final = re.compile(rb"=ypart [^\r\n]{0,255}\r?\n")
_MAX_FILES: Final = 1000


def inspect(part: Part) -> Iterator[Fact]:
    """The encoded files."""
    data = part.data
    at = -1
    files = steps = 0
    while (at := data.find(b"=ybegin ", at + 1)) >= 0:
        steps += 1
        if steps % 1024 == 0:
            part.budget.check_time()
        begin = _BEGIN.match(data, at) if at == 0 or data[at - 1] == 0x0A else None
        if begin is None:
            continue
        files += 1
        if files > _MAX_FILES:
            raise LimitExceeded("parts", f"more than {_MAX_FILES} yEnc files in one text")
        piece = _PART.match(data, begin.end())
        start = piece.end() if piece else begin.end()
        end = data.find(b"\n=yend ", start - 1)
        yield part.child(begin[1].strip().decode("utf-8", "replace"), partial(_decode, data, start, end))
        if end < 0:
            raise Malformed("yEnc: no end")
        at = end


def _decode(data: bytes, start: int, end: int) -> bytes:
    """Content between two offsets; to the end of the data where the second is negative."""
    return decode_yenc(data[start : end if end >= 0 else len(data)])
