"""`attachguard rules test`: the samples beside the rules."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING

from attachguard.cli.rules.output import add_format, add_paths, counted, paths_of, report, say
from attachguard.errors import RuleError

if TYPE_CHECKING:
    from attachguard.rulekit import trial
    from attachguard.rulekit.diagnostics import Diagnostic


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    test = commands.add_parser(
        "test",
        help="run the tests beside the rules",
        description="Runs the tests of rules (NAME.test.toml beside NAME.yar), each sample through a whole scan. "
        "Exit status: 0 all passed, 1 something failed, 2 the call failed.",
    )
    add_paths(test)
    add_format(test)
    test.add_argument("-v", "--verbose", action="store_true", help="show what passed, too, and where rules matched")
    test.add_argument("--builders", action="store_true", help="list what builds samples, with its arguments, and end")
    test.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the tests; returns the exit status."""
    if options.builders:
        return _builders()
    from attachguard.rulekit import trial
    from attachguard.rulekit.diagnostics import Level
    from attachguard.rulekit.files import orphans, sources_at

    unreadable: list[RuleError] = []
    paths = paths_of(options)
    sources = sources_at(paths, unreadable)
    failures = [*map(trial.from_error, unreadable), *map(trial.from_problem, orphans(paths))]
    passed = 0
    for source in sources:
        tests = trial.tests_of(source.file)
        outcomes, broken = _outcomes(tests)
        wrong = [
            *map(trial.from_problem, tests.problems),
            *broken,
            *(_failure(each) for each in outcomes if not each.passed),
        ]
        if source.nursery:  # what is unfinished there may not hold anybody up
            wrong = [each._replace(level=Level.WARNING) for each in wrong]
        failures += wrong
        good = [outcome for outcome in outcomes if outcome.passed]
        passed += len(good)
        if options.verbose and options.format == "human":
            for outcome in good:
                _show(outcome)
    failed = sum(each.level is Level.ERROR for each in failures)
    warned = len(failures) - failed
    summary = f"{counted(len(sources), 'file')}: {passed} passed, {failed} failed"
    if warned:
        summary += f", {warned} failed in the nursery"
    report(failures, options.format, summary, files=len(sources), passed=passed, failed=failed, warned=warned)
    return 1 if failed else 0


def _outcomes(tests: trial.Tests) -> tuple[list[trial.Outcome], list[Diagnostic]]:
    """What became of the cases of a file; of rules that do not compile, why."""
    from attachguard.rulekit import trial

    try:
        return list(trial.run(tests)), []
    except RuleError as error:
        return [], [trial.from_error(error)]


def _failure(outcome: trial.Outcome) -> Diagnostic:
    from attachguard.rulekit.diagnostics import Diagnostic

    case = outcome.case
    return Diagnostic("test-failed", case.file, case.line, 0, 0, case.rule, outcome.message, outcome.remedy)


def _show(outcome: trial.Outcome) -> None:
    places = ", ".join(f"{match.part} ({match.type})" for match in outcome.where)
    case = outcome.case
    say(f"{case.file}:{case.line}: ok: {case.rule} {case.verb}{places and f': {places}'}")


def _builders() -> int:
    from attachguard.testkit import BUILDERS

    for name, builder in sorted(BUILDERS.items()):
        first = (inspect.getdoc(builder) or "").partition("\n")[0]
        say(f"{name}: {first}")
        for line in _arguments(inspect.getdoc(builder) or ""):
            say(f"    {line}")
    return 0


def _arguments(docstring: str) -> Iterator[str]:
    """The lines of a docstring that say what its arguments are."""
    _, _, after = docstring.partition("Args:\n")
    for line in after.split("\n"):
        if not line.startswith(" "):
            return
        yield line.removeprefix("    ")
