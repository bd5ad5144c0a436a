"""The manual page `attachguard.1`, made from the parsers: `python -m attachguard.cli > attachguard.1`, or `make man`.

Own code because the generators there are (argparse-manpage, help2man) read the text of `--help` again or know no groups of commands; what roff
asks for is little: backslashes, leading dots and quotes are escaped, and a dash is written so that it can be copied.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Final

from attachguard.cli.arguments import Parser
from attachguard.cli.status import Status

_STATUS: Final = {
    Status.FINE: "Nothing stands against it: everything may be delivered, no mistakes were found, the self-test passed.",
    Status.REFUSED: "The work was done and the answer is no: something may not be delivered, mistakes were found, no notice is to be sent.",
    Status.FAILED: "The call failed or a part of it: a mistake in its arguments or files, or a path that could not be read; all others were.",
    Status.INTERRUPTED: "Ctrl-C.",
}
_FILES: Final = {
    "attachguard.toml": "Settings: the nearest one in the working directory or a folder above it; see --config.",
}
_ENVIRONMENT: Final = {
    "NO_COLOR": "Where it is set and not empty, --color auto means never.",
    "TERM": "Where it is dumb, there are neither colours nor a bar of progress.",
}


def page(top: Parser, version: str) -> str:
    """The manual page of the whole command line.

    Args:
        top: its parser.
        version: of the program.
    """
    return "\n".join(_page(top, version)) + "\n"


def _page(top: Parser, version: str) -> Iterator[str]:
    yield f'.TH ATTACHGUARD 1 "" "attachguard {_plain(version)}" "User Commands"'
    yield from (".SH NAME", "attachguard \\- decides what a mail attachment really is and what happens to it")
    yield from (".SH SYNOPSIS", ".B attachguard", "[\\-\\-version] COMMAND ...")
    yield ".SH COMMANDS"
    commands = list(_commands(top))
    for each in commands:
        yield from _command(each)
    yield ".SH EXIT STATUS"
    yield from _table({str(int(status)): text for status, text in _STATUS.items()})
    yield ".SH FILES"
    yield from _table(_FILES)
    yield ".SH ENVIRONMENT"
    yield from _table(_ENVIRONMENT)
    yield ".SH EXAMPLES"
    for each in (top, *commands):
        for command, says in getattr(each, "examples", ()):
            yield from (
                ".PP",
                _plain(says[0].upper() + says[1:] + ":"),
                ".PP",
                ".nf",
                ".RS",
                _plain(command),
                ".RE",
                ".fi",
            )


def _commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Every command and subcommand that does something, in the order of the help."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001 - no public way
    for action in below:
        for each in action.choices.values():
            yield from _commands(each)
    if not below:
        yield parser


def _command(parser: argparse.ArgumentParser) -> Iterator[str]:
    usage = " ".join(parser.format_usage().split()).removeprefix("usage: ")
    yield f".SS {_quoted(parser.prog.partition(' ')[2])}"
    yield from (".PP", f".B {_quoted(parser.prog)}", _plain(usage.removeprefix(parser.prog).strip()))
    if parser.description:
        yield from (".PP", _plain(" ".join(parser.description.split())))
    formatter = parser._get_formatter()  # noqa: SLF001 - it fills in defaults and names as --help does
    for action in parser._actions:  # noqa: SLF001 - likewise
        if isinstance(action, argparse._HelpAction) or action.help is argparse.SUPPRESS:  # noqa: SLF001 - likewise
            continue
        yield ".TP"
        yield f".B {_quoted(formatter._format_action_invocation(action))}"  # noqa: SLF001 - likewise
        yield _plain(formatter._expand_help(action)) if action.help else "\\ "  # noqa: SLF001 - likewise


def _table(rows: dict[str, str]) -> Iterator[str]:
    for name, text in rows.items():
        yield from (".TP", f".B {_quoted(name)}", _plain(text))


def _plain(text: str) -> str:
    """Text in which roff sees no request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = "".join(letter if letter.isascii() else f"\\[u{ord(letter):04X}]" for letter in text)
    return "\\&" + text if text.startswith((".", "'")) else text


def _quoted(text: str) -> str:
    """Text as the one argument of a request."""
    return '"' + _plain(text).replace('"', "\\(dq") + '"'
