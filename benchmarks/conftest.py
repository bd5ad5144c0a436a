"""Side-by-side timing: subject and floor take turns in one run, and only their ratio is a claim."""

from __future__ import annotations

import os
import statistics
import time

import pytest

from benchmarks import workload

#: Messages in the workload; a larger number is steadier and slower.
COUNT = int(os.environ.get("ATTACHGUARD_BENCH_MESSAGES", "200"))
_ROUNDS = int(os.environ.get("ATTACHGUARD_BENCH_ROUNDS", "5"))
_rows: list[tuple[str, str, str]] = []


@pytest.fixture(scope="session")
def messages():
    """The workload."""
    return workload.build(COUNT)


@pytest.fixture(scope="session")
def rules():
    """The built-in rules, for subject and floor alike."""
    from attachguard import Rules

    return Rules.builtin()


@pytest.fixture(scope="session")
def scanner(rules):
    """The scanner that is measured."""
    from attachguard import Policy, Scanner

    return Scanner(Policy.load("audit"), rules=rules)


@pytest.fixture
def against(benchmark, request):
    """`against(subject, floor, count, unit)`: CPU time of both in turn; gives the median of the paired ratios."""

    def run(subject, floor, count: int, unit: str) -> float:
        subjects, floors = [], []

        def timed(function, into):
            def wrapper():
                start = time.process_time()
                function()
                into.append(time.process_time() - start)

            return wrapper

        timed_floor = timed(floor, floors)
        timed_floor()
        floors.clear()
        benchmark.pedantic(timed(subject, subjects), setup=timed_floor, rounds=_ROUNDS, warmup_rounds=1)
        subjects = subjects[-_ROUNDS:]
        ratio = statistics.median(mine / other for mine, other in zip(subjects, floors[-_ROUNDS:], strict=True))
        each = statistics.median(subjects) / count * 1e6
        benchmark.extra_info.update(ratio=round(ratio, 2), microseconds=round(each, 1), unit=unit)
        note(request.node.name, f"{each:10.0f} µs per {unit}", f"{ratio:.2f} × floor")
        return ratio

    return run


def note(name: str, figure: str, ratio: str = "") -> None:
    """Keep a row for the table at the end."""
    _rows.append((name.removeprefix("bench_"), figure, ratio))


@pytest.fixture(scope="session")
def row():
    """`row(name, figure, ratio)`: a row for the table."""
    return note


def pytest_terminal_summary(terminalreporter):
    """Print the table: figures of this machine, ratios of this run."""
    if _rows:
        terminalreporter.section("attachguard against the floor (CPU time; floor = base64 + SHA-256 + one YARA pass)")
        for name, figure, ratio in _rows:
            terminalreporter.write_line(f"{name:<34} {figure:>28}  {ratio}")
