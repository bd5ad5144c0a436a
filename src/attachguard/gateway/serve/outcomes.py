"""What a judgement asks for beyond its answer: the quarantine and the notices."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from attachguard.gateway.serve.notices import Notices
from attachguard.gateway.serve.quarantine import Full, Quarantine
from attachguard.model import Action
from attachguard.report import json

if TYPE_CHECKING:
    from attachguard.gateway.serve.case import Case, Judgement
    from attachguard.gateway.serve.logs import Log
    from attachguard.gateway.serve.settings import Settings

#: Fronts whose mail server holds a mail by itself.
_HOLDING: Final = frozenset({"milter"})


class Outcomes:
    """Carries them out.

    Args:
        settings: of the daemon.
        log: told of what could not be done.
    """

    def __init__(self, settings: Settings, log: Log) -> None:
        self._log = log
        self._store = Quarantine(Path(settings.quarantine), settings.quarantine_size) if settings.quarantine else None
        self._notices = (
            Notices(settings.sendmail, settings.language, settings.hostname, log) if settings.sendmail else None
        )

    async def __call__(self, case: Case, judgement: Judgement) -> Judgement:
        """Do what the judgement asks for; gives it back with the number of the mail in the quarantine, or put off where there is no room."""
        if self._store is not None and not judgement.failure and case.front not in _HOLDING and _is_kept(judgement):
            judgement = await self._keep(self._store, case, judgement)
        if self._notices is not None:
            self._notices.about(case, judgement)
        return judgement

    async def _keep(self, store: Quarantine, case: Case, judgement: Judgement) -> Judgement:
        report = judgement.report
        try:
            number = await asyncio.to_thread(
                store.keep,
                case.content(),
                case.size,
                case.front,
                case.number,
                report.verdict.hold_days,
                case.envelope,
                json.encode(report),
            )
        except (Full, OSError) as error:
            self._log("quarantine-failed", id=case.number, cause=str(error))
            return msgspec.structs.replace(judgement, action=Action.DEFER, failure="unkept")
        return msgspec.structs.replace(judgement, kept=number)

    async def drain(self) -> None:
        """Wait for what is under way."""
        if self._notices is not None:
            await self._notices.drain()


def _is_kept(judgement: Judgement) -> bool:
    """Quarantined, or a mail to be cleaned of which there is no copy that could go out."""
    cleaned = judgement.action in (Action.SANITIZE, Action.WITHHOLD) and judgement.report.kind == "message"
    return judgement.action is Action.QUARANTINE or (cleaned and judgement.report.sanitized is None)
