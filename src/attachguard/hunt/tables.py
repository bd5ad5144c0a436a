"""Rows as tables: the schema, one Parquet file a batch, and the result as one file of Parquet or JSON lines."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from attachguard.hunt.rows import COLUMNS, Granularity, Row

_TYPES: Final = {"text": pa.string(), "number": pa.int64(), "truth": pa.bool_(), "texts": pa.list_(pa.string())}
_DONE: Final = b"attachguard.done"
#: Rows that are written together: few groups are read faster.
_GROUP: Final = 1 << 16


class Done(NamedTuple):
    """What a batch was.

    Args:
        mails: mails and files that were scanned.
        bytes: their bytes.
        lost: how many of them ended their worker.
        unread: how many could not be read.
    """

    mails: int = 0
    bytes: int = 0
    lost: int = 0
    unread: int = 0

    def plus(self, other: Done) -> Done:
        """Both together."""
        return Done(*map(sum, zip(self, other, strict=True)))


def schema(granularity: Granularity) -> Any:
    """The Parquet schema of the rows."""
    return pa.schema([(column.name, _TYPES[column.kind]) for column in COLUMNS[granularity]])


def packed(rows: list[Row], granularity: Granularity, done: Done) -> bytes:
    """The rows of a batch as a Parquet file, with what it was in its metadata."""
    return _written(pa.Table.from_pylist(rows, schema=schema(granularity)), done)


def joined(pieces: Iterable[bytes]) -> bytes:
    """One batch out of the pieces that it was cut into."""
    done, tables = Done(), []
    for piece in pieces:
        table = pq.read_table(io.BytesIO(piece))
        done = done.plus(_done(table.schema))
        tables.append(table.replace_schema_metadata(None))
    return _written(pa.concat_tables(tables), done)


def done_of(part: bytes | Path) -> Done:
    """What a batch was."""
    return _done(pq.read_schema(io.BytesIO(part) if isinstance(part, bytes) else part))


def merged(parts: Iterable[Path], granularity: Granularity, out: Path) -> None:
    """Write the result: one file with the rows of all parts, in their order.

    Args:
        parts: Parquet files.
        granularity: of their rows.
        out: `….parquet` or `….jsonl`; is there whole, or not at all.
    """
    unfinished = out.with_name(out.name + ".unfinished")
    if out.suffix == ".jsonl":
        with unfinished.open("wb") as file:
            for table in tables(parts):
                file.writelines(msgspec.json.encode(row) + b"\n" for row in table.to_pylist())
    else:
        with pq.ParquetWriter(unfinished, schema(granularity), compression="zstd") as writer:
            waiting: list[Any] = []
            for table in tables(parts):
                waiting.append(table)
                if sum(len(each) for each in waiting) >= _GROUP:
                    writer.write_table(pa.concat_tables(waiting))
                    waiting = []
            if waiting:
                writer.write_table(pa.concat_tables(waiting))
    unfinished.replace(out)


def tables(parts: Iterable[Path], columns: list[str] | None = None) -> Iterator[Any]:
    """The tables of some parts, one at a time."""
    for part in parts:
        yield pq.read_table(part, columns=columns).replace_schema_metadata(None)


def _written(table: Any, done: Done) -> bytes:
    with io.BytesIO() as file:
        pq.write_table(table.replace_schema_metadata({_DONE: msgspec.json.encode(done)}), file, compression="zstd")
        return file.getvalue()


def _done(about: Any) -> Done:
    return msgspec.json.decode(about.metadata[_DONE], type=Done)
