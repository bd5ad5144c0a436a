"""Bounded, streaming decoders for compressed streams other than deflate, on top of `bz2` and `lzma`.

The standard library's decoders do the work; what is added is that nobody is asked for more than one step of output,
that the memory a stream may claim for its dictionary has a cap, and that streams set one after the other are decoded
one after the other, as the tools do.

References: xz file format 1.2.1; LZMA specification (7-Zip SDK, lzma-specification.txt); lzip manual, "File format".

Why our own: `bz2` and `lzma` decode; what is ours is the bound on what comes out, several streams in a row, and what a broken one still gives.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from typing import Any, Final

from attachguard.errors import ChecksumFailed, LimitExceeded, Malformed
from attachguard.readers.packed.chunks import Data, skip_zeros
from attachguard.readers.packed.inflate import crc32
from attachguard.readers.packed.salvage import Make, salvaged

_deflate: Any
try:
    from isal import isal_zlib as _deflate
except ImportError:  # no wheel for this platform
    _deflate = zlib

#: Most memory a dictionary may take; the strongest preset of xz and 7-Zip's ultra need 64 MiB.
DICTIONARY_LIMIT: Final = 1 << 28

_FIRST_STEP: Final = 1 << 12
_INPUT_STEP: Final = 1 << 16
_OUTPUT_STEP: Final = 1 << 20
#: Most data that one stored LZMA2 chunk holds (xz format, LZMA2 control byte 0x01).
_LZMA2_CHUNK: Final = 1 << 16

#: Bytes of a gzip header that are looked at: an extra field of the largest size, a long name and a long comment.
_GZIP_HEADER: Final = 1 << 18

Check = Callable[[], None]
#: What decoders raise where a stream is broken.
_BROKEN: Final = (lzma.LZMAError, OSError, ValueError, EOFError, MemoryError)


def drain(make: Make, data: Data, what: str) -> Generator[bytes, None, int]:
    """Decode one stream; `StopIteration.value` is the number of input bytes it took.

    Args:
        make: makes a fresh decoder.
        data: the stream and whatever follows it.
        what: name of the format, for messages.

    Raises:
        Malformed: the stream is broken or ends early; what could be decoded was yielded.
        LimitExceeded: its dictionary is larger than `DICTIONARY_LIMIT`.
    """
    view = memoryview(data)
    position = begun = given = 0
    # What follows the end of a stream is copied back to us; small first steps keep that cheap where streams are tiny.
    step = _FIRST_STEP
    try:
        decoder = make()
        while not decoder.eof:
            pending: Data = b""
            if decoder.needs_input:
                if position >= len(view):
                    raise Malformed(f"{what}: data ends early")
                begun = position
                pending = view[position : position + step]
                position += len(pending)
                step = _INPUT_STEP
            piece = decoder.decompress(pending, _OUTPUT_STEP)
            if piece:
                given += len(piece)
                yield piece
        return position - len(decoder.unused_data)
    except lzma.LZMAError as error:
        if "emory" in str(error):
            raise LimitExceeded(
                "part_bytes", f"the {what} stream asks for a dictionary of more than {DICTIONARY_LIMIT} bytes"
            ) from error
    except MemoryError as error:
        raise LimitExceeded("part_bytes", f"the {what} stream asks for more memory than there is") from error
    except (OSError, ValueError, EOFError):
        pass  # what bz2 raises for broken data
    yield from salvaged(make, view, begun, given, _BROKEN)
    raise Malformed(f"{what}: broken data")


def decode(make: Make, data: Data, what: str) -> Iterator[bytes]:
    """Decode one stream that must be whole; raises as `drain`."""
    yield from drain(make, data, what)


def concatenated(
    make: Make, data: Data, magic: bytes, what: str, *, check: Check, padding: bool = False
) -> Generator[bytes, None, int]:
    """Decode streams standing one after the other; whatever does not start with `magic` ends them.

    Args:
        make: makes a fresh decoder.
        data: the streams.
        magic: how a further stream starts.
        what: name of the format, for messages.
        check: called before each stream; raises when the time is over.
        padding: whether zeros may stand between streams (xz, section 2.2).

    Returns:
        As `StopIteration.value`, the offset after the last stream.
    """
    view = memoryview(data)
    position = 0
    while True:
        check()
        position += yield from drain(make, view[position:], what)
        if padding:
            position = skip_zeros(view, position)
        if view[position : position + len(magic)].tobytes() != magic:
            return position


def gunzip_member(data: Data) -> Generator[bytes, None, int]:
    """Decode one gzip member (RFC 1952, 2.3); `StopIteration.value` is the number of input bytes it took.

    Readers differ on which of its two checksums they look at; the content is what they agree on. So the deflate data are decoded by themselves,
    and what the checksums say comes after them.

    Raises:
        ChecksumFailed: all was decoded, and one of the checksums does not hold; `end` is what `StopIteration.value` would have been.
        Malformed: the member is broken or ends early.
    """
    view = memoryview(data)
    begin, fault = _gzip_header(view)
    decoder = _deflate.decompressobj(-15)
    position, step, checksum, total = begin, _FIRST_STEP, 0, 0
    pending: Data = b""
    try:
        while not decoder.eof:
            if not pending:
                if position >= len(view):
                    raise Malformed("gzip: data ends early")
                pending = view[position : position + step]
                position += len(pending)
                step = _INPUT_STEP
            piece = decoder.decompress(pending, _OUTPUT_STEP)
            pending = decoder.unconsumed_tail
            if piece:
                checksum = crc32(piece, checksum)
                total += len(piece)
                yield piece
    except _deflate.error as error:
        raise Malformed("gzip: broken data") from error
    position -= len(decoder.unused_data)
    trailer = bytes(view[position : position + 8])
    if trailer != struct.pack("<II", checksum, total & 0xFFFFFFFF):
        fault = "checksum mismatch" if len(trailer) == 8 else "checksum cut off"
    if fault:
        raise ChecksumFailed(f"gzip: {fault}", position + len(trailer))
    return position + 8


def _gzip_header(view: memoryview) -> tuple[int, str]:
    """Where the deflate data begin, and what does not hold of the header."""
    head = bytes(view[:10])
    if len(head) < 10 or head[2] != 8:
        raise Malformed("gzip: header ends early" if len(head) < 10 else "gzip: unknown method")
    flags, at = head[3], 10
    if not flags & 0x1F:
        return at, ""
    raw = bytes(view[:_GZIP_HEADER])
    if flags & 4:
        at += 2 + int.from_bytes(raw[at : at + 2], "little")
    for field in (8, 16):  # name, comment
        if flags & field:
            zero = raw.find(b"\0", at)
            if zero < 0:
                raise Malformed("gzip: header ends early")
            at = zero + 1
    fault = ""
    if flags & 2:
        if raw[at : at + 2] != (zlib.crc32(raw[:at]) & 0xFFFF).to_bytes(2, "little"):
            fault = "header checksum mismatch"
        at += 2
    return at, fault


def bunzip2(data: Data, *, check: Check) -> Generator[bytes, None, int]:
    """Decode bzip2 streams; `StopIteration.value` is the offset after the last."""
    return concatenated(bz2.BZ2Decompressor, data, b"BZh", "bzip2", check=check)


def unxz(data: Data, *, check: Check) -> Generator[bytes, None, int]:
    """Decode xz streams; `StopIteration.value` is the offset after the last."""

    def make() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=DICTIONARY_LIMIT)

    return concatenated(make, data, b"\xfd7zXZ\0", "xz", check=check, padding=True)


def unlzma(data: Data) -> Iterator[bytes]:
    """Decode one stream in the old `.lzma` format."""
    return decode(partial(lzma.LZMADecompressor, lzma.FORMAT_ALONE, memlimit=DICTIONARY_LIMIT), data, "lzma")


def unlzip(data: Data, *, check: Check) -> Generator[bytes, None, int]:
    """Decode lzip members: an LZMA stream with fixed settings between a header of 6 and a trailer of 20 bytes each."""
    view = memoryview(data)
    position = 0
    while view[position : position + 4].tobytes() == b"LZIP":
        check()
        if len(view) < position + 6:
            raise Malformed("lzip: header ends early")
        version, coded = view[position + 4], view[position + 5]
        # Bits 4-0 are the exponent, bits 7-5 how many sixteenths are taken off.
        size = 1 << (coded & 31)
        size -= (size // 16) * (coded >> 5)
        if not 4096 <= size <= 1 << 29:
            raise Malformed("lzip: impossible dictionary size")
        position += 6
        make = partial(lzma_decoder, b"\x5d" + struct.pack("<I", size), None)
        position += yield from drain(make, view[position:], "lzip")
        position += 20 if version else 12
    return position


def lzma_decoder(properties: bytes, size: int | None) -> lzma.LZMADecompressor:
    """A decoder for a bare LZMA stream.

    Args:
        properties: the five bytes of LZMA properties: lc/lp/pb, then the dictionary size.
        size: bytes it unpacks to; None where an end marker says so.

    Raises:
        Malformed: the properties are not five bytes.
    """
    if len(properties) != 5:
        raise Malformed("LZMA: properties of the wrong length")
    if size is not None:
        # A dictionary never needs to be larger than what is unpacked.
        declared = int.from_bytes(properties[1:5], "little")
        properties = properties[:1] + struct.pack("<I", min(declared, max(size, 4096)))
    decoder = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=DICTIONARY_LIMIT)
    header = properties + struct.pack("<Q", (1 << 64) - 1 if size is None else size)
    try:
        decoder.decompress(header, 0)
    except lzma.LZMAError as error:
        raise Malformed("LZMA: unusable properties") from error
    return decoder


def filtered(pieces: Iterable[bytes], filters: list[dict[str, int]], what: str) -> Iterator[bytes]:
    """Run plain data through branch or delta filters.

    The library filters only inside a compressed stream, so each piece is handed over as stored LZMA2 chunks, which it
    copies through.
    """
    chain = [*filters, {"id": lzma.FILTER_LZMA2, "dict_size": 4096}]
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=chain)
    control = 1  # the first chunk resets the dictionary, the others do not
    try:
        for piece in pieces:
            for start in range(0, len(piece), _LZMA2_CHUNK):
                chunk = piece[start : start + _LZMA2_CHUNK]
                out = decoder.decompress(struct.pack(">BH", control, len(chunk) - 1) + chunk)
                control = 2
                if out:
                    yield out
        out = decoder.decompress(b"\0")
    except lzma.LZMAError as error:
        raise Malformed(f"{what}: broken data") from error
    if out:
        yield out
