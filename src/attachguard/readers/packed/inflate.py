"""Bounded, streaming inflate for every format that holds deflate data.

isal decodes 1.5 to 2 times as fast as zlib and has the same interface; zlib is in where isal has no wheel.

Why our own: only what is around it is: a decompressor is never asked for more than one step of output, whatever the input says of its size.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Final

from attachguard.errors import ChecksumFailed, Malformed
from attachguard.readers.packed.salvage import salvaged

_engine: Any
try:
    from isal import isal_zlib as _engine
except ImportError:  # no wheel for this platform
    _engine = zlib
_adler32: Final = _engine.adler32

#: CRC-32 with the interface of `zlib.crc32`, three times as fast where isal is there.
crc32: Final[Callable[..., int]] = _engine.crc32
#: Name of the library that inflates here, for `attachguard doctor`.
ENGINE: Final[str] = _engine.__name__.rpartition(".")[2]

RAW: Final = -15
ZLIB: Final = 15
GZIP: Final = 31

_INPUT_STEP: Final = 1 << 16
_OUTPUT_STEP: Final = 1 << 20


def inflate(data: bytes | memoryview, *, wbits: int = RAW, strict: bool = True) -> Generator[bytes, None, int]:
    """Inflate one deflate stream, in pieces of at most 1 MiB.

    A zlib stream (RFC 1950) is read without its checksum, as viewers of documents do; `strict` readers are told of a wrong one at the end.

    Args:
        data: the stream; what follows its end is ignored.
        wbits: `RAW`, `ZLIB` or `GZIP`, as in `zlib.decompressobj`.
        strict: whether a stream that is cut or broken raises after what could be decoded has been yielded.

    Returns:
        As `StopIteration.value`, how many bytes follow the end of the stream.

    Raises:
        ChecksumFailed: all was decoded, `strict` is set, and the checksum of a zlib stream does not match.
        Malformed: the stream is broken or ends early, and `strict`.
    """
    view = memoryview(data)
    # Recognised by its header; a stream with a dictionary, or without a valid header, is left to the library.
    if wbits == ZLIB and len(view) > 2 and view[0] & 15 == 8 and not (view[0] << 8 | view[1]) % 31 and not view[1] & 32:
        return _inflate_summed(view[2:], strict=strict)
    return _inflate(view, wbits, strict=strict)


def _inflate_summed(view: memoryview, *, strict: bool) -> Generator[bytes, None, int]:
    """Inflate a zlib stream from after its header."""
    checksum = 1
    pieces = _inflate(view, RAW, strict=strict)
    try:
        while True:
            piece = next(pieces)
            if strict:
                checksum = _adler32(piece, checksum)
            yield piece
    except StopIteration as stop:
        left: int = stop.value
    if strict and bytes(view[len(view) - left :][:4]) != checksum.to_bytes(4, "big"):
        raise ChecksumFailed("checksum of a zlib stream does not match")
    return max(0, left - 4)


def _inflate(view: memoryview, wbits: int, *, strict: bool) -> Generator[bytes, None, int]:
    decoder = _engine.decompressobj(wbits)
    given = begun = 0
    try:
        for start in range(0, len(view), _INPUT_STEP):
            pending: bytes | memoryview = view[start : start + _INPUT_STEP]
            begun = start
            while pending and not decoder.eof:
                piece = decoder.decompress(pending, _OUTPUT_STEP)
                if piece:
                    given += len(piece)
                    yield piece
                elif len(decoder.unconsumed_tail) == len(pending):
                    break  # no progress on either side
                pending = decoder.unconsumed_tail
            if decoder.eof:
                return max(0, len(view) - start - _INPUT_STEP) + len(decoder.unused_data)
        # A full last step may have left output after in the decoder.
        piece = decoder.flush(_OUTPUT_STEP)
        if piece:
            yield piece
    except _engine.error as error:
        yield from salvaged(partial(_Deflated, wbits), view, begun, given, (_engine.error,))
        if strict:
            raise Malformed(f"broken deflate data ({type(error).__name__})") from error
        return 0
    if strict and not decoder.eof:
        raise Malformed("deflate data ends early")
    return 0


class _Deflated:
    """A decoder of deflate data that keeps the input that it has not used, as those of other formats do."""

    __slots__ = ("_decoder", "_left", "needs_input")

    def __init__(self, wbits: int) -> None:
        self._decoder = _engine.decompressobj(wbits)
        self._left: bytes = b""
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return bool(self._decoder.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._decoder.unused_data)

    def decompress(self, data: bytes | memoryview, max_length: int = -1) -> bytes:
        pending = data if self.needs_input else self._left
        piece: bytes = self._decoder.decompress(pending, max_length)
        self._left = self._decoder.unconsumed_tail
        self.needs_input = not self._left or (not piece and len(self._left) == len(pending))
        return piece


def inflate_small(data: bytes | memoryview, size: int) -> bytes | None:
    """A whole raw deflate stream that fills its data and unpacks to `size` bytes; None where it is anything else."""
    decoder = _engine.decompressobj(RAW)
    try:
        content: bytes = decoder.decompress(data, size + 1)
    except _engine.error:
        return None
    return content if decoder.eof and not decoder.unused_data and len(content) == size else None


def inflate_up_to(data: bytes | memoryview, limit: int, *, wbits: int = RAW) -> bytes:
    """The first `limit` bytes of a deflate stream, or what there is of it; never raises for broken data."""
    pieces: list[bytes] = []
    have = 0
    for piece in inflate(data, wbits=wbits, strict=False):
        pieces.append(piece)
        have += len(piece)
        if have >= limit:
            break
    return b"".join(pieces)[:limit]
