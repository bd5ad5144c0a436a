"""Reports of everything that a command line names, by one process or several."""

from __future__ import annotations

import argparse
import concurrent.futures
import sys
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attachguard.cli.progress import Looking, Progress
from attachguard.cli.sources import STDIN, Source, Trouble, each, listed
from attachguard.engine.scan import STEP
from attachguard.engine.scanner import Scanner
from attachguard.errors import OperatorError
from attachguard.model import Envelope, Report

if TYPE_CHECKING:
    from attachguard.gateway import Pool

#: Files given to the processes before the first of them is reported, for each process.
_AHEAD: Final = 8
#: From so many files on it pays to load what scans of every kind need once, before the processes are forked, and not in each of them.
_MANY: Final = 200
#: Seconds between two looks at the bar while a report is waited for.
_TICK: Final = 0.2


class Results:
    """Reports in the order of the command line; says what could not be read, and counts it.

    Args:
        scanner: what scans.
        options: of the command: `paths`, `files_from`, `exclude`, `kind`, `jobs`, `no_progress`.
        envelope: what the mail server knows.
        mailboxes: whether the messages of a mailbox are scanned one by one.
    """

    def __init__(
        self, scanner: Scanner, options: argparse.Namespace, envelope: Envelope, *, mailboxes: bool = False
    ) -> None:
        self._scanner = scanner
        self._options = options
        self._envelope = envelope
        self.trouble = Trouble()
        taken_apart = mailboxes and options.kind == "auto"
        paths = inputs(options)
        self.sources: list[Source] = []
        with Looking(enabled=not options.no_progress) as looking:
            self.trouble.aside = looking.aside
            for source in each(paths, mailboxes=taken_apart, exclude=options.exclude, trouble=self.trouble):
                self.sources.append(source)
                looking.step()
        self.progress = Progress(len(self.sources), enabled=not options.no_progress)
        self.trouble.aside = self.progress.aside

    @property
    def unreadable(self) -> int:
        """Paths that could not be read so far."""
        return self.trouble.unreadable

    def __iter__(self) -> Iterator[tuple[Source, Report]]:
        sources = self.sources
        parallel = self._options.jobs > 1 and len(sources) > 1 and all(source.path != STDIN for source in sources)
        answers = self._in_processes(sources) if parallel else map(self._here, sources)
        with self.progress as progress:
            for source, answer in zip(sources, answers, strict=True):
                if isinstance(answer, OSError):
                    self.trouble.failed(source.name, answer)
                else:
                    yield source, answer
                progress.step()

    def _here(self, source: Source) -> Report | OSError:
        scan, kind, envelope = self._scanner.scan, self._options.kind, self._envelope
        self.progress.tick()
        try:
            if source.path == STDIN:
                return scan(sys.stdin.buffer, kind=kind, source=STDIN, envelope=envelope)
            if source.piece:
                with source.open() as file:
                    return scan(file, kind="message", source=source.name, envelope=envelope)
            return scan(Path(source.path), kind=kind, source=source.name, envelope=envelope)
        except OSError as error:
            return error

    def _in_processes(self, sources: list[Source]) -> Iterator[Report | OSError]:
        """The same by several processes, a few files ahead of what has been reported."""
        from attachguard.gateway import Pool

        jobs = min(self._options.jobs, len(sources))
        waiting = iter(sources)
        with Pool(self._scanner, workers=jobs, warm=len(sources) >= _MANY) as pool:
            ahead = deque(self._given(pool, source) for source in islice(waiting, _AHEAD * jobs))
            while ahead:
                yield self._awaited(ahead.popleft())
                ahead.extend(self._given(pool, source) for source in islice(waiting, 1))

    def _awaited(self, answer: concurrent.futures.Future[Report]) -> Report | OSError:
        while True:
            try:
                return answer.result(_TICK)
            except TimeoutError as error:
                if answer.done():
                    return error  # the scan's own: a file on a network that does not answer
                self.progress.tick()
            except OSError as error:
                return error

    def _given(self, pool: Pool, source: Source) -> concurrent.futures.Future[Report]:
        if source.piece:
            return pool.submit(_pieces(source), kind="message", source=source.name, envelope=self._envelope)
        return pool.submit(Path(source.path), kind=self._options.kind, source=source.name, envelope=self._envelope)


def inputs(options: argparse.Namespace) -> list[str]:
    """The paths of a command line, and those of its lists.

    Raises:
        OperatorError: there are none.
        OSError: a list cannot be read.
    """
    if not options.paths and not options.files_from:
        raise OperatorError("name a PATH to look at, or a list with --files-from")
    if STDIN in options.paths and STDIN in options.files_from:
        raise OperatorError("standard input is either the list (--files-from -) or what is scanned (-)")
    return [*options.paths, *listed(options.files_from)]


def _pieces(source: Source) -> Iterator[bytes]:
    with source.open() as file:
        while piece := file.read(STEP):
            yield piece
