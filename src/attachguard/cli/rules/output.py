"""What the commands of `attachguard rules` share: their paths, and how they say what they found."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attachguard.errors import RuleError
from attachguard.types.letters import spelled
from attachguard.version import VERSION
from attachguard.yara.rules import builtin_folder

if TYPE_CHECKING:
    from attachguard.rulekit.diagnostics import Diagnostic

FORMATS = ("human", "json", "sarif")


def add_paths(command: argparse.ArgumentParser) -> None:
    """Add the paths of rules to a command."""
    command.add_argument("paths", metavar="PATH", nargs="*", help="rule file or folder (default: the built-in rules)")


def add_format(command: argparse.ArgumentParser, formats: Sequence[str] = FORMATS) -> None:
    """Add the choice of a format to a command."""
    command.add_argument("--format", choices=formats, default="human", help="how to report (default: human)")


def paths_of(options: argparse.Namespace) -> list[Path]:
    """The paths that a command was given, or the built-in rules."""
    return [Path(path) for path in options.paths] or [builtin_folder()]


def need_yaramod() -> None:
    """Make sure that the parser is there.

    Raises:
        RuleError: it is not installed.
    """
    try:
        import yaramod  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise RuleError(
            "rules are parsed by yaramod, which is not installed: pip install 'attachguard[rules]'"
        ) from error


def report(diagnostics: Sequence[Diagnostic], how: str, summary: str, **figures: int) -> None:
    """Say what was found.

    Args:
        diagnostics: what was found.
        how: one of the formats.
        summary: the last line for people.
        figures: counts for the JSON.
    """
    from attachguard.rulekit import rendering

    if how == "json":
        sys.stdout.write(rendering.json(diagnostics, **figures))
    elif how == "sarif":
        sys.stdout.write(rendering.sarif(diagnostics, VERSION))
    else:
        sys.stdout.write(rendering.human(diagnostics))
        say(summary)


def say(line: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(spelled(line) + "\n")


def counted(number: int, thing: str) -> str:
    """`1 rule`, `2 rules`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
