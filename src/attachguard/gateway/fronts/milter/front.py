"""The milter front: a connection of a mail server, mail after mail."""

from __future__ import annotations

from collections import deque

from attachguard.gateway.fronts.milter import answers, codec
from attachguard.gateway.fronts.milter.codec import Codec, Frame, Refused
from attachguard.gateway.fronts.milter.mail import Connection, Mail
from attachguard.gateway.octets import Octets
from attachguard.gateway.serve.desk import Case, Desk, Judgement
from attachguard.gateway.serve.peer import Peer
from attachguard.gateway.serve.settings import Front
from attachguard.mail.authresults import AuthenticationResults


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
        self._frames: deque[Frame] = deque()
        #: The mail has its answer; what still comes of it is not looked at.
        self._answered = False
        self._negotiated = False
        self._ended = False

    def receive(self, data: bytes) -> bool:
        """Take the next octets; True where `go_on` has something to do. Raises `Refused`, and `OSError` where the mail server is gone."""
        self._frames.extend(self.codec.receive(data))
        return self._take()

    async def go_on(self) -> bool:
        """Give the verdict that is waited for, and take what came after; whether the connection goes on."""
        while not self._ended:
            command, content = self._frames.popleft()
            await self._peer.send(await (self._end(content) if command == b"E" else self._early()))
            if not self._take():
                return True
        return False

    def _take(self) -> bool:
        """Take frames up to the first that has to be waited for; whether there is one, or the connection ends."""
        said = b""
        frames = self._frames
        while frames:
            command, content = frames[0]
            if command == b"L":
                self._field(bytes(content))
            elif command == b"B":
                if not self._answered and self._body(content):
                    break
                if self._answered:
                    said += self._skipped()
                    frames.popleft()
                    continue
            elif command == b"E":
                break
            elif command == b"Q":
                self._ended = True
                break
            else:
                said += self._act(command, bytes(content))
            frames.popleft()
            if command in self.codec.owed:
                said += codec.CONTINUE
        if said:
            self._peer.write(said)
        return bool(frames)

    def _act(self, command: bytes, content: bytes) -> bytes:
        """Do what a frame that is none of content asks for; gives the answer where it has one of its own."""
        if command == b"O":
            self._negotiated = True
            return self.codec.negotiate(content)
        self._agreed()
        if command == b"N":
            self._begin()
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
        return b""

    def _agreed(self) -> None:
        if not self._negotiated:
            raise Refused("the mail server did not say what it can do")

    def forget(self) -> None:
        """The mail is done with."""
        if self._case is not None:
            self._case.leave()
            self._case = None
        self._mail = Mail()
        self._answered = False
        self._peer.idle = True
        self._client.macros.pop(b"i", None)

    def _field(self, content: bytes) -> None:
        self._agreed()
        if self._mail.header_size > self._settings.max_size:
            raise Refused("the header does not end")
        self._mail.field(content)
        self._peer.idle = False

    def _begin(self) -> Case:
        """The header is there: the message is opened at the desk."""
        self._agreed()
        header = self._mail.header(leading_space=bool(self.codec.steps & codec.LEADING_SPACE))
        envelope = self._mail.envelope(self._client, self._settings.channel, header, self._trusted)
        if self._case is not None:
            self._case.leave()
        self._case = self._desk.open(
            "milter", kind="message", envelope=envelope, number=self._client.macro(b"i"), most=self._settings.max_size
        )
        if self._peer.crowded:
            self._case.turn_away()
        self._case.feed(header)
        return self._case

    def _body(self, content: Octets) -> bool:
        """Take some of the body; whether the verdict is there before its end."""
        return (self._case or self._begin()).feed(content)

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
        number = self._client.macro(b"i")
        if number:
            case.number = number
        self._peer.busy = True
        try:
            return await case.close()
        finally:
            self._peer.busy = False
