"""`attachguard scan` and `attachguard identify`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec

from attachguard.clamd import Clamd
from attachguard.cli import ruleset
from attachguard.cli.progress import Progress
from attachguard.cli.sources import STDIN, Source, each
from attachguard.engine.scan import STEP
from attachguard.engine.scanner import Scanner
from attachguard.hooks import Hooks
from attachguard.model import Action, Envelope, Report
from attachguard.policy import Policy
from attachguard.readers.outside import Tools
from attachguard.report import human, json
from attachguard.signing.smime import PemDecryptor
from attachguard.signing.trust import TrustList
from attachguard.types.letters import printable
from attachguard.yara.rules import Rules

if TYPE_CHECKING:
    from concurrent.futures import Future

    from attachguard.gateway import Pool

#: Files given to the processes before the first of them is reported, for each process.
_AHEAD: Final = 8
_FORMATS: Final = ("human", "json", "jsonl")


def add_scan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `scan` command."""
    scan = commands.add_parser(
        "scan",
        help="scan messages, files, folders, mailboxes",
        description="Scan messages and files and say what happens to them. Exit status: 0 everything may be delivered, 1 something may not, "
        "2 the call failed.",
    )
    _common(scan)
    scan.add_argument("--policy", default="strict", metavar="NAME|FILE", help="policy that judges (default: strict)")
    ruleset.add_options(scan)
    scan.add_argument(
        "--password", action="append", default=[], metavar="TEXT", help="password to try on encrypted content"
    )
    scan.add_argument(
        "--password-file", action="append", default=[], metavar="FILE", help="file with one password a line"
    )
    scan.add_argument(
        "--smime-key",
        action="append",
        default=[],
        metavar="FILE",
        help="PEM file with a private key and its certificate",
    )
    scan.add_argument(
        "--smime-cert",
        action="append",
        default=[],
        metavar="FILE",
        help="PEM file with a certificate whose key lives further on",
    )
    scan.add_argument(
        "--trust-list",
        metavar="FILE",
        help="certificates whose signatures are trusted: PEM with its date, or a European trusted list in XML",
    )
    scan.add_argument(
        "--channel", metavar="NAME", help="channel the mail came in by, as the policy names it (default: smtp)"
    )
    scan.add_argument(
        "--engine",
        type=_engine,
        metavar="clamd:HOST:PORT|clamd:/PATH.sock",
        help="malware engine to ask about every part",
    )
    scan.add_argument("--envelope", metavar="FILE", help="JSON with what the mail server knows (sender, recipients, …)")
    scan.add_argument("--format", choices=_FORMATS, default="human", help="how to report (default: human)")
    scan.add_argument("--json", dest="format", action="store_const", const="json", help="short for --format json")
    scan.add_argument("--jsonl", dest="format", action="store_const", const="jsonl", help="short for --format jsonl")
    scan.add_argument("-o", "--output", metavar="FILE", help="write the report there instead of to standard output")
    scan.add_argument("--quiet", action="store_true", help="no report; the exit status tells")
    scan.set_defaults(run=run_scan)


