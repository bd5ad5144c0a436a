"""The command line. It shows what the library decides and decides nothing itself."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from attachguard.cli import afterwards as cli_afterwards
from attachguard.cli import completion as cli_completion
from attachguard.cli import doctor as cli_doctor
from attachguard.cli import hunt as cli_hunt
from attachguard.cli import policy as cli_policy
from attachguard.cli import quarantine as cli_quarantine
from attachguard.cli import rules as cli_rules
from attachguard.cli import sanitize as cli_sanitize
from attachguard.cli import scan as cli_scan
from attachguard.cli import serve as cli_serve
from attachguard.cli import settings
from attachguard.cli.arguments import Parser, TopHelp, grouped
from attachguard.cli.status import Status
from attachguard.errors import OperatorError
from attachguard.types.letters import spelled
from attachguard.version import VERSION

_ADD: Final[tuple[Callable[[Any], None], ...]] = (
    cli_scan.add_scan,
    cli_scan.add_identify,
    cli_sanitize.add_parser,
    cli_afterwards.add_report,
    cli_afterwards.add_notice,
    cli_afterwards.add_slip,
    cli_policy.add_parser,
    cli_rules.add_parser,
    cli_hunt.add_parser,
    cli_serve.add_parser,
    cli_quarantine.add_parser,
    cli_doctor.add_parser,
    cli_completion.add_parser,
)
#: The commands as the help of all of them shows them.
_GROUPS: Final = {
    "mail and files": ("scan", "identify", "sanitize", "hunt"),
    "reports": ("report", "notice", "slip"),
    "what decides": ("policy", "rules"),
    "the gateway": ("serve", "quarantine"),
    "this installation": ("doctor", "completion"),
}
_ABOUT: Final = "Decides what a mail attachment really is and what happens to it."


def parser() -> Parser:
    """The whole command line."""
    top = Parser(
        prog="attachguard",
        formatter_class=TopHelp,
        examples=(
            ("attachguard scan ~/Maildir", "what would happen to each message, and why"),
            ("attachguard identify invoice.pdf", "what a file really is"),
            ("attachguard scan --help", "everything about one command"),
        ),
    )
    top.add_argument("--version", action="version", version=f"attachguard {VERSION}", help="print the version and end")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in _ADD:
        add(commands)
    top.description = f"{_ABOUT}\n\n{grouped(_GROUPS, commands)}"
    return top


def check_settings(path: Path) -> None:
    """Raise `OperatorError` where a call from here could not use its settings file."""
    settings.trust(path)
    commands = _configured(parser())
    for command in commands.values():
        settings.apply(command, path, commands)


def _configured(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands that `attachguard.toml` has settings for."""
    commands = next(action for action in top._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001 - no public way
    return {name: each for name, each in commands.choices.items() if each.get_default("configured") is not None}


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What the command line says, on top of what the settings say."""
    top = parser()
    options = top.parse_args(arguments)
    command = getattr(options, "configured", None)
    if command is None or (path := settings.chosen(options)) is None:
        return options
    settings.apply(command, path, _configured(top))
    return top.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    try:
        if not (sys.argv[1:] if arguments is None else arguments):
            parser().print_help(sys.stderr)
            return Status.FAILED
        options = _parsed(arguments)
        status: int = options.run(options)
    except OperatorError as error:
        sys.stderr.write(f"attachguard: {error}\n")
        return Status.FAILED
    except BrokenPipeError:
        # Whoever read our output has enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.FAILED
    except OSError as error:
        place = spelled(f"{error.filename}: ") if error.filename else ""
        sys.stderr.write(f"attachguard: {place}{error.strerror or error}\n")
        return Status.FAILED
    except KeyboardInterrupt:
        # It may come between the making of a scan and its being handed to the pool, and Python would say that nobody awaits that one.
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        return Status.INTERRUPTED
    return status
