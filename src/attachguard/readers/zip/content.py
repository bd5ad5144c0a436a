"""The content of ZIP members: unpacked lazily, in bounded pieces, checked against what the headers say (APPNOTE.TXT 6.3.10, 4.4.5, 5).

Data that is not packed the way its header says is unpacked the way it is (CVE-2026-0866: stored on paper, deflated in fact), because that is what
some program will do.
"""

from __future__ import annotations

import bz2
import lzma
from collections.abc import Callable, Iterator
from typing import Any, Final

from attachguard._core import zipmarks
from attachguard.errors import ChecksumFailed, Malformed
from attachguard.readers.packed.extras import inflate64, unzstd
from attachguard.readers.packed.inflate import crc32, inflate, inflate_small
from attachguard.readers.zip.archive import DEFLATED, METHODS, STORED, ZSTANDARD, Directory, Entry

_DEFLATE64: Final = 9
STEP: Final = 1 << 20
#: Members up to this size are unpacked in one call, where their headers are right.
_WHOLE: Final = 4 << 20
BZIP2: Final = 12
#: Methods that are undone at a few megabytes a second, as `Budget.charge_packed` calls them.
SLOW: Final = {BZIP2: "bzip2", 14: "LZMA", 95: "LZMA"}
#: How often, and how far, the content of a member is followed beyond the size that the directory gives.
_TRIALS: Final = 64
_TRIAL_BYTES: Final = 16 << 20
#: Bytes of it that take as long as one look, see `Budget.spare`.
_TRIAL_LOOK: Final = 1 << 10
#: Memory that a decompressor may ask for on the word of its input.
_MEMORY: Final = 128 << 20


def open_entry(directory: Directory, entry: Entry) -> Iterator[bytes]:
    """The content of a member, in pieces.

    Reading it to its end sets `entry.actual` and, where content and headers disagree, `entry.surprise`.

    Raises:
        Malformed: the data is damaged; what could be unpacked was given before.
    """
    if entry.held is not None:
        yield entry.held
        return
    if entry.start < 0:
        raise Malformed("ZIP: the directory leads to no local header")
    view = memoryview(directory.data)[entry.start : entry.start + entry.packed]
    content = at_once(view, entry)
    if content is None:
        yield from unpack(view, entry, directory=directory)
        return
    yield content
    entry.actual = entry.size
    entry.sound = True


def at_once(view: memoryview, entry: Entry) -> bytes | None:
    """The content of a member that is what its headers say and not large, as nearly every one is; None for any other.

    Args:
        view: its data.
        entry: the member.
    """
    content = None
    if entry.size <= _WHOLE:
        if entry.method == DEFLATED:
            content = inflate_small(view, entry.size)
        elif entry.method == STORED and len(view) == entry.size:
            content = bytes(view)
    return content if content is not None and crc32(content) == entry.checksum else None


def unpack(
    view: memoryview, entry: Entry, method: int | None = None, *, directory: Directory | None = None
) -> Iterator[bytes]:
    """Unpack the data of a member; see `open_entry`.

    Args:
        view: the data, decrypted.
        entry: the member.
        method: the compression method, where it is not the one of the entry.
        directory: the archive, where the data are in it as they are.
    """
    checksum = total = 0
    for piece in _pieces(view, entry, entry.method if method is None else method, directory):
        checksum = crc32(piece, checksum)
        total += len(piece)
        yield piece
    entry.actual = total
    if entry.surprise:
        return
    if entry.hidden and not entry.checksum:
        entry.sound = True
        return
    if total != entry.size and total and not entry.marks & zipmarks.CUT:
        entry.surprise = f"unpacks to {total} bytes, its header says {entry.size}"
    # AE-2 leaves the checksum out.
    if checksum != entry.checksum and not (entry.scheme and entry.checksum == 0):
        raise ChecksumFailed("ZIP: the checksum of a member does not match its content")
    entry.sound = True


def _pieces(view: memoryview, entry: Entry, method: int, directory: Directory | None) -> Iterator[bytes]:
    if method == STORED:
        return _stored(view, entry)
    if method == DEFLATED:
        return _deflated(view, entry, directory)
    if method == _DEFLATE64:
        return inflate64(view)
    if method in ZSTANDARD:
        return unzstd(view)
    if method == BZIP2:
        return _decoded(view, bz2.BZ2Decompressor)
    if method == 14:
        return _decoded(view[_lzma_start(view) :], lambda: _lzma_decoder(view))
    if method == 95:
        return _decoded(view, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY))
    raise Malformed(f"ZIP: compression method {METHODS.get(method, method)} cannot be unpacked here")


