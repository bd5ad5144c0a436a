"""`attachguard completion`: the script that lets a shell complete commands and options."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from attachguard.cli.arguments import Parser
from attachguard.cli.status import Status
from attachguard.errors import OperatorError

_SHELLS: Final = ("bash", "zsh", "tcsh")
#: Options and arguments that name files and folders, by what they are shown as.
_FILES: Final = frozenset({"PATH", "FILE", "NAME|FILE", "OUT", "REPORT"})
_FOLDERS: Final = frozenset({"FOLDER"})


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the `completion` command."""
    command = commands.add_parser(
        "completion",
        help="the script that lets a shell complete commands",
        description="Print a script for a shell. It is made by the package shtab, which the extra [completion] brings.",
        examples=(
            ("attachguard completion bash > ~/.local/share/bash-completion/completions/attachguard", "for bash"),
            ("attachguard completion zsh > ~/.zfunc/_attachguard", "for zsh, with ~/.zfunc in fpath"),
        ),
    )
    command.add_argument("shell", choices=_SHELLS, metavar="SHELL", help=", ".join(_SHELLS))
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the script."""
    from attachguard.cli.main import parser

    try:
        import shtab
    except ImportError as error:
        raise OperatorError("shell completion needs shtab: pip install 'attachguard[completion]'") from error
    top = parser()
    _mark(top, shtab.FILE, shtab.DIRECTORY)
    sys.stdout.write(shtab.complete(top, shell=options.shell))
    return Status.FINE


def _mark(parser: argparse.ArgumentParser, file: object, folder: object) -> None:
    """Say of every option that takes a file that it does."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to ask, and shtab reads the same
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - likewise
            for each in action.choices.values():
                _mark(each, file, folder)
        elif action.metavar in _FILES | _FOLDERS:
            action.complete = folder if action.metavar in _FOLDERS else file  # type: ignore[attr-defined]
