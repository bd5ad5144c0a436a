"""The command `attachguard rules`: for those who write YARA rules."""

from __future__ import annotations

import argparse

from attachguard.cli.rules import bench, check, listing, new, test


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = commands.add_parser(
        "rules", help="for those who write YARA rules: list, check, test, measure, begin new ones"
    )
    below = parser.add_subparsers(dest="rules_command", metavar="COMMAND", required=True)
    for command in (listing, check, test, bench, new):
        command.add_parser(below)
