"""Patterns that are compiled when content first calls for them: most processes never meet most formats."""

from __future__ import annotations

import re


class Later:
    """A pattern over octets, compiled on first need.

    Args:
        source: as `re.compile` takes it.
        flags: likewise.
    """

    __slots__ = ("_compiled", "_flags", "_source")

    def __init__(self, source: bytes, flags: int = 0) -> None:
        self._source = source
        self._flags = flags
        self._compiled: re.Pattern[bytes] | None = None

    def match(self, data: bytes) -> re.Match[bytes] | None:
        """As that of a pattern."""
        if self._compiled is None:
            self._compiled = re.compile(self._source, self._flags)
        return self._compiled.match(data)
