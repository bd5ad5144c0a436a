"""The daemon: builds the scanner, starts the workers, opens the fronts, and answers the signals.

SIGTERM and SIGINT drain: nobody new is taken in, what is under way is finished, the exit status is 0. SIGHUP reloads: a scanner is built from the
files as they are now, workers are forked with it, and new messages go there while old ones finish; where a file has a mistake, everything stays as
it is, and the mistake is in the log and in `/health`.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gc
import resource
import signal
import socket
import threading
import time
import traceback
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from attachguard.engine.scanner import Scanner
from attachguard.errors import OperatorError
from attachguard.gateway.loop import Loop
from attachguard.gateway.pool import Pool, confine
from attachguard.gateway.serve import addresses, notify
from attachguard.gateway.serve.building import build_scanner
from attachguard.gateway.serve.desk import Desk
from attachguard.gateway.serve.logs import Log
from attachguard.gateway.serve.net import Server
from attachguard.gateway.serve.outcomes import Outcomes
from attachguard.gateway.serve.peer import Peer
from attachguard.gateway.serve.settings import Front, Settings
from attachguard.version import VERSION

#: Seconds that a drain lasts beyond the deadline of a message.
_DRAIN: Final = 5.0


class Service:
    """One daemon.

    Args:
        load: gives the settings, once at the start and at every reload; raises `OperatorError`.
    """

    def __init__(self, load: Callable[[], Settings]) -> None:
        self._load = load
        self.settings = load()
        self.log = Log(self.settings.log)
        self.desk = Desk(self.settings, self.log)
        self._servers: list[Server] = []
        self._stop: asyncio.Event | None = None
        self._reloading: asyncio.Task[None] | None = None
        self._again = False
        self.loaded = time.time()
        #: What is wrong with the files that the last reload read; empty for nothing.
        self.trouble = ""

    def run(self) -> int:
        """Serve until a signal ends it; gives the exit status."""
        early = signal.signal(signal.SIGHUP, self._reload_early)
        try:
            return self._serve_all()
        finally:
            signal.signal(signal.SIGHUP, early)

    def _reload_early(self, *_: object) -> None:
        """A reload that is asked for while the files are still being read follows when the daemon is ready."""
        self._again = True

    def _serve_all(self) -> int:
        fronts = [(name, self._front(name)) for name in self.settings.fronts]
        if self.settings.metrics:
            self.desk.metrics.needed()
            fronts.append(("metrics", self._http(Front(listen=self.settings.metrics, idle=60.0), scans=False)))
        scanner = build_scanner(self.settings)
        opened: list[tuple[str, addresses.Address, socket.socket]] = []
        try:
            wanted = {name: front.listen for name, front in self.settings.fronts.items()}
            for name, listen in {**wanted, "metrics": self.settings.metrics}.items():
                place = self.settings.places.get(name, ("", 0))
                opened += [(name, *each) for address in listen for each in addresses.listen(address, *place)]
            with asyncio.Runner(loop_factory=Loop) as runner:
                return runner.run(self._run(scanner, dict(fronts), opened))
        finally:
            for _, address, listener in opened:
                addresses.leave(address, listener)
                listener.close()

    def _front(self, name: str) -> Callable[[Peer], Awaitable[None]]:
        """What serves the clients of a front."""
        settings = self.settings.fronts[name]
        if name == "clamd":
            from attachguard.gateway.fronts.clamd.front import ClamdFront, version_line

            return ClamdFront(self.desk, settings, self.reload, lambda: version_line(VERSION, self.loaded)).serve
        if name == "milter":
            from attachguard.gateway.fronts.milter.front import MilterFront

            return MilterFront(self.desk, settings).serve
        if name == "olefy":
            from attachguard.gateway.fronts.olefy.front import OlefyFront

            return OlefyFront(self.desk, settings).serve
        return self._http(settings, scans=True)

    def _http(self, settings: Front, *, scans: bool) -> Callable[[Peer], Awaitable[None]]:
        from attachguard.gateway.fronts.http.front import HttpFront

        return HttpFront(self.desk, settings, self.health, scans=scans).serve

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Whether messages can be judged, and what is loaded."""
        pool = self.desk.pool
        states = pool.crew.states
        # One that just takes the place of another is no reason to send mail elsewhere, unless it does not get ready.
        good = states["idle"] + states["busy"] > 0 or (states["starting"] > 0 and not pool.crew.trouble)
        facts = {
            "status": "ok" if good else ": ".join(filter(None, ("no worker", pool.crew.trouble))),
            "policy": {"id": pool.scanner.policy.id, "version": pool.scanner.policy.version},
            "rules": len(pool.scanner.rules),
            "workers": states,
            "loaded": dt.datetime.fromtimestamp(self.loaded, dt.UTC).isoformat(timespec="seconds"),
            "reload": self.trouble or "ok",
            "version": VERSION,
        }
        return good, facts

    async def _run(
        self,
        scanner: Scanner,
        fronts: dict[str, Callable[[Peer], Awaitable[None]]],
        opened: list[tuple[str, addresses.Address, socket.socket]],
    ) -> int:
        loop = asyncio.get_running_loop()
        confine.keep_memory()
        _more_descriptors()
        self._stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        outcomes = Outcomes(self.settings, self.log)
        self.desk.follow_up = outcomes if self.settings.quarantine or self.settings.sendmail else None
        self.desk.install(await self._pool(scanner, self.settings))
        self.desk.metrics.reloaded(good=True)
        for name, serve in fronts.items():
            listeners = [listener for front, _address, listener in opened if front == name]
            about = self.settings.fronts.get(name) or Front(listen=(), idle=60.0)
            self._serve(listeners, serve, about.connections, about.idle)
        for name, address, _listener in opened:
            self.log.plain(f"listening: {name} {address}")
        self._say_what_is_missing()
        notify.ready()
        if self._again:
            self._again = False
            self.reload()
        await self._stop.wait()
        notify.stopping()
        self.log("stopping", clients=sum(server.peers for server in self._servers))
        for _, address, listener in opened:
            addresses.leave(address, listener)
        if self._reloading is not None:
            self._reloading.cancel()
        seconds = 2 * self.settings.timeout + _DRAIN
        await asyncio.gather(*(server.drain(seconds) for server in self._servers))
        await outcomes.drain()
        self.desk.pool.close()
        self.log("stopped")
        return 0

    def _serve(
        self, listeners: list[socket.socket], serve: Callable[[Peer], Awaitable[None]], connections: int, idle: float
    ) -> None:
        server = Server(listeners, serve, connections=connections, idle=idle, failed=self._failed)
        server.start()
        self._servers.append(server)

    async def _pool(self, scanner: Scanner, settings: Settings) -> Pool:
        for problem in scanner.rules.problems:
            self.log("rules-left-out", error=str(problem))
        pool = Pool(
            scanner,
            workers=settings.processes,
            seconds=settings.timeout,
            memory=settings.memory,
            sandbox=settings.sandbox,
        )
        await pool.start()
        return pool

    def _failed(self, error: BaseException) -> None:
        place = traceback.extract_tb(error.__traceback__)[-1]
        self.log(
            "defect",
            error=type(error).__name__,
            at=f"{Path(place.filename).name}:{place.lineno}",
            text=str(error)[:200],
        )

    def _say_what_is_missing(self) -> None:
        if self.settings.sandbox:
            for name, text in confine.available().items():
                if not text.startswith(("yes", "version")):
                    self.log("sandbox", what=name, is_=text)

    # -- reload --------------------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the files anew; one that is asked for meanwhile follows."""
        if self._reloading is not None and not self._reloading.done():
            self._again = True
            return
        self._reloading = asyncio.get_running_loop().create_task(self._reload())

    async def _reload(self) -> None:
        notify.reloading()
        try:
            settings = self._load()
            scanner = await _in_thread(lambda: build_scanner(settings))
            fixed = (
                "fronts",
                "metrics",
                "log",
                "workers",
                "in_flight",
                "cache",
                "quarantine",
                "quarantine_size",
                "sendmail",
                "language",
                "hostname",
            )
            later = tuple(name for name in fixed if getattr(settings, name) != getattr(self.settings, name))
            kept = {name: getattr(self.settings, name) for name in fixed}
            settings = msgspec.structs.replace(settings, **kept)
            gc.unfreeze()
            pool = await self._pool(scanner, settings)
        except Exception as error:  # noqa: BLE001 - whatever is wrong, what was loaded before goes on
            if not isinstance(error, (OperatorError, OSError)):
                self._failed(error)
            self.trouble = str(error) or type(error).__name__
            self.desk.metrics.reloaded(good=False)
            self.log("reload-failed", error=self.trouble)
        else:
            self.settings = self.desk.settings = settings
            self.desk.install(pool)
            self.trouble = ""
            self.loaded = time.time()
            self.desk.metrics.reloaded(good=True)
            self.log(
                "reloaded",
                policy=scanner.policy.id,
                version=scanner.policy.version,
                rules=len(scanner.rules),
                after_restart=later,
            )
        notify.ready()
        if self._again:
            self._again = False
            self._reloading = asyncio.get_running_loop().create_task(self._reload())


def _more_descriptors() -> None:
    """As many as the system lets us have: a thousand clients need more than a process begins with."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _in_thread(build: Callable[[], Scanner]) -> Scanner:
    """Build it beside the loop, in a thread that ends with it: no thread waits around when workers are forked."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Scanner] = loop.create_future()

    def run() -> None:
        try:
            scanner = build()
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            loop.call_soon_threadsafe(partial(_fail, done, error))
        else:
            loop.call_soon_threadsafe(partial(_give, done, scanner))

    thread = threading.Thread(target=run, name="attachguard-reload", daemon=True)
    thread.start()
    try:
        return await done
    finally:
        thread.join()


def _give(done: asyncio.Future[Scanner], scanner: Scanner) -> None:
    if not done.done():
        done.set_result(scanner)


def _fail(done: asyncio.Future[Scanner], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
