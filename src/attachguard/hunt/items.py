"""What there is to scan: folders, mailboxes, Maildir, tar and zip of mails, here or at any address that fsspec knows.

Nothing is copied to split it: a message of a mailbox and a member of a tar are a stretch of a file, a member of a zip is its place in the directory.
Only what is compressed as a whole (`mails.tar.gz`, `2024-05.mbox.gz`) cannot be entered in the middle; see `Form`.

Folders are listed without looking into their files. So a small mailbox in one is split by whoever reads it (`pieces`), a large one beforehand, for
several workers. Archives are taken apart where they are named themselves; inside a folder they are files like others, as a mail's attachments are.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import mmap
import os
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Any, Final, Literal, NamedTuple, cast

from attachguard.engine.scan import Kind
from attachguard.errors import OperatorError
from attachguard.formats.mail import mbox
from attachguard.part import HEAD_SIZE
from attachguard.types.identify import identify
from attachguard.types.letters import spelled

#: How an item is read: the whole file, a stretch of it, a member of a zip by its number, or a stretch of what a compressed file unpacks to.
Form = Literal["whole", "piece", "zip", "stream"]

#: Mailboxes in folders are split beforehand when they are larger than this.
SPLIT: Final = 1 << 20
_LOOK: Final = 1 << 20
#: So many files of a zip are looked at for a mail.
_SAMPLE: Final = 20
_BLOCK: Final = 8 << 20
#: A line that has not ended after so many bytes is not a `From_` line.
_LINE: Final = 64 << 10
_REMOTE: Final = re.compile(r"[a-z][a-z0-9+.-]+://")
_MAGIC: Final = re.compile(r"[*?\[]")
_UNPACKERS: Final[dict[str, Callable[[IO[bytes]], gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile]]] = {
    "gz": lambda file: gzip.GzipFile(fileobj=file),
    "bz2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
}
#: What unpackers raise over a stream that is damaged or cut.
_BROKEN: Final = (EOFError, zlib.error, lzma.LZMAError)
_MAILDIR: Final = frozenset({"cur", "new", "tmp"})


class Item(NamedTuple):
    """One mail or file.

    Args:
        uri: how rows name it.
        address: the file that holds it: a path, or an address for fsspec.
        size: its bytes, as far as known; what it unpacks to in a zip.
        kind: what it is scanned as.
        form: how it is read.
        start: where it begins in the file or stream; the number of the member in a zip.
    """

    uri: str
    address: str
    size: int
    kind: Kind = "auto"
    form: Form = "whole"
    start: int = 0


def is_remote(address: str) -> bool:
    """Whether an address is fsspec's business."""
    return _REMOTE.match(address) is not None


def opened(address: str) -> IO[bytes]:
    """A file for reading, wherever it is.

    Raises:
        OSError: it cannot be opened.
        OperatorError: no package here speaks this protocol.
    """
    if not is_remote(address):
        return Path(address).open("rb")
    filesystem, path = _filesystem(address)
    file: IO[bytes] = filesystem.open(path, "rb")
    return file


def items(sources: Iterable[str]) -> Iterator[Item]:
    """Everything that the named sources hold, in a stable order.

    Args:
        sources: paths and addresses.

    Raises:
        FileNotFoundError: a source does not exist.
        OperatorError: an address cannot be used; with the remedy.
    """
    for source in sources:
        if is_remote(source):
            yield from _remote(source)
        elif Path(source).is_dir():
            for path in _local_files(source):
                yield from _listed(path, os.path.getsize(path))  # noqa: PTH202 - there may be very many
        else:
            yield from _named(source, Path(source).stat().st_size)


def pieces(item: Item, data: bytes) -> Iterator[tuple[str, Kind, bytes]]:
    """The mails of an item that has been read: address, kind and content of each; itself, unless it is a mailbox.

    Args:
        item: what was read.
        data: its content.
    """
    if item.form == "whole" and item.kind == "auto" and _is_mailbox(data[:_LOOK], item.uri, whole=len(data) <= _LOOK):
        for number, (start, end) in enumerate(mbox.messages(data), 1):
            yield f"{item.uri}!/{mbox.name(number)}", "message", data[start:end]
    else:
        yield item.uri, item.kind, data


