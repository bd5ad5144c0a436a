"""What it costs a well-formed message that departures from the grammar are watched for: at most two percent.

The same process scans each message with the machinery of `attachguard.mail.readings` and without it, in turn. Without it means that the names below are
replaced where they are used: the look at the lines of each header, the keeping of the message, the look at each decoded leaf. They are a seam
for this measurement; no switch turns them off.
"""

from __future__ import annotations

import contextlib
import random
import time
from unittest import mock

from attachguard.engine import intake
from attachguard.mail.message import entity
from benchmarks import workload
from benchmarks.patience import SLACK, measured

_ROUNDS = 15
#: Larger messages are all content, which this says nothing about; and there is time for more rounds.
_LARGEST = 400_000
_MESSAGES = 30
#: What the issue of union scanning may cost.
TARGET = 1.02
#: What a noisy machine may add to it: the same code on both sides differs by this much at times.
_NOISE = 0.03


class _Unwatched:
    """Keeps nothing and has nothing to tell."""

    def __init__(self, record) -> None:
        pass

    def add(self, data) -> None:
        pass

    def facts(self, _part):
        return ()


def _all_plain(_header) -> bool:
    return True


def _nothing_to_see(_record, _entity, _content) -> None:
    pass


@contextlib.contextmanager
def unwatched():
    """Nothing watches for departures."""
    with (
        mock.patch.object(entity, "plain_lines", _all_plain),
        mock.patch.object(intake, "Keeper", _Unwatched),
        mock.patch.object(intake, "look", _nothing_to_see),
    ):
        yield


def overhead(scanner, messages: list[bytes], rounds: int = _ROUNDS) -> float:
    """CPU time with the watch by CPU time without it; of each message its quickest scan on either side counts."""
    watched = plain = 0.0
    for raw in messages:
        best = [float("inf"), float("inf")]
        for turn in range(rounds):
            # Back to back: whatever else the machine does, it does to both.
            for side in (turn % 2, 1 - turn % 2):
                with unwatched() if side else contextlib.nullcontext():
                    start = time.process_time()
                    scanner.scan(raw, kind="message")
                    best[side] = min(best[side], time.process_time() - start)
        watched += best[0]
        plain += best[1]
    return watched / plain


def _hold(scanner, messages: list[bytes], row, name: str) -> None:
    bar = TARGET + _NOISE * SLACK
    ratio = measured(lambda: overhead(scanner, messages), lambda found: found < bar)
    row(name, "", f"{ratio:.3f} × unwatched")
    assert ratio < bar


def bench_watching_the_workload(scanner, messages, row):
    """The mix of mail with attachments."""
    _hold(
        scanner,
        [message.raw for message in messages if len(message.raw) < _LARGEST][:_MESSAGES],
        row,
        "watching_the_workload",
    )


def bench_watching_small_messages(scanner, row):
    """Mail without attachments, where headers are half of all that there is: the hardest case."""
    rng = random.Random(7)
    _hold(scanner, [workload.message(rng, []) for _ in range(200)], row, "watching_small_messages")
