"""The engine: batches spread over the workers of a Dask cluster, on this machine or many.

A worker scans one object at a time. What it needs for that (policy, compiled rules) goes to it once, as a plugin under the digest of its bytes; tasks
name the digest. A batch that ends its worker is cut until the object is found that does it; that one is tried once more when nothing else
runs, and what ends its worker then, too, is given up with a row that says so. So an object costs itself at most, and nothing pays for its neighbours
or for a machine that went away.
"""

from __future__ import annotations

import faulthandler
import hashlib
import logging
import os
import pickle
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from itertools import islice
from multiprocessing import resource_tracker
from typing import Any, Final, NamedTuple, Protocol

import dask
import distributed
from distributed.system import MEMORY_LIMIT

from attachguard.errors import OperatorError
from attachguard.hunt.fetch import Reader
from attachguard.hunt.items import Item, pieces, split
from attachguard.hunt.kernel import Scanning
from attachguard.hunt.plan import Batch
from attachguard.hunt.rows import Granularity
from attachguard.hunt.tables import Done, joined, packed
from attachguard.version import VERSION

#: Bytes that a worker of a local cluster may use, where the machine has as many; as in the pool of the gateway.
MEMORY: Final = 1792 << 20
#: Seconds beyond what an object may take by its own limits, after which its worker ends itself.
_GRACE: Final = 15.0
#: Tasks under way for each worker: one that runs, one that waits for it.
_AHEAD: Final = 2
#: How long a scheduler may take to answer.
_PATIENCE: Final = "15s"
_PIECES: Final = 8
_LOST: Final = "the process that scanned it ended: a crash, or more memory or time than it may have"

_SETTINGS: Final = {
    # The second worker that ends over a task proves enough; what is done then is this module's business.
    "distributed.scheduler.allowed-failures": 1,
    # A worker that dies takes what it has taken on with it: nothing but the task that runs.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    "distributed.comm.timeouts.connect": "30s",
    # It looks at what a worker does a hundred times a second, for a page that nobody opens, and takes a fifteenth of the worker's time.
    "distributed.worker.profile.enabled": False,
}

#: In a worker: kernels by the digest of what they were built from.
_kernels: dict[str, Scanning] = {}
#: In a worker with several threads, one of them scans: the watch is one for the process.
_scanning: Final = threading.Lock()


class Maker(Protocol):
    """What can be sent to a worker and builds the kernel there."""

    @property
    def granularity(self) -> Granularity:
        """Of the rows."""

    def kernel(self) -> Scanning:
        """The kernel."""


class _Outfit(distributed.WorkerPlugin):  # type: ignore[misc]  # untyped here, see pyproject.toml
    """Gives each worker its kernel, those that come later too."""

    def __init__(self, key: str, maker: bytes) -> None:
        self.name = f"attachguard-{key}"
        self._key, self._maker = key, maker

    def setup(self, worker: distributed.Worker) -> None:  # noqa: ARG002 - what the base class asks for
        _kernels[self._key] = pickle.loads(self._maker).kernel()  # noqa: S301 - Dask itself is pickles from the same hand

    def teardown(self, worker: distributed.Worker) -> None:  # noqa: ARG002 - likewise
        _kernels.pop(self._key, None)


class _Task(NamedTuple):
    """A batch or a stretch of one."""

    batch: Batch
    begin: int
    end: int


