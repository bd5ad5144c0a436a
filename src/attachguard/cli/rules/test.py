"""`attachguard rules test`: the samples beside the rules."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from attachguard.rulekit import trial
from attachguard.rulekit.files import rule_files
from attachguard.types.letters import spelled
from attachguard.yara.rules import builtin_folder


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    test = commands.add_parser(
        "test",
        help="run the tests beside the rules",
        description="Runs the tests of rules (NAME.test.toml beside NAME.yar), each sample through a whole scan. "
        "Exit status: 0 all passed, 1 something failed, 2 the call failed.",
    )
    test.add_argument(
        "paths", metavar="PATH", nargs="*", help="rule file, its test file, or a folder (default: the built-in rules)"
    )
    test.add_argument("-v", "--verbose", action="store_true", help="show what passed, too, and where rules matched")
    test.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the tests; returns the exit status."""
    passed = failed = 0
    for file in rule_files(options.paths or [builtin_folder()]):
        tests = trial.tests_of(Path(file))
        for problem in tests.problems:
            failed += 1
            _say(str(problem))
        for outcome in trial.run(tests):
            place = f"{outcome.case.file}:{outcome.case.line}"
            if not outcome.passed:
                failed += 1
                _say(f"{place}: error: {outcome.message}")
                continue
            passed += 1
            if options.verbose:
                places = ", ".join(f"{match.part} ({match.type})" for match in outcome.where)
                _say(f"{place}: ok: {outcome.case.rule} {outcome.case.verb}{places and f': {places}'}")
    _say(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _say(line: str) -> None:
    sys.stdout.write(spelled(line) + "\n")
