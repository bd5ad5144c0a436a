"""Notices to senders and recipients, and routing slips: written by `attachguard.outcome`, handed to the submission command of the mail server."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shlex
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from attachguard.errors import OperatorError
from attachguard.model import Action, Report
from attachguard.outcome import notification, recipient_notice, routing_slip
from attachguard.outcome.mime import address, text_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attachguard.gateway.serve.case import Case, Judgement
    from attachguard.gateway.serve.logs import Log

_SECONDS: Final = 30.0
#: Notices that may be under way; a mail bomb does not become a process bomb.
_TOGETHER: Final = 8
_WAITING: Final = 500
#: A refusal in the session is its own notice, and what was put off is not decided.
_TELLING: Final = frozenset({Action.SANITIZE, Action.WITHHOLD, Action.QUARANTINE, Action.DISCARD})
_HEADER: Final = 256 << 10
_EXTRACTS: Final = re.compile("-i?ti?")


class Notices:
    """Sends them, a few at a time, without holding up the mail that they are about.

    Args:
        command: as in `/usr/sbin/sendmail -t -f <>`.
        language: `de` or `en`.
        hostname: of the mail server.
        log: told of what could not be sent.
    """

    def __init__(self, command: str, language: str, hostname: str, log: Log) -> None:
        self._command = shlex.split(command)
        if not self._command or not self._command[0].startswith("/"):
            raise OperatorError(
                'must be a whole path with its options, as in "/usr/sbin/sendmail -t -f <>"', where="notices.sendmail"
            )
        #: Whether it takes recipients from the header (`-t`): Exim and Sendmail leave out those that are named to it beside that.
        self._extracts = any(_EXTRACTS.fullmatch(word) for word in self._command[1:])
        self._language = language
        self._hostname = hostname
        self._log = log
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_TOGETHER)

    def about(self, case: Case, judgement: Judgement) -> None:
        """Write and send what a judgement asks for."""
        report, envelope = judgement.report, case.envelope
        if report.kind != "message" or judgement.failure:
            return
        mails: list[tuple[bytes, Sequence[str]]] = []
        sender = address(envelope.sender)
        if judgement.action in _TELLING:
            header = _header(case)
            to_sender = notification(report, envelope, header, self._language, mta=self._hostname)
            if to_sender is not None and sender is not None:
                mails.append((to_sender, () if self._extracts else (sender,)))
            to_recipients = recipient_notice(report, envelope, header, self._language, mta=self._hostname)
            if to_recipients is not None:
                recipients = [each for each in map(address, envelope.recipients) if each is not None]
                if recipients and self._extracts:
                    mails.append((_hidden(recipients) + to_recipients, ()))
                elif recipients:
                    mails.append((to_recipients, recipients))
        if report.receipt_due and envelope.sender_valid and sender is not None:
            mails.append((self._slip(report, case, sender), () if self._extracts else (sender,)))
        for mail, named in mails:
            if len(self._tasks) >= _WAITING:
                self._log("notice-lost", id=case.number, cause="too many are waiting")
                return
            task = asyncio.create_task(self._send(mail, named, case.number))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _slip(self, report: Report, case: Case, sender: str) -> bytes:
        """The routing slip as a mail."""
        slip = routing_slip(report, case.envelope, identifier=case.number, received=datetime.now(UTC))
        lines = (
            f"From: <postmaster@{self._hostname}>",
            f"To: <{sender}>",
            f"Subject: {'Laufzettel' if self._language == 'de' else 'Routing slip'} {slip.id}",
            f"Date: {format_datetime(datetime.now(UTC))}",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
        )
        return "\r\n".join(lines).encode("ascii", "replace") + b"\r\n" + text_part(slip.text(self._language)) + b"\r\n"

    async def _send(self, mail: bytes, recipients: Sequence[str], number: str) -> None:
        command = [*self._command, *(("--", *recipients) if recipients else ())]
        async with self._room:
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.DEVNULL,
                )
                try:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_SECONDS):
                            await process.communicate(mail)
                finally:
                    if process.returncode is None:
                        process.kill()
                        await process.wait()
            except OSError as error:
                self._log("notice-failed", id=number, cause=error.strerror or str(error))
                return
        if process.returncode:
            self._log("notice-failed", id=number, cause=f"exit status {process.returncode}")

    async def drain(self) -> None:
        """Wait for those under way; what is left then is said."""
        if self._tasks:
            _done, left = await asyncio.wait(self._tasks, timeout=_SECONDS)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            if left:
                self._log("notice-lost", notices=len(left), cause="the daemon ends")


def _hidden(recipients: Sequence[str]) -> bytes:
    """The field of recipients that do not see each other: the mail server takes it out."""
    return b"Bcc: " + b",\r\n ".join(f"<{each}>".encode("utf-8", "replace") for each in recipients) + b"\r\n"


def _header(case: Case) -> bytes:
    """The header of the message."""
    head = bytearray()
    for piece in case.content():
        head += piece
        if len(head) >= _HEADER or b"\r\n\r\n" in head or b"\n\n" in head:
            break
    ends = [place for mark in (b"\r\n\r\n", b"\n\n") if (place := head.find(mark)) >= 0]
    return bytes(head[: min([*ends, _HEADER])])
