"""What the command line is pointed at: files, folders, mailboxes, Maildir, standard input."""

from __future__ import annotations

import errno
import fnmatch
import io
import mmap
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final, NamedTuple

from attachguard.formats.mail import mbox
from attachguard.part import HEAD_SIZE
from attachguard.types.identify import identify
from attachguard.types.letters import printable, spelled

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


class Trouble:
    """What is amiss with the paths; said on standard error at once, while the rest is scanned."""

    def __init__(self) -> None:
        #: Paths that could not be read.
        self.unreadable = 0
        #: Takes a bar off the terminal for as long as something else has its line.
        self.aside: Callable[[], AbstractContextManager[None]] = nullcontext

    def failed(self, path: str, error: OSError | str) -> None:
        """A path cannot be read: the call ends as failed."""
        self.unreadable += 1
        why = error if isinstance(error, str) else error.strerror or str(error)
        self.note(path, why)

    def note(self, path: str, text: str) -> None:
        """Something that should be known and is no failure."""
        with self.aside():
            sys.stderr.write(f"attachguard: {printable(spelled(path))}: {text}\n")


def each(
    paths: Iterable[str], *, mailboxes: bool, exclude: Sequence[str] = (), trouble: Trouble | None = None
) -> Iterator[Source]:
    """Everything there is to scan: the files of `expand`, and each message of a mailbox for itself.

    Args:
        paths: as on the command line.
        mailboxes: whether mailboxes are taken apart.
        exclude: see `expand`.
        trouble: see `expand`.
    """
    for path in expand(paths, exclude=exclude, trouble=trouble):
        if mailboxes and path != STDIN and _is_mailbox(path):
            yield from _messages(path)
        else:
            yield Source(path, spelled(path))


def listed(files: Iterable[str]) -> Iterator[str]:
    """The paths that lists name: one a line, or separated by NUL where there is one.

    Args:
        files: the lists; `-` is standard input.

    Raises:
        OSError: a list cannot be read.
    """
    for file in files:
        data = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
        for line in data.split(b"\0") if b"\0" in data else data.splitlines():
            if line:
                # What is called `-` in a list is a file: standard input may be the list itself.
                yield f"./{STDIN}" if line == b"-" else os.fsdecode(line)


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


def expand(paths: Iterable[str], *, exclude: Sequence[str] = (), trouble: Trouble | None = None) -> Iterator[str]:
    """Every file that the given paths stand for, in a stable order.

    A folder stands for all files in it at any depth; a Maildir among them for the messages in `cur` and `new` only, because what is in `tmp`
    is not delivered yet. Symbolic links to folders are not followed.

    Args:
        paths: as on the command line; `-` is standard input.
        exclude: patterns of what is left out: of a name or, with a slash in it, of the path below the folder that was named.
        trouble: is shown what cannot be read, which is passed over then.

    Raises:
        FileNotFoundError: a path does not exist, and there is no `trouble`.
    """
    given, left_out = 0, []
    for path in paths:
        given += 1
        if path == STDIN:
            yield path
        elif Path(path).is_dir():
            yield from _folder(path, exclude, trouble or Trouble())
        elif _excluded(path, exclude):
            left_out.append(path)
        elif Path(path).exists():
            yield path
        elif trouble is None:
            raise FileNotFoundError(path)
        else:
            trouble.failed(path, os.strerror(errno.ENOENT))
    if left_out and len(left_out) == given:
        (trouble or Trouble()).note(left_out[0], "is excluded" + (f", and {given - 1} more" if given > 1 else ""))


def _folder(path: str, exclude: Sequence[str], trouble: Trouble) -> Iterator[str]:
    found = left_out = 0
    others: list[str] = []
    for folder, folders, files in os.walk(path, onerror=lambda error: trouble.failed(error.filename, error)):
        below = os.path.relpath(folder, path)
        below = "" if below == "." else below + "/"
        folders[:] = sorted(name for name in folders if not _excluded(below + name, exclude))
        if {"cur", "new", "tmp"} <= set(folders):
            folders.remove("tmp")
        for name in sorted(files):
            file = os.path.join(folder, name)  # noqa: PTH118 - os.walk gives strings, and there may be very many
            if _excluded(below + name, exclude):
                left_out += 1
            elif os.path.isfile(file):  # noqa: PTH113
                found += 1
                yield file
            else:
                others.append(file)
    if others:  # nobody would wait for what a pipe may bring one day, and a link that leads nowhere has nothing
        more = f", and {len(others) - 1} more" if len(others) > 1 else ""
        trouble.note(others[0], f"is a pipe, a device or a link that leads nowhere, and is left out{more}")
    if not found:
        trouble.note(path, "every file in this folder is excluded" if left_out else "no files in this folder")


def _excluded(path: str, patterns: Sequence[str]) -> bool:
    """Whether a pattern is that of a path or, without a slash, of its last step."""
    return any(
        fnmatch.fnmatchcase(path if "/" in pattern else path.rpartition("/")[2], pattern) for pattern in patterns
    )
