"""`attachguard sanitize`: cleaned copies of files and messages."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from attachguard.cli import settings
from attachguard.cli.arguments import Parser, add_paths, add_running, passwords
from attachguard.cli.copies import Targets, write
from attachguard.cli.progress import Progress
from attachguard.cli.results import inputs
from attachguard.cli.sources import STDIN, Trouble, expand
from attachguard.cli.status import Status
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


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the `sanitize` command."""
    command = commands.add_parser(
        "sanitize",
        help="write cleaned copies of messages and files",
        description="Write copies without macros, active content and what else the policy wants out, and list what was removed. Exit status: 0 every "
        "input has a copy, 1 some were refused, 2 the call failed.",
        examples=(
            ("attachguard sanitize form.docm -o clean/", "writes clean/form.docx and lists what is not in it any more"),
            ("attachguard sanitize inbox/ -o clean/ --jsonl", "a folder of messages; one JSON object a line"),
        ),
    )
    what = command.add_argument_group("what to clean")
    add_paths(what)
    how = command.add_argument_group("how")
    how.add_argument("--policy", default="disarm", metavar="NAME|FILE", help="policy that judges (default: disarm)")
    how.add_argument(
        "--password", action="append", default=[], metavar="TEXT", help="password to try on encrypted content"
    )
    how.add_argument(
        "--password-file", action="append", default=[], metavar="FILE", help="file with one password a line"
    )
    add_running(how)
    settings.add_options(how)
    out = command.add_argument_group("output")
    out.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="file for one input, else the folder that the copies go to"
    )
    out.add_argument("--force", action="store_true", help="overwrite what is there")
    out.add_argument("--jsonl", action="store_true", help="one JSON object a line for each input")
    out.add_argument("--quiet", action="store_true", help="no report, only the exit status")
    command.set_defaults(run=run, configured=command)


def run(options: argparse.Namespace) -> int:
    """Clean; returns the exit status."""
    words = passwords(options)
    scanner = Scanner(Policy.load(options.policy), passwords=words, rewrite=True, tools=Tools.system())
    paths = inputs(options)
    targets = Targets(options.output, paths, force=options.force)
    trouble = Trouble()
    sources = list(expand(paths, exclude=options.exclude, trouble=trouble))
    if STDIN in sources and targets.file is None:
        raise OSError(0, "standard input needs a file to write to", options.output)
    given = Given()
    parallel = options.jobs > 1 and len(sources) > 1 and STDIN not in sources
    reports = _in_processes(scanner, sources, options.jobs) if parallel else _here(scanner, sources, given)
    refused = False
    with Progress(len(sources), enabled=not options.no_progress and not options.quiet) as progress:
        for source, report in zip(sources, reports, strict=True):
            with progress.aside():
                try:
                    if isinstance(report, OSError):
                        raise report
                    line = _line(source, report, targets, given)
                except OSError as error:
                    trouble.failed(source, error)
                    continue
                refused = refused or line.outcome == "refused"
                if not options.quiet:
                    sys.stdout.write(msgspec.json.encode(line).decode() + "\n" if options.jsonl else _human(line))
                    sys.stdout.flush()
            progress.step()
    return Status.FAILED if trouble.unreadable else Status.REFUSED if refused else Status.FINE


class Given:
    """What came in on standard input, kept for its copy."""

    data = b""


def _here(scanner: Scanner, sources: list[str], given: Given) -> Iterator[Report | OSError]:
    for source in sources:
        try:
            if source == STDIN:
                given.data = sys.stdin.buffer.read()
                yield scanner.scan(given.data, source=STDIN)
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


def _line(source: str, report: Report, targets: Targets, given: Given) -> Line:
    """Write the copy of one input, and say what became of it."""
    name = "" if source == STDIN else Path(source).name
    if report.verdict.action.delivers:
        target = targets.of(source, name)
        write(target, _as_it_came(source, report, given), force=targets.force)
        return Line(source, str(target), "unchanged")
    if report.sanitized is not None:
        target = targets.of(source, report.sanitized_name or name)
        write(target, report.sanitized, force=targets.force)
        return Line(source, str(target), "sanitized", report.removed)
    cause = next((each.detail for each in report.findings if each.code == "sanitize-failed"), "")
    return Line(source, None, "refused", (), report.verdict.reasons, cause=cause)


def _as_it_came(source: str, report: Report, given: Given) -> bytes:
    """The input, which has to be what was scanned."""
    data = given.data if source == STDIN else Path(source).read_bytes()
    if hashlib.sha256(data).hexdigest() != report.sha256:
        raise OSError(0, "changed while it was looked at", source)
    return data


def _human(line: Line) -> str:
    return "\n".join(_rows(line)) + "\n"


def _rows(line: Line) -> Iterator[str]:
    yield f"{line.outcome:<10} {printable(line.source)}" + (f" -> {printable(line.output)}" if line.output else "")
    for record in line.removed:
        size = f", {record.size} bytes" if record.size is not None else ""
        yield f"  - {record.code} ({record.kind}): {record.detail} [{record.part}]{size}"
    if line.outcome == "refused":
        yield f"  because of {', '.join(line.reasons)}" + (f": {printable(line.cause)}" if line.cause else "")
