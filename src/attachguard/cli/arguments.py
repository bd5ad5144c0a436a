"""What the commands share on the command line: how help is laid out, and the options that several have."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from attachguard.cli.status import Status
from attachguard.errors import OperatorError
from attachguard.types.letters import spelled
from attachguard.types.near import near

_WIDTH: Final = 100


class Help(argparse.HelpFormatter):
    """Help with examples as they are written, no wider than people read."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=min(shutil.get_terminal_size().columns - 2, _WIDTH))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Prose is filled; what is indented (lists, examples) stays as it is."""
        return "\n".join(
            indent + line if line.startswith(" ") else textwrap.fill(line, width, initial_indent=indent)
            for line in text.splitlines()
        )


class TopHelp(Help):
    """Help of the top parser, whose description lists the commands in groups."""

    def add_argument(self, action: argparse.Action) -> None:
        """Leave out the commands, which are there already."""
        if not isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for it
            super().add_argument(action)


class Parser(argparse.ArgumentParser):
    """A parser whose help is laid out by `Help`, with examples at its end.

    Args:
        examples: pairs of a command line and what it does.
        options: as `argparse.ArgumentParser` takes them.
    """

    def __init__(self, *, examples: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        options.setdefault("formatter_class", Help)
        super().__init__(**options)
        self.examples = tuple(examples)
        if examples:
            self.epilog = _listed(examples)

    def parse_known_args(
        self, args: Any = None, namespace: Any = None
    ) -> Any:  # the stub has overloads for each kind of namespace
        """The same, but what a command does not know ends here, where its options are at hand."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(self._unknown(unknown))
        return found, unknown

    def _unknown(self, words: Sequence[str]) -> str:
        options = [word.partition("=")[0] for word in words if word.startswith("-")]
        if not options:
            return f"takes nothing more, and was given: {' '.join(words)}"
        return f"there is no option {options[0]}{near(options[0], [name for name in self._option_string_actions if name.startswith('--')])}"

    def error(self, message: str) -> NoReturn:
        """Say the mistake itself, and where more is said; two dozen options of usage before it hide it."""
        self.exit(Status.FAILED, spelled(f"{self.prog}: {message} ({self.prog} --help says what it takes)") + "\n")


def _listed(examples: Sequence[tuple[str, str]]) -> str:
    """Examples as the end of a help text."""
    lines = ["examples:"]
    for command, says in examples:
        lines += [f"  {command}", f"      {says}"]
    return "\n".join(lines)


def grouped(groups: Mapping[str, Sequence[str]], commands: argparse._SubParsersAction[Any]) -> str:
    """The commands under their headings, for the help of the top parser."""
    helps = {each.dest: each.help or "" for each in commands._get_subactions()}  # noqa: SLF001 - nor for what it holds
    width = max(map(len, helps))
    lines: list[str] = []
    for title, names in groups.items():
        rows = [f"  {name:<{width}}  {helps.pop(name)}" for name in names if name in helps]
        lines += [f"{title}:", *rows, ""] if rows else []
    if helps:
        lines += ["more:", *(f"  {name:<{width}}  {text}" for name, text in helps.items()), ""]
    return "\n".join(lines).rstrip()


def positive(text: str) -> int:
    """A number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def add_paths(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add what is to be looked at: paths, lists of paths, and what to leave out."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="file, folder, mailbox, or - for standard input")
    parser.add_argument(
        "--files-from",
        action="append",
        default=[],
        metavar="FILE",
        help="file with one path a line, or separated by NUL as find -print0 writes them; - for standard input",
    )
    parser.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="GLOB",
        help="leave out files and folders of such a name or, with a slash in it, of such a path below the folder that is named",
    )


def add_running(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add how the work is done: processes, and the bar."""
    parser.add_argument("--jobs", type=positive, default=1, metavar="N", help="number of processes (default: 1)")
    parser.add_argument("--no-progress", action="store_true", help="no progress bar")


def passwords(options: argparse.Namespace) -> list[str]:
    """The words of `--password`, where the command has it, and those of each `--password-file`."""
    words = list(getattr(options, "password", ()))
    for file in options.password_file:
        try:
            words += [line for line in Path(file).read_text("utf-8").splitlines() if line]
        except UnicodeDecodeError as error:
            raise OperatorError("is not UTF-8 text; save it as UTF-8", file=file) from error
    return words
