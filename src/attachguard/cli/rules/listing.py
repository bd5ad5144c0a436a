"""`attachguard rules list`: the rules of a set as a table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from attachguard.cli.rules.output import add_format, add_paths, counted, paths_of, report, say
from attachguard.errors import RuleError

if TYPE_CHECKING:
    from attachguard.rulekit.listing import Listed

_HEADS = ("RULE", "AREA", "SCOPE", "TYPES", "SCORE", "CODE", "TESTS")
#: Words of a column that are shown before it is cut.
_SHOWN = 5


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "list",
        help="list rules, what they are for and how many tests they have",
        description="Lists rules: area, scope, types, score, reason code, and the number of samples that each must match and must not. "
        "Exit status: 0 fine, 1 some files cannot be used, 2 the call failed.",
    )
    add_paths(command)
    add_format(command)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List; returns the exit status."""
    from attachguard.rulekit.listing import SCHEMA, listed
    from attachguard.rulekit.trial import from_error

    problems: list[RuleError] = []
    rules = listed(paths_of(options), problems)
    if options.format == "sarif":
        report([from_error(problem) for problem in problems], "sarif", "")
    elif options.format == "json":
        whole = {"schema": SCHEMA, "rules": rules, "problems": [str(problem) for problem in problems]}
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n")
    else:
        _table([_HEADS, *map(_row, rules)])
        say(f"{counted(len(rules), 'rule')}")
        for problem in problems:
            say(f"left out: {problem}")
    return 1 if problems else 0


def _row(rule: Listed) -> tuple[str, ...]:
    score = "" if rule.score is None else str(rule.score)
    name = f"{rule.rule} (nursery)" if rule.nursery else rule.rule
    return (name, rule.area, _words(rule.scope), _words(rule.types), score, rule.code, f"{rule.match}+{rule.no_match}")


def _words(words: Sequence[str]) -> str:
    return " ".join(words[:_SHOWN]) + (f" +{len(words) - _SHOWN}" if len(words) > _SHOWN else "")


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
