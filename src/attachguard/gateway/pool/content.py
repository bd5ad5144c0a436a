"""What a caller may hand over to be scanned, as pieces."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

Content = bytes | bytearray | memoryview | Path | BinaryIO | Iterable[bytes]
_READ: Final = 1 << 18


def gathered(content: Content) -> Content:
    """The octets of anything but a path, waited for here: a pipe or a generator of one caller must not hold up the scans of others."""
    return content if isinstance(content, (bytes, bytearray, memoryview, Path)) else list(_pieces(content))


async def pieces(content: Content | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The octets of anything but a path."""
    if isinstance(content, AsyncIterable):
        async for piece in content:
            yield _kept(piece)
    elif isinstance(content, (bytes, bytearray, memoryview)):
        yield bytes(content)
    else:
        assert not isinstance(content, Path)
        for piece in _pieces(content):
            yield piece


async def opened(path: Path) -> BinaryIO:
    """The open file; a pipe, whose other end may not be there yet, is waited for beside the event loop."""
    return await asyncio.to_thread(path.open, "rb") if path.is_fifo() else path.open("rb")


def _pieces(content: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    if not hasattr(content, "read"):
        yield from map(_kept, content)
        return
    while (piece := content.read(_READ)) != b"":
        if piece is None:
            raise BlockingIOError(errno.EAGAIN, "the file does not wait for its content: set it to blocking before")
        yield _kept(piece)


def _kept(piece: bytes) -> bytes:
    """A piece that nobody writes to any more, as a caller does who fills one buffer again and again; raises `TypeError` for what is no octets."""
    return piece if isinstance(piece, bytes) else bytes(memoryview(piece))
