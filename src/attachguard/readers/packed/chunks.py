"""Content in pieces, of which nobody ever holds more than a step: cut, collected within bounds, or shared by files that lie one after the other.

Why our own: no library hands out the files of one stream with a bound and a check for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attachguard.errors import ChecksumFailed, LimitExceeded, Malformed
from attachguard.limits import Budget
from attachguard.readers.packed.inflate import crc32

_SEARCH_STEP: Final = 1 << 16
_PIECE: Final = 1 << 20

Data = bytes | memoryview


def skip_zeros(view: memoryview, position: int) -> int:
    """The offset of the first byte from `position` on that is not zero."""
    while position < len(view):
        step = bytes(view[position : position + _SEARCH_STEP])
        rest = step.lstrip(b"\0")
        if rest:
            return position + len(step) - len(rest)
        position += len(step)
    return position


def slices(data: memoryview) -> Iterator[bytes]:
    """Data as it is, in steps."""
    return (bytes(data[start : start + _PIECE]) for start in range(0, len(data), _PIECE))


def whole(pieces: Iterable[bytes], limit: int, budget: Budget) -> bytes:
    """All pieces as one, charged to the budget.

    Raises:
        LimitExceeded: they are more than `limit` bytes.
    """
    kept = bytearray()
    for piece in pieces:
        budget.charge(len(piece))
        kept += piece
        if len(kept) > limit:
            raise LimitExceeded("part_bytes", f"more than {limit} bytes are needed side by side")
    return bytes(kept)


class Sequence:
    """Files that lie one after the other in one unpacked stream, which is decoded once, from front to back.

    Args:
        pieces: the stream.
        budget: charged for what is passed over.
        what: name of the format, for messages.
    """

    def __init__(self, pieces: Iterator[bytes], budget: Budget, what: str) -> None:
        self._pieces = pieces
        self._budget = budget
        self._what = what
        self._rest: Data = b""
        self._position = 0

    def member(self, offset: int, size: int, crc: int | None = None) -> Iterator[bytes]:
        """The bytes of one file; offsets must rise from call to call.

        Raises:
            Malformed: the stream ends early or is broken, or the checksum does not hold.
        """
        while self._position < offset:
            passed = len(self._next(offset - self._position))
            self._budget.charge(passed)
        if self._position > offset:
            raise Malformed(f"{self._what}: a file overlaps the one before it")
        summed = 0
        while size > 0:
            piece = self._next(size)
            size -= len(piece)
            if crc is not None:
                summed = crc32(piece, summed)
            yield bytes(piece)
        if crc is not None and summed != crc:
            raise ChecksumFailed(f"{self._what}: checksum of a file does not match")

    def goes_on(self) -> bool:
        """Whether anything follows what was taken."""
        self._rest = self._rest or next(self._pieces, b"")
        return bool(self._rest)

    def _next(self, most: int) -> Data:
        if not self._rest:
            self._rest = next(self._pieces, b"")
            if not self._rest:
                raise Malformed(f"{self._what}: packed data ends early")
        piece = self._rest[:most]
        self._rest = memoryview(self._rest)[most:]
        self._position += len(piece)
        return piece
