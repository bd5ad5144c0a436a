"""Files that a client of clamd names: which may be read, how they are called in a reply, and what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final

from attachguard.types.letters import printable

_READ: Final = 1 << 18


def within(path: str, roots: Iterable[str]) -> str | None:
    """The path without links, where it lies in one of these folders.

    Args:
        path: as the client wrote it.
        roots: folders that may be read.
    """
    if not path.startswith("/") or "\0" in path:
        return None
    real = os.path.realpath(path)
    for root in roots:
        base = os.path.realpath(root)
        if real == base or real.startswith(base.rstrip("/") + "/"):
            return real
    return None


def files(path: str, real: str) -> Iterator[tuple[str, str]]:
    """The files of a folder, as the client calls them and as they are; links are not followed. Folders that cannot be read are among them."""
    if not os.path.isdir(real):  # noqa: PTH112 - a Path raises where it may not look
        yield path, real
        return
    closed: list[str] = []

    def called(file: str) -> str:
        return path.rstrip("/") + file[len(real.rstrip("/")) :]

    for folder, folders, names in os.walk(real, onerror=lambda error: closed.append(str(error.filename))):
        folders.sort()
        for name in sorted(names):
            file = f"{folder}/{name}"
            if not os.path.islink(file):  # noqa: PTH114 - likewise
                yield called(file), file
    yield from ((called(folder), folder) for folder in closed)


def content(descriptor: int) -> Iterator[bytes]:
    """What an open file holds, piece by piece."""
    place = 0
    while piece := os.pread(descriptor, _READ, place):
        place += len(piece)
        yield piece


def shown(path: str) -> str:
    """A path on one line."""
    return printable(path)
