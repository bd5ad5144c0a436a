"""Patterns that are compiled when they are first used.

A process meets few of the formats, and of a format few of the things that are looked for in it: compiled where they stand, the patterns were half of
what the first file of a format cost. `re` compiles at once, and knows no other way.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, Final, cast

#: Those that have not been asked for all at once.
_WAITING: Final[list[_Later]] = []
_METHODS: Final = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


class _Later:
    """Stands for a compiled pattern; its methods are that pattern's own from the first use on, so that they cost no more than those."""

    __slots__ = ("_flags", "_source", *_METHODS)

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags
        _WAITING.append(self)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._source, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def later(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A pattern that is compiled on first need. The `re` of a match is the compiled one, which is another object than this.

    Args:
        source: as `re.compile` takes it; what is wrong with it is an error on first need only.
        flags: likewise.
    """
    return cast("re.Pattern[AnyStr]", _Later(source, flags))


def compile_all() -> None:
    """Compile what waits: for a process that others are forked from, so that none of them pays for it."""
    while _WAITING:
        _ = _WAITING.pop().search
