"""`attachguard report`, `notice` and `slip`: from a report that was written before to what people read and get."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from attachguard.cli import output
from attachguard.cli.arguments import Parser
from attachguard.cli.output import Output
from attachguard.cli.reports import read_reports
from attachguard.cli.scan import envelope_of
from attachguard.cli.sources import STDIN
from attachguard.cli.status import Status
from attachguard.errors import OperatorError
from attachguard.model import Envelope, Report
from attachguard.outcome import Templates, notification, recipient_notice, routing_slip
from attachguard.outcome.templates import LANGUAGES
from attachguard.policy import Policy
from attachguard.types.letters import printable

#: So many names of reports are listed in a message.
_LISTED: Final = 10
#: Of a mail no more is read to find its header.
_HEADER: Final = 1 << 20
_END: Final = re.compile(rb"\r?\n\r?\n")


def add_report(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the `report` command."""
    command = commands.add_parser(
        "report",
        help="write reports of a finished run in another form",
        description="Write what `scan --json` or `--jsonl` made in another form, several files as one. Exit status: 0, or 2.",
        examples=(
            ("attachguard report run.jsonl -o report.html", "a page to look at"),
            ("attachguard report run.jsonl -o report.html --lang de", "the same in German"),
        ),
    )
    command.add_argument("reports", nargs="+", metavar="REPORT", help="file with reports, or - for standard input")
    command.add_argument(
        "--policy",
        metavar="FILE",
        help="policy file whose clauses a page shall explain, where it is none of the built-in ones",
    )
    output.add_options(command)
    command.set_defaults(run=run_report)


def add_notice(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the `notice` command."""
    command = commands.add_parser(
        "notice",
        help="the notice to the sender or the recipients of a mail",
        description="Write the mail that tells the sender, or the recipients, what became of theirs, as a whole message. Nothing is sent. "
        "Exit status: 0 there is one, 1 nobody is to be told, 2 the call failed.",
        examples=(
            ("attachguard notice report.json --envelope envelope.json --mail mail.eml", "to the sender"),
            (
                "attachguard notice report.json --to recipient --sender a@example.org --recipient b@example.net",
                "to the recipients",
            ),
        ),
    )
    _one(command)
    command.add_argument(
        "--to", choices=("sender", "recipient"), default="sender", help="who is told (default: sender)"
    )
    command.add_argument(
        "--envelope", metavar="FILE", help="JSON with what the mail server knows (sender, recipients, …)"
    )
    command.add_argument("--sender", metavar="ADDRESS", help="sender, in place of the envelope's")
    command.add_argument(
        "--recipient", action="append", default=[], metavar="ADDRESS", help="recipient, likewise (repeatable)"
    )
    command.add_argument("--mail", metavar="FILE", help="the mail, for its subject and header")
    command.add_argument(
        "--mta", default="localhost", metavar="HOST", help="mail server that sends the notice (default: localhost)"
    )
    command.set_defaults(run=run_notice)


def add_slip(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the `slip` command."""
    command = commands.add_parser(
        "slip",
        help="the routing slip of a mail",
        description="Write what came in, what goes on, what was checked and what was not, and which clause led to what. Exit status: 0, or 2 "
        "where the call failed.",
        examples=(("attachguard slip report.json --id 2026-4711 -o slip.html", "a page without scripts, in German"),),
    )
    _one(command)
    command.add_argument(
        "--format", choices=("text", "html", "json"), help="how it is written (default: by the suffix of -o, else text)"
    )
    command.add_argument(
        "--id", default="", metavar="TEXT", help="name of the slip; else it is made from mail, policy and time"
    )
    command.add_argument(
        "--received", type=_moment, metavar="TIME", help="when the mail came in, as in 2026-11-30T12:00+01:00"
    )
    command.set_defaults(run=run_slip)


def _one(command: argparse.ArgumentParser) -> None:
    """What both have: one report, texts and language, and where it goes."""
    command.add_argument("report", metavar="REPORT", help="file with a report, or - for standard input")
    command.add_argument("--source", metavar="NAME", help="of several reports the one of this mail or file")
    command.add_argument("--lang", choices=LANGUAGES, default="de", help="language (default: de)")
    command.add_argument("--texts", metavar="FOLDER", help="own texts in place of the built-in ones")
    command.add_argument("-o", "--output", metavar="FILE", help="write it there instead of to standard output")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError as error:
        raise argparse.ArgumentTypeError("write a time as in 2026-11-30T12:00+01:00") from error


def run_report(options: argparse.Namespace) -> int:
    """Write the reports; returns the exit status."""
    policy = Policy.load(options.policy).data if options.policy else None
    with Output(options, policy=policy) as out:
        for report in read_reports(options.reports):
            out.add(report)
    return Status.FINE


def run_notice(options: argparse.Namespace) -> int:
    """Write the notice; returns the exit status."""
    report, texts = _chosen(options), _texts(options)
    envelope = envelope_of(options.envelope) if options.envelope else Envelope()
    given = {"sender": options.sender, "recipients": tuple(options.recipient) or None}
    envelope = msgspec.structs.replace(envelope, **{name: value for name, value in given.items() if value is not None})
    header = _header(options.mail) if options.mail else b""
    write = notification if options.to == "sender" else recipient_notice
    try:
        notice = write(report, envelope, header, options.lang, mta=options.mta, templates=texts)
    except ValueError as error:
        raise OperatorError(str(error)) from error
    if notice is None:
        missing = not (envelope.sender if options.to == "sender" else envelope.recipients)
        hint = f"; name one with --{options.to} or --envelope, where the verdict asks for it" if missing else ""
        sys.stderr.write(f"attachguard: the {options.to} is not told of this verdict{hint}\n")
        return Status.REFUSED
    _write(options, notice)
    return Status.FINE


def run_slip(options: argparse.Namespace) -> int:
    """Write the slip; returns the exit status."""
    report, texts = _chosen(options), _texts(options)
    slip = routing_slip(report, identifier=options.id, received=options.received)
    suffix = Path(options.output).suffix.lower() if options.output else ""
    form = options.format or {".html": "html", ".htm": "html", ".json": "json"}.get(suffix, "text")
    if form == "json":
        _write(options, slip.json() + b"\n")
    else:
        page = slip.html if form == "html" else slip.text
        _write(options, page(options.lang, templates=texts).encode("utf-8", "replace"))
    return Status.FINE


def _chosen(options: argparse.Namespace) -> Report:
    """The one report that is meant."""
    found = [each for each in read_reports([options.report]) if options.source in (None, each.source)]
    if len(found) == 1:
        return found[0]
    place = "" if options.report == STDIN else options.report
    if not found:
        raise OperatorError("holds no report" + (" of this source" if options.source else ""), file=place)
    names = ", ".join(printable(each.source) for each in found[:_LISTED])
    more = ", …" if len(found) > _LISTED else ""
    raise OperatorError(f"holds {len(found)} reports; choose one with --source: {names}{more}", file=place)


def _texts(options: argparse.Namespace) -> Templates | None:
    if not options.texts:
        return None
    if not Path(options.texts).is_dir():
        raise OperatorError("there is no such folder", file=options.texts)
    try:
        return Templates(Path(options.texts))
    except ValueError as error:
        raise OperatorError(str(error)) from error


def _header(file: str) -> bytes:
    with Path(file).open("rb") as mail:
        return _END.split(mail.read(_HEADER), maxsplit=1)[0] + b"\r\n"


def _write(options: argparse.Namespace, data: bytes) -> None:
    if options.output:
        Path(options.output).write_bytes(data)
        return
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
