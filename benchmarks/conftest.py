"""Side-by-side timing: subject and floors take turns over every input of one run, and only their ratios are claims."""

from __future__ import annotations

import os

import pytest

from benchmarks import workload
from benchmarks.patience import SLACK, measured, turn

#: Messages in the workload; a larger number is steadier and slower.
COUNT = int(os.environ.get("ATTACHGUARD_BENCH_MESSAGES", "300"))
ROUNDS = int(os.environ.get("ATTACHGUARD_BENCH_ROUNDS", "3"))
_rows: list[tuple[str, str, str]] = []


@pytest.fixture(scope="session")
def messages():
    """The workload."""
    return workload.build(COUNT)


@pytest.fixture(scope="session")
def rules():
    """The built-in rules."""
    from attachguard import Rules

    return Rules.builtin()


@pytest.fixture(scope="session")
def scanner(rules):
    """The scanner that is measured: the strict policy with all that it asks for, words tried on what is locked."""
    from attachguard import Policy, Scanner

    return Scanner(Policy.load("strict"), rules=rules)


@pytest.fixture
def against(benchmark):
    """`against(name, inputs, subject, floors, bars)`: CPU time of the subject and of each floor; the ratios, by the name of the floor, stay below the bars.

    Each input has its best time of several rounds, in which all take turns: what else the machine does falls on all alike, or on no best time.
    Where a bar is missed there are more rounds.
    """

    def run(name, inputs, subject, floors, bars=None) -> dict[str, float]:
        functions = {"subject": subject, **floors}
        best = {key: [float("inf")] * len(inputs) for key in functions}

        def rounds() -> dict[str, float]:
            if _used(benchmark):
                for _ in range(ROUNDS):
                    turn(inputs, functions, best)
            else:
                benchmark.pedantic(turn, args=(inputs, functions, best), rounds=ROUNDS, warmup_rounds=1)
            return {key: sum(best["subject"]) / sum(best[key]) for key in floors}

        allowed = {key: bar * SLACK for key, bar in (bars or {}).items()}
        ratios = measured(rounds, lambda found: all(found[key] < bar for key, bar in allowed.items()))
        each = sum(best["subject"]) / len(inputs) * 1e6
        benchmark.extra_info.update({f"{name}: {key}": round(ratio, 2) for key, ratio in ratios.items()})
        note(name, f"{each:10.0f} µs", ", ".join(f"{ratio:.2f} × {key}" for key, ratio in ratios.items()))
        assert {key: ratios[key] for key, bar in allowed.items() if ratios[key] >= bar} == {}, f"above {allowed}"
        return ratios

    return run


def _used(benchmark) -> bool:
    return benchmark.stats is not None


def note(name: str, figure: str, ratio: str = "") -> None:
    """Keep a row for the table at the end."""
    _rows.append((name.removeprefix("bench_"), figure, ratio))


@pytest.fixture(scope="session")
def row():
    """`row(name, figure, ratio)`: a row for the table."""
    return note


def pytest_benchmark_group_stats():
    """Leave out the table of seconds: they say nothing about another machine, and a round here is many inputs."""
    return []


def pytest_terminal_summary(terminalreporter):
    """Print the table: figures of this machine, ratios of this run."""
    if _rows:
        terminalreporter.section(
            "attachguard against the floors (CPU time; floor = base64 + SHA-256 + one YARA pass; deep = members, too)"
        )
        for name, figure, ratio in _rows:
            terminalreporter.write_line(f"{name:<40} {figure:>24}  {ratio}")
