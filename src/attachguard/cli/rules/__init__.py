"""The command `attachguard rules`: for those who write YARA rules."""

from __future__ import annotations

import argparse

from attachguard.cli.rules import check, new, test


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = commands.add_parser("rules", help="for those who write YARA rules: begin, check, test")
    below = parser.add_subparsers(dest="rules_command", metavar="COMMAND", required=True)
    for command in (new, check, test):
        command.add_parser(below)
