"""Reports that were written before: `scan --json` and `--jsonl` made them, other commands go on from them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from attachguard.cli.sources import STDIN
from attachguard.errors import OperatorError
from attachguard.model import Report
from attachguard.report import json


def read_reports(files: Iterable[str]) -> Iterator[Report]:
    """The reports of files, one after another.

    Args:
        files: each with one report, an array of them, or one a line; `-` is standard input.

    Raises:
        OperatorError: something else is in a file; with the line.
        OSError: it cannot be read.
    """
    for file in files:
        text = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
        if text.lstrip()[:1] == b"[":
            yield from _array(text, file)
        else:
            yield from _lines(text, file)


def _array(text: bytes, file: str) -> Iterator[Report]:
    try:
        pieces = msgspec.json.decode(text, type=list[msgspec.Raw])
    except msgspec.DecodeError as error:
        raise _wrong(file, 0, error) from error
    for piece in pieces:
        try:
            yield json.decode(bytes(piece))
        except ValueError as error:
            raise _wrong(file, 0, error) from error


def _lines(text: bytes, file: str) -> Iterator[Report]:
    """One report a line, or one alone that is laid out over several."""
    for number, line in enumerate(text.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            report = json.decode(line)
        except ValueError as error:
            try:
                report = json.decode(text)
            except ValueError:
                raise _wrong(file, number, error) from error
            yield report
            return
        yield report


def _wrong(file: str, line: int, error: Exception) -> OperatorError:
    return OperatorError(
        f"is not a report of `attachguard scan --json` or `--jsonl`: {error}",
        file="" if file == STDIN else file,
        line=line,
    )
