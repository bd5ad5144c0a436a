"""The clamd front: its commands carried out at the desk."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from attachguard.gateway.fronts.clamd import names, paths
from attachguard.gateway.fronts.clamd.codec import COMMANDS, Command, Descriptor, StreamEnd, TooLong
from attachguard.gateway.fronts.clamd.incoming import HEAD, Incoming, Stream
from attachguard.gateway.fronts.clamd.mbox import Preamble
from attachguard.gateway.octets import Octets
from attachguard.gateway.serve.case import Case, Judgement
from attachguard.gateway.serve.desk import Desk
from attachguard.gateway.serve.guess import looks_like_mail
from attachguard.gateway.serve.peer import Peer
from attachguard.gateway.serve.settings import Front
from attachguard.gateway.serve.turns import Turns
from attachguard.model import Action, Envelope

_PATHS: Final = ("SCAN", "RAWSCAN", "CONTSCAN", "MULTISCAN", "ALLMATCHSCAN")
#: Files of one folder that are scanned at a time, and in all.
_TOGETHER: Final = 8
_FILES: Final = 100_000


#: What clamd says to what it does not take.
_REFUSED: Final = {"UNKNOWN": "UNKNOWN COMMAND", "INVALID": "Command invalid inside IDSESSION. ERROR"}


class ClamdFront:
    """Serves clients.

    Args:
        desk: where messages go.
        settings: of this front.
        reload: what RELOAD does.
        version: what VERSION says.
    """

    def __init__(self, desk: Desk, settings: Front, reload: Callable[[], None], version: Callable[[], str]) -> None:
        self._desk = desk
        self._settings = settings
        self._reload = reload
        self._version = version

    async def serve(self, peer: Peer) -> None:
        """One connection."""
        peer.passes = True
        incoming = Incoming(peer, self._settings.max_size)
        turns = Turns()
        while isinstance(command := await incoming.next(), Command):
            peer.idle = False
            if command.name == "INSTREAM":
                going = await self._stream(peer, incoming, command)
            elif command.name == "FILDES":
                going = await self._descriptor(peer, incoming, command)
            else:
                going = await self._plain(peer, command)
            if not going or not incoming.codec.in_session:
                return
            peer.idle = True
            await turns.over()

    # -- commands without content --------------------------------------------------------------------------------------------

    async def _plain(self, peer: Peer, command: Command) -> bool:
        name = command.name
        if name in _PATHS:
            await self._path(peer, command)
        elif name == "PING":
            await peer.send(command.reply("PONG"))
        elif name == "VERSION":
            await peer.send(command.reply(self._version()))
        elif name == "VERSIONCOMMANDS":
            await peer.send(command.reply(f"{self._version()}| COMMANDS: {' '.join(COMMANDS)}"))
        elif name == "STATS":
            await peer.send(command.reply(self._stats()))
        elif name == "RELOAD":
            await peer.send(command.reply("RELOADING"))
            self._reload()
        elif name == "TOOLONG":
            peer.unheard = True
            await peer.send(command.reply("COMMAND READ TIMED OUT"))
        elif name == "SHUTDOWN":
            # Whoever reaches the port must not end the daemon; the service manager does that.
            await peer.send(command.reply("COMMAND UNAVAILABLE"))
        elif name in ("UNKNOWN", "INVALID"):
            peer.unheard = True
            await peer.send(command.reply(_REFUSED[name]))
            return False
        return name != "END"

    def _stats(self) -> str:
        pool = self._desk.pool
        states = pool.crew.states
        return (
            f"POOLS: 1\n\nSTATE: VALID PRIMARY\nTHREADS: live {sum(states.values())}  idle {states['idle']} max {pool.crew.size} "
            f"idle-timeout 30\nQUEUE: {pool.waiting} items\n\nMEMSTATS: heap N/A mmap N/A used N/A free N/A releasable N/A "
            f"pools 1 pools_used {pool.held / (1 << 20):.3f}M pools_total {self._desk.settings.in_flight / (1 << 20):.3f}M\nEND"
        )

    # -- content on the wire -------------------------------------------------------------------------------------------------

    def _open(self, peer: Peer, **given: object) -> Case:
        envelope = Envelope(channel=self._settings.channel) if self._settings.channel else Envelope()
        case = self._desk.open("clamd", envelope=envelope, early=False, **given)  # type: ignore[arg-type]
        if peer.crowded:
            case.turn_away()
        return case

    async def _stream(self, peer: Peer, incoming: Incoming, command: Command) -> bool:
        stream = Stream(partial(self._begin, peer))
        try:
            event = await incoming.next(stream.take)
            if isinstance(event, TooLong):
                peer.unheard = True
                stream.case = stream.case or self._open(peer)
                stream.case.turn_away("too-large")
                await stream.case.close()
                await peer.send(command.reply("INSTREAM size limit exceeded. ERROR"))
            if not isinstance(event, StreamEnd):
                return False
            case = stream.end()
            peer.busy = True
            judgement = await case.close()
            peer.busy = False
            await peer.send(command.reply(self._words("stream", judgement)))
            return True
        finally:
            if stream.case is not None:
                stream.case.leave()

    def _begin(self, peer: Peer, head: Octets, preamble: Preamble) -> Case:
        """The case for content whose beginning is there: a whole message is streamed, a file is remembered."""
        kind = self._settings.content
        message = kind == "message" or preamble.found or looks_like_mail(bytes(head[:HEAD]))
        case = self._open(peer, kind=kind, remember=not message)
        if self._settings.mbox_envelope and preamble.found:
            case.envelope = msgspec.structs.replace(
                case.envelope, sender=preamble.sender, recipients=preamble.recipients
            )
        return case

    async def _descriptor(self, peer: Peer, incoming: Incoming, command: Command) -> bool:
        event = await incoming.next()
        if event is None:
            return False
        if not isinstance(event, Descriptor) or not peer.descriptors:
            peer.unheard = True
            await peer.send(command.reply("No file descriptor received. ERROR"))
            return False
        descriptor = peer.descriptors.pop(0)
        try:
            peer.busy = True
            words = await self._file(peer, f"fd[{descriptor}]", descriptor, "")
            peer.busy = False
        finally:
            os.close(descriptor)
        await peer.send(command.reply(words))
        return True

    # -- files ---------------------------------------------------------------------------------------------------------------

    async def _path(self, peer: Peer, command: Command) -> None:
        path = os.fsdecode(command.argument)
        real = paths.within(path, self._settings.roots)
        if real is None:
            await peer.send(command.reply(f"{paths.shown(path)}: Access denied. ERROR"))
            return
        peer.busy = True
        clean = True
        async for line in self._walk(peer, path, real, command.name):
            if not line.endswith(": OK"):
                clean = False
                peer.busy = False
                await peer.send(command.reply(line))
                peer.busy = True
                if command.name in ("SCAN", "RAWSCAN") and line.endswith("FOUND"):
                    break
        peer.busy = False
        if clean:
            await peer.send(command.reply(f"{paths.shown(path)}: OK"))

    async def _walk(self, peer: Peer, path: str, real: str, command: str) -> AsyncIterator[str]:
        """The answer for each file; several at a time for MULTISCAN."""
        together = _TOGETHER if command == "MULTISCAN" else 1
        waiting: deque[asyncio.Task[list[str]]] = deque()
        try:
            for number, (shown, file) in enumerate(paths.files(path, real)):
                if number >= _FILES:
                    yield f"{paths.shown(path)}: too many files ERROR"
                    break
                waiting.append(asyncio.create_task(self._one(peer, shown, file, every=command == "ALLMATCHSCAN")))
                if len(waiting) >= together:
                    for line in await waiting.popleft():
                        yield line
            while waiting:
                for line in await waiting.popleft():
                    yield line
        finally:
            for task in waiting:
                task.cancel()

    async def _one(self, peer: Peer, shown: str, file: str, *, every: bool) -> list[str]:
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            return [f"{paths.shown(shown)}: File path check failure: {error.strerror}. ERROR"]
        try:
            return (await self._file(peer, paths.shown(shown), descriptor, Path(file).name, every=every)).split("\n")
        finally:
            os.close(descriptor)

    async def _file(self, peer: Peer, shown: str, descriptor: int, name: str, *, every: bool = False) -> str:
        """The answer for an open file, or why it cannot be read."""
        try:
            return await self._read(peer, shown, descriptor, name, every=every)
        except OSError as error:
            return f"{shown}: File path check failure: {error.strerror or error}. ERROR"

    async def _read(self, peer: Peer, shown: str, descriptor: int, name: str, *, every: bool) -> str:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            return f"{shown}: Not a regular file ERROR"
        if about.st_size > self._settings.max_size:
            return f"{shown}: File too large ERROR"
        stream = Stream(partial(self._begin, peer))
        try:
            if _is_handed_over(os.pread(descriptor, HEAD, 0)):
                for piece in paths.content(descriptor):
                    stream.take(piece)
                    await asyncio.sleep(0)
                case = stream.end()
            else:
                case = stream.case = self._open(peer, kind=self._settings.content, name=name, descriptor=descriptor)
                case.size = about.st_size
            judgement = await case.close()
        finally:
            if stream.case is not None:
                stream.case.leave()
        if every and judgement.action not in (Action.DELIVER, Action.FLAG, Action.DEFER):
            return "\n".join(f"{shown}: {each} FOUND" for each in names.all_names(judgement.report))
        return self._words(shown, judgement)

    # -- words ---------------------------------------------------------------------------------------------------------------

    def _words(self, what: str, judgement: Judgement) -> str:
        """The reply for a judgement."""
        if judgement.failure == "too-large":
            return "INSTREAM size limit exceeded. ERROR"
        if judgement.action.delivers:
            return f"{what}: OK"
        if judgement.action is Action.DEFER:
            busy = judgement.failure == "busy"
            if self._settings.failures == "error":
                return f"{what}: {'too busy, try again' if busy else 'the scan could not be completed'} ERROR"
            if busy or judgement.failure:
                return f"{what}: {names.failure(busy=busy)} FOUND"
        if judgement.failure:
            return f"{what}: {names.failure(busy=False)} FOUND"
        return f"{what}: {names.name(judgement.report)} FOUND"


def _is_handed_over(head: bytes) -> bool:
    """Whether a file is a message with the envelope before it: it is taken off as on the wire, because an mbox may hold more than one message."""
    preamble = Preamble()
    preamble.take(head)
    preamble.rest()
    return preamble.found


def version_line(version: str, since: float) -> str:
    """What VERSION says: clients look for the word ClamAV, and for three pieces between slashes."""
    return f"ClamAV 1.4.3-attachguard-{version}/1/{time.strftime('%a %b %d %H:%M:%S %Y', time.gmtime(since))}"
