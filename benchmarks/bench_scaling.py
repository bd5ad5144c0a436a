"""Twice as much of one thing takes twice as long, and no longer: in size, parts, header fields, members, objects and tags."""

from __future__ import annotations

import pytest

from benchmarks.patience import SLACK, measured
from benchmarks.scaling import FAMILIES, STEEPEST, STEPS, exponent, measure


@pytest.mark.parametrize("name", FAMILIES)
def bench_growth(benchmark, row, scanner, name):
    """One kind of input at one to eight times its size."""
    bar = STEEPEST * SLACK
    times = benchmark.pedantic(
        measured, args=(lambda: measure(scanner, name), lambda found: exponent(found) < bar), rounds=1
    )
    grown = exponent(times)
    row(
        f"growth: {name}",
        f"{grown:10.2f} exponent",
        f"{times[0]:.0f} to {times[-1]:.0f} ms for {STEPS[-1]} times as much",
    )
    assert grown < bar
