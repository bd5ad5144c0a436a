"""The milter front: a connection of a mail server, mail after mail."""

from __future__ import annotations

import asyncio
from typing import Final

from attachguard.gateway.fronts.milter import answers, codec
from attachguard.gateway.fronts.milter.codec import Codec, Frame, Refused
from attachguard.gateway.fronts.milter.mail import Connection, Mail
from attachguard.gateway.serve.desk import Case, Desk, Judgement
from attachguard.gateway.serve.net import Peer
from attachguard.gateway.serve.settings import Front
from attachguard.mail.authresults import AuthenticationResults

#: Seconds after which a mail server that waits is told that it is not forgotten.
_PROGRESS: Final = 20.0


class MilterFront:
    """Serves mail servers.

    Args:
        desk: where messages go.
        settings: of this front.
    """

    def __init__(self, desk: Desk, settings: Front) -> None:
        self._desk = desk
        self._settings = settings
        self._trusted = AuthenticationResults(settings.auth_servers) if settings.auth_servers else None

    async def serve(self, peer: Peer) -> None:
        """One connection."""
        talk = _Talk(peer, self._desk, self._settings, self._trusted)
        try:
            while data := await peer.receive():
                for frame in talk.codec.receive(data):
                    if not await talk.take(frame):
                        return
        except Refused as refused:
            self._desk.log("refused", front="milter", client=peer.name, cause=str(refused))
        finally:
            talk.forget()


class _Talk:
    """One connection of a mail server."""

    def __init__(self, peer: Peer, desk: Desk, settings: Front, trusted: AuthenticationResults | None) -> None:
        self.codec = Codec()
        self._peer = peer
        self._desk = desk
        self._settings = settings
        self._trusted = trusted
        self._client = Connection()
        self._mail = Mail()
        self._case: Case | None = None
        #: The mail has its answer; what still comes of it is not looked at.
        self._answered = False
        self._negotiated = False
        self._telling: asyncio.Future[None] | None = None

    async def take(self, frame: Frame) -> bool:
        """Do what a frame asks for; whether the connection goes on. Raises `Refused`."""
        command, content = frame
        if command == b"O":
            self._negotiated = True
            await self._peer.send(self.codec.negotiate(content))
            return True
        if command == b"Q":
            return False
        if not self._negotiated:
            raise Refused("the mail server did not say what it can do")
        answer = await self._act(command, content)
        if answer is None and self.codec.owes(command):
            answer = codec.CONTINUE
        if answer is not None:
            await self._peer.send(answer)
        return True

    async def _act(self, command: bytes, content: bytes) -> bytes | None:
        """Do it; gives the answer, where it is not simply to go on."""
        if command == b"B":
            return await self._body(content)
        if command == b"L":
            return self._field(content)
        if command == b"E":
            return await self._end(content)
        if command == b"N":
            await self._begin()
        elif command == b"D":
            self._client.told(content)
        elif command == b"M":
            self.forget()
            self._mail = Mail(codec.words(content)[0])
            self._peer.idle = False
        elif command == b"R":
            self._mail.recipient(content)
        elif command == b"H":
            self._client.helo = codec.words(content)[0].decode("ascii", "replace")
        elif command == b"C":
            self._client.connected(content)
        elif command == b"A":
            self.forget()
        elif command == b"K":
            self.forget()
            self._client = Connection()
        return None

    def forget(self) -> None:
        """The mail is done with."""
        if self._case is not None:
            self._case.leave()
            self._case = None
        self._mail = Mail()
        self._answered = False
        self._peer.idle = True
        self._client.macros.pop(b"i", None)

    def _field(self, content: bytes) -> bytes | None:
        if self._mail.header_size > self._settings.max_size:
            raise Refused("the header does not end")
        self._mail.field(content)
        self._peer.idle = False
        return None

    async def _begin(self) -> Case:
        """The header is there: the message is opened at the desk."""
        header = self._mail.header(leading_space=bool(self.codec.steps & codec.LEADING_SPACE))
        envelope = self._mail.envelope(self._client, self._settings.channel, header, self._trusted)
        if self._case is not None:
            self._case.leave()
        self._case = self._desk.open(
            "milter", kind="message", envelope=envelope, number=self._client.macro(b"i"), most=self._settings.max_size
        )
        if self._peer.crowded:
            self._case.turn_away()
        await self._case.feed(header)
        return self._case

    async def _body(self, content: bytes) -> bytes | None:
        if self._answered:
            return self._skipped()
        case = self._case or await self._begin()
        if not await case.feed(content):
            return None
        answer = answers.early(await self._judgement(case))
        self._answered = True
        return answer or self._skipped()

    def _skipped(self) -> bytes:
        """No more of the body is needed."""
        return codec.SKIPPED if self.codec.steps & codec.SKIP else codec.CONTINUE

    async def _end(self, content: bytes) -> bytes:
        case = self._case or await self._begin()
        if content and not self._answered:
            await case.feed(content)
        judgement = await self._judgement(case)
        frames = answers.at_end(judgement, self._mail, self.codec.actions, self.codec.steps, field=self._settings.field)
        answer = b"".join(frames)
        self.forget()
        return answer

    async def _judgement(self, case: Case) -> Judgement:
        """The outcome, with a sign of life for a mail server that waits long."""
        number = self._client.macro(b"i")
        if number:
            case.number = number
        self._peer.busy = True
        timer = asyncio.get_running_loop().call_later(_PROGRESS, self._progress)
        try:
            return await case.close()
        finally:
            timer.cancel()
            if self._telling is not None:
                self._telling.cancel()
                await asyncio.gather(self._telling, return_exceptions=True)
                self._telling = None
            self._peer.busy = False

    def _progress(self) -> None:
        self._telling = asyncio.ensure_future(self._tell())

    async def _tell(self) -> None:
        while self._peer.busy:
            await self._peer.send(codec.PROGRESS)
            await asyncio.sleep(_PROGRESS)
