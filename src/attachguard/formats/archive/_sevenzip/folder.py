"""Unpacks 7z folders: chains of coders, each a generator that pulls from the one before.

Method ids are those of Methods.txt of the LZMA SDK. What the standard library decodes is decoded by it; BCJ2, which
7-Zip puts before LZMA for Windows programs, is `_core.bcj2`. PPMd and the methods of foreign builds are left to
libarchive.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from functools import partial
from typing import Final

from attachguard._core.bcj2 import Bcj2
from attachguard.errors import LimitExceeded, Malformed
from attachguard.formats.archive._sevenzip.header import Coder, Folder, Streams
from attachguard.limits import Budget
from attachguard.readers.outside import optional
from attachguard.readers.packed.chunks import Sequence, slices, whole
from attachguard.readers.packed.decoders import DICTIONARY_LIMIT, bunzip2, decode, filtered, lzma_decoder
from attachguard.readers.packed.extras import inflate64, unzstd
from attachguard.readers.packed.inflate import inflate

AES: Final = bytes.fromhex("06f10701")
#: Methods are numbers: leading zeros say nothing, and Copy is the number 0.
_COPY: Final = b""
_LZMA: Final = bytes.fromhex("030101")
_LZMA2: Final = b"\x21"
_DEFLATE: Final = bytes.fromhex("040108")
_BZIP2: Final = bytes.fromhex("040202")
_BCJ2: Final = bytes.fromhex("0303011b")
_DELTA: Final = b"\x03"
_BRANCH: Final = {
    bytes.fromhex("03030103"): lzma.FILTER_X86,
    bytes.fromhex("03030205"): lzma.FILTER_POWERPC,
    bytes.fromhex("03030401"): lzma.FILTER_IA64,
    bytes.fromhex("03030501"): lzma.FILTER_ARM,
    bytes.fromhex("03030701"): lzma.FILTER_ARMTHUMB,
    bytes.fromhex("03030805"): lzma.FILTER_SPARC,
    b"\x04": lzma.FILTER_X86,
    b"\x05": lzma.FILTER_POWERPC,
    b"\x06": lzma.FILTER_IA64,
    b"\x07": lzma.FILTER_ARM,
    b"\x08": lzma.FILTER_ARMTHUMB,
    b"\x09": lzma.FILTER_SPARC,
}
_DEFLATE64: Final = bytes.fromhex("040109")
_ZSTANDARD: Final = bytes.fromhex("04f71101")
_KNOWN: Final = frozenset({_COPY, _LZMA, _LZMA2, _DEFLATE, _DEFLATE64, _BZIP2, _BCJ2, _DELTA, *_BRANCH})
#: What changes bytes in their place and needs no more of them than a piece.
_FILTERS: Final = frozenset({_COPY, _DELTA, *_BRANCH})
_METHOD_NAMES: Final = {
    bytes.fromhex("030401"): "PPMd",
    _ZSTANDARD: "Zstandard",
    bytes.fromhex("04f71102"): "Brotli",
    bytes.fromhex("04f71104"): "LZ4",
}

_STEP: Final = 1 << 20
#: Most that the four streams of BCJ2 may hold, because they are needed side by side.
_BCJ2_LIMIT: Final = 1 << 26
#: Most that one compression may hand to the next.
_STACKED_LIMIT: Final = 1 << 26


def is_encrypted(folder: Folder) -> bool:
    """Whether a key is needed to unpack it."""
    return any(coder.method == AES for coder in folder.coders)


def unsupported(folder: Folder) -> str:
    """Name of the first method that stays out of reach; empty when all are known."""
    for coder in folder.coders:
        shape = (4, 1) if coder.method == _BCJ2 else (1, 1)
        known = coder.method in _KNOWN or (coder.method == _ZSTANDARD and optional.module("zstandard") is not None)
        if not known or (coder.inputs, coder.outputs) != shape:
            return _METHOD_NAMES.get(coder.method, f"method {coder.method.hex() or 'without id'}")
    return ""


class FolderReader:
    """One folder's unpacked stream, read once from front to back.

    Args:
        data: the archive.
        base: where it starts in `data`.
        streams: its packed streams.
        folder: the folder.
        budget: charged for what is passed over.
    """

    def __init__(self, data: bytes, base: int, streams: Streams, folder: Folder, budget: Budget) -> None:
        self._view = memoryview(data)
        self._base = base
        self._streams = streams
        self._folder = folder
        self._budget = budget
        self._files = Sequence(self._unpacked(), budget, "7z")

    def member(self, offset: int, size: int, crc: int | None) -> Iterator[bytes]:
        """The bytes of one file, see `Sequence.member`."""
        return self._files.member(offset, size, crc)

    def _unpacked(self) -> Iterator[bytes]:
        """The folder's stream; nothing is decoded before the first piece is asked for."""
        yield from self._output(_main_output(self._folder), 0)

    def _output(self, index: int, depth: int) -> Iterator[bytes]:
        """The output stream `index`: every known coder has one output, so it is the coder's number too."""
        folder = self._folder
        if depth > len(folder.coders):
            raise Malformed("7z: coders feed each other in a circle")
        coder, size = folder.coders[index], folder.sizes[index]
        first = sum(earlier.inputs for earlier in folder.coders[:index])
        if coder.method == _BCJ2:
            four = [self._whole(first + number, depth) for number in range(4)]
            return _unmix(Bcj2(*four), self._budget)
        if first in folder.bindings:
            inner = self._output(folder.bindings[first], depth + 1)
            if coder.method in _FILTERS:
                return _filter(coder, inner)
            # Compression on top of compression, which 7-Zip unpacks: what the inner one gives is needed in one piece.
            return self._stacked(coder, inner, size)
        return _unpack(coder, self._packed(first), size, self._budget)

    def _stacked(self, coder: Coder, inner: Iterator[bytes], size: int) -> Iterator[bytes]:
        yield from _unpack(coder, memoryview(whole(inner, _STACKED_LIMIT, self._budget)), size, self._budget)

    def _whole(self, stream: int, depth: int) -> bytes:
        """An input stream of BCJ2 as one piece."""
        origin = self._folder.bindings.get(stream)
        pieces = self._output(origin, depth + 1) if origin is not None else iter((bytes(self._packed(stream)),))
        return whole(pieces, _BCJ2_LIMIT, self._budget)

    def _packed(self, stream: int) -> memoryview:
        if stream not in self._folder.packed:
            raise Malformed("7z: a coder without input")
        number = self._folder.first_packed + self._folder.packed.index(stream)
        if number >= len(self._streams.pack_sizes):
            raise Malformed("7z: packed stream missing")
        begin = self._base + self._streams.pack_offsets[number]
        return self._view[begin : begin + self._streams.pack_sizes[number]]