def add_identify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `identify` command."""
    identify = commands.add_parser(
        "identify", help="say what files really are", description="Print the true type of each file."
    )
    _common(identify)
    identify.set_defaults(run=run_identify)


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, mailbox, or - for standard input")
    command.add_argument(
        "--kind", choices=("auto", "message", "file"), default="auto", help="what the input is (default: auto)"
    )
    command.add_argument("--jobs", type=_positive, default=1, metavar="N", help="number of processes (default: 1)")
    command.add_argument("--no-progress", action="store_true", help="no progress bar")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _engine(text: str) -> Clamd:
    kind, _, address = text.partition(":")
    if kind != "clamd":
        raise argparse.ArgumentTypeError("write clamd:HOST:PORT, or clamd: and the path of its socket")
    try:
        return Clamd.from_text(address)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def run_scan(options: argparse.Namespace) -> int:
    """Scan and report; returns the exit status."""
    rules = ruleset.load(options)
    hooks = Hooks(malware=options.engine) if options.engine else None
    scanner = Scanner(
        Policy.load(options.policy),
        rules=rules,
        passwords=_passwords(options),
        hooks=hooks,
        smime=_smime(options),
        trust=_trust(options),
        tools=Tools.system(),
    )
    envelope = _envelope(options)
    started = time.perf_counter()
    counts: Counter[Action] = Counter()
    kept: list[Report] = []
    with _output(options.output) as out:
        show = _shower(options, out, kept)
        results = Results(scanner, options, envelope, mailboxes=True)
        for report in results:
            counts[report.verdict.action] += 1
            if not options.quiet:
                show(report)
        if options.format == "json" and not options.quiet:
            out.write(json.encode_all(kept))
        elif options.format == "human" and not options.quiet:
            out.write((human.summary(dict(counts), time.perf_counter() - started) + "\n").encode())
    if results.unreadable:
        return 2
    return 0 if all(action.delivers for action in counts) else 1


def run_identify(options: argparse.Namespace) -> int:
    """Print the true types; returns the exit status."""
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), tools=Tools.system())
    results = Results(scanner, options, Envelope())
    for report in results:
        root = report.parts[0]
        others = "".join(f" + {key}" for key in root.types[1:])
        name = printable(report.source)
        sys.stdout.write(f"{name}: {root.type.id}{others} ({root.type.mime}, {root.type.group})\n")
    return 2 if results.unreadable else 0


class Results:
    """Reports of everything the command line names, in its order; counts what could not be read."""

    def __init__(
        self, scanner: Scanner, options: argparse.Namespace, envelope: Envelope, *, mailboxes: bool = False
    ) -> None:
        self._mailboxes = mailboxes
        self._scanner = scanner
        self._options = options
        self._envelope = envelope
        self.unreadable = 0

    def __iter__(self) -> Iterator[Report]:
        options = self._options
        sources = list(each(options.paths, mailboxes=self._mailboxes and options.kind == "auto"))
        parallel = options.jobs > 1 and len(sources) > 1 and all(source.path != STDIN for source in sources)
        progress = Progress(len(sources), enabled=not options.no_progress)
        answers = self._in_processes(sources) if parallel else map(self._here, sources)
        for source, answer in zip(sources, answers, strict=True):
            if isinstance(answer, OSError):
                self.unreadable += 1
                progress.clear()
                sys.stderr.write(f"attachguard: {printable(source.name)}: {answer.strerror or answer}\n")
            else:
                yield answer
            progress.step()
        progress.clear()

    def _here(self, source: Source) -> Report | OSError:
        scan, kind, envelope = self._scanner.scan, self._options.kind, self._envelope
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
        with Pool(self._scanner, workers=jobs, warm=False) as pool:
            ahead = deque(self._given(pool, source) for source in islice(waiting, _AHEAD * jobs))
            while ahead:
                answer = ahead.popleft()
                try:
                    yield answer.result()
                except OSError as error:
                    yield error
                ahead.extend(self._given(pool, source) for source in islice(waiting, 1))

    def _given(self, pool: Pool, source: Source) -> Future[Report]:
        if source.piece:
            return pool.submit(_pieces(source), kind="message", source=source.name, envelope=self._envelope)
        return pool.submit(Path(source.path), kind=self._options.kind, source=source.name, envelope=self._envelope)


def _pieces(source: Source) -> Iterator[bytes]:
    with source.open() as file:
        while piece := file.read(STEP):
            yield piece


def _shower(options: argparse.Namespace, out: IO[bytes], kept: list[Report]) -> Callable[[Report], Any]:
    if options.format == "json":
        return kept.append
    if options.format == "jsonl":
        return lambda report: out.write(json.encode(report) + b"\n")
    colour = options.output is None and sys.stdout.isatty()
    return lambda report: out.write((human.render(report, colour=colour) + "\n").encode("utf-8", "replace"))


class _output:  # noqa: N801 - used like a function
    """Standard output, or a file that is written whole or not at all by intent of the caller."""

    def __init__(self, path: str | None) -> None:
        self._file: IO[bytes] | None = Path(path).open("wb") if path else None  # noqa: SIM115 - closed in __exit__

    def __enter__(self) -> IO[bytes]:
        return self._file or sys.stdout.buffer

    def __exit__(self, *_details: object) -> None:
        if self._file is not None:
            self._file.close()
        else:
            sys.stdout.flush()


def _passwords(options: argparse.Namespace) -> list[str]:
    words = list(options.password)
    for file in options.password_file:
        words += [line for line in Path(file).read_text("utf-8").splitlines() if line]
    return words


def _smime(options: argparse.Namespace) -> PemDecryptor | None:
    if not options.smime_key and not options.smime_cert:
        return None
    decryptor = PemDecryptor(options.smime_key, options.smime_cert)
    decryptor.check()
    return decryptor


def _trust(options: argparse.Namespace) -> TrustList | None:
    return TrustList.load(options.trust_list) if options.trust_list else None


def _envelope(options: argparse.Namespace) -> Envelope:
    envelope = Envelope()
    if options.envelope:
        try:
            envelope = msgspec.json.decode(Path(options.envelope).read_bytes(), type=Envelope)
        except msgspec.DecodeError as error:
            fields = ", ".join(Envelope.__struct_fields__)
            raise OSError(0, f"{error}; the fields of an envelope are: {fields}", options.envelope) from error
    return msgspec.structs.replace(envelope, channel=options.channel) if options.channel else envelope
