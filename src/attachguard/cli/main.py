"""The command line: `attachguard scan | identify | sanitize | policy | rules | …`. It shows what the library decides and decides nothing itself."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from attachguard.cli import doctor as cli_doctor
from attachguard.cli import policy as cli_policy
from attachguard.cli import quarantine as cli_quarantine
from attachguard.cli import rules as cli_rules
from attachguard.cli import sanitize as cli_sanitize
from attachguard.cli import scan as cli_scan
from attachguard.cli import serve as cli_serve
from attachguard.errors import OperatorError
from attachguard.types.letters import spelled

#: Exit status for a call that could not be carried out.
FAILED = 2


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="attachguard", description="Decides what a mail attachment really is and what happens to it."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    cli_scan.add_scan(commands)
    cli_scan.add_identify(commands)
    cli_sanitize.add_parser(commands)
    cli_policy.add_parser(commands)
    cli_rules.add_parser(commands)
    cli_serve.add_parser(commands)
    cli_quarantine.add_parser(commands)
    cli_doctor.add_parser(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    parsed = parser().parse_args(arguments)
    try:
        status: int = parsed.run(parsed)
    except OperatorError as error:
        sys.stderr.write(f"attachguard: {error}\n")
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        sys.stderr.write(spelled(f"attachguard: {error.filename or ''}: {error.strerror or error}\n"))
        return FAILED
    except KeyboardInterrupt:
        return 130
    return status
