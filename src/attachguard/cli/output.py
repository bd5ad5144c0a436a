"""Where reports go: standard output, or a file."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from attachguard.cli.copies import umask
from attachguard.cli.terminal import add_colour, colours
from attachguard.errors import OperatorError
from attachguard.model import Action, Report
from attachguard.outcome.templates import LANGUAGES
from attachguard.policy.judging.records import PolicyData
from attachguard.report.formats import FORMS, Look, by_name, writer
from attachguard.report.human import summary
from attachguard.types.letters import printable, spelled


def add_options(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add how a command reports."""
    says = "; ".join(f"{name}: {form.says}" for name, form in FORMS.items())
    parser.add_argument(
        "--format", choices=FORMS, metavar="FORM", help=f"{says} (default: by the suffix of -o, else human)"
    )
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="short for --format json")
    parser.add_argument("--jsonl", dest="format", action="store_const", const="jsonl", help="short for --format jsonl")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the report there instead of to standard output")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of pages for people (default: en)")
    add_colour(parser)


class Output:
    """Writes the reports of one call; used with `with`.

    A file whose form is of no use unless it is whole appears at the end, in one step; after a failure there is none, and an older one stays.

    Args:
        options: of the command, as `add_options` made them.
        silent: whether nothing is to be written.
        policy: the policy of a file of the operator, whose clauses a page explains.
    """

    def __init__(self, options: argparse.Namespace, *, silent: bool = False, policy: PolicyData | None = None) -> None:
        path: str | None = options.output
        form = options.format or (by_name(path) if path else "human")
        look = Look(
            colours(options.color, sys.stdout) if path is None else options.color == "always", options.lang, policy
        )
        self._writer = writer(form, look)
        self._silent = silent
        self._target: Path | None = None
        self._temporary = ""
        self._file: IO[bytes] | None = None
        self._path = path
        self._counts: Counter[Action] = Counter()
        self._begun = time.perf_counter()
        #: Whether reports and the bar of progress may have the same terminal.
        self.on_terminal = path is None and sys.stdout.isatty()
        if path is None or silent:
            return
        target = Path(path)
        if not target.parent.is_dir():
            raise OperatorError(
                f"there is no folder {spelled(str(target.parent))}", where=f"-o {printable(spelled(path))}"
            )
        if FORMS[form].streams or (target.exists() and not target.is_file()):
            self._file = target.open("wb")
        else:
            handle, self._temporary = tempfile.mkstemp(dir=target.parent, prefix=".attachguard-")
            self._file, self._target = os.fdopen(handle, "wb"), target

    def __enter__(self) -> Self:
        return self

    def add(self, report: Report) -> None:
        """One more report."""
        if not self._silent:
            self._counts[report.verdict.action] += 1
            self._write(self._writer.add(report))

    def _write(self, data: bytes) -> None:
        out = self._file or sys.stdout.buffer
        out.write(data)
        if self.on_terminal:
            sys.stdout.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and not self._silent:
                self._write(self._writer.end())
            if self._file is None:
                sys.stdout.flush()
                return
            self._file.close()
            if self._target is not None and kind is None:
                Path(self._temporary).chmod(0o666 & ~umask())
                Path(self._temporary).replace(self._target)
            if kind is None and sys.stderr.isatty():
                # Somebody waits and sees nothing of a report that went to a file.
                told = summary(dict(self._counts), time.perf_counter() - self._begun)
                sys.stderr.write(f"{told}; written to {printable(spelled(str(self._path)))}\n")
        finally:
            if self._temporary:
                Path(self._temporary).unlink(missing_ok=True)
