"""One message at the desk: its octets on their way to the pool, and what becomes of it.

Whatever happens, there is exactly one judgement: of a scan, of the result cache, or for a scan that failed what the operator wants of such messages.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from attachguard.engine.scan import Kind
from attachguard.gateway.octets import Octets
from attachguard.gateway.pool import Result, Session
from attachguard.gateway.serve.guess import HEAD, looks_like_mail
from attachguard.model import Action, Envelope, Report

if TYPE_CHECKING:
    from attachguard.gateway.serve.desk import Desk, Generation

_ON_FAILURE: Final = {"defer": Action.DEFER, "reject": Action.REJECT, "deliver": Action.DELIVER}
_REASONS: Final = 12
_READ: Final = 1 << 18


class Judgement(msgspec.Struct, frozen=True):
    """What becomes of a message.

    Args:
        action: what the front carries out.
        report: what was found.
        failure: empty, or why the scan did not come to its end: `died`, `stopped`, `memory`, `busy`, `too-large`, `unreadable`, or
            `unkept` where the quarantine has no room.
        kept: number under which the quarantine has it; empty where it has not.
    """

    action: Action
    report: Report
    failure: str = ""
    kept: str = ""


class Case:
    """One message at the desk; made by `Desk.open`."""

    def __init__(
        self,
        desk: Desk,
        generation: Generation,
        front: str,
        session: Session,
        most: int,
        remember: Kind | None,
        name: str,
    ) -> None:
        self._desk = desk
        self._generation = generation
        self._pool = generation.pool
        self.front = front
        self._session = session
        self._most = most or sys.maxsize
        self._remember = remember
        #: Of what came so far, where its result may be known: taken as it comes, because nobody else is heard while a large file is gone through.
        self._digest = hashlib.sha256() if remember is not None and desk.cache.room else None
        self._name = name
        self._trouble = ""
        self._left = False
        self._judgement: Judgement | None = None
        #: Octets that came.
        self.size = 0

    @property
    def number(self) -> str:
        """The mail server's number of the message, or ours."""
        return self._session.source

    @number.setter
    def number(self, number: str) -> None:
        self._session.source = number

    @property
    def envelope(self) -> Envelope:
        """What the mail server knows."""
        return self._session.envelope

    @envelope.setter
    def envelope(self, envelope: Envelope) -> None:
        self._session.envelope = envelope

    def content(self) -> Iterator[Octets]:
        """The message as it came: all of it, even where the message is forgotten while somebody in another thread still reads."""
        descriptor = self._session.descriptor
        return iter(tuple(self._session.pieces)) if descriptor < 0 else _content(descriptor)

    @property
    def trouble(self) -> str:
        """`too-large` or `busy` where no more is taken; the message is not judged then, and not accepted."""
        return self._trouble

    def turn_away(self, trouble: str = "busy") -> None:
        """The message is not taken in: too many are here, and the client may come again, or it is `too-large`."""
        self._trouble = trouble
        self._session.drop()

    def feed(self, data: Octets) -> bool:
        """Take the next bytes; True where no more are needed: the verdict is final, or the message cannot be judged."""
        if self._trouble:
            return True
        size = len(data)
        self.size += size
        if self.size > self._most:
            self._trouble = "too-large"
        elif self._pool.held + size > self._desk.settings.in_flight:
            self._trouble = "busy"
        if self._trouble:
            self._session.drop()
            return True
        if self._remember is not None:
            if self._digest is not None:
                self._digest.update(data)
            self._session.keep(data)
            return False
        return self._session.feed(data)

    async def close(self) -> Judgement:
        """The end of the message: what becomes of it."""
        if self._judgement is None:
            begun = time.monotonic()
            result = await self._result()
            self._judgement = await self._judge(result, time.monotonic() - begun)
        return self._judgement

    async def _result(self) -> Result:
        result = await self._scanned()
        report = result.report
        if (
            result.failure
            or report.kind != "file"
            or not report.verdict.action.delivers
            or not self._session.may_be_mail
        ):
            return result
        if not looks_like_mail(bytes(next(self.content(), b"")[:HEAD])):
            return result
        # Its first octets may be made so that the scanner takes it for a text: what begins like a mail is judged as a mail, too.
        pool = self._pool
        again = pool.open(kind="message", source=self.number, envelope=self.envelope, early=False)
        try:
            for piece in self.content():
                again.keep(piece)
            other = await again.close()
        finally:
            pool.forget(again)
        stronger = other.failure or other.report.verdict.action.strength > report.verdict.action.strength
        return other if stronger else result

    async def _scanned(self) -> Result:
        if self._trouble:
            causes = {"too-large": f"more than {self._most} octets", "busy": "too many messages are under way"}
            return self._session.failed(self._trouble, causes[self._trouble])
        if self._remember is None or self._digest is None or self._generation.retired:
            return await self._session.close()
        key = self._desk.cache.key(
            self._digest.digest(), self._remember, self._name, self._session.envelope, self._pool.scanner
        )
        if key is None:
            return await self._session.close()
        known = self._desk.cache.get(key)
        self._desk.metrics.cache(hit=known is not None)
        if known is not None:
            report = msgspec.structs.replace(known.report, source=self.number)
            return msgspec.structs.replace(known, report=report)
        result = await self._session.close()
        # What comes from here was no attachment that a worker was asked about. After a reload it may be said by rules that are no longer there.
        if not self._generation.retired:
            self._desk.cache.put(key, msgspec.structs.replace(result, repeats=(0, 0)))
        return result

    async def _judge(self, result: Result, seconds: float) -> Judgement:
        desk, report = self._desk, result.report
        action = report.verdict.action
        if result.failure in ("busy", "too-large"):
            action = Action.DEFER if result.failure == "busy" else Action.REJECT
        elif result.failure:
            action = _ON_FAILURE[desk.settings.on_failure]
        judgement = Judgement(action, report, result.failure)
        if desk.follow_up is not None:
            judgement = await desk.follow_up(self, judgement)
        desk.metrics.message(self.front, judgement.action, report, self.size, seconds)
        if judgement.failure:
            desk.metrics.failure(judgement.failure)
        asked, spared = result.repeats
        if asked >= spared and asked:
            desk.metrics.repeats(asked, spared)
        desk.log(
            "message",
            front=self.front,
            id=self.number,
            action=judgement.action.value,
            reasons=report.verdict.reasons[:_REASONS],
            failure=judgement.failure,
            cause=result.cause,
            kept=judgement.kept,
            bytes=self.size,
            ms=seconds * 1000,
            sender=self.envelope.sender if desk.settings.names else "",
        )
        return judgement

    def leave(self) -> None:
        """The message is done with, or its sender is gone."""
        if not self._left:
            self._left = True
            self._pool.forget(self._session)
            self._generation.left()


def _content(descriptor: int) -> Iterator[bytes]:
    """What an open file holds."""
    place = 0
    while piece := os.pread(descriptor, _READ, place):
        place += len(piece)
        yield piece
