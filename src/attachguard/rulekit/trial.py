"""Runs the tests of rules: each sample through a whole scan under the policy that refuses nothing, so that a rule meets it as it would in mail.

What a rule is for is often a layer (decoded script, macro source) under a type of its own. Showing the sample's bytes to the bare rule would
prove nothing about either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from attachguard.engine.scanner import Scanner
from attachguard.errors import RuleError
from attachguard.model import Report
from attachguard.policy import Policy
from attachguard.policy.reading.values import Problem
from attachguard.rulekit.diagnostics import Diagnostic
from attachguard.rulekit.testfile import SUFFIX, Case, beside, read, rule_names
from attachguard.yara import source
from attachguard.yara.rules import Rules

#: So many places are named in a message.
_LISTED: Final = 12


class Match(NamedTuple):
    """Where a rule matched.

    Args:
        space: its namespace.
        rule: its name.
        part: path of the part.
        type: id of the part's type.
    """

    space: str
    rule: str
    part: str
    type: str


class Outcome(NamedTuple):
    """What became of one case.

    Args:
        case: the case.
        matches: every match of any rule of the file, wherever in the sample.
        parts: path and type of everything that was found in the sample.
    """

    case: Case
    matches: tuple[Match, ...]
    parts: tuple[tuple[str, str], ...]

    @property
    def where(self) -> tuple[Match, ...]:
        """The matches of the rule that the case is about."""
        return tuple(match for match in self.matches if match.rule == self.case.rule)

    @property
    def passed(self) -> bool:
        """Whether the rule did as expected."""
        return bool(self.where) == self.case.expected

    @property
    def message(self) -> str:
        """What went wrong."""
        if not self.case.expected:
            places = ", ".join(f"{match.part} ({match.type})" for match in self.where[:_LISTED])
            return f"{self.case.rule} matches {places}, and must not"
        others = ", ".join(sorted({match.rule for match in self.matches}))
        return f"{self.case.rule} does not match" + (f"; what matches is {others}" if others else "")

    @property
    def remedy(self) -> str:
        """What to look at."""
        if not self.case.expected:
            return "require something that the sample lacks, or drop its type from attachguard_types"
        seen = ", ".join(f"{path} ({kind})" for path, kind in self.parts[:_LISTED])
        return f"the sample contains {seen}: check that the rule is for one of these types, and that its strings occur there as written"


class Tests(NamedTuple):
    """The tests of one rule file.

    Args:
        rules: the rule file.
        file: the test file.
        cases: what it says.
        problems: the mistakes in it, and rules that it leaves without a test.
    """

    rules: Path
    file: Path
    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]


def tests_of(rules: Path) -> Tests:
    """The tests of a rule file.

    Raises:
        RuleError: it cannot be read.
    """
    tests = beside(rules)
    names = rule_names(source.read(rules))
    if not tests.is_file():
        problem = Problem(str(rules), 0, "", f"has no tests: write {tests.name} beside it")
        return Tests(rules, tests, (), (problem,))
    cases, problems = read(tests, tuple(names))
    if not problems:
        problems = list(_missing(rules, tests, names, cases))
    return Tests(rules, tests, tuple(cases), tuple(problems))


def run(tests: Tests) -> Iterator[Outcome]:
    """What becomes of each case.

    Raises:
        RuleError: the rules cannot be used.
    """
    if not tests.cases:
        return
    scanner = Scanner(Policy.load("audit"), rules=Rules.load(tests.rules))
    for case in tests.cases:
        report = scanner.scan(case.content, name=case.name, kind=case.kind)
        yield Outcome(case, tuple(matches(report)), tuple((part.path, part.type.id) for part in report.parts))


def from_error(error: RuleError, place: tuple[int, int, int] | None = None) -> Diagnostic:
    """What libyara, or the reading of the file, says of it.

    Args:
        error: the mistake.
        place: line, column and width, where they are known better than it says.
    """
    message, _, remedy = error.message.partition("; ")
    line, column, width = place or (error.line, 0, 0)
    return Diagnostic("does-not-load", Path(error.file), line, column, width, "", message, remedy)


def from_problem(problem: Problem) -> Diagnostic:
    """What is wrong with a test file, or with a rule file that has none."""
    code = "test-file" if problem.file.endswith(SUFFIX) else "no-tests"
    message, _, remedy = problem.message.partition(": " if code == "no-tests" else "; ")
    rule = problem.where.removeprefix("rule ") if code == "no-tests" else ""
    said = f"{problem.where} {message}" if rule else f"{problem.where}: {message}" if problem.where else message
    return Diagnostic(code, Path(problem.file), problem.line, 0, 0, rule, said, remedy)


def matches(report: Report) -> Iterator[Match]:
    """Every match of a YARA rule in a report."""
    types = {part.path: part.type.id for part in report.parts}
    for finding in report.findings:
        if finding.yara is not None:
            yield Match(finding.yara.namespace, finding.yara.rule, finding.part, types.get(finding.part, ""))


def _missing(rules: Path, tests: Path, names: dict[str, int], cases: Iterable[Case]) -> Iterator[Problem]:
    """Rules without a match or without a look-alike."""
    has = {(case.rule, case.expected) for case in cases}
    for name, line in names.items():
        for expected, remedy in (
            (True, "a sample that it must match, as [[match]]"),
            (False, "one that looks alike, as [[no-match]]"),
        ):
            if (name, expected) not in has:
                verb = "match" if expected else "no-match"
                yield Problem(str(rules), line, f"rule {name}", f"has no {verb} in {tests.name}: add {remedy}")
