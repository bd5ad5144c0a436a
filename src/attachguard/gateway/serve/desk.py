"""Where fronts hand in their messages: the desk gives each to the pool that is there, counts it and writes its line in the log.

A front speaks a protocol and nothing else; what it gets back is a judgement with one action.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable

from attachguard.engine.scan import Kind
from attachguard.gateway.pool import Pool
from attachguard.gateway.serve.cache import Cache
from attachguard.gateway.serve.case import Case, Judgement
from attachguard.gateway.serve.logs import Log
from attachguard.gateway.serve.metrics import Metrics
from attachguard.gateway.serve.settings import Settings
from attachguard.model import Envelope

#: Carries out what a judgement asks for beyond the protocol: given the case and the judgement, gives the judgement back, maybe another one.
FollowUp = Callable[[Case, Judgement], Awaitable[Judgement]]


class Generation:
    """One pool with the number of messages that are in it: an old one ends with its last message."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.cases = 0
        self.retired = False

    def left(self) -> None:
        """A message is done with."""
        self.cases -= 1
        if self.retired and not self.cases:
            self.pool.close()


class Desk:
    """What all fronts share.

    Args:
        settings: of the daemon.
        log: where lines go.
    """

    def __init__(self, settings: Settings, log: Log) -> None:
        self.settings = settings
        self.log = log
        self.generation: Generation | None = None
        self.metrics = Metrics(lambda: self.generation.pool if self.generation is not None else None)
        self.cache = Cache(settings.cache)
        self.follow_up: FollowUp | None = None
        self._numbers = itertools.count(1)

    @property
    def pool(self) -> Pool:
        """The pool that new messages go to."""
        assert self.generation is not None
        return self.generation.pool

    def install(self, pool: Pool) -> None:
        """Give new messages to this pool; the one before ends when it is empty."""
        old = self.generation
        if old is not None:
            self.metrics.pool_changed()
        self.generation = Generation(pool)
        self.cache.clear()
        if old is not None:
            old.retired = True
            old.cases += 1
            old.left()

    def open(
        self,
        front: str,
        *,
        kind: Kind = "auto",
        name: str = "",
        envelope: Envelope | None = None,
        number: str = "",
        early: bool = True,
        descriptor: int = -1,
        most: int = 0,
        remember: bool = False,
    ) -> Case:
        """Begin with a message. To be closed by `Case.leave`, whatever happens.

        Args:
            front: which one.
            kind: see `Scanner.open`.
            name: file name.
            envelope: what the mail server knows.
            number: the mail server's own for the message; one of ours without it.
            early: whether a final verdict ends the scan before the end.
            descriptor: an open file with the content.
            most: octets that it may have; 0 for no bound.
            remember: whether the result may come from the cache: for files, which come again.
        """
        generation = self.generation
        assert generation is not None
        generation.cases += 1
        session = generation.pool.open(
            kind=kind,
            name=name,
            source=number or f"{front}-{next(self._numbers)}",
            envelope=envelope,
            early=early,
            descriptor=descriptor,
        )
        return Case(self, generation, front, session, most, kind if remember and descriptor < 0 else None, name)
