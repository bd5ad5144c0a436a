"""`attachguard sanitize`: cleaned copies of files and messages."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from attachguard.cli.progress import Progress
from attachguard.cli.sources import STDIN, expand
from attachguard.engine.scanner import Scanner
from attachguard.model import Removed, Report
from attachguard.policy import Policy
from attachguard.readers.outside import Tools
from attachguard.types.letters import printable

SCHEMA: Final = "attachguard.sanitized/1"
#: Files that are given out ahead, a process.
_AHEAD: Final = 4


class Line(msgspec.Struct, frozen=True):
    """What became of one input.

    Args:
        source: what was cleaned, as it was named.
        output: where the copy is; None where there is none.
        outcome: `unchanged`, `sanitized` or `refused`.
        removed: what was taken out.
        reasons: codes that made it refused.
        schema: name and version of this record's shape.
        cause: why it could not be cleaned, in plain words.
    """

    source: str
    output: str | None
    outcome: str
    removed: tuple[Removed, ...] = ()
    reasons: tuple[str, ...] = ()
    schema: str = SCHEMA
    cause: str = ""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `sanitize` command."""
    command = commands.add_parser(
        "sanitize",
        help="write cleaned copies of messages and files",
        description="Write copies without macros, active content and what else the policy wants out, and list what was removed. Exit status: 0 every "
        "input has a copy, 1 some were refused, 2 the call failed.",
    )
    command.add_argument("paths", nargs="+", metavar="PATH", help="file or folder, or - for standard input")
    command.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="file for one input, else the folder that the copies go to"
    )
    command.add_argument("--policy", default="disarm", metavar="NAME|FILE", help="policy that judges (default: disarm)")
    command.add_argument(
        "--password", action="append", default=[], metavar="TEXT", help="password to try on encrypted content"
    )
    command.add_argument("--force", action="store_true", help="overwrite what is there")
    command.add_argument("--jsonl", action="store_true", help="one JSON object a line for each input")
    command.add_argument("--jobs", type=int, default=1, metavar="N", help="number of processes (default: 1)")
    command.add_argument("--quiet", action="store_true", help="no report; the exit status tells")
    command.add_argument("--no-progress", action="store_true", help="no progress bar")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Clean; returns the exit status."""
    scanner = Scanner(Policy.load(options.policy), passwords=options.password, rewrite=True, tools=Tools.system())
    targets = Targets(options)
    sources = list(expand(options.paths))
    if STDIN in sources and targets.file is None:
        raise OSError(0, "standard input needs a file to write to", options.output)
    parallel = options.jobs > 1 and len(sources) > 1 and STDIN not in sources
    reports = _in_processes(scanner, sources, options.jobs) if parallel else _here(scanner, sources, targets)
    progress = Progress(len(sources), enabled=not options.no_progress and not options.quiet)
    refused = failed = False
    for source, report in zip(sources, reports, strict=True):
        progress.clear()
        try:
            if isinstance(report, OSError):
                raise report
            line = _line(source, report, targets)
        except OSError as error:
            failed = True
            sys.stderr.write(f"attachguard: {printable(source)}: {error.strerror or error}\n")
            continue
        refused = refused or line.outcome == "refused"
        if not options.quiet:
            sys.stdout.write(msgspec.json.encode(line).decode() + "\n" if options.jsonl else _human(line))
        progress.step()
    progress.clear()
    return 2 if failed else 1 if refused else 0


def _here(scanner: Scanner, sources: list[str], targets: Targets) -> Iterator[Report | OSError]:
    for source in sources:
        try:
            if source == STDIN:
                targets.given = sys.stdin.buffer.read()
                yield scanner.scan(targets.given, source=STDIN)
            else:
                yield scanner.scan(Path(source), source=source)
        except OSError as error:
            yield error


def _in_processes(scanner: Scanner, sources: list[str], jobs: int) -> Iterator[Report | OSError]:
    """The same by several processes, a few files ahead of what has been written."""
    from attachguard.gateway import Pool

    waiting = iter(sources)
    with Pool(scanner, workers=min(jobs, len(sources)), seconds=3 * scanner.limits.seconds, warm=False) as pool:
        ahead = deque(pool.submit(Path(source), source=source) for source in islice(waiting, _AHEAD * jobs))
        while ahead:
            answer = ahead.popleft()
            try:
                yield answer.result()
            except OSError as error:
                yield error
            ahead.extend(pool.submit(Path(source), source=source) for source in islice(waiting, 1))


def _line(source: str, report: Report, targets: Targets) -> Line:
    """Write the copy of one input, and say what became of it."""
    name = "" if source == STDIN else Path(source).name
    if report.verdict.action.delivers:
        target = targets.of(source, name)
        write(target, _as_it_came(source, report, targets), force=targets.force)
        return Line(source, str(target), "unchanged")
    if report.sanitized is not None:
        target = targets.of(source, report.sanitized_name or name)
        write(target, report.sanitized, force=targets.force)
        return Line(source, str(target), "sanitized", report.removed)
    cause = next((each.detail for each in report.findings if each.code == "sanitize-failed"), "")
    return Line(source, None, "refused", (), report.verdict.reasons, cause=cause)


def _as_it_came(source: str, report: Report, targets: Targets) -> bytes:
    """The input, which has to be what was scanned."""
    data = targets.given if source == STDIN else Path(source).read_bytes()
    if hashlib.sha256(data).hexdigest() != report.sha256:
        raise OSError(0, "changed while it was looked at", source)
    return data


class Targets:
    """Where copies go: to one file, or to a folder that keeps the folders below each given path.

    Args:
        options: what the command line says.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        output = Path(options.output)
        alone = len(options.paths) == 1 and not Path(options.paths[0]).is_dir()
        self.force: bool = options.force
        self.file: Path | None = output if alone and not output.is_dir() else None
        self.folder: Path | None = None if self.file is not None else output
        #: What came in on standard input.
        self.given = b""
        self._used: set[Path] = set()
        self._roots = [Path(path) for path in options.paths if Path(path).is_dir()]

    def of(self, source: str, name: str) -> Path:
        """Where the copy of an input goes.

        Args:
            source: the input.
            name: file name of its copy.
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
        Path(temporary).chmod(0o666 & ~_umask())
        if force:
            os.replace(temporary, target)  # noqa: PTH105 - the one call that replaces in one step
        else:
            try:
                os.link(temporary, target)  # fails where the file exists, in one step
            except FileExistsError as error:
                raise FileExistsError(17, "exists already; --force overwrites it", str(target)) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _human(line: Line) -> str:
    return "\n".join(_rows(line)) + "\n"


def _rows(line: Line) -> Iterator[str]:
    yield f"{line.outcome:<10} {printable(line.source)}" + (f" -> {printable(line.output)}" if line.output else "")
    for record in line.removed:
        size = f", {record.size} bytes" if record.size is not None else ""
        yield f"  - {record.code} ({record.kind}): {record.detail} [{record.part}]{size}"
    if line.outcome == "refused":
        yield f"  because of {', '.join(line.reasons)}" + (f": {printable(line.cause)}" if line.cause else "")
