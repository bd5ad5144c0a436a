"""Kernels that do what content cannot be trusted to do on demand: end their process, take all memory, take their time."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterable

import msgspec

from attachguard.hunt.rows import Granularity, Row

#: Contents that make the evil kernel do it.
CRASHES, HOARDS, HANGS = b"crash", b"hoard", b"hang"


class Evil:
    """One row an object, unless its content says otherwise."""

    most = 1 << 20

    def __init__(self, seconds: float, pause: float) -> None:
        self.seconds = seconds
        self._pause = pause

    def scan_batch(
        self, batch: Iterable[tuple[str, bytes]], *, kind: str = "auto", begin: Callable[[], None] | None = None
    ) -> list[Row]:
        """A row an object."""
        found = []
        for uri, content in batch:
            if begin is not None:
                begin()
            time.sleep(self._pause)
            if content == CRASHES:
                ctypes.string_at(0)
            if content == HOARDS:
                kept = []
                while True:
                    kept.append(bytearray(b"\1" * (8 << 20)))
                    time.sleep(0.002)
            if content == HANGS:
                # A C function that keeps the lock of the interpreter: nothing in Python gets a turn any more.
                ctypes.PyDLL(None).sleep(600)
            found.append(self._row(uri, "flag", len(content), complete=True))
        return found

    def failed(self, uri: str, cause: str) -> list[Row]:
        """The row of one that could not be scanned."""
        return [self._row(uri, "defer", None, complete=False) | {"codes": ["scan-incomplete"], "kinds": [cause]}]

    def _row(self, uri: str, action: str, size: int | None, *, complete: bool) -> Row:
        texts = {key: [] for key in ("reasons", "codes", "kinds", "rules", "types")}
        return {"source": uri, "size": size, "complete": complete, "action": action, **texts}


class EvilMaker(msgspec.Struct, frozen=True):
    """Builds it in a worker."""

    seconds: float = 60.0
    pause: float = 0.0
    granularity: Granularity = "messages"

    def kernel(self) -> Evil:
        """The kernel."""
        return Evil(self.seconds, self.pause)
