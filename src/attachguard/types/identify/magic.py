"""The signatures of the type table, ready for a quick look: first bytes, and a few places further in.

Sources: the formats' own specifications where published, else the format notes of the projects that read them. Text formats are identified in
`text.py`; what a ZIP or a compound file holds is identified by their inspectors.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attachguard.later import later
from attachguard.types.checks.weak import Check
from attachguard.types.row import Row
from attachguard.types.table import ROWS

#: Magic at a fixed place further in: offset, bytes, id. Looked at whatever the first bytes say, for a file may be both.
PLACED: Final = tuple(sorted((offset, magic, row.id) for row in ROWS for offset, magic in row.at))
#: The length of a JSON header, then the header.
_WEIGHTS: Final = later(rb"[\0-\xff]{3}[\0-\x05]\0\0\0\0\{\"[^\n]{1,300}\"(?:dtype|format)\"")


def first_bytes(rows: tuple[Row, ...]) -> Iterator[tuple[bytes, str | Check]]:
    """First bytes and what they prove, or who looks at the rest; a check that several types share comes once."""
    yield from ((prefix, row.id) for row in rows for prefix in row.starts)
    for weak in dict.fromkeys(weak for row in rows for weak in row.weak):
        yield from ((prefix, weak.check) for prefix in weak.prefixes)


def _by_first_byte() -> tuple[tuple[tuple[bytes, ...], tuple[tuple[bytes, str | Check], ...]], ...]:
    table: list[list[tuple[bytes, str | Check]]] = [[] for _ in range(256)]
    # Longer prefixes first: the more bytes agree, the surer the answer.
    for prefix, answer in sorted(first_bytes(ROWS), key=lambda line: -len(line[0])):
        table[prefix[0]].append((prefix, answer))
    return tuple((tuple(prefix for prefix, _answer in lines), tuple(lines)) for lines in table)


#: First bytes by the first of them, longest prefix first: all of them to ask at once whether there is any, and each with its answer.
BY_FIRST_BYTE: Final = _by_first_byte()


def _inside(row: Row) -> Iterator[tuple[int, bytes, str | Check]]:
    for offset, magic, *check in row.inside:
        yield offset, magic, check[0] if check else row.id


#: Magic further in, looked for only where the first bytes say nothing: offset, bytes, id or check.
_FURTHER_IN: Final = sorted((place for row in ROWS for place in _inside(row)), key=lambda place: place[:2])


def further_in(data: bytes) -> str:
    """Id of what stands at a fixed place after bytes that say nothing themselves; empty where nothing does."""
    if _WEIGHTS.match(data):
        return "safetensors"
    for offset, magic, answer in _FURTHER_IN:
        if data.startswith(magic, offset):
            key = answer if isinstance(answer, str) else answer(data)
            if key:
                return key
    return ""


def told_by(row: Row, data: bytes) -> bool:
    """Whether the signatures of one row fit some bytes."""
    return (
        data.startswith(row.starts)
        or any(data.startswith(weak.prefixes) and weak(data) == row.id for weak in row.weak)
        or any(data.startswith(magic, offset) for offset, magic in row.at)
        or any(
            data.startswith(magic, offset) and (answer if isinstance(answer, str) else answer(data)) == row.id
            for offset, magic, answer in _inside(row)
        )
    )
