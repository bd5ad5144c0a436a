"""A hunt from its sources to its result: plan, scan what is not there yet, merge, count."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from attachguard.hunt.cluster import Cluster, Maker, connected
from attachguard.hunt.items import items
from attachguard.hunt.kernel import Order
from attachguard.hunt.plan import Batch, Totals, cut
from attachguard.hunt.rows import COLUMNS, Granularity
from attachguard.hunt.store import Store
from attachguard.hunt.tables import Done, done_of, merged, tables
from attachguard.passwords import Secrets
from attachguard.version import VERSION

#: Columns whose values are counted in the end, where the rows have them.
COUNTED: Final = ("action", "code", "kind", "rule", "rules", "kinds")

Tell = Callable[[Totals, Done], None]


class Summary(msgspec.Struct, frozen=True):
    """What a hunt has come to.

    Args:
        done: what was scanned.
        rows: how many there are.
        counts: how many rows have each value, by column.
    """

    done: Done
    rows: int
    counts: dict[str, Counter[str]]


def settings_of(order: Order, sources: Sequence[str]) -> str:
    """A digest of all that decides what the rows are."""
    digest = hashlib.sha256()
    policy = msgspec.json.encode(order.policy.data, order="deterministic", enc_hook=_plain)
    options = msgspec.json.encode((VERSION, order.granularity, order.where, order.passwords))
    for text in (policy, options, *map(Path.read_bytes, order.rules.files), *(repr(each).encode() for each in sources)):
        digest.update(len(text).to_bytes(8, "big") + text)
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secrets) else str(value)


def hunt(
    sources: Sequence[str],
    maker: Maker,
    store: Store,
    *,
    settings: str,
    resume: bool = False,
    scheduler: str | None = None,
    workers: int | None = None,
    tell: Tell | None = None,
) -> Summary:
    """Scan everything and write the result.

    Args:
        sources: see `items`.
        maker: builds the kernel in each worker.
        store: where the rows go.
        settings: see `settings_of`.
        resume: whether an interrupted hunt goes on.
        scheduler: of a cluster; a local one without it.
        workers: of the local one.
        tell: called with what is done of how much.

    Raises:
        OSError: a source cannot be read, or the result not be written.
        OperatorError: something was named that cannot be used; with the remedy.
    """
    if not store.open(settings, resume=resume):
        # Of a cluster nobody knows here how many it will have.
        store.plan.write(cut(items(sources), workers or (16 if scheduler else os.cpu_count() or 1)))
    totals, done = store.plan.totals(), Done()
    tell = tell or (lambda _totals, _done: None)
    for batch in store.plan:
        if store.has(batch):
            done = done.plus(Done(len(batch.items), sum(item.size for item in batch.items)))
    tell(totals, done)
    if done.mails < totals.items:
        with connected(scheduler, workers) as client:
            cluster = Cluster(client, maker)
            for batch, part in cluster.run(_missing(store)):
                store.put(batch, part)
                done = done.plus(Done(len(batch.items), sum(item.size for item in batch.items)))
                tell(totals, done)
            cluster.close()
    summary = _summary(store, maker.granularity)
    merged(store.parts(), maker.granularity, store.out)
    store.remove()
    return summary


def _missing(store: Store) -> Iterator[Batch]:
    return (batch for batch in store.plan if not store.has(batch))


def _summary(store: Store, granularity: Granularity) -> Summary:
    names = [column.name for column in COLUMNS[granularity] if column.name in COUNTED]
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    done, number = Done(), 0
    for part in store.parts():
        done = done.plus(done_of(part))
    for table in tables(store.parts(), names):
        number += len(table)
        for name in names:
            column = table[name].combine_chunks()
            values = column.flatten() if hasattr(column, "flatten") and name in ("rules", "kinds") else column
            counts[name].update({each["values"]: each["counts"] for each in values.value_counts().to_pylist()})
    for counted in counts.values():
        counted.pop(None, None)  # type: ignore[call-overload]  # rows without a value
    return Summary(done, number, counts)
