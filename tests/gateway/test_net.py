"""The door of a front by itself."""

from __future__ import annotations

import asyncio
import os
import socket

from attachguard.gateway.serve import net
from attachguard.gateway.serve.net import Server


def test_clients_never_get_the_last_descriptors(monkeypatch):
    """Workers that ended are replaced, and mail is kept, however many clients come."""
    with open(os.devnull, "rb") as next_one:  # noqa: PTH123 - its number is wanted
        bound = next_one.fileno() + 40
    monkeypatch.setattr(net.resource, "getrlimit", lambda _limit: (bound * 8 // 7, bound * 8 // 7))
    inside = []

    async def serve(peer):
        inside.append(peer._descriptor)
        await peer.receive()

    async def run():
        listener = socket.create_server(("127.0.0.1", 0))
        server = Server([listener], serve, connections=1000, idle=60, failed=inside.append)
        server.start()
        clients = [socket.create_connection(listener.getsockname()) for _ in range(30)]
        await asyncio.sleep(0.2)
        taken_in = len(inside)
        for client in clients:
            client.close()
        late = socket.create_connection(listener.getsockname())
        while len(inside) == taken_in or server.peers != 1:
            await asyncio.sleep(0.01)
        late.close()
        await server.drain(5)
        return taken_in

    assert 0 < asyncio.run(run()) < 30
    assert max(inside) < bound + 1
