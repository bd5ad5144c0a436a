"""Memory of the gateway and the time of its answers beside clamd and rspamd, in one run on the same mail: `python -m benchmarks.compare_memory [messages]`.

Each takes all messages, the gateway with two workers, clamd with two threads and no signatures but one (its own take more than a gigabyte), rspamd with
the configuration that its package brings. What is told is the proportional memory (PSS) of all processes together,
and what the largest of those that scan has for itself, after a quarter of the messages and at the end; and the time from the first octet of a message
to its answer, one after the other (rspamd: sixteen at a time). What is not installed is left out.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.gateway.daemon import daemon

from benchmarks import workload
from benchmarks.compare_gateway import mail, milter, own, pss

#: Seconds for a server to get ready: rspamd compiles its expressions when it first starts.
_READY = 180
_CLAMD = """\
Foreground yes
LocalSocket {folder}/clamd.sock
DatabaseDirectory {folder}
MaxThreads 2
StreamMaxLength 256M
"""

#: Sends messages; gives the seconds that each took.
Send = Callable[[list[bytes]], list[float]]


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in below for each in tree(int(child)))]


@contextlib.contextmanager
def attachguard(folder: Path) -> Iterator[tuple[int, Send]]:
    with daemon(folder, "milter", "--listen", f"unix:{folder}/s", "--workers", "2") as running:

        def send(messages: list[bytes]) -> list[float]:
            times: list[float] = []
            milter(running, list(map(mail, messages)), times)
            return times

        yield running.process.pid, send


@contextlib.contextmanager
def clamd(folder: Path) -> Iterator[tuple[int, Send]]:
    (folder / "one.ndb").write_text("Test.One-1:0:*:4d5a00000000000000000000\n")
    (folder / "clamd.conf").write_text(_CLAMD.format(folder=folder))
    place = str(folder / "clamd.sock")

    def connect() -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(60)
        connection.connect(place)
        return connection

    def send(messages: list[bytes]) -> list[float]:
        times: list[float] = []
        for message in messages:
            begun = time.perf_counter()
            with connect() as connection:
                connection.sendall(b"zINSTREAM\0" + len(message).to_bytes(4, "big") + message + bytes(4))
                connection.recv(1000)
            times.append(time.perf_counter() - begun)
        return times

    with started(["clamd", "-c", str(folder / "clamd.conf")], folder, connect) as pid:
        yield pid, send


@contextlib.contextmanager
def rspamd(folder: Path) -> Iterator[tuple[int, Send]]:
    os.chmod(folder, 0o777)  # noqa: PTH101 - its workers are another user
    places = [f"--var={name}={folder}" for name in ("DBDIR", "RUNDIR", "LOGDIR")]

    def one(message: bytes) -> float:
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", 11333, timeout=60)
        connection.request("POST", "/checkv2", message)
        connection.getresponse().read()
        connection.close()
        return time.perf_counter() - begun

    def send(messages: list[bytes]) -> list[float]:
        # It asks name servers about each message, and waits where there are none.
        with ThreadPoolExecutor(16) as clients:
            return list(clients.map(one, messages))

    command = ["rspamd", "-f", "-i", "-c", "/etc/rspamd/rspamd.conf", *places]
    with started(command, folder, lambda: socket.create_connection(("127.0.0.1", 11333), 60)) as pid:
        yield pid, send


@contextlib.contextmanager
def started(command: list[str], folder: Path, connect: Callable[[], socket.socket]) -> Iterator[int]:
    """A server, once it takes connections."""
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        end = time.monotonic() + _READY
        while True:
            with contextlib.suppress(OSError), connect():
                break
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((folder / "out").read_text(errors="replace")[-500:])
            time.sleep(0.2)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def measured(pid: int) -> str:
    """What its processes take, in words."""
    processes = tree(pid)
    scanning = processes[1:] or processes
    return f"{sum(map(pss, processes)):6.0f} MB in all, {max(map(own, scanning)):4.0f} MB the largest scanning process of its own"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    messages = [message[0] for message in workload.build(count)]
    print(f"{count} messages, {sum(map(len, messages)) / 1e6:.0f} MB")
    for name, serve in (("attachguard", attachguard), ("clamd", clamd), ("rspamd", rspamd)):
        if name != "attachguard" and shutil.which(name) is None:
            print(f"{name:12} is not installed")
            continue
        folder = Path(tempfile.mkdtemp())
        with serve(folder) as (pid, send):
            send(messages[: count // 4])
            print(f"{name:12} {measured(pid)}, after a quarter")
            times = sorted(send(messages[count // 4 :]))
            p50, p99 = times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000
            print(f"{name:12} {measured(pid)}, at the end; an answer in {p50:.1f} ms (p50), {p99:.0f} ms (p99)")


if __name__ == "__main__":
    main()
