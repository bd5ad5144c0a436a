"""What trying words may still cost for one message: seconds by the estimates of the formats, and by the clock.

The number of tries follows from the estimates, so that a slow machine comes to the same verdict as a fast one; only a much slower one is stopped by
the clock.
"""

from __future__ import annotations

import functools
from typing import Final

#: What part of `password_seconds` goes to words of a rank and of those after it. What is marked as a password may use nearly all of it, guesses get
#: little, and something is left for a word that has opened one part and will open the next.
_SHARES: Final = {0: 0.8, 3: 0.4, 5: 0.02}
#: The share of mere guesses.
GUESSES: Final = 5
#: What sums of estimates may be off by rounding.
_SLACK: Final = 1e-9


@functools.lru_cache
def share_of(rank: int) -> int:
    """The share that words of a rank are paid from."""
    return max(share for share in _SHARES if share <= rank)


class Purse:
    """What is spent so far.

    Args:
        seconds: what trying may take; by the clock twice as much.
    """

    __slots__ = ("_seconds", "_spent", "_worked")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        #: Seconds by the estimates, of the words of each share and of those after it; seconds by the clock.
        self._spent = dict.fromkeys(_SHARES, 0.0)
        self._worked = 0.0

    @property
    def state(self) -> tuple[float, ...]:
        """What is spent, to be compared."""
        return (self._worked, *self._spent.values())

    def empty(self, price: float, *, free: bool) -> bool:
        """Whether no word can be paid for any more, whichever it is.

        Args:
            price: what one costs.
            free: whether there are words that cost nothing.
        """
        return self._late() or (not free and self._spent[0] + price > self._seconds + _SLACK)

    def affords(self, price: float, share: int, *, free: bool, opener: bool) -> bool:
        """Whether there is enough left for one more try.

        Args:
            price: what it costs; 0 also where the clock alone says.
            share: where the word is paid from.
            free: whether it costs nothing any more.
            opener: whether the word has opened something before.
        """
        if self._late():
            return False
        if free:
            return True
        if opener:
            return self._spent[0] + price <= self._seconds + _SLACK
        return all(
            self._spent[each] + price <= self._seconds * part + _SLACK
            for each, part in _SHARES.items()
            if each <= share
        )

    def pay(self, price: float, share: int) -> None:
        """Take what a try has cost from its share, and from those before it."""
        for each in _SHARES:
            if each <= share:
                self._spent[each] += price

    def work(self, seconds: float) -> None:
        """Count seconds by the clock."""
        self._worked += seconds

    def _late(self) -> bool:
        return self._worked > 2 * self._seconds
