"""Lines that end a body or a header block: delimiters of the multiparts that are open, and the blank line (RFC 2046 section 5.1.1)."""

from __future__ import annotations

from typing import Final

from attachguard._core.mime import find_delimiter
from attachguard.mail.message.entity import Entity

#: A line that may still become a delimiter is held back up to this length: boundary (70), dashes, padding.
_HOLD: Final = 1100
#: The blank line after a header block is looked for in steps of this many bytes.
HEADER_STEP: Final = 4096

#: What `find_delimiter` answers.
NONE, DELIMITER, CLOSE, PARTIAL = 0, 1, 2, 3


class Level:
    """An open multipart or message: what delimits it, and how its children are numbered.

    Args:
        entity: the multipart or message.
        boundary: with its two dashes; empty for a message.
        prefix: section number that those of its children begin with.
    """

    __slots__ = ("boundary", "children", "entity", "filled", "opened", "prefix")

    def __init__(self, entity: Entity, boundary: bytes, prefix: str) -> None:
        self.entity = entity
        self.boundary = boundary
        self.prefix = prefix
        self.children = 0
        self.opened = False  # a delimiter has been seen
        self.filled = False  # something stands where its parts should be

    @property
    def original(self) -> bool:
        """Whether it is a message that a bounce returns (RFC 3462)."""
        return not self.boundary and self.entity.parent == "multipart/report"


def following(buffer: bytes, start: int, levels: list[Level], *, line_start: bool) -> tuple[int, int, int, Level, int]:
    """The first delimiter line of any open multipart; where two begin at one place, the innermost has it.

    Returns:
        Where the line break before it begins; where the line after it begins; `NONE`, `DELIMITER`, `CLOSE`, or `PARTIAL` where more input must
        tell; whose it is; and where something stands that other readers take for one, -1 where nothing does.
    """
    at, end, kind = -1, -1, NONE
    found = levels[-1]
    stop = len(buffer)
    first = -1
    for level in reversed(levels):
        if level.boundary:
            candidate = find_delimiter(buffer, start, stop, line_start, level.boundary)
            if candidate[2] != NONE:
                at, end, kind, near = candidate
                found, stop = level, at
            else:
                near = candidate[3]
            if near >= 0 and (first < 0 or near < first):
                first = near
    # What follows the delimiter of an outer level is looked at again, when the inner one is closed.
    if kind != NONE and first >= max(end, at + 1):
        first = -1
    return at, end, kind, found, first


def settled(buffer: bytes, start: int, levels: list[Level], *, line_start: bool) -> int:
    """Up to where a body without delimiter is content for certain: not a last line that may yet become one."""
    if not any(level.boundary for level in levels):
        return len(buffer)
    end = buffer.rfind(b"\n", start)
    first = start if end < 0 else end + 1
    line = buffer[first : first + _HOLD + 1]
    possible = len(line) <= _HOLD and line[:2] == b"--"[: len(line)] and (end >= 0 or line_start)
    if not possible:
        return _half_lookalike(buffer, start, len(buffer) - (len(buffer) > start and buffer.endswith(b"\r")), levels)
    if end < 0:
        return start
    return end - 1 if end > start and buffer[end - 1] == 0x0D else end


def _half_lookalike(buffer: bytes, start: int, ready: int, levels: list[Level]) -> int:
    """Up to where a line that is no delimiter may go on as content: not to within what resembles one, wherever the input was cut."""
    longest = max((len(level.boundary) for level in levels), default=0)
    place = buffer.find(b"-", max(start, ready - longest), ready)
    while place >= 0:
        if any(level.boundary.startswith(buffer[place:ready]) for level in levels if level.boundary):
            return max(start, place - 1)
        place = buffer.find(b"-", place + 1, ready)
    # A blank may precede one.
    return ready - (ready > start and buffer[ready - 1 : ready] in (b" ", b"\t"))


def in_header(buffer: bytes, start: int, searched: int, end: int, levels: list[Level]) -> int:
    """Where a delimiter line of an open multipart begins inside a header block; -1 where there is none.

    Args:
        buffer: holds the block.
        start: where the block begins.
        searched: up to here there is none that is whole.
        end: where the block ends, as far as it is known.
        levels: the open multiparts.
    """
    found = -1
    for level in levels:
        if level.boundary:
            place = buffer.find(level.boundary, max(start, searched - _HOLD), end + 1)
            while place > start and buffer[place - 1] != 0x0A:
                place = buffer.find(level.boundary, place + 1, end + 1)
            if place >= 0 and (found < 0 or place < found):
                found = place
    return found
