"""The milter front: a connection of a mail server, mail after mail."""

from __future__ import annotations

from typing import Final

from attachguard.gateway.fronts.milter import answers, codec
from attachguard.gateway.fronts.milter.codec import Codec, Frame, Refused
from attachguard.gateway.fronts.milter.mail import Connection, Mail
from attachguard.gateway.octets import Octets
from attachguard.gateway.serve.case import Case, Judgement
from attachguard.gateway.serve.desk import Desk
from attachguard.gateway.serve.peer import Peer
from attachguard.gateway.serve.settings import Front
from attachguard.gateway.serve.turns import Turns
from attachguard.mail.authresults import AuthenticationResults

#: Frames that may come at once, and octets of each in the mean below which there may be only so many in a second.
_MANY: Final = 100
_SHORT: Final = 24
_A_SECOND: Final = 10_000


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
        peer.comfort = codec.PROGRESS
        talk = _Talk(peer, self._desk, self._settings, self._trusted)
        try:
            while await peer.pump(talk.receive) and await talk.go_on():
                pass
        except Refused as refused:
            self._desk.log("refused", front="milter", client=peer.name, cause=str(refused))
        finally:
            talk.forget()


class _Talk:
    """One connection of a mail server: what it says is taken as it comes, and only verdicts are waited for."""

    def __init__(self, peer: Peer, desk: Desk, settings: Front, trusted: AuthenticationResults | None) -> None:
        self.codec = Codec()
        self._peer = peer
        self._desk = desk
        self._settings = settings
        self._trusted = trusted
        self._client = Connection()
        self._mail = Mail()
        self._case: Case | None = None
        #: What came and is not taken yet: a frame that has to be waited for, and those after it.
        self._frames: list[Frame] = []
        #: The mail has its answer; what still comes of it is not looked at.
        self._answered = False
        self._negotiated = False
        self._ended = False
        self._turns = Turns()

    def receive(self, data: bytes) -> bool:
        """Take the next octets; True where `go_on` has something to do. Raises `Refused`, and `OSError` where the mail server is gone."""
        frames = self.codec.receive(data)
        if len(frames) > _MANY and len(frames) * _SHORT > len(data):
            self._peer.rest(len(frames) / _A_SECOND)
        return self._take(frames)

    async def go_on(self) -> bool:
        """Give the verdict that is waited for, and take what came after; whether the connection goes on."""
        while not self._ended:
            command, content = self._frames[0]
            await self._peer.send(await (self._end(content) if command == b"E" else self._early()))
            await self._turns.over()
            if not self._take(self._frames[1:]):
                return True
        return False

    def _take(self, frames: list[Frame]) -> bool:
        """Take frames up to the first that has to be waited for; whether there is one, or the connection ends."""
        if not self._negotiated and frames and frames[0][0] not in (b"O", b"Q"):
            raise Refused("the mail server did not say what it can do")
        said = b""
        owed = self.codec.owed
        waits = False
        for place, (command, content) in enumerate(frames):
            if command == b"L":
                if self._mail.header_size <= self._settings.max_size:
                    # What comes beyond is not kept; what is there is too large to be accepted.
                    self._mail.field(bytes(content))
            elif command == b"B":
                if self._answered:
                    said += self._skipped()
                    continue
                waits = (self._case or self._begin()).feed(content)
            elif command == b"E":
                waits = True
            elif command == b"Q":
                waits = self._ended = True
            else:
                said += self._act(command, bytes(content))
                owed = self.codec.owed
            if waits:
                self._frames = frames[place:]
                break
            if command in owed:
                said += codec.CONTINUE
        if said:
            self._peer.write(said)
        return waits

    def _act(self, command: bytes, content: bytes) -> bytes:
        """Do what a frame that is none of content asks for; gives the answer where it has one of its own."""
        if command == b"O":
            self._negotiated = True
            return self.codec.negotiate(content)
        if command == b"N":
            self._begin()
        elif command == b"D":
            self._client.told(content)
        elif command == b"M":
            number = self._client.number
            self.forget()
            self._client.number = number
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
        return b""

    def forget(self) -> None:
        """The mail is done with."""
        if self._case is not None:
            self._case.leave()
            self._case = None
        self._mail = Mail()
        self._answered = False
        self._peer.idle = True
        self._client.number = ""

    def _begin(self) -> Case:
        """The header is there: the message is opened at the desk."""
        self._peer.idle = False
        header = self._mail.header(leading_space=bool(self.codec.steps & codec.LEADING_SPACE))
        envelope = self._mail.envelope(self._client, self._settings.channel, header, self._trusted)
        if self._case is not None:
            self._case.leave()
        self._case = self._desk.open(
            "milter", kind="message", envelope=envelope, number=self._client.number, most=self._settings.max_size
        )
        if self._peer.crowded:
            self._case.turn_away()
        self._case.feed(header)
        return self._case

    async def _early(self) -> bytes:
        """The answer to a body that need not be seen to its end."""
        assert self._case is not None
        answer = answers.early(await self._judgement(self._case))
        self._answered = True
        return answer or self._skipped()

    def _skipped(self) -> bytes:
        """No more of the body is needed."""
        return codec.SKIPPED if self.codec.steps & codec.SKIP else codec.CONTINUE

    async def _end(self, content: Octets) -> bytes:
        case = self._case or self._begin()
        if content and not self._answered:
            case.feed(content)
        judgement = await self._judgement(case)
        frames = answers.at_end(judgement, self._mail, self.codec.actions, self.codec.steps, field=self._settings.field)
        answer = b"".join(frames)
        self.forget()
        return answer

    async def _judgement(self, case: Case) -> Judgement:
        """The outcome; the server of the front tells a mail server that waits long that it is not forgotten."""
        if self._client.number:
            case.number = self._client.number
        self._peer.busy = True
        try:
            return await case.close()
        finally:
            self._peer.busy = False
