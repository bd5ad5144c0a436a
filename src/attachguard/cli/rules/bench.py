"""`attachguard rules bench`: what each rule costs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from attachguard.cli.rules.output import add_format, add_paths, counted, need_yaramod, paths_of, report, say
from attachguard.cli.sources import expand

if TYPE_CHECKING:
    from attachguard.rulekit.bench import Bench

SCHEMA: Final = "attachguard.rules-bench/1"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "bench",
        help="measure what each rule costs",
        description="Measures each rule by itself, in nanoseconds per byte beyond the reading of the bytes, and names the strings "
        "that cost most and the rules that ran into a limit. "
        "Exit status: 0 fine, 1 a rule ran into a limit or a file cannot be used, 2 the call failed.",
    )
    add_paths(command)
    add_format(command)
    command.add_argument(
        "--on",
        action="append",
        default=[],
        metavar="PATH",
        help="file or folder to measure on (default: what the test kit builds)",
    )
    command.add_argument(
        "--slow", type=float, default=0.5, metavar="NS", help="ns per byte from which on a rule is slow (default: 0.5)"
    )
    command.add_argument("--top", type=int, default=20, metavar="N", help="show the N dearest rules (default: 20)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and report; returns the exit status."""
    need_yaramod()
    from attachguard.rulekit.bench import bench, diagnostics
    from attachguard.rulekit.diagnostics import Level
    from attachguard.rulekit.trial import from_error

    content = [Path(path) for path in expand(options.on)]
    found = bench(paths_of(options), content, slow=options.slow)
    said = [*map(from_error, found.problems), *diagnostics(found, options.slow)]
    if options.format == "json":
        _json(found)
    elif options.format == "sarif":
        report(said, "sarif", "")
    else:
        _table(found, options.top)
        size = f"{found.size / 1e6:.1f} MB in {counted(found.pieces, 'piece')}"
        report(
            said,
            "human",
            f"{counted(len(found.costs), 'rule')} on {size}; reading alone {found.reading:.2f} ns per byte",
        )
    return int(any(each.level is Level.ERROR for each in said))


def _table(found: Bench, top: int) -> None:
    shown = found.costs[: max(0, top)]
    width = max((len(cost.rule) for cost in shown), default=0)
    for cost in shown:
        matched = f", matches on {counted(cost.matches, 'piece')}" if cost.matches else ""
        say(f"{cost.cost:7.2f} ns/byte  {cost.rule:<{width}}  {cost.file}:{cost.line}{matched}")


def _json(found: Bench) -> None:
    costs = [
        {
            "rule": cost.rule,
            "file": str(cost.file),
            "line": cost.line,
            "ns_per_byte": round(cost.cost, 3),
            "matches": cost.matches,
            "strings": [
                {"string": each.string, "line": each.line, "ns_per_byte": round(each.cost, 3)} for each in cost.strings
            ],
            "limits": list(cost.limits),
        }
        for cost in found.costs
    ]
    whole = {
        "schema": SCHEMA,
        "rules": costs,
        "reading_ns_per_byte": round(found.reading, 3),
        "pieces": found.pieces,
        "bytes": found.size,
        "problems": [str(problem) for problem in found.problems],
    }
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n")
