"""The event loop of the daemon: what arrives is heard at once, and nothing else of asyncio is any different."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from attachguard.gateway.loop import Loop, listen, unlisten

T = TypeVar("T")


def run(main: Callable[[], Awaitable[T]], make: Callable[[], asyncio.AbstractEventLoop] = Loop) -> T:
    async def body() -> T:
        return await asyncio.wait_for(main(), 20)

    with asyncio.Runner(loop_factory=make) as runner:
        return runner.run(body())


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    for end in (near, far):
        end.setblocking(False)
    with near, far:
        yield near, far


@pytest.mark.parametrize("make", [Loop, asyncio.new_event_loop])
def test_what_arrives_is_heard_in_any_loop(pair, make):
    near, far = pair

    async def main() -> list[bytes]:
        loop = asyncio.get_running_loop()
        heard: list[bytes] = []
        done = loop.create_future()

        def listener() -> bool:
            heard.append(near.recv(100))
            if heard[-1] == b"3":
                done.set_result(None)
            else:
                far.send(str(len(heard) + 1).encode())
            return done.done()

        listen(loop, near.fileno(), listener)
        far.send(b"1")
        await done
        unlisten(loop, near.fileno())
        far.send(b"4")
        await asyncio.sleep(0.01)
        return heard

    assert run(main, make) == [b"1", b"2", b"3"]


def test_a_client_that_never_stops_talking_holds_up_no_timer_no_other_reader_and_no_other_thread(pair):
    near, far = pair
    reader, writer = os.pipe()

    async def main() -> tuple[bytes, str]:
        loop = asyncio.get_running_loop()

        def listener() -> bool:
            near.recv(100)
            far.send(b"x")  # the next piece is there before anybody can have looked elsewhere
            return False

        listen(loop, near.fileno(), listener)
        far.send(b"x")
        await asyncio.sleep(0.02)
        read = loop.create_future()
        loop.add_reader(reader, lambda: read.done() or read.set_result(os.read(reader, 10)))
        os.write(writer, b"read")
        content = await read
        loop.remove_reader(reader)
        called = loop.create_future()
        threading.Thread(target=lambda: loop.call_soon_threadsafe(called.set_result, "called")).start()
        return content, await called

    try:
        assert run(main) == (b"read", "called")
    finally:
        os.close(reader)
        os.close(writer)


def test_one_descriptor_is_listened_to_and_written_to(pair):
    near, far = pair

    async def main() -> tuple[bytes, bytes]:
        loop = asyncio.get_running_loop()
        written, heard = loop.create_future(), loop.create_future()

        def write() -> None:
            near.send(b"out")
            loop.remove_writer(near.fileno())
            written.set_result(None)

        def listener() -> bool:
            heard.set_result(near.recv(100))
            unlisten(loop, near.fileno())
            return True

        loop.add_writer(near.fileno(), write)
        listen(loop, near.fileno(), listener)
        await written
        far.send(b"in")
        return await heard, far.recv(100)

    assert run(main) == (b"in", b"out")


def test_what_is_closed_before_its_end_is_told_harms_nobody(pair):
    near, _far = pair

    async def main() -> str:
        loop = asyncio.get_running_loop()
        number = near.fileno()
        listen(loop, number, lambda: True)
        near.close()
        unlisten(loop, number)
        unlisten(loop, number)
        process = await asyncio.create_subprocess_exec("/bin/echo", "still here", stdout=asyncio.subprocess.PIPE)
        return (await process.communicate())[0].decode().strip()

    assert run(main) == "still here"
