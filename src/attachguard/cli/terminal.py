"""What may be done to a terminal: colours and a bar of progress, each only where somebody sees it and nothing reads it."""

from __future__ import annotations

import argparse
import os
from typing import Final, TextIO

#: Values of `--color`.
CHOICES: Final = ("auto", "always", "never")


def add_colour(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add the option `--color` to a command."""
    parser.add_argument(
        "--color",
        choices=CHOICES,
        default="auto",
        metavar="WHEN",
        help="auto (on a terminal, unless NO_COLOR is set or TERM is dumb), always or never",
    )


def colours(choice: str, stream: TextIO) -> bool:
    """Whether colours go to a stream: https://no-color.org and the option, which is stronger.

    Args:
        choice: one of `CHOICES`.
        stream: where the output goes.
    """
    if choice != "auto":
        return choice == "always"
    return not os.environ.get("NO_COLOR") and moves(stream)


def moves(stream: TextIO) -> bool:
    """Whether a stream is a terminal that understands more than lines of text."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"