def split(item: Item) -> Iterator[Item]:
    """The mails of a mailbox as items of their own; the item itself, unless it is one.

    Args:
        item: what may be a mailbox.

    Raises:
        OSError: it cannot be read.
    """
    if item.form == "whole" and item.kind == "auto":
        with closing(opened(item.address)) as file:
            if _is_mailbox(file.read(_LOOK), item.uri, whole=item.size <= _LOOK):
                file.seek(0)
                yield from _mailbox(item.uri, item.address, file, "piece")
                return
    yield item


# -- listing ----------------------------------------------------------------------------------------------------------------------


def _local_files(folder: str) -> Iterator[str]:
    """Files at any depth, by name; links to folders are not followed, and what a Maildir has in `tmp` is not delivered yet."""
    for path, folders, names in os.walk(folder):
        folders.sort()
        if set(folders) >= _MAILDIR:
            folders.remove("tmp")
        for name in sorted(names):
            file = os.path.join(path, name)  # noqa: PTH118 - os.walk gives strings, and there may be very many
            if os.path.isfile(file):  # noqa: PTH113
                yield file


def _remote(address: str) -> Iterator[Item]:
    if "::" in address:
        raise OperatorError("chained addresses are not taken; name the archive itself", where=address)
    filesystem, path = _filesystem(address)
    for place in sorted(filesystem.glob(path)) if _MAGIC.search(path) else [path]:
        if not filesystem.exists(place):
            raise FileNotFoundError(2, os.strerror(2), address)
        if not filesystem.isdir(place):
            yield from _named(filesystem.unstrip_protocol(place), filesystem.size(place) or 0)
            continue
        for _folder, folders, files in filesystem.walk(place, detail=True):
            if set(folders) >= _MAILDIR:
                del folders["tmp"]
            for _name, about in sorted(files.items()):
                yield from _listed(filesystem.unstrip_protocol(about["name"]), about.get("size") or 0)


def _filesystem(address: str) -> tuple[Any, str]:
    try:
        import fsspec

        filesystem, path = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise OperatorError(
            f"{error}; an address like s3://… asks for the package of its protocol", where=address
        ) from error
    return filesystem, path


def _listed(path: str, size: int) -> Iterator[Item]:
    """A file that was found in a folder."""
    item = Item(spelled(path), path, size)
    if size <= SPLIT:
        yield item
        return
    try:
        yield from split(item)
    except OSError:
        yield item  # whoever reads it will say why it cannot be read


def _named(path: str, size: int) -> Iterator[Item]:
    """A file that was named itself: mailboxes and archives are taken apart."""
    uri = spelled(path)
    with closing(opened(path)) as file:
        head = file.read(_LOOK)
        file.seek(0)
        types = _types(head, uri, whole=size <= _LOOK)
        first = types[0] if types else ""
        if first == "mbox":
            yield from _mailbox(uri, path, file, "piece")
        elif first == "tar":
            yield from _tar(uri, path, file, "piece")
        elif first == "zip":
            yield from _zip(uri, path, size, file)
        elif first in _UNPACKERS:
            yield from _compressed(uri, path, size, file, first)
        else:
            yield Item(uri, path, size)


# -- taking apart -----------------------------------------------------------------------------------------------------------------


def _types(head: bytes, name: str, *, whole: bool) -> list[str]:
    return [kind.id for kind in identify(head, name, complete=whole and len(head) < HEAD_SIZE)]


def _is_mailbox(head: bytes, name: str, *, whole: bool) -> bool:
    return head.startswith(b"From ") and _types(head, name, whole=whole)[:1] == ["mbox"]


def _mailbox(uri: str, address: str, file: IO[bytes], form: Form) -> Iterator[Item]:
    for number, (start, end) in enumerate(_messages(file, mapped=form == "piece" and not is_remote(address)), 1):
        yield Item(f"{uri}!/{mbox.name(number)}", address, end - start, "message", form, start)


