"""Octets on their way from a client to a worker, cut without a copy where that is worth it."""

from __future__ import annotations

from typing import Final

Octets = bytes | memoryview
#: From how many octets on a copy costs more than a view.
_LARGE: Final = 1 << 12


def cut(data: bytes, start: int, end: int) -> Octets:
    """A piece of what came: a view where it is large and most of it, a copy otherwise, so that little never holds on to much."""
    length = end - start
    return memoryview(data)[start:end] if length >= _LARGE and 4 * length >= 3 * len(data) else data[start:end]
