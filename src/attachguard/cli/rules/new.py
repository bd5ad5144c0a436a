"""`attachguard rules new`: a rule and its tests to begin from."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from attachguard.cli.rules.output import say
from attachguard.rulekit.templates import PLACEHOLDER, create


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    new = commands.add_parser(
        "new",
        help="write a rule and its tests to begin from",
        description=f"Writes AREA/NAME.yar and AREA/NAME.test.toml. What only the author knows is marked {PLACEHOLDER}. "
        "Exit status: 0 written, 2 not.",
    )
    new.add_argument("name", metavar="AREA/NAME", help="subject and name, as in script/downloader")
    new.add_argument("--folder", default="rules", metavar="PATH", help="the rules folder (default: rules)")
    new.add_argument("--author", default=PLACEHOLDER, help="who answers for the rule")
    new.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write both files; returns the exit status."""
    day = dt.datetime.now(dt.UTC).astimezone().date()
    for file in create(Path(options.folder), options.name, author=options.author, day=day):
        say(str(file))
    return 0