class Cluster:
    """Workers, and what they are to do.

    Args:
        client: connected to the scheduler.
        maker: builds the kernel.

    Raises:
        OperatorError: the workers cannot do it; with the remedy.
    """

    def __init__(self, client: distributed.Client, maker: Maker) -> None:
        self._client = client
        self._kernel = maker.kernel()
        self._granularity: Granularity = maker.granularity
        packed_maker = pickle.dumps(maker)
        self.key = hashlib.sha256(packed_maker).hexdigest()[:16]
        self._reader = Reader(self._kernel.most)
        self._number = 0
        self._suspects: list[_Task] = []
        self._missing: dict[int, int] = {}
        self._pieces: dict[int, dict[int, bytes]] = {}
        _check(client)
        client.register_plugin(_Outfit(self.key, packed_maker))

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, bytes]]:
        """Scan all batches; gives the rows of each as `tables.packed`, as they get ready."""
        waiting = iter(batches)
        running = distributed.as_completed(loop=self._client.loop)
        tasks: dict[distributed.Future, _Task] = {}

        def start(task: _Task) -> None:
            future = self._submit(task)
            tasks[future] = task
            running.add(future)

        def refill() -> None:
            for batch in islice(waiting, max(0, _AHEAD * self.workers - len(tasks))):
                self._missing[batch.first] = 1
                start(_Task(batch, 0, len(batch.items)))

        refill()
        for future in running:
            task = tasks.pop(future)
            part = _result(future)
            if part is None:
                for piece in _cut(task):
                    self._missing[task.batch.first] += 1
                    start(piece)
                if task.end - task.begin == 1:
                    self._suspects.append(task)
                    self._missing[task.batch.first] += 1
            yield from self._collect(task, part)
            refill()
        for task in self._suspects:
            yield from self._collect(task, self._alone(task.batch.items[task.begin]))

    @property
    def workers(self) -> int:
        """How many there are at the moment; one, until the first is there."""
        return max(1, len(self._client.nthreads()))

    def close(self) -> None:
        """Let the workers forget what they were given."""
        self._reader.__exit__(None, None, None)
        self._client.unregister_worker_plugin(f"attachguard-{self.key}")

    def _collect(self, task: _Task, part: bytes | None) -> Iterator[tuple[Batch, bytes]]:
        """Keep one result; gives the batch when nothing of it is missing."""
        batch = task.batch
        if part is not None:
            self._pieces.setdefault(batch.first, {})[task.begin] = part
        self._missing[batch.first] -= 1
        if not self._missing[batch.first]:
            del self._missing[batch.first]
            found = self._pieces.pop(batch.first)
            yield batch, joined(found[begin] for begin in sorted(found)) if len(found) > 1 else part or b""

    def _submit(self, task: _Task) -> distributed.Future:
        items = task.batch.items[task.begin : task.end]
        carried = [self._carried(item) for item in items] if task.batch.carried else None
        self._number += 1
        return self._client.submit(
            work, self.key, self._granularity, items, carried, pure=False, key=f"hunt-{self.key}-{self._number}"
        )

    def _carried(self, item: Item) -> bytes | str:
        try:
            return self._reader.read(item)
        except Exception as error:  # noqa: BLE001 - as in `_read`
            return _reason(error)

    def _alone(self, item: Item) -> bytes:
        """The rows of an object that may have ended its worker, tried while nothing else runs; of a mailbox those of each mail."""
        found = []
        try:
            own = list(split(item))
        except OSError:
            own = [item]
        for each in own:
            part = _result(self._submit(_Task(Batch(0, (each,)), 0, 1)))
            if part is None:
                rows = self._kernel.failed(each.uri, _LOST)
                part = packed(rows, self._granularity, Done(1, each.size, lost=1))
            found.append(part)
        return joined(found)


def work(key: str, granularity: Granularity, items: tuple[Item, ...], carried: list[bytes | str] | None) -> bytes:
    """What a worker does with a batch.

    Args:
        key: names the kernel.
        granularity: of the rows.
        items: what to scan.
        carried: their bytes, or why there are none, where the worker cannot read them itself.
    """
    rows, done = [], Done()
    with _scanning, Reader(_kernels[key].most) as reader:
        kernel = _kernels[key]
        with _watch(kernel.seconds + _GRACE) as begin:
            for place, item in enumerate(items):
                data = carried[place] if carried is not None else _read(reader, item)
                if isinstance(data, str):
                    rows += kernel.failed(item.uri, f"cannot be read: {data}")
                    done = done.plus(Done(1, unread=1))
                    continue
                for uri, kind, content in pieces(item, data):
                    rows += kernel.scan_batch([(uri, content)], kind=kind, begin=begin)
                    done = done.plus(Done(1, len(content)))
    return packed(rows, granularity, done)