def _stored(view: memoryview, entry: Entry) -> Iterator[bytes]:
    data = bytes(view)
    if data and crc32(data) != entry.checksum and not entry.scheme:
        unpacked, whole = _trial(data, entry.size)
        if whole and unpacked and (crc32(unpacked) == entry.checksum or len(unpacked) > len(data)):
            entry.surprise = "is stored by its headers and holds deflate data"
            yield unpacked
            return
    for start in range(0, len(data), STEP):
        yield data[start : start + STEP] if len(data) > STEP else data


def _deflated(view: memoryview, entry: Entry, directory: Directory | None) -> Iterator[bytes]:
    pieces = inflate(view)
    total = 0
    try:
        while True:
            piece = next(pieces)
            total += len(piece)
            yield piece
    except StopIteration as stop:
        if stop.value:
            entry.tail = stop.value
            entry.surprise = f"ends {stop.value} bytes before the place that its headers say"
    except Malformed:
        if not total and len(view) == entry.size and crc32(view) == entry.checksum:
            entry.surprise = "is deflated by its headers and holds stored data"
            yield bytes(view)
            return
        rest = _beyond(entry, directory, total)
        if rest is None:
            raise
        entry.surprise = "goes on past the place where its headers say that it ends"
        yield from rest


def _beyond(entry: Entry, directory: Directory | None, skip: int) -> list[bytes] | None:
    """What a reader that follows the deflate stream itself unpacks after `skip` bytes; None where the stream comes to no end."""
    if directory is None or directory.trials >= _TRIALS or entry.marks & zipmarks.CUT or not directory.spare(1):
        return None
    directory.trials += 1
    rest: list[bytes] = []
    total = 0
    try:
        for piece in inflate(memoryview(directory.data)[entry.start :]):
            total += len(piece)
            if total > skip + _TRIAL_BYTES or not directory.spare(len(piece) // _TRIAL_LOOK):
                return None
            if total > skip:
                rest.append(piece[max(0, len(piece) - (total - skip)) :])
    except Malformed:
        return None
    return rest if total >= entry.size else None


def _trial(data: bytes, size: int) -> tuple[bytes, bool]:
    """Inflate data that claims to be stored; whether it is one whole deflate stream."""
    pieces: list[bytes] = []
    total = 0
    most = max(size, 20 * len(data), STEP) + 1
    try:
        for piece in inflate(data):
            pieces.append(piece)
            total += len(piece)
            if total > most:
                break
    except Malformed:
        return b"", False
    return b"".join(pieces), True


def _lzma_start(view: memoryview) -> int:
    """Where the LZMA stream starts: after version and properties (5.8.8)."""
    if len(view) < 9:
        raise Malformed("ZIP: LZMA data ends early")
    return 4 + int.from_bytes(view[2:4], "little")


def _lzma_decoder(view: memoryview) -> lzma.LZMADecompressor:
    code = view[4]
    if code >= 225:
        raise Malformed("ZIP: LZMA properties are impossible")
    # A dictionary larger than any content needs no more memory than the content; a declared one would be allocated as it is.
    filters = {
        "id": lzma.FILTER_LZMA1,
        "lc": code % 9,
        "lp": code // 9 % 5,
        "pb": code // 45,
        "dict_size": max(4096, min(int.from_bytes(view[5:9], "little"), 1 << 26)),
    }
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[filters])
    except (lzma.LZMAError, ValueError) as error:
        raise Malformed("ZIP: LZMA properties are impossible") from error


def _decoded(view: memoryview, make: Callable[[], Any]) -> Iterator[bytes]:
    """Run one of the standard library's decompressors over some data, a bounded piece at a time."""
    decoder = make()
    pending: bytes = bytes(view)
    try:
        while not decoder.eof:
            piece = decoder.decompress(pending, STEP)
            pending = b""
            if piece:
                yield piece
            elif decoder.needs_input:
                return  # streams without an end mark stop where the data does
    except (OSError, lzma.LZMAError, EOFError, ValueError) as error:
        raise Malformed(f"ZIP: broken compressed data ({type(error).__name__})") from error
