"""Copies of what was scanned: where they go, and how they are written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from attachguard.cli.sources import STDIN, Source
from attachguard.model import Report

#: What a copy of standard input is called in a folder.
_STDIN_NAME: Final = "stdin"


class Targets:
    """Where copies go: to one file, or to a folder that keeps the folders below each given path.

    Args:
        output: the file or folder.
        paths: what was named on the command line.
        force: whether what is there may be overwritten.
        folder: whether the output is a folder in any case.
    """

    def __init__(self, output: str, paths: Sequence[str], *, force: bool, folder: bool = False) -> None:
        place = Path(output)
        alone = len(paths) == 1 and not Path(paths[0]).is_dir() and not place.is_dir() and not folder
        self.force = force
        self.file: Path | None = place if alone else None
        self.folder: Path | None = None if alone else place
        self._used: set[Path] = set()
        self._roots = [Path(path) for path in paths if Path(path).is_dir()]

    def of(self, source: str, name: str) -> Path:
        """Where the copy of an input goes.

        Args:
            source: the input.
            name: file name of its copy.

        Raises:
            FileExistsError: another input of this call has a copy there.
        """
        if self.file is not None:
            return self.file
        assert self.folder is not None
        path = Path(source)
        root = next((root for root in self._roots if path.is_relative_to(root)), None)
        target = self.folder / (path.relative_to(root).parent if root is not None else "") / name
        if target in self._used:
            raise FileExistsError(17, "another input has a copy of this name", str(target))
        self._used.add(target)
        return target


class Copies:
    """The copies that a scan writes: of each input that may be delivered only without something, what may be.

    Args:
        targets: where they go.
    """

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        #: Copies written so far.
        self.written = 0

    def add(self, source: Source, report: Report) -> None:
        """Write the copy of one input, where it has one.

        Raises:
            OSError: it cannot be written.
        """
        if report.sanitized is None or report.verdict.action.delivers:
            return
        name = _STDIN_NAME if source.path == STDIN else Path(source.path).name
        if source.piece:  # a message of a mailbox lies in a folder that is called like the mailbox
            name += "/" + source.name.rpartition("!/")[2]
        elif report.sanitized_name:
            name = Path(report.sanitized_name).name
        write(self._targets.of(source.path, name), report.sanitized, force=self._targets.force)
        self.written += 1


def write(target: Path, data: bytes, *, force: bool) -> None:
    """Write a file whole or not at all.

    Args:
        target: the file.
        data: its content.
        force: whether it may be there already.

    Raises:
        FileExistsError: it is.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".attachguard-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~umask())
        if force:
            os.replace(temporary, target)  # noqa: PTH105 - the one call that replaces in one step
        else:
            try:
                os.link(temporary, target)  # fails where the file exists, in one step
            except FileExistsError as error:
                raise FileExistsError(17, "exists already; --force overwrites it", str(target)) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def umask() -> int:
    """The permissions that new files of this process do without."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
