"""A client of a front that keeps the daemon busy with few octets rests, so that others are heard."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest

from attachguard.gateway.fronts.clamd.incoming import Incoming
from attachguard.gateway.fronts.milter.front import _Talk
from attachguard.gateway.serve.peer import Peer
from attachguard.gateway.serve.settings import Front


class Listener:
    """Stands for a client: notes when it is told to rest."""

    def __init__(self) -> None:
        self.rests: list[float] = []
        self.idle = True

    def rest(self, seconds: float) -> None:
        self.rests.append(seconds)

    def write(self, data: bytes) -> None:
        """Nobody reads it."""


def frame(command: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content) + 1) + command + content


OFFER = frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF))


@pytest.mark.parametrize(
    ("data", "rests"),
    [
        (frame(b"A") * 10_000, [1.0]),
        (b"".join(frame(b"L", b"X\0 \0") for _ in range(500)), [0.05]),
        (b"".join(frame(b"L", b"X-Field-%d\0 of a usual length\0" % number) for number in range(500)), []),
        (frame(b"A") * 100, []),
    ],
)
def test_a_mail_server_that_sends_thousands_of_tiny_frames_rests(data, rests):
    peer = Listener()
    talk = _Talk(peer, None, Front(listen=()), None)  # type: ignore[arg-type]
    talk.receive(OFFER)
    talk.receive(data)
    assert peer.rests == rests


@pytest.mark.parametrize(("size", "rests"), [(1, [0.1]), (76, [])])
def test_a_stream_in_tiny_chunks_rests_and_one_in_lines_does_not(size, rests):
    peer = Listener()
    incoming = Incoming(peer, 1 << 30)  # type: ignore[arg-type]
    incoming._receive(b"zINSTREAM\0")
    incoming._receive((struct.pack(">I", size) + b"x" * size) * 10_000)
    assert peer.rests == rests


def test_who_rests_is_heard_again_after_its_time_and_in_smaller_pieces():
    heard: list[int] = []

    async def run() -> float:
        ours, theirs = socket.socketpair()
        with theirs:
            peer = Peer(ours, "unix")

            def take(data: bytes) -> bool:
                heard.append(len(data))
                if len(heard) == 1:
                    peer.rest(0.2)
                return len(heard) == 3

            theirs.sendall(b"x" * 40_000)
            loop = asyncio.get_running_loop()
            begun = loop.time()
            pumping = asyncio.create_task(peer.pump(take))
            await asyncio.sleep(0)
            theirs.sendall(b"x" * 40_000)
            assert await pumping
            peer.close()
            return loop.time() - begun

    assert asyncio.run(run()) >= 0.2
    assert heard[0] == 40_000
    assert heard[1] <= 8192
    assert heard[2] <= 16384


def test_the_end_of_a_client_that_rests_is_orderly():
    async def run() -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            peer = Peer(ours, "unix")
            peer.rest(0.01)
            peer.close()
            await asyncio.sleep(0.03)

    asyncio.run(run())
