"""What a caller may hand over to be scanned, as pieces."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from pathlib import Path
from typing import BinaryIO, Final

Content = bytes | bytearray | memoryview | Path | BinaryIO | Iterable[bytes]
_READ: Final = 1 << 18


async def pieces(content: Content | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The octets of anything but a path."""
    if isinstance(content, AsyncIterable):
        async for piece in content:
            yield piece
    elif isinstance(content, (bytes, bytearray, memoryview)):
        yield bytes(content)
    elif isinstance(content, Iterable) and not hasattr(content, "read"):
        for piece in content:
            yield piece
    else:
        assert not isinstance(content, Path)
        while piece := content.read(_READ):
            yield piece
