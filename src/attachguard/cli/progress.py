"""A progress bar on standard error: on a terminal only, after a second, wherever the output itself goes.

Own code because the bars of libraries draw at once, assume that standard output is theirs too, or run a thread, which must not be there when
the processes of `--jobs` are forked.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from attachguard.cli.terminal import moves

_WIDTH: Final = 30
#: Seconds before the bar appears, and between two of its pictures.
_PATIENCE: Final = 1.0
_EVERY: Final = 0.1


class Progress:
    """Counts finished steps; used with `with`, so that no bar is left after however the work ends.

    Args:
        total: number of steps.
        enabled: False keeps it silent.
    """

    def __init__(self, total: int, *, enabled: bool) -> None:
        self._total = total
        self._done = 0
        self._shown = False
        self._enabled = enabled and total > 1 and moves(sys.stderr)
        self._begun = time.monotonic()
        self._next = self._begun + _PATIENCE

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def step(self) -> None:
        """One more step is done."""
        self._done += 1
        self.tick()

    def tick(self) -> None:
        """Draw the bar, where it is time for it."""
        now = time.monotonic()
        if self._enabled and now >= self._next:
            self._next = now + _EVERY
            self._shown = True  # before it is: Ctrl-C may come in between
            sys.stderr.write("\r" + self._picture(now) + "\x1b[K")
            sys.stderr.flush()

    def _picture(self, now: float) -> str:
        filled = _WIDTH * self._done // self._total
        text = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {self._done}/{self._total}"
        if self._done:
            left = (now - self._begun) / self._done * (self._total - self._done)
            text += f"  {_duration(left)} left"
        return text[: shutil.get_terminal_size().columns - 1]

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Other output has the line meanwhile; it comes back with the next step."""
        self.clear()
        yield

    def clear(self) -> None:
        """Take the bar off the terminal."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
            self._next = min(self._next, time.monotonic())


class Looking(Progress):
    """Counts what is found before the work can begin, where there is so much that looking for it takes time.

    Args:
        enabled: False keeps it silent.
    """

    def __init__(self, *, enabled: bool) -> None:
        super().__init__(2, enabled=enabled)

    def _picture(self, now: float) -> str:  # noqa: ARG002 - nobody knows how much there will be, and so no end
        return f"{self._done:,} found, looking for more"[: shutil.get_terminal_size().columns - 1]


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02} h"
