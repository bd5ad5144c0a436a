"""How a hunt scales: the same mails with one worker and with two, in turns; `python -m benchmarks.hunting [MAILS] [ROUNDS]`.

A hunt is long, so the mails are many: of the two seconds that 600 of them take, a worker loads libraries for 0.3. Taken is the time from the first
batch to the last, best of the rounds, and the ratio of the two. What the engine itself costs is said as well: the processor time of client and
scheduler, as a share of that of the workers; it holds on a machine that has other things to do, where seconds do not.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from attachguard import Policy, Rules
from attachguard.hunt.cluster import Cluster, connected
from attachguard.hunt.items import items
from attachguard.hunt.kernel import Order
from attachguard.hunt.plan import cut
from benchmarks import workload


def _cpu() -> float:
    """Processor seconds of this process: client and scheduler."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _workers_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(folder: str, order: Order, workers: int) -> tuple[float, float, float]:
    """Seconds for all mails, processor seconds of client and scheduler, and of the workers."""
    batches = list(cut(items([folder]), 2))
    with connected(None, workers) as client:
        cluster = Cluster(client, order)
        client.wait_for_workers(workers)
        before = sum(client.run(_workers_cpu).values())
        begin, own = time.perf_counter(), _cpu()
        assert len(list(cluster.run(batches))) == len(batches)
        seconds, own = time.perf_counter() - begin, _cpu() - own
        theirs = sum(client.run(_workers_cpu).values()) - before
        cluster.close()
    return seconds, own, theirs


def main(mails: int = 2400, rounds: int = 2) -> dict[str, float]:
    """Measure and print."""
    order = Order(Policy.load("strict"), Rules.builtin())
    with tempfile.TemporaryDirectory() as folder:
        size = 0
        # Each mail is another one, so that none is spared.
        for number, message in enumerate(workload.build(mails)):
            (Path(folder) / f"{number:05d}.eml").write_bytes(message.raw)
            size += len(message.raw)
        best = dict.fromkeys((1, 2), (float("inf"), 0.0, 0.0))
        for _ in range(rounds):
            for workers in best:
                best[workers] = min(best[workers], measure(folder, order, workers))
    one, two = best[1], best[2]
    found = {
        "mails": mails,
        "megabytes": round(size / 1e6, 1),
        "one worker, mails/s": round(mails / one[0], 1),
        "two workers, mails/s": round(mails / two[0], 1),
        "ratio": round(one[0] / two[0], 2),
        "mails per worker processor second": round(mails / two[2], 1),
        "engine's share of the processor time": round(two[1] / two[2], 3),
        "workers busy": round(two[2] / two[0] / 2, 2),
    }
    print(json.dumps(found, indent=1))
    return found


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
