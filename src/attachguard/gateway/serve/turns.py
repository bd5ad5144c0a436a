"""Turns in the event loop, so that a client that always has something to say, and is answered at once, keeps nobody else from being heard."""

from __future__ import annotations

import asyncio
from typing import Final

#: Requests of one client in a row.
_ROW: Final = 16


class Turns:
    """Of one connection; awaited after each request."""

    __slots__ = ("_row",)

    def __init__(self) -> None:
        self._row = 0

    async def over(self) -> None:
        """A request is answered."""
        self._row += 1
        if self._row >= _ROW:
            self._row = 0
            await asyncio.sleep(0)
