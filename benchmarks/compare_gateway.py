"""Messages a second through the fronts of the gateway against the library alone: `python -m benchmarks.compare_gateway [messages]`.

In one run, on generated mail: the scanner in as many plain processes as the gateway has workers, then the milter and the clamd front with a client
that has several connections. What is compared is work done in the same time on the same machine; the client's own work counts against the fronts.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import tempfile
import time
from pathlib import Path

from tests.gateway.daemon import daemon
from tests.gateway.milterclient import Client

from attachguard import Policy, Scanner
from benchmarks import workload

WORKERS = 2
CONNECTIONS = 4
#: Messages that each side has seen before the clock runs: what a first one of its kind costs is nobody's throughput.
_WARM = 60


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


def milter(running, messages: list[bytes], times: list[float]) -> None:
    with running.connect("milter", 60) as connection:
        client = Client(connection)
        for message in messages:
            begun = time.perf_counter()
            client.send(message)
            times.append(time.perf_counter() - begun)


def clamd(running, messages: list[bytes], times: list[float]) -> None:
    for message in messages:
        begun = time.perf_counter()
        with running.connect("clamd", 60) as connection:
            connection.sendall(b"zINSTREAM\0" + struct.pack("!I", len(message)) + message + bytes(4))
            connection.recv(1000)
        times.append(time.perf_counter() - begun)


def cpu(pid: int) -> float:
    """Processor time that a process has used, in seconds; the scheduler counts it to the nanosecond, unlike the ticks in /proc/PID/stat."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def through(front: str, send, messages: list[bytes]) -> tuple[float, list[float], dict[str, float]]:
    """Messages a second through a front, the time of each, memory in MB and processor time in ms."""
    folder = Path(tempfile.mkdtemp())
    with daemon(folder, front, "--listen", f"unix:{folder}/s", "--workers", str(WORKERS)) as running:
        send(running, messages[:_WARM], [])
        times: list[float] = []
        scanning, talking = sum(map(cpu, running.workers())), cpu(running.process.pid)
        lots = [messages[number::CONNECTIONS] for number in range(CONNECTIONS)]
        begun = time.perf_counter()
        # Each client is a process of its own, as mail servers are.
        pipes = []
        for lot in lots:
            reader, writer = os.pipe()
            if os.fork() == 0:
                mine: list[float] = []
                send(running, lot, mine)
                with os.fdopen(writer, "wb") as file:
                    file.write(json.dumps(mine).encode())
                os._exit(0)
            os.close(writer)
            pipes.append(reader)
        for reader in pipes:
            with os.fdopen(reader, "rb") as file:
                times += json.loads(file.read())
        seconds = time.perf_counter() - begun
        for _ in pipes:
            os.wait()
        count = len(messages) / 1000
        memory = {
            "scan": (sum(map(cpu, running.workers())) - scanning) / count, "talk": (cpu(running.process.pid) - talking) / count,
            "daemon": pss(running.process.pid), "worker": max(own(pid) for pid in running.workers()),
        }  # fmt: skip
    return len(messages) / seconds, sorted(times), memory


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
        for front, send in (("milter", milter), ("clamd", clamd)):
            rate, times, memory = through(front, send, messages)
            p50, p99 = times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000
            print(
                f"{front:8} {rate:8.1f} messages/s  ratio {rate / base:.2f}  p50 {p50:.1f} ms  p99 {p99:.1f} ms  "
                f"processor a message: workers {memory['scan']:.2f} ms, daemon {memory['talk']:.2f} ms, ratio {alone / (memory['scan'] + memory['talk']):.2f}  "
                f"daemon {memory['daemon']:.0f} MB PSS, a worker's own {memory['worker']:.0f} MB"
            )


if __name__ == "__main__":
    main()
