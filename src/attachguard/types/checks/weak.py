"""Weak signatures: first bytes, and the check of what follows."""

from __future__ import annotations

from collections.abc import Callable

#: Looks at the head of some bytes and gives the id of their type, or an empty text.
Check = Callable[[bytes], str]


class Weak:
    """First bytes that prove nothing by themselves, and the look at more that does; several types may share one.

    Args:
        prefixes: the first bytes.
        check: which of the types it is; an empty text for none.
    """

    __slots__ = ("check", "prefixes")

    def __init__(self, prefixes: tuple[bytes, ...], check: Check) -> None:
        self.prefixes = prefixes
        self.check = check

    def __call__(self, data: bytes) -> str:
        """The answer of the check."""
        return self.check(data)


def begins(*prefixes: bytes) -> Callable[[Check], Weak]:
    """Makes a weak signature of a check."""
    return lambda check: Weak(prefixes, check)
