"""Figures for Prometheus. Without prometheus_client (extra `gateway`) they are counted nowhere, and only a configuration that asks for them fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from attachguard.errors import OperatorError
from attachguard.model import Action, Report

if TYPE_CHECKING:
    from attachguard.gateway.pool import Pool

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
#: Reasons that a message is counted under.
_REASONS: Final = 20


class Metrics:
    """The figures of one daemon."""

    def __init__(self, pool: Callable[[], Pool | None]) -> None:
        self._pool = pool
        self._died: dict[str, int] = {}
        self._counted: dict[
            tuple[str, Action], tuple[Callable[..., None], Callable[[float], None], Callable[[float], None]]
        ] = {}
        self._by_code: dict[str, Callable[[], None]] = {}
        self._client: Any = None
        try:
            import prometheus_client as client
        except ImportError:
            return
        self._client = client
        self._registry = registry = client.CollectorRegistry()
        self._messages = client.Counter(
            "attachguard_messages", "Messages judged", ["front", "action"], registry=registry
        )
        self._seconds = client.Histogram(
            "attachguard_scan_seconds",
            "From the end of a message to its verdict",
            ["front"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._bytes = client.Counter("attachguard_bytes", "Octets of messages", ["front"], registry=registry)
        self._reasons = client.Counter("attachguard_reasons", "Reasons of verdicts", ["code"], registry=registry)
        self._failures = client.Counter("attachguard_failures", "Scans that failed", ["cause"], registry=registry)
        self._cache = client.Counter("attachguard_cache", "Results asked for", ["answer"], registry=registry)
        repeats = client.Counter(
            "attachguard_attachment_cache",
            "Attachments of mails that might have come before",
            ["answer"],
            registry=registry,
        )
        self._spared, self._unspared = (repeats.labels(answer).inc for answer in ("hit", "miss"))
        self._deaths = client.Counter(
            "attachguard_worker_deaths", "Workers that ended before their time", ["cause"], registry=registry
        )
        for cause in ("died", "stopped", "memory"):
            self._deaths.labels(cause)
        self._reload = client.Gauge(
            "attachguard_reload_timestamp", "When the configuration was last loaded", registry=registry
        )
        self._reload_ok = client.Gauge(
            "attachguard_reload_success", "Whether the last reload was one", registry=registry
        )
        self._workers = client.Gauge("attachguard_workers", "Workers", ["state"], registry=registry)
        self._held = client.Gauge("attachguard_inflight_bytes", "Octets of messages under way", registry=registry)

    def needed(self) -> None:
        """Refuse to go on without the library; raises `OperatorError`."""
        if self._client is None:
            raise OperatorError("metrics need prometheus_client: pip install 'attachguard[gateway]'")

    def message(self, front: str, action: Action, report: Report, size: int, seconds: float) -> None:
        """A message has its verdict."""
        if self._client is None:
            return
        counted = self._counted.get((front, action))
        if counted is None:
            counted = self._counted[front, action] = (
                self._messages.labels(front, action.value).inc,
                self._seconds.labels(front).observe,
                self._bytes.labels(front).inc,
            )
        one, observe, octets = counted
        one()
        observe(seconds)
        octets(size)
        for code in report.verdict.reasons[:_REASONS]:
            count = self._by_code.get(code)
            if count is None:
                count = self._by_code[code] = self._reasons.labels(code).inc
            count()

    def failure(self, cause: str) -> None:
        """A scan failed: `died`, `stopped`, `memory` or `busy`."""
        if self._client is not None:
            self._failures.labels(cause).inc()

    def cache(self, *, hit: bool) -> None:
        """The cache was asked."""
        if self._client is not None:
            self._cache.labels("hit" if hit else "miss").inc()

    def repeats(self, asked: int, spared: int) -> None:
        """So many attachments might have come before, and so many had."""
        if self._client is not None:
            self._spared(spared)
            self._unspared(asked - spared)

    def reloaded(self, *, good: bool) -> None:
        """The configuration was loaded, or could not be."""
        if self._client is None:
            return
        self._reload_ok.set(int(good))
        if good:
            self._reload.set(time.time())

    def render(self) -> bytes:
        """The page."""
        if self._client is None:
            return b"# prometheus_client is not installed: pip install 'attachguard[gateway]'\n"
        pool = self._pool()
        if pool is not None:
            for state, count in pool.crew.states.items():
                self._workers.labels(state).set(count)
            self._held.set(pool.held)
            for cause, count in pool.crew.deaths.items():
                self._deaths.labels(cause).inc(max(0, count - self._died.get(cause, 0)))
                self._died[cause] = count
        page: bytes = self._client.generate_latest(self._registry)
        return page

    def pool_changed(self) -> None:
        """Another pool counts from nothing."""
        self.render()
        self._died.clear()
