"""What the command line is pointed at: files, folders, mailboxes, Maildir, standard input."""

from __future__ import annotations

import io
import mmap
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from attachguard.formats.mail import mbox
from attachguard.part import HEAD_SIZE
from attachguard.types.identify import identify
from attachguard.types.letters import spelled

#: How standard input is named on the command line and in reports.
STDIN: Final = "-"
#: So much of a file is looked at to tell a mailbox from a message.
_LOOK: Final = 1 << 20


class Source(NamedTuple):
    """One thing to scan.

    Args:
        path: the file.
        name: how reports name it.
        start: where in the file it begins.
        end: where it ends; -1 where it is the whole file.
    """

    path: str
    name: str
    start: int = 0
    end: int = -1

    @property
    def piece(self) -> bool:
        """Whether it is one message of a mailbox."""
        return self.end >= 0

    def open(self) -> io.BufferedReader:
        """Its bytes, where it is one message of a mailbox."""
        file = Path(self.path).open("rb", buffering=0)  # noqa: SIM115 - the caller closes what it gets
        return io.BufferedReader(_Piece(file, self.start, self.end))


class _Piece(io.RawIOBase):
    """A stretch of a file as a file of its own."""

    def __init__(self, file: io.FileIO, start: int, end: int) -> None:
        file.seek(start)
        self._file = file
        self._left = end - start

    def readable(self) -> bool:
        return True

    def readinto(self, target: bytearray | memoryview, /) -> int:  # type: ignore[override]  # the stub asks for a protocol of its own
        data = self._file.read(min(len(target), self._left))
        target[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def each(paths: Iterable[str], *, mailboxes: bool) -> Iterator[Source]:
    """Everything there is to scan: the files of `expand`, and each message of a mailbox for itself.

    Args:
        paths: as on the command line.
        mailboxes: whether mailboxes are taken apart.
    """
    for path in expand(paths):
        if mailboxes and path != STDIN and _is_mailbox(path):
            yield from _messages(path)
        else:
            yield Source(path, spelled(path))


def _is_mailbox(path: str) -> bool:
    try:
        with Path(path).open("rb") as file:
            if file.read(5) != b"From ":
                return False
            file.seek(0)
            head = file.read(_LOOK)
    except OSError:
        return False  # the scan will say why
    types = identify(head, Path(path).name, complete=len(head) < HEAD_SIZE)
    return bool(types) and types[0].id == "mbox"


def _messages(path: str) -> Iterator[Source]:
    with Path(path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for number, (start, end) in enumerate(mbox.messages(data), 1):
            yield Source(path, f"{spelled(path)}!/{mbox.name(number)}", start, end)


def expand(paths: Iterable[str]) -> Iterator[str]:
    """Every file that the given paths stand for, in a stable order.

    A folder stands for all files in it at any depth; a Maildir among them for the messages in `cur` and `new` only, because what is in `tmp`
    is not delivered yet. Symbolic links to folders are not followed.

    Args:
        paths: as on the command line; `-` is standard input.

    Raises:
        FileNotFoundError: a path does not exist.
    """
    for path in paths:
        if path == STDIN:
            yield path
        elif Path(path).is_dir():
            yield from _folder(path)
        elif Path(path).exists():
            yield path
        else:
            raise FileNotFoundError(path)


def _folder(path: str) -> Iterator[str]:
    for folder, folders, files in os.walk(path):
        folders.sort()
        if {"cur", "new", "tmp"} <= set(folders):
            folders.remove("tmp")
        for name in sorted(files):
            file = os.path.join(folder, name)  # noqa: PTH118 - os.walk gives strings, and there may be very many
            if os.path.isfile(file):  # noqa: PTH113
                yield file
