"""Compressed streams that hold one file: bzip2, xz, lzma, lzip, Zstandard, LZ4, Unix compress, zlib.

References: xz file format 1.2.1; lzip manual; RFC 8878 (Zstandard); lz4_Frame_format.md; compress(1); RFC 1950.

Why our own: the standard library decodes where it can, optional packages Zstandard and Brotli; LZ4 and compress are small decoders of `_core.lz`,
because neither justifies a dependency.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from attachguard._core.lz import Lzw, lz4_block
from attachguard.errors import Malformed
from attachguard.formats.archive.members import trailing, unpacked_name
from attachguard.part import Part
from attachguard.readers.outside import optional
from attachguard.readers.packed.decoders import bunzip2, unlzip, unlzma, unxz
from attachguard.readers.packed.extras import unbrotli, unzstd
from attachguard.readers.packed.inflate import ZLIB, inflate

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"bz2", "xz", "lzma", "lzip", "zst", "lz4", "z", "zlib", "br"})
LIMITATIONS: Final = (
    "Zstandard and Brotli streams are read only where the extra `archives` is installed.",
    "A cut in a Zstandard stream that does not state its size goes unnoticed.",
    "Brotli streams are recognised by their name only.",
    "LZ4 streams that need an outside dictionary are not read.",
)
EXTRACTS: Final = "The file inside."
DETECTS: Final = "Data after the end, damage, streams that need a decoder that is not there."

_STEP: Final = 1 << 18
#: What beginning one stream of bzip2, xz or lzip takes, see `Budget.spare`.
_STREAM_LOOKS: Final = 70
#: Title, package and decoder of the kinds that need a package of their own.
_OPTIONAL: Final = {"zst": ("Zstandard", "zstandard", unzstd), "br": ("Brotli", "brotli", unbrotli)}


def inspect(part: Part) -> Iterator[Fact]:
    """The one file in the stream, and what follows its end."""
    kind = next(type_.id for type_ in part.types if type_.id in TYPES)
    name = unpacked_name(part.name, *TYPES)
    check = partial(_count, part, _STREAM_LOOKS)
    data = part.data
    if kind in _OPTIONAL:
        title, package, decoder = _OPTIONAL[kind]
        if optional.module(package) is None:
            yield part.finding("no-decoder", f"{title}: no decoder here; {optional.REMEDY}")
        else:
            yield part.child(name, decoder(data))
        return
    ends: list[int] = []
    if kind in ("xz", "lzip", "lzma"):
        part.budget.charge_packed("LZMA", len(data))
    if kind == "bz2":
        part.budget.charge_packed("bzip2", len(data))
        yield part.child(name, _noting(bunzip2(data, check=check), ends))
    elif kind == "xz":
        yield part.child(name, _noting(unxz(data, check=check), ends))
    elif kind == "lzip":
        yield part.child(name, _noting(unlzip(data, check=check), ends))
    elif kind == "lz4":
        yield part.child(name, _noting(_unlz4(part), ends))
    elif kind == "lzma":
        yield part.child(name, unlzma(data))
    elif kind == "zlib":
        yield part.child(name, _noting(_zlib(data), ends))
    else:
        yield part.child(name, _uncompress(part))
    if ends:
        yield from trailing(part, ends[0], kind)


def _count(part: Part, looks: int = 1) -> None:
    """Count a stream, frame or block that is about to be read; raises `LimitExceeded` where the message has had too many of them."""
    part.budget.look("packed streams, frames and blocks", looks)
    part.budget.check_time()


def _zlib(data: bytes) -> Generator[bytes, None, int]:
    """The content of a zlib stream; gives the offset after it."""
    left = yield from inflate(data, wbits=ZLIB)
    return len(data) - left


def _noting(pieces: Generator[bytes, None, int], ends: list[int]) -> Iterator[bytes]:
    """The same pieces; notes the offset after the stream once it has come to its end."""
    end = yield from pieces
    ends.append(end)


# -- LZ4 ------------------------------------------------------------------------------------------------------------------

_LZ4_MAGIC: Final = 0x184D2204
_LZ4_LEGACY: Final = 0x184C2102
_LZ4_SKIPPABLE: Final = 0x184D2A50
_LZ4_HISTORY: Final = 1 << 16
_LZ4_LEGACY_BLOCK: Final = 1 << 23


def _unlz4(part: Part) -> Generator[bytes, None, int]:
    """Frames one after the other; gives the offset after the last."""
    data = part.data
    position = 0
    while position + 4 <= len(data):
        _count(part)
        magic = struct.unpack_from("<I", data, position)[0]
        if magic == _LZ4_MAGIC:
            position = yield from _lz4_frame(part, position + 4)
        elif magic == _LZ4_LEGACY:
            position = yield from _lz4_legacy(part, position + 4)
        elif magic & 0xFFFFFFF0 == _LZ4_SKIPPABLE and position + 8 <= len(data):
            position += 8 + struct.unpack_from("<I", data, position + 4)[0]
        else:
            return position
    return min(position, len(data))


def _word(data: bytes, position: int) -> int:
    if position + 4 > len(data):
        raise Malformed("LZ4: data ends early")
    word: int = struct.unpack_from("<I", data, position)[0]
    return word


def _lz4_frame(part: Part, position: int) -> Generator[bytes, None, int]:
    data = part.data
    if position + 3 > len(data):
        raise Malformed("LZ4: header ends early")
    flags, code = data[position], data[position + 1] >> 4 & 7
    if flags >> 6 != 1 or code < 4:
        raise Malformed("LZ4: unknown frame version or block size")
    if flags & 1:
        raise Malformed("LZ4: stream needs an outside dictionary")
    independent, block_sums, has_size, content_sum = flags & 32, flags & 16, flags & 8, flags & 4
    position += 3 + (8 if has_size else 0)
    block_size = 1 << (8 + 2 * code)
    history = b""
    while size := _word(data, position):
        _count(part)
        position += 4
        stored, size = size >> 31, size & 0x7FFFFFFF
        block = data[position : position + size]
        if size > block_size or len(block) < size:
            raise Malformed("LZ4: data ends early or a block is larger than stated")
        out = block if stored else lz4_block(block, history, block_size)
        if out:
            yield out
        elif size:
            raise Malformed("LZ4: broken data")
        history = b"" if independent else (history + out)[-_LZ4_HISTORY:]
        position += size + (4 if block_sums else 0)
    return position + 4 + (4 if content_sum else 0)


def _lz4_legacy(part: Part, position: int) -> Generator[bytes, None, int]:
    data = part.data
    while position + 4 <= len(data):
        _count(part)
        size = _word(data, position)
        if size in (_LZ4_MAGIC, _LZ4_LEGACY) or position + 4 + size > len(data):
            break
        out = lz4_block(data[position + 4 : position + 4 + size], b"", _LZ4_LEGACY_BLOCK)
        if not out:
            break
        yield out
        position += 4 + size
    return position


# -- compress -------------------------------------------------------------------------------------------------------------


def _uncompress(part: Part) -> Iterator[bytes]:
    data = part.data
    if len(data) < 3:
        raise Malformed("compress: header ends early")
    bits = data[2] & 31
    if not 9 <= bits <= 16:
        raise Malformed("compress: impossible code width")
    decoder = Lzw(data[3:], bits, bool(data[2] & 0x80))
    while piece := decoder.step(_STEP):
        yield piece
    if decoder.failed:
        raise Malformed("compress: broken data")
