"""The plan of a hunt: every item, cut into batches, written down before the first is scanned.

So the length of the work is known, and an interrupted hunt goes on with exactly the batches that it began with, whatever has happened to the folders.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from attachguard.hunt.items import Item

#: Bounds of a batch: what an engine spends on a task is to be little beside the work, and what a killed worker loses, too.
ITEMS: Final = 128
BYTES: Final = 64 << 20
#: What a compressed file unpacks to travels with its task.
CARRIED: Final = 16 << 20
#: Where little is left to do, every worker is to have some of it, and all are to end together: a batch is one share of what is left, in so
#: many for each worker, and no smaller than what is worth a task.
_SHARES: Final = 2
_LEAST: Final = 4
#: So many full batches for each worker are no longer little.
_MUCH: Final = 8


class Batch(NamedTuple):
    """Some items, one task.

    Args:
        first: number of its first item in the hunt.
        items: what is scanned.
    """

    first: int
    items: tuple[Item, ...]

    @property
    def name(self) -> str:
        """How its rows are filed: by its range of items."""
        return f"{self.first:010d}-{self.first + len(self.items) - 1:010d}"

    @property
    def carried(self) -> bool:
        """Whether its bytes travel with it, because no worker could enter the file in the middle."""
        return self.items[0].form == "stream"


class Totals(NamedTuple):
    """How much a hunt has to do."""

    items: int = 0
    bytes: int = 0


def cut(items: Iterable[Item], workers: int) -> Iterator[Batch]:
    """Items in batches.

    Args:
        items: in their order.
        workers: how many share the work.
    """
    source = iter(items)
    ahead = deque(islice(source, ITEMS * _MUCH * workers))
    number, size, most = 0, 0, 0
    batch: list[Item] = []
    while ahead:
        item = ahead.popleft()
        ahead.extend(islice(source, 1))
        room = CARRIED if item.form == "stream" else BYTES
        if batch and (
            len(batch) >= most or size + item.size > room or (item.form == "stream") != (batch[0].form == "stream")
        ):
            yield Batch(number, tuple(batch))
            number, size, batch = number + len(batch), 0, []
        if not batch:
            most = min(ITEMS, max(_LEAST, (len(ahead) + 1) // (_SHARES * workers)))
        batch.append(item)
        size += item.size
    if batch:
        yield Batch(number, tuple(batch))


class Plan:
    """The batches of a hunt, in a file: a line each, and a last one with the totals.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, batches: Iterable[Batch]) -> None:
        """Write all of it; the file has its name once it is whole."""
        unfinished = self._path.with_suffix(".unfinished")
        items = size = 0
        with unfinished.open("w", encoding="ascii") as file:
            for batch in batches:
                # Names of files need not be text; the escapes of JSON keep what is not.
                json.dump([batch.first, batch.items], file, separators=(",", ":"))
                file.write("\n")
                items += len(batch.items)
                size += sum(item.size for item in batch.items)
            json.dump({"items": items, "bytes": size}, file)
            file.write("\n")
        unfinished.replace(self._path)

    def totals(self) -> Totals:
        """The totals."""
        last: dict[str, int] = {}
        for record in self._records():
            if isinstance(record, dict):
                last = record
        return Totals(last["items"], last["bytes"])

    def __iter__(self) -> Iterator[Batch]:
        for record in self._records():
            if isinstance(record, list):
                yield Batch(record[0], tuple(Item(*fields) for fields in record[1]))

    def _records(self) -> Iterator[Any]:
        with self._path.open(encoding="ascii") as file:
            yield from map(json.loads, file)