def _read(reader: Reader, item: Item) -> bytes | str:
    """The bytes of an item, or why there are none."""
    try:
        return reader.read(item)
    except Exception as error:  # noqa: BLE001 - libraries of archives and addresses raise what they like; it costs this item
        return _reason(error)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"[:200]


@contextmanager
def _watch(seconds: float) -> Iterator[Any]:
    """Ends this process when an object takes longer, even inside of a library that never comes back to Python."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        begin = partial(faulthandler.dump_traceback_later, seconds, exit=True, file=nowhere)
        try:
            yield begin
        finally:
            faulthandler.cancel_dump_traceback_later()


def _result(future: distributed.Future) -> bytes | None:
    """What a task has given; None where it ended its worker.

    Raises:
        OperatorError: the worker could not do it at all.
    """
    error = future.exception()
    if error is None:
        part: bytes = future.result()
        return part
    if isinstance(error, distributed.KilledWorker):
        return None
    raise OperatorError(f"a worker failed: {type(error).__name__}: {error}", where="hunt")


def _cut(task: _Task) -> list[_Task]:
    """The pieces of a task that has ended its worker. Eight at a time find the object as two would, with a third of the workers lost on the way."""
    number = task.end - task.begin
    if number < 2:
        return []
    step = -(-number // _PIECES)
    return [_Task(task.batch, begin, min(begin + step, task.end)) for begin in range(task.begin, task.end, step)]


# -- the cluster ------------------------------------------------------------------------------------------------------------------


@contextmanager
def connected(scheduler: str | None, workers: int | None) -> Iterator[distributed.Client]:
    """A client of that scheduler, or of a cluster on this machine that goes with it.

    Args:
        scheduler: its address.
        workers: processes of the local cluster; as many as there are processors, without it.

    Raises:
        OperatorError: there is none at this address.
    """
    with dask.config.set(_SETTINGS):
        if scheduler is not None:
            try:
                client = distributed.Client(scheduler, timeout=_PATIENCE, set_as_default=False)
            except (OSError, ValueError) as error:
                raise OperatorError(f"no scheduler answers: {error}", where=f"--scheduler {scheduler}") from error
            with client:
                yield client
            return
        count = workers or os.cpu_count() or 1
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        with _deaf_to_ctrl_c():
            local = distributed.LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                processes=True,
                memory_limit=min(MEMORY, MEMORY_LIMIT // count),
                dashboard_address="127.0.0.1:0",  # not the usual port: another hunt may have it
                silence_logs=logging.CRITICAL,
            )
        with local as cluster, distributed.Client(cluster, set_as_default=False) as client:
            yield client


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """What starts meanwhile never hears Ctrl-C, nor does what it starts later: it is this process that ends its workers.

    A terminal sends it to all of them, and each would end in a traceback. Here it is only put off.
    """
    resource_tracker.ensure_running()  # or it starts with the first worker, and opens the ears of whoever starts it
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def versions() -> tuple[str, str]:
    """What has to be the same everywhere: the version of attachguard, and that of libyara, for whose compiled rules are made."""
    return VERSION, version("yara-python")


def _check(client: distributed.Client) -> None:
    """Compare the workers' versions with ours."""
    here = versions()
    try:
        there = client.run(versions)
    except Exception as error:
        raise OperatorError(
            f"a worker has no attachguard: {error}; install attachguard[cluster] {here[0]} there", where="hunt"
        ) from error
    for worker, found in there.items():
        if tuple(found) != here:
            raise OperatorError(
                f"worker {worker} has attachguard {found[0]} with yara-python {found[1]}, this is {here[0]} with {here[1]}: install the same there",
                where="hunt",
            )