def _main_output(folder: Folder) -> int:
    taken = set(folder.bindings.values())
    return next((index for index in range(len(folder.coders)) if index not in taken), 0)


def _filter(coder: Coder, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if coder.method == _COPY:
        return pieces
    if coder.method == _DELTA:
        distance = coder.properties[0] + 1 if coder.properties else 1
        return filtered(pieces, [{"id": lzma.FILTER_DELTA, "dist": distance}], "7z")
    return filtered(pieces, [{"id": _BRANCH[coder.method]}], "7z")


def _unpack(coder: Coder, data: memoryview, size: int, budget: Budget) -> Iterator[bytes]:
    method = coder.method
    if method in (_LZMA, _LZMA2):
        budget.charge_packed("LZMA", len(data))
    if method == _LZMA:
        return decode(partial(lzma_decoder, coder.properties, size), data, "7z")
    if method == _LZMA2:
        return decode(partial(_lzma2_decoder, coder.properties, size), data, "7z")
    if method == _DEFLATE:
        return inflate(data)
    if method == _DEFLATE64:
        return inflate64(data)
    if method == _ZSTANDARD:
        return unzstd(data)
    if method == _BZIP2:
        budget.charge_packed("bzip2", len(data))
        return bunzip2(data, check=budget.check_time)
    return _filter(coder, slices(data))


def _lzma2_decoder(properties: bytes, size: int) -> lzma.LZMADecompressor:
    code = properties[0] if properties else 41
    if code > 40:
        raise Malformed("7z: unusable LZMA2 properties")
    declared = min((2 | (code & 1)) << (code // 2 + 11), (1 << 32) - 1)
    dictionary = min(declared, max(size, 4096))
    if dictionary > DICTIONARY_LIMIT:
        raise LimitExceeded("part_bytes", f"a 7z folder asks for a dictionary of more than {DICTIONARY_LIMIT} bytes")
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": dictionary}])


def _unmix(decoder: Bcj2, budget: Budget) -> Iterator[bytes]:
    while piece := decoder.step(_STEP):
        budget.check_time()
        yield piece
