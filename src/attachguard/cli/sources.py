"""What the command line is pointed at: files, folders, mailboxes, Maildir, standard input."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

#: How standard input is named on the command line and in reports.
STDIN: Final = "-"


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
