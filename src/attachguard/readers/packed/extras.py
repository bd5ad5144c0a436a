"""Bounded, streaming decoders for what the standard library has not: Zstandard and Brotli by optional packages, Deflate64 by our own core.

References: RFC 8878 (Zstandard), RFC 7932 (Brotli), APPNOTE.TXT 4.4.5 (Deflate64). A caller asks `optional.module` first where a package is needed.

Why our own: the packages decode; what is ours is the bound on what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attachguard._core.deflate64 import Deflate64
from attachguard.errors import ChecksumFailed, LimitExceeded, Malformed
from attachguard.readers.outside import optional

_STEP: Final = 1 << 18
#: Largest window that a Zstandard frame may ask for: that of level 22 and of `--long`.
_ZSTD_WINDOW: Final = 1 << 27


def unzstd(data: bytes | memoryview) -> Iterator[bytes]:
    """Decode Zstandard frames standing one after the other.

    Raises:
        ChecksumFailed: all of it is there, and the checksum after it does not hold.
        LimitExceeded: it asks for a larger window than any writer needs.
        Malformed: the data is broken, ends early, or the package is missing.
    """
    engine: Any = optional.module("zstandard")
    if engine is None:
        raise Malformed("Zstandard: no decoder here")
    decoder = engine.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    total = 0
    try:
        # The reader ends at a cut as it does at the end; the size that a frame states tells them apart.
        stated = engine.frame_content_size(data)
        with decoder.stream_reader(data, read_across_frames=True) as reader:
            while piece := reader.read(_STEP):
                total += len(piece)
                yield piece
    except engine.ZstdError as error:
        words = str(error)
        if "memory" in words:
            raise LimitExceeded("part_bytes", f"a Zstandard frame asks for more than {_ZSTD_WINDOW} bytes") from error
        if "checksum" not in words:
            raise Malformed("Zstandard: broken data") from error
        yield from _unsummed(engine, data, total)
        raise ChecksumFailed("Zstandard: content checksum mismatch") from error
    if total < stated:
        raise Malformed("Zstandard: data ends early")


def _unsummed(engine: Any, data: bytes | memoryview, given: int) -> Iterator[bytes]:
    """What the first frame holds after `given` bytes, read without its checksum (RFC 8878, 3.1.1.1.1.6): the library keeps its last step back."""
    plain = bytearray(data)
    plain[4] &= ~4
    total = 0
    decoder = engine.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    try:
        with decoder.stream_reader(bytes(plain), read_across_frames=False) as reader:
            while piece := reader.read(_STEP):
                total += len(piece)
                if total > given:
                    yield piece[max(0, len(piece) - (total - given)) :]
    except engine.ZstdError:
        return  # the checksum itself, where the next frame should be


def unbrotli(data: bytes | memoryview) -> Iterator[bytes]:
    """Decode one Brotli stream.

    Raises:
        Malformed: the data is broken, ends early, or the package is missing.
    """
    engine: Any = optional.module("brotli")
    if engine is None:
        raise Malformed("Brotli: no decoder here")
    decoder = engine.Decompressor()
    pending = bytes(data)
    try:
        while not decoder.is_finished():
            piece = decoder.process(pending, output_buffer_limit=_STEP)
            pending = b""
            if piece:
                yield piece
            elif decoder.can_accept_more_data():
                raise Malformed("Brotli: data ends early")
    except engine.error as error:
        raise Malformed("Brotli: broken data") from error


def inflate64(data: bytes | memoryview) -> Iterator[bytes]:
    """Decode one Deflate64 stream.

    Raises:
        Malformed: the data is broken or ends early.
    """
    decoder = Deflate64(bytes(data))
    while piece := decoder.step(_STEP):
        yield piece
    if not decoder.finished:
        raise Malformed("Deflate64: broken data, or it ends early")
