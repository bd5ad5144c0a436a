"""Bars that neighbours on a shared machine do not break: measured again where missed, and wider where instructions hold the tenth instead.

A neighbour spoils one measurement, a mistake spoils all of them. But machines also differ for good: bytecode slows down more than a hash does where
caches are shared. So CI allows its bars some tenths (`ATTACHGUARD_BENCH_SLACK`), and counts of instructions say there what seconds cannot.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

#: How many times a bar may be missed by where the machine is not ours alone.
SLACK: Final = float(os.environ.get("ATTACHGUARD_BENCH_SLACK", "1"))
#: Measurements that are taken before a missed bar is believed.
ATTEMPTS: Final = 4

Figure = TypeVar("Figure")


def measured(measure: Callable[[], Figure], holds: Callable[[Figure], bool], attempts: int = ATTEMPTS) -> Figure:
    """The first figure that holds, or the last of all attempts.

    Args:
        measure: takes one measurement.
        holds: whether it is within the bar.
        attempts: how many are taken at most.
    """
    figure = measure()
    for _ in range(attempts - 1):
        if holds(figure):
            break
        figure = measure()
    return figure


def turn(inputs: Sequence[Any], functions: dict[str, Callable[[Any], object]], best: dict[str, list[float]]) -> None:
    """One round: all functions take turns on every input, and each input keeps its best time of the processor under each.

    Args:
        inputs: what they are called with.
        functions: by name.
        best: seconds by name, for each input in its place.
    """
    for place, data in enumerate(inputs):
        for name, function in functions.items():
            begin = time.thread_time()
            function(data)
            best[name][place] = min(best[name][place], time.thread_time() - begin)