def _messages(file: IO[bytes], *, mapped: bool) -> Iterator[tuple[int, int]]:
    """Where each message of a mailbox begins and ends; what cannot be mapped into memory is read in blocks."""
    if mapped:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield from mbox.messages(data)
        return
    begin, base, buffer = -1, 0, b""
    while block := file.read(_BLOCK):
        buffer += block
        done = 0
        # Only at the beginning of the file may a `From_` line do without a blank line before it.
        guard = b"x" if base else b""
        for end, following in mbox.separators(guard + buffer):
            if begin >= 0:
                yield begin, base + end - len(guard)
            done = following - len(guard)
            begin = base + done
        # A line that has only begun waits for the next block, with the blank line before it.
        waiting = max(done, buffer.rfind(b"\n", 0, max(0, buffer.rfind(b"\n"))))
        if len(buffer) - waiting > _LINE:
            waiting = len(buffer)
        base += waiting
        buffer = buffer[waiting:]
    if begin >= 0:
        yield begin, base + len(buffer)


def _tar(uri: str, address: str, file: IO[bytes], form: Form) -> Iterator[Item]:
    """The files of a tar."""
    try:
        with tarfile.open(fileobj=file, mode="r:" if form == "piece" else "r|") as archive:
            while (member := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # it would keep them all
                if member.isreg() and not member.issparse():
                    yield Item(f"{uri}!/{spelled(member.name)}", address, member.size, "auto", form, member.offset_data)
    except (tarfile.TarError, *_BROKEN) as error:
        raise _unreadable(uri, error) from error


def _zip(uri: str, address: str, size: int, file: IO[bytes]) -> Iterator[Item]:
    """The files of a zip of mails. Any other zip is a file, as documents of Office are that begin alike."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = [(number, each) for number, each in enumerate(archive.infolist()) if not each.is_dir()]
            if any(_is_mail(archive, member) for _number, member in members[:_SAMPLE]):
                for number, member in members:
                    name = spelled(member.filename)
                    yield Item(f"{uri}!/{name}", address, member.file_size, "auto", "zip", number)
                return
    except (zipfile.BadZipFile, NotImplementedError):
        pass  # scanning it will say what is broken
    yield Item(uri, address, size)


def _is_mail(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(member) as file:
            return _types(file.read(HEAD_SIZE), member.filename, whole=member.file_size < HEAD_SIZE)[:1] == ["eml"]
    except (RuntimeError, OSError, ValueError, zipfile.BadZipFile, *_BROKEN):
        return False  # locked or broken; another may tell


def _compressed(uri: str, address: str, size: int, file: IO[bytes], kind: str) -> Iterator[Item]:
    """A mailbox or tar that is compressed as a whole; any other compressed file is a file."""
    first = _inside(file, kind)
    file.seek(0)
    if first not in ("tar", "mbox"):
        yield Item(uri, address, size)
        return
    with unpacked(file, kind) as stream:
        if first == "tar":
            yield from _tar(uri, address, cast("IO[bytes]", stream), "stream")
            return
        try:
            yield from _mailbox(uri, address, cast("IO[bytes]", stream), "stream")
        except _BROKEN as error:
            raise _unreadable(uri, error) from error


def _inside(file: IO[bytes], kind: str) -> str:
    """The type of what a compressed file holds, by as much of it as can be unpacked."""
    head = b""
    with unpacked(file, kind) as stream, suppress(OSError, *_BROKEN):
        while len(head) < _LOOK and (piece := stream.read1(_LOOK)):
            head += piece
    types = _types(head, "", whole=len(head) < _LOOK) if head else []
    return types[0] if types else ""


def _unreadable(uri: str, error: Exception) -> OperatorError:
    return OperatorError(f"cannot be read on: {error}; unpack it and name the folder", where=uri)


def unpacked(file: IO[bytes], kind: str) -> gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile:
    """What a compressed file holds, as a stream; its type is `gz`, `bz2` or `xz`."""
    return _UNPACKERS[kind](file)


def unpacked_at(file: IO[bytes]) -> gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile:
    """What a file of one of these types holds, as a stream."""
    kind = next(kind for kind in _types(file.read(HEAD_SIZE), "", whole=False) if kind in _UNPACKERS)
    file.seek(0)
    return unpacked(file, kind)
