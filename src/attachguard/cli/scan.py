"""`attachguard scan` and `attachguard identify`."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

import msgspec

from attachguard.clamd import Clamd
from attachguard.cli import output, ruleset, settings
from attachguard.cli.arguments import Parser, add_paths, add_running, passwords
from attachguard.cli.copies import Copies, Targets
from attachguard.cli.output import Output
from attachguard.cli.results import Results
from attachguard.cli.status import Status
from attachguard.engine.scanner import Scanner
from attachguard.errors import OperatorError
from attachguard.hooks import Hooks
from attachguard.model import Envelope
from attachguard.policy import Policy
from attachguard.readers.outside import Tools
from attachguard.signing.smime import PemDecryptor
from attachguard.signing.trust import TrustList
from attachguard.types.letters import printable
from attachguard.yara.rules import Rules


def add_scan(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the `scan` command."""
    scan = commands.add_parser(
        "scan",
        help="scan messages, files, folders, mailboxes",
        description="Scan messages and files and say what happens to them. Exit status: 0 everything may be delivered, 1 something may not, "
        "2 the call or a part of it failed.",
        examples=(
            ("attachguard scan ~/Maildir --policy kaiserslautern", "one line a message, then the reasons"),
            ("attachguard scan archive.mbox --jobs 4 -o archive.html", "a page to look at, made by four processes"),
            ("find . -name '*.pdf' -print0 | attachguard scan --files-from - --jsonl", "one JSON object a file"),
            ("attachguard scan mail.eml --write-copies out/", "and what may be delivered of it, as a file"),
        ),
    )
    _what(scan)
    _judging(scan.add_argument_group("who judges"))
    _locks(scan.add_argument_group("what is locked or signed"))
    out = scan.add_argument_group("output")
    output.add_options(out)
    out.add_argument("--quiet", action="store_true", help="no report, only the exit status")
    out.add_argument(
        "--write-copies",
        metavar="FOLDER",
        help="write there what may be delivered of inputs that may not be as they are",
    )
    out.add_argument("--force", action="store_true", help="overwrite copies that are there")
    _running(scan)
    scan.set_defaults(run=run_scan, configured=scan)


def add_identify(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the `identify` command."""
    identify = commands.add_parser(
        "identify",
        help="say what files really are",
        description="Print the true type of each file. Exit status: 0, or 2 where something could not be read.",
        examples=(("attachguard identify invoice.pdf", "what it is, whatever it is called"),),
    )
    _what(identify)
    _running(identify)
    identify.set_defaults(run=run_identify, configured=identify)


def _what(command: Parser) -> None:
    what = command.add_argument_group("what to look at")
    add_paths(what)
    what.add_argument(
        "--kind", choices=("auto", "message", "file"), default="auto", help="what the input is (default: auto)"
    )


def _judging(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--policy", default="strict", metavar="NAME|FILE", help="policy that judges (default: strict)")
    ruleset.add_options(group)
    group.add_argument(
        "--engine",
        type=_engine,
        metavar="clamd:HOST:PORT|clamd:/PATH.sock",
        help="malware engine to ask about every part",
    )
    group.add_argument(
        "--envelope", metavar="FILE", help="JSON with what the mail server knows (sender, recipients, …)"
    )
    group.add_argument(
        "--channel", metavar="NAME", help="channel the mail came in by, as the policy names it (default: smtp)"
    )


def _locks(group: argparse._ArgumentGroup) -> None:
    for option, metavar, text in (
        ("--password", "TEXT", "password to try on encrypted content"),
        ("--password-file", "FILE", "file with one password a line"),
        ("--smime-key", "FILE", "PEM file with a private key and its certificate"),
        ("--smime-cert", "FILE", "PEM file with a certificate whose key lives further on"),
    ):
        group.add_argument(option, action="append", default=[], metavar=metavar, help=text)
    group.add_argument(
        "--trust-list",
        metavar="FILE",
        help="certificates whose signatures are trusted: PEM with its date, or a European trusted list in XML",
    )


def _running(command: Parser) -> None:
    group = command.add_argument_group("how it runs")
    add_running(group)
    settings.add_options(group)


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
    policy = Policy.load(options.policy)
    scanner = Scanner(
        policy,
        rules=rules,
        passwords=passwords(options),
        hooks=hooks,
        smime=_smime(options),
        trust=TrustList.load(options.trust_list) if options.trust_list else None,
        rewrite=bool(options.write_copies),
        tools=Tools.system(),
    )
    envelope = _envelope(options)
    copies = None
    if options.write_copies:
        copies = Copies(Targets(options.write_copies, options.paths, force=options.force, folder=True))
    refused = False
    results = Results(scanner, options, envelope, mailboxes=True)
    nothing = bool(results.unreadable and not results.sources)
    with Output(options, silent=options.quiet or nothing, policy=policy.data) as out:
        for source, report in results:
            refused = refused or not report.verdict.action.delivers
            with results.progress.aside() if out.on_terminal else contextlib.nullcontext():
                out.add(report)
            if copies is not None:
                try:
                    copies.add(source, report)
                except OSError as error:
                    results.trouble.failed(error.filename or source.name, error)
    return Status.FAILED if results.unreadable else Status.REFUSED if refused else Status.FINE


def run_identify(options: argparse.Namespace) -> int:
    """Print the true types; returns the exit status."""
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), tools=Tools.system())
    results = Results(scanner, options, Envelope())
    for _source, report in results:
        root = report.parts[0]
        others = "".join(f" + {key}" for key in root.types[1:])
        name = printable(report.source)
        with results.progress.aside():
            sys.stdout.write(f"{name}: {root.type.id}{others} ({root.type.mime}, {root.type.group})\n")
            sys.stdout.flush()
    return Status.FAILED if results.unreadable else Status.FINE


def _smime(options: argparse.Namespace) -> PemDecryptor | None:
    if not options.smime_key and not options.smime_cert:
        return None
    decryptor = PemDecryptor(options.smime_key, options.smime_cert)
    decryptor.check()
    return decryptor


def _envelope(options: argparse.Namespace) -> Envelope:
    envelope = envelope_of(options.envelope) if options.envelope else Envelope()
    return msgspec.structs.replace(envelope, channel=options.channel) if options.channel else envelope


def envelope_of(file: str) -> Envelope:
    """The envelope that a JSON file holds.

    Raises:
        OperatorError: it holds something else.
        OSError: it cannot be read.
    """
    try:
        return msgspec.json.decode(Path(file).read_bytes(), type=Envelope)
    except msgspec.DecodeError as error:
        fields = ", ".join(Envelope.__struct_fields__)
        raise OperatorError(f"{error}; the fields of an envelope are: {fields}", file=file) from error
