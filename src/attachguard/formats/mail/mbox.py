"""mbox: messages one after the other, each after a line that begins with `From `.

Reference: RFC 4155 (application/mbox).

Why our own: `mailbox` wants a file and builds all messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from attachguard.part import Part

if TYPE_CHECKING:
    from mmap import mmap

    from attachguard.inspector import Fact

TYPES: Final = frozenset({"mbox"})
LIMITATIONS: Final = ("Lines quoted as `>From ` are left as they are.",)
EXTRACTS: Final = "The messages."
DETECTS: Final = "Damage; every message is judged by itself."

#: A `From_` line at the beginning of the file, or after a blank line (RFC 4155, appendix A).
_SEPARATOR: Final = re.compile(rb"(?:\A\s{0,100}|\n\r?\n)From [^\n]*\n")


def inspect(part: Part) -> Iterator[Fact]:
    """Each message as a part; how many there may be is the budget's business."""
    view = memoryview(part.data)
    for number, (start, end) in enumerate(messages(part.data), 1):
        yield part.child(name(number), partial(_message, view, start, end), declared="message/rfc822")


def messages(data: bytes | mmap) -> Iterator[tuple[int, int]]:
    """Where each message of a mailbox begins, after its `From ` line, and ends.

    Args:
        data: the mailbox.
    """
    start = -1
    for end, following in separators(data):
        if start >= 0:
            yield start, end
        start = following
    if start >= 0:
        yield start, len(data)


def separators(data: bytes | mmap) -> Iterator[tuple[int, int]]:
    """Where each `From ` line is: the end of the message before it, and the beginning of the one after it.

    Args:
        data: the mailbox, or a stretch of it.
    """
    for match in _SEPARATOR.finditer(data):
        yield match.start() + 1, match.end()


def name(number: int) -> str:
    """What a message of a mailbox is called; the first is 1."""
    return f"message-{number}.eml"


def _message(view: memoryview, start: int, end: int) -> bytes:
    return bytes(view[start:end])
