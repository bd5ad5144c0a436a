"""The options that say which YARA rules a command uses."""

from __future__ import annotations

import argparse
import sys

from attachguard.types.letters import spelled
from attachguard.yara.rules import Rules


def add_options(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add `--rules`, `--rules-lenient` and `--no-builtin-rules`."""
    parser.add_argument(
        "--rules", action="append", default=[], metavar="PATH", help="YARA rules added to the built-in ones"
    )
    parser.add_argument(
        "--rules-lenient", action="store_true", help="leave rule files that cannot be used out, and name each of them"
    )
    parser.add_argument("--no-builtin-rules", action="store_true", help="leave the built-in YARA rules out")


def load(options: argparse.Namespace) -> Rules:
    """The rules that the options name; says on standard error which files were left out, and why."""
    rules = Rules.load(*options.rules, builtin=not options.no_builtin_rules, lenient=options.rules_lenient, cache=True)
    for problem in rules.problems:
        sys.stderr.write(spelled(f"attachguard: left out: {problem}\n"))
    return rules
