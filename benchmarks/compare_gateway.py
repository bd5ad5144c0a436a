"""Messages a second through the fronts of the gateway against the library alone: `python -m benchmarks.compare_gateway [messages]`.

In one run, on generated mail: the scanner in as many plain processes as the gateway has workers, then the milter and the clamd front with clients
that have one connection each. What they will write is made before the clock runs, so that they do little more than the system's part of writing and
reading; what they need all the same counts against the fronts by the clock, on as many processors as there are workers, and is shown apart. The second
ratio leaves it out: processor time of the plain processes against that of workers and daemon. The floor is a filter that takes the same mails apart
and says yes to each: the ratio that a milter would come to which gave mails to the scanner at no cost, from the same clients on the same processors.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import sys
import tempfile
import time
from pathlib import Path

from tests.gateway.daemon import daemon
from tests.gateway.milterclient import OFFER, Client

from attachguard import Policy, Scanner
from attachguard.gateway.fronts.milter import codec
from benchmarks import workload

WORKERS = 2
CONNECTIONS = 4
#: Messages that each side has seen before the clock runs: what a first one of its kind costs is nobody's throughput.
_WARM = 60
#: No timeout: Python asks the system before each call on a socket that has one.
_PATIENT = None


def library(messages: list[bytes]) -> tuple[float, float]:
    """Messages a second by plain processes, and processor time a message in ms."""
    scanner = Scanner(Policy.load("strict"), rewrite=True)
    begin, ready = os.pipe(), os.pipe()
    children = []
    for number in range(WORKERS):
        pid = os.fork()
        if pid == 0:
            for message in messages[:_WARM]:
                scanner.scan(message, kind="message")
            os.write(ready[1], b"r")
            os.read(begin[0], 1)
            for message in messages[number::WORKERS]:
                scanner.scan(message, kind="message")
            os._exit(0)
        children.append(pid)
    for _ in children:
        os.read(ready[0], 1)
    before = sum(map(cpu, children))
    begun = time.perf_counter()
    os.write(begin[1], b"g" * WORKERS)
    used = 0.0
    for pid in children:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        used += cpu(pid)
        os.waitpid(pid, 0)
    return len(messages) / (time.perf_counter() - begun), (used - before) * 1000 / len(messages)


class _Recorder:
    """In place of a socket: takes what a mail server writes, and has it go on after each piece."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.written.append(data)

    def recv(self, _most: int) -> bytes:
        return codec.CONTINUE if len(self.written) > 1 else codec.Codec().negotiate(struct.pack(">III", *OFFER))


def mail(message: bytes) -> list[bytes]:
    """What a mail server writes for a message, up to each answer that it waits for."""
    recorder = _Recorder()
    Client(recorder).send(message)
    return recorder.written[1:]


def milter(running, mails: list[list[bytes]], times: list[float]) -> None:
    with running.connect("milter", _PATIENT) as connection:
        Client(connection)
        for pieces in mails:
            begun = time.perf_counter()
            _deliver(connection, pieces)
            times.append(time.perf_counter() - begun)


def _deliver(connection, pieces: list[bytes]) -> None:
    """Write as long as the filter wants more, then the end of the message, and read all that is said about it."""
    for piece in pieces[:-1]:
        connection.sendall(piece)
        word = _answer(connection)
        if word == b"s":
            break
        if word != b"c":
            return  # refused before its end
    connection.sendall(pieces[-1])
    while _answer(connection) not in b"cadrty":
        pass


def _answer(connection) -> bytes:
    """The word of the next frame."""
    head = connection.recv(5, socket.MSG_WAITALL)
    left = int.from_bytes(head[:4], "big") - 1
    while left:
        left -= len(connection.recv(left))
    return head[4:]


def stream(message: bytes) -> bytes:
    """What a client of clamd writes."""
    return b"".join((b"zINSTREAM\0", struct.pack("!I", len(message)), message, bytes(4)))


def clamd(running, requests: list[bytes], times: list[float]) -> None:
    for request in requests:
        begun = time.perf_counter()
        with running.connect("clamd", _PATIENT) as connection:
            connection.sendall(request)
            connection.recv(1000)
        times.append(time.perf_counter() - begun)


