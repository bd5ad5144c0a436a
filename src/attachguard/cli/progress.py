"""A progress bar that appears on a terminal when the work takes longer than a second, and never in a pipe."""

from __future__ import annotations

import sys
import time
from typing import Final

_WIDTH: Final = 30


class Progress:
    """Counts finished steps on standard error.

    Args:
        total: number of steps.
        enabled: False keeps it silent, as does any output that is no terminal.
    """

    def __init__(self, total: int, *, enabled: bool) -> None:
        self._total = total
        self._done = 0
        self._shown = False
        self._enabled = enabled and total > 1 and sys.stderr.isatty() and sys.stdout.isatty()
        self._next = time.monotonic() + 1.0

    def step(self) -> None:
        """One more step is done."""
        self._done += 1
        if self._enabled and time.monotonic() >= self._next:
            self._next = time.monotonic() + 0.1
            filled = _WIDTH * self._done // self._total
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {self._done}/{self._total}")
            sys.stderr.flush()
            self._shown = True

    def clear(self) -> None:
        """Take the bar off the terminal, so that other output has the line."""
        if self._shown:
            sys.stderr.write("\r" + " " * (_WIDTH + 20) + "\r")
            sys.stderr.flush()
            self._shown = False
