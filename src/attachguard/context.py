"""What one scan carries from part to part: its budget, and what the rooms above keep for it (words to try, signatures, keys)."""

from __future__ import annotations

from typing import Any, TypeVar

from attachguard.limits import Budget

T = TypeVar("T")


class Context:
    """Made once for a scan; every part of its tree has the same one.

    A thing that is kept for a scan is found by its class, so that this room need not know those that use it.

    Args:
        budget: what the scan may still use.
        kept: things to keep for the scan, one of a class.
    """

    __slots__ = ("_kept", "budget")

    def __init__(self, budget: Budget, *kept: object) -> None:
        self.budget = budget
        self._kept: dict[type, Any] = {type(each): each for each in kept}

    def get(self, kind: type[T]) -> T:
        """What is kept of this class; made without arguments the first time that somebody asks."""
        found: T | None = self._kept.get(kind)
        if found is None:
            found = self._kept[kind] = kind()
        return found

    def find(self, kind: type[T]) -> T | None:
        """What is kept of this class; None where nobody has put one here."""
        return self._kept.get(kind)

    def forget(self) -> None:
        """The scan is over: let go of what was kept.

        Parts know their context and what is kept knows parts; left alone, each message would wait whole for the garbage collector.
        """
        self._kept.clear()
