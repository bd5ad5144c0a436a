"""Scanning over several processes, so that one poisonous file costs its own report and nothing else.

The scanner is built before the workers fork and no scan has run by then: libyara's timeouts do not survive a fork after a first scan. Each
worker takes one file at a time; one that dies or overstays is replaced, and its file gets a report that says so. Own code because the standard
library's pool gives up as a whole when a worker dies.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, TypeVar

#: What a worker is given; it goes through a pipe.
T = TypeVar("T")

#: Seconds a worker may stay silent beyond what a scan may take by its own limits.
_GRACE: Final = 15.0


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, task: Callable[[Any], bytes]) -> None:
        context = multiprocessing.get_context("fork")
        self.pipe, far = context.Pipe()
        self.process: BaseProcess = context.Process(target=_work, args=(task, far, self.pipe), daemon=True)
        self.process.start()
        far.close()
        self.index = -1
        self.source: Any = None
        self.deadline = 0.0

    def give(self, index: int, source: object, seconds: float) -> None:
        self.index, self.source = index, source
        self.deadline = time.monotonic() + seconds
        self.pipe.send(source)

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _work(task: Callable[[Any], bytes], pipe: Connection, near: Connection) -> None:
    near.close()
    while True:
        try:
            source = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        pipe.send_bytes(task(source))


def run(
    task: Callable[[T], bytes], failed: Callable[[T, str], bytes], sources: Sequence[T], jobs: int, seconds: float
) -> Iterator[bytes]:
    """Apply a task to each source, in parallel, results in input order.

    Args:
        task: gives a result; runs in a worker.
        failed: gives the result for a source whose worker died or overstayed, from the source and the cause; runs here.
        sources: what to work on.
        jobs: number of processes.
        seconds: how long one source may take.
    """
    waiting = enumerate(sources)
    workers = [_Worker(task) for _ in range(min(jobs, len(sources)))]
    busy: list[_Worker] = []
    done: dict[int, bytes] = {}
    following = 0
    try:
        for worker in workers:
            _next(worker, waiting, busy, seconds)
        while busy:
            ready = wait([worker.pipe for worker in busy], timeout=0.5)
            now = time.monotonic()
            for worker in list(busy):
                cause = ""
                if worker.pipe in ready:
                    try:
                        done[worker.index] = worker.pipe.recv_bytes()
                    except (EOFError, OSError):
                        worker.process.join(1)
                        cause = f"the scanning process died (exit code {worker.process.exitcode})"
                elif now > worker.deadline:
                    cause = f"the scanning process was stopped after {seconds:.0f} s"
                else:
                    continue
                busy.remove(worker)
                if cause:
                    done[worker.index] = failed(worker.source, cause)
                    worker.stop()
                    workers.remove(worker)
                    worker = _Worker(task)
                    workers.append(worker)
                _next(worker, waiting, busy, seconds)
            while following in done:
                yield done.pop(following)
                following += 1
    finally:
        for worker in workers:
            worker.stop()


def _next(worker: _Worker, waiting: Iterator[tuple[int, object]], busy: list[_Worker], seconds: float) -> None:
    item = next(waiting, None)
    if item is not None:
        worker.give(*item, seconds + _GRACE)
        busy.append(worker)
