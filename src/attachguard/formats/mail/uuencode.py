"""Uuencoded files in text (POSIX.1-2017 `uuencode`): `begin 644 name`, lines of data, `end`; and its base64 form.

Letters from before MIME carry their attachments this way, several in one body, and mail programs still show them as attachments. A letter that
merely says "begin 644 something" has no line of data after it.

Why our own: `binascii` decodes a line at a time and raises; programs go on. The lines themselves are read in `_core.uu`.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import Final

from attachguard._core import uu
from attachguard.errors import LimitExceeded
from attachguard.inspector import Fact
from attachguard.part import Part

#: Text of any kind: what a mail shows as its text may look like something else.
TYPES: Final = frozenset({"txt", "uue", "html", "xml", "csv", "json"})
MARKS: Final = (b"begin",)
LIMITATIONS: Final = ("Files split over several messages are not put together.",)
EXTRACTS: Final = "The files between `begin` and `end`."
DETECTS: Final = "Damage, and text that only begins like a file."

#: Some readers go without a mode, where two blanks follow, or without a name.
_BEGIN: Final = re.compile(
    rb"begin(-base64)?(?:[ \t]{1,8}[0-9]{3,4}(?=[\s])|[ \t](?=[ \t]))[ \t]{0,8}([^\r\n]{0,255})\r?\n"
)
#: Such a line with a line of data after it, or one that may have been: small letters are none.
_OPENS: Final = re.compile(rb"(?m)^begin(?:-base64[^\n]*+\n|[^\n]*+\n(?=[\x20-\x60\r\n]))")
#: Lines that end in a carriage return alone.
_RETURN: Final = re.compile(rb"begin[ \t-][^\r\n]{1,255}\r(?!\n)")
#: What is looked through wherever it is; the other kinds only where a mail program shows them as text.
_ANYWHERE: Final = frozenset({"txt", "uue"})
_SHOWN: Final = frozenset({"body", "inline"})
_MAX_FILES: Final = 1000
_MAX_STEPS: Final = 50_000
#: A line says how long it is, and what it lacks are zeros: content may be so many times as long as its text, and this long in any case.
_TIMES: Final = 2
_FLOOR: Final = 1 << 20


def inspect(part: Part) -> Iterator[Fact]:
    """The encoded files."""
    data = part.data
    if (part.type.id not in _ANYWHERE and part.role not in _SHOWN) or b"begin" not in data:
        return
    if _RETURN.search(data):
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    at = _next(data, 0)
    files = steps = 0
    while at >= 0:
        steps += 1
        if steps > _MAX_STEPS:
            raise LimitExceeded("parts", f"more than {_MAX_STEPS} lines that begin a uuencoded file in one text")
        begin = _BEGIN.match(data, at)
        if begin is None:
            at = _next(data, at + 1)
            continue
        decode = _base64 if begin[1] else _uuencoded
        content, end = decode(part, data, begin.end())
        if content:
            files += 1
            if files > _MAX_FILES:
                raise LimitExceeded("parts", f"more than {_MAX_FILES} uuencoded files in one text")
            yield part.child(_name(begin[2]), content)
        at = _next(data, max(end, at + 1))


def _next(data: bytes, at: int) -> int:
    """Where the next line that may open a file starts, -1 if there is none."""
    found = _OPENS.search(data, at)
    return found.start() if found is not None else -1


def _name(raw: bytes) -> str:
    raw = raw.strip()
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _uuencoded(part: Part, data: bytes, at: int) -> tuple[bytes, int]:
    """Content of a file whose data starts at an offset, and where the text goes on; what is no data ends the file.

    Blanks stand for zeros and get lost at line ends, so a line may be shorter than it says; but where no line at all is
    as long as it says and no end is in sight, it was a letter in capitals.
    """
    most = max(_FLOOR, _TIMES * len(data))
    content, sure, end = uu.decode(data, at, most)
    if len(content) >= most:
        raise LimitExceeded("ratio", f"a uuencoded file says that it is longer than {_TIMES} times its text")
    part.budget.check_time()
    return content if sure else b"", end


def _base64(part: Part, data: bytes, at: int) -> tuple[bytes, int]:
    """The same for the base64 form, which ends in `====`."""
    text, at = uu.base64_lines(data, at)
    part.budget.check_time()
    try:
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4)), at
    except binascii.Error:
        return b"", at
