"""A file that kills or blocks its worker costs its own result and nothing else."""

from __future__ import annotations

import os
import signal
import time

from attachguard.cli import pool


def task(source: str) -> bytes:
    if source == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if source == "hang":
        time.sleep(60)
    return b"done " + source.encode()


def failed(source: str, cause: str) -> bytes:
    return f"failed {source}: {cause}".encode()


def test_results_come_in_input_order():
    sources = [str(number) for number in range(40)]
    assert list(pool.run(task, failed, sources, 3, 5)) == [b"done " + source.encode() for source in sources]


def test_a_worker_that_dies_costs_only_its_own_file():
    results = list(pool.run(task, failed, ["a", "die", "b", "die", "c"], 2, 5))
    assert [result.split()[0] for result in results] == [b"done", b"failed", b"done", b"failed", b"done"]
    assert b"died" in results[1]


def test_a_worker_that_hangs_is_stopped(monkeypatch):
    monkeypatch.setattr(pool, "_GRACE", 0.2)
    results = list(pool.run(task, failed, ["a", "hang", "b"], 2, 0.5))
    assert results[0] == b"done a"
    assert b"stopped" in results[1]
    assert results[2] == b"done b"