def cpu(pid: int) -> float:
    """Processor time that a process has used, in seconds; the scheduler counts it to the nanosecond, unlike the ticks in /proc/PID/stat."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


class _Floor:
    """A filter that takes everything that a mail server says, and scans nothing; stands in for the daemon."""

    def __init__(self, folder: Path) -> None:
        self._address = str(folder / "s")
        self._listener = socket.socket(socket.AF_UNIX)

    def __enter__(self):
        self._listener.bind(self._address)
        self._listener.listen()
        self.pid = os.fork()
        if self.pid == 0:
            self._serve()
        return self

    def __exit__(self, *_about) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._listener.close()

    @property
    def process(self):
        return self

    def workers(self) -> list[int]:
        return []

    def connect(self, _front: str, timeout: float | None) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout)
        connection.connect(self._address)
        return connection

    def _serve(self) -> None:
        clients: dict[int, tuple[socket.socket, codec.Codec]] = {}
        with select.epoll() as events:
            events.register(self._listener, select.EPOLLIN)
            while True:
                for number, _event in events.poll():
                    if number == self._listener.fileno():
                        connection, _address = self._listener.accept()
                        clients[connection.fileno()] = connection, codec.Codec()
                        events.register(connection, select.EPOLLIN)
                        continue
                    connection, words = clients[number]
                    data = connection.recv(1 << 18)
                    if not data:
                        connection.close()
                    for command, content in words.receive(data):
                        if command == b"O":
                            connection.send(words.negotiate(bytes(content)))
                        elif command in b"BE":
                            connection.send(codec.CONTINUE)


def through(front: str, prepare, send, messages: list[bytes]) -> tuple[float, list[float], dict[str, float]]:
    """Messages a second through a front, the time of each, memory in MB and processor time in ms."""
    folder = Path(tempfile.mkdtemp())
    arguments = (folder, front, "--listen", f"unix:{folder}/s", "--workers", str(WORKERS))
    with _Floor(folder) if front == "floor" else daemon(*arguments) as running:
        send(running, list(map(prepare, messages[:_WARM])), [])
        begin, ready = os.pipe(), os.pipe()
        clients: dict[int, int] = {}
        for number in range(CONNECTIONS):
            # Each client is a process of its own, as mail servers are; what it will say is there before the clock runs.
            reader, writer = os.pipe()
            pid = os.fork()
            if pid == 0:
                times: list[float] = []
                requests = list(map(prepare, messages[number::CONNECTIONS]))
                os.write(ready[1], b"r")
                os.read(begin[0], 1)
                send(running, requests, times)
                with os.fdopen(writer, "wb") as file:
                    file.write(json.dumps(times).encode())
                os._exit(0)
            os.close(writer)
            clients[pid] = reader
        for _ in clients:
            os.read(ready[0], 1)
        workers, daemon_itself = running.workers(), running.process.pid
        before = [sum(map(cpu, pids)) for pids in (workers, [daemon_itself], clients)]
        begun = time.perf_counter()
        os.write(begin[1], b"g" * CONNECTIONS)
        times = []
        for pid, reader in clients.items():
            with os.fdopen(reader, "rb") as file:
                times += json.loads(file.read())
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        seconds = time.perf_counter() - begun
        after = [sum(map(cpu, pids)) for pids in (workers, [daemon_itself], clients)]
        used = [(end - start) * 1000 / len(messages) for start, end in zip(before, after, strict=True)]
        for pid in clients:
            os.waitpid(pid, 0)
        figures = {
            **dict(zip(("scan", "talk", "ask"), used, strict=True)), "daemon": pss(daemon_itself), "worker": max(map(own, workers), default=0.0),
        }  # fmt: skip
    return len(messages) / seconds, sorted(times), figures


def _rollup(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


def pss(pid: int) -> float:
    """Proportional memory of a process in MB."""
    return _rollup(pid)["Pss"] / 1024


def own(pid: int) -> float:
    """What a worker has beside what it shares."""
    about = _rollup(pid)
    return (about["Private_Dirty"] + about["Private_Clean"]) / 1024


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    messages = [message[0] for message in workload.build(count)]
    total = sum(map(len, messages))
    print(f"{count} messages, {total / 1e6:.0f} MB, {WORKERS} workers, {CONNECTIONS} connections")
    for _ in range(2):
        base, alone = library(messages)
        print(f"library  {base:8.1f} messages/s  {alone:.2f} ms of processor a message")
        _rate, _times, floor = through("floor", mail, milter, messages)
        bound, apart = alone / (alone + floor["talk"] + floor["ask"]), alone / (alone + floor["talk"])
        print(
            f"floor     a milter that only answers: ratio at most {bound:.2f}, without the clients {apart:.2f}  (processor a message: {floor['talk']:.2f} ms, clients {floor['ask']:.2f} ms)"
        )
        for front, prepare, send in (("milter", mail, milter), ("clamd", stream, clamd)):
            rate, times, figures = through(front, prepare, send, messages)
            p50, p99 = times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000
            print(
                f"{front:8} {rate:8.1f} messages/s  ratio {rate / base:.2f}  p50 {p50:.1f} ms  p99 {p99:.1f} ms  "
                f"processor a message: workers {figures['scan']:.2f} ms, daemon {figures['talk']:.2f} ms, clients {figures['ask']:.2f} ms; without the clients ratio {alone / (figures['scan'] + figures['talk']):.2f}  "
                f"daemon {figures['daemon']:.0f} MB PSS, a worker's own {figures['worker']:.0f} MB"
            )


if __name__ == "__main__":
    main()
