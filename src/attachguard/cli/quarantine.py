"""`attachguard quarantine`: what the daemon keeps for a person to decide about."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from attachguard.cli.arguments import Parser
from attachguard.errors import OperatorError
from attachguard.model import Report
from attachguard.outcome import without_ours
from attachguard.report import human, json
from attachguard.types.letters import printable

_SENDMAIL = "/usr/sbin/sendmail -i"
_UNKNOWN = "the report cannot be read"


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the `quarantine` command."""
    top = commands.add_parser("quarantine", help="list, show, release and delete what the daemon keeps")
    actions = top.add_subparsers(dest="quarantine_command", metavar="COMMAND", required=True)
    for name, text in (
        ("list", "what there is, the oldest first"),
        ("show", "the report of a mail, or the mail itself with --raw"),
        ("release", "hand mails to the mail server, to the recipients they came for"),
        ("delete", "remove mails and their reports"),
    ):
        action = actions.add_parser(name, help=text, description=text.capitalize() + ".")
        action.add_argument("folder", metavar="FOLDER", help="folder of the quarantine")
        if name != "list":
            action.add_argument("ids", nargs="+", metavar="ID")
        if name == "show":
            action.add_argument("--raw", action="store_true", help="the mail as it came")
            action.add_argument("--json", action="store_true", help="the report in JSON")
        if name == "release":
            action.add_argument(
                "--sendmail", default=_SENDMAIL, metavar="COMMAND", help=f"what takes the mail (default: {_SENDMAIL})"
            )
            action.add_argument(
                "--to",
                action="append",
                default=[],
                metavar="ADDRESS",
                help="other recipients in place of the mail's own",
            )
            action.add_argument("--keep", action="store_true", help="leave the mail in the quarantine")
        action.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Carry it out; 0 when all was done, 1 when there was no such mail or it could not be handed over."""
    from attachguard.gateway.serve.quarantine import Quarantine

    folder = Path(options.folder)
    if not (folder / "reports").is_dir():
        raise OperatorError(
            "is not a quarantine: name the folder given in the daemon's [quarantine] table", file=str(folder)
        )
    store = Quarantine(folder)
    if options.quarantine_command == "list":
        return _list(store)
    action = {"show": _show, "release": _release, "delete": _delete}[options.quarantine_command]
    good = [_there(store, name) and action(store, name, options) for name in options.ids]
    return 0 if all(good) else 1


def _there(store: Any, name: str) -> bool:
    if store.mail(name) is None:
        sys.stderr.write(f"attachguard: {printable(name)}: there is no such mail\n")
        return False
    return True


def _list(store: Any) -> int:
    for name in store.names():
        entry, report = _known(store, name)
        if entry is None or report is None:
            mail = store.mail(name)
            size = mail.stat().st_size if mail is not None and mail.exists() else 0
            sys.stdout.write(f"{name}  {size:>9}  -       -  {_UNKNOWN}\n")
            continue
        sender = printable(entry.envelope.sender) or "-"
        sys.stdout.write(
            f"{entry.id}  {entry.size:>9}  {entry.front:<6}  {sender}  {','.join(report.verdict.reasons)}\n"
        )
    return 0


def _known(store: Any, name: str) -> tuple[Any, Report | None]:
    """What is known of a mail, and its report; None where that cannot be read."""
    entry = store.entry(name)
    try:
        return entry, None if entry is None else json.decode(bytes(entry.report))
    except ValueError:
        return entry, None


def _show(store: Any, name: str, options: argparse.Namespace) -> bool:
    if options.raw:
        sys.stdout.buffer.write(store.mail(name).read_bytes())
        sys.stdout.flush()
        return True
    entry, report = _known(store, name)
    if report is None:
        sys.stderr.write(f"attachguard: {name}: {_UNKNOWN}; --raw shows the mail\n")
        return False
    if options.json:
        sys.stdout.buffer.write(bytes(entry.report) + b"\n")
        sys.stdout.flush()
        return True
    recipients = ", ".join(map(printable, entry.envelope.recipients)) or "-"
    sys.stdout.write(
        f"{entry.id}: kept {entry.kept}, from {printable(entry.envelope.sender) or '-'}, for {recipients}\n"
    )
    sys.stdout.write(human.render(report, colour=False) + "\n")
    return True


def _release(store: Any, name: str, options: argparse.Namespace) -> bool:
    entry = store.entry(name)
    recipients = options.to or (list(entry.envelope.recipients) if entry is not None else [])
    if not recipients or any(each.startswith("-") or not each for each in recipients):
        sys.stderr.write(f"attachguard: {name}: nobody to send it to; name somebody with --to\n")
        return False
    sender = entry.envelope.sender if entry is not None else ""
    command = [*_words(options.sendmail), "-f", sender or "<>", "--", *recipients]
    with store.taken(name) as mail:
        if mail is None:
            sys.stderr.write(f"attachguard: {name}: somebody else has it\n")
            return False
        # The command is the operator's; addresses follow the end of its options.
        status = subprocess.run(command, input=without_ours(mail.read_bytes()), check=False).returncode  # noqa: S603
        if status == 0 and not options.keep:
            mail.unlink()
            (store.folder / "reports" / f"{name}.json").unlink(missing_ok=True)
    if status:
        sys.stderr.write(f"attachguard: {name}: {command[0]} failed with status {status}; the mail is still here\n")
    return status == 0


def _words(command: str) -> list[str]:
    """The words of a command; raises `OperatorError`."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise OperatorError(f"is no command: {error}", where="--sendmail") from error
    if not words:
        raise OperatorError("names no command", where="--sendmail")
    return words


def _delete(store: Any, name: str, _options: argparse.Namespace) -> bool:
    return bool(store.delete(name))
