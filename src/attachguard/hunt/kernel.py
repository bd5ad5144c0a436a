"""The kernel of a hunt: objects in, rows out. It knows no engine; whatever spreads the work over processes calls `scan_batch`."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import msgspec

from attachguard.engine.repeats import Repeats
from attachguard.engine.scan import Kind
from attachguard.engine.scanner import Scanner, failure_report
from attachguard.hunt.rows import COLUMNS, Granularity, Row, rows
from attachguard.hunt.where import compiled
from attachguard.model import Report
from attachguard.policy import Policy
from attachguard.yara.rules import Rules

__all__ = ["Kernel", "Order", "Scanning"]


class Scanning(Protocol):
    """What an engine needs of a kernel."""

    @property
    def most(self) -> int:
        """Bytes of one object that are looked at; more need not be read."""

    @property
    def seconds(self) -> float:
        """Seconds that one object may take by its own limits."""

    def scan_batch(
        self, batch: Iterable[tuple[str, bytes]], *, kind: Kind = "auto", begin: Callable[[], None] | None = None
    ) -> list[Row]:
        """The rows of some objects; see `Kernel.scan_batch`."""

    def failed(self, uri: str, cause: str) -> list[Row]:
        """The rows of an object that could not be scanned."""


class Kernel:
    """Scans objects and gives rows.

    Args:
        scanner: what scans.
        granularity: one row a finding, or one an object.
        where: which rows are kept, see `where.py`; all of them without it.

    Raises:
        OperatorError: the filter cannot be read.
    """

    def __init__(self, scanner: Scanner, granularity: Granularity = "findings", where: str = "") -> None:
        self._scanner = scanner
        self._granularity = granularity
        self._wanted = compiled(where, COLUMNS[granularity]) if where else None

    @property
    def most(self) -> int:
        """Bytes of one object that are looked at; more need not be read."""
        return self._scanner.limits.total_bytes

    @property
    def seconds(self) -> float:
        """Seconds that one object may take by its own limits."""
        return self._scanner.limits.seconds

    def scan_batch(
        self, batch: Iterable[tuple[str, bytes]], *, kind: Kind = "auto", begin: Callable[[], None] | None = None
    ) -> list[Row]:
        """The rows of some objects, in their order.

        Args:
            batch: address and content of each.
            kind: `message`, `file`, or `auto`: the first bytes decide.
            begin: called before each object, for a watch on the time it takes.
        """
        found: list[Row] = []
        for uri, content in batch:
            if begin is not None:
                begin()
            report = self._scanner.scan(content, kind=kind, name=_name(uri) if kind != "message" else "", source=uri)
            found += self._rows(report)
        return found

    def failed(self, uri: str, cause: str) -> list[Row]:
        """The rows of an object that could not be scanned.

        Args:
            uri: its address.
            cause: what happened, in plain words.
        """
        return list(self._rows(failure_report(self._scanner, uri, cause)))

    def _rows(self, report: Report) -> Iterator[Row]:
        wanted = self._wanted
        return (row for row in rows(report, self._granularity) if wanted is None or wanted(row))


class Order(msgspec.Struct, frozen=True):
    """What a worker needs to build its kernel; travels there once, as a pickle.

    Args:
        policy: judges.
        rules: compiled.
        passwords: tried on encrypted content.
        granularity: see `Kernel`.
        where: likewise.
    """

    policy: Policy
    rules: Rules
    passwords: tuple[str, ...] = ()
    granularity: Granularity = "findings"
    where: str = ""

    def kernel(self) -> Kernel:
        """The kernel, with the programs that this machine has."""
        from attachguard.readers.outside import Tools

        scanner = Scanner(
            self.policy, rules=self.rules, passwords=self.passwords, tools=Tools.system(), repeats=Repeats()
        )
        return Kernel(scanner, self.granularity, self.where)


def _name(uri: str) -> str:
    return posixpath.basename(uri)
