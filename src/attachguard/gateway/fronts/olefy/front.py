"""The olefy front: one part a connection."""

from __future__ import annotations

from attachguard.gateway.fronts.olefy import codec
from attachguard.gateway.serve.desk import Desk
from attachguard.gateway.serve.peer import Peer
from attachguard.gateway.serve.settings import Front
from attachguard.gateway.serve.turns import Turns
from attachguard.model import Envelope


class OlefyFront:
    """Serves rspamd.

    Args:
        desk: where parts go.
        settings: of this front.
    """

    def __init__(self, desk: Desk, settings: Front) -> None:
        self._desk = desk
        self._settings = settings

    async def serve(self, peer: Peer) -> None:
        """One connection."""
        request = codec.Request()
        envelope = Envelope(channel=self._settings.channel or "smtp")
        # All of it is looked at, whatever the policy makes of the part: the question is about macros.
        case = self._desk.open(
            "olefy", kind="file", envelope=envelope, early=False, most=self._settings.max_size, remember=True
        )
        if peer.crowded:
            case.turn_away()
        try:
            turns = Turns()
            while data := await peer.receive():
                peer.idle = False
                await turns.over()
                content = request.take(data)
                if request.ping:
                    await peer.send(codec.PONG)
                    return
                if request.refused:
                    peer.unheard = True
                    break
                if content and case.feed(content):
                    peer.unheard = True
                    break
            if not request.started:
                if not peer.idle:
                    await peer.send(codec.refusal("Protocol error"))
                return
            peer.busy = True
            judgement = await case.close()
            await peer.send(codec.answer(judgement))
        finally:
            case.leave()
