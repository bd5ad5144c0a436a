"""Figures of a whole process: import time, and peak memory for a large message."""

from __future__ import annotations

import subprocess
import sys
import time

_IDLE = """
import resource, sys
from attachguard import Policy, Scanner
scanner = Scanner(Policy.load("audit"))
scanner.scan(b"From: a@example.org\\nSubject: x\\n\\nhello\\n", kind="message")
idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
"""
_LARGE = (
    _IDLE
    + """
import base64, random
size = {size}
line = base64.b64encode(random.Random(1).randbytes(57)) + b"\\r\\n"
head = (b"From: a@example.org\\r\\nSubject: x\\r\\nMIME-Version: 1.0\\r\\nContent-Type: application/octet-stream; name=big.bin\\r\\n"
        b"Content-Transfer-Encoding: base64\\r\\n\\r\\n")
with scanner.open(kind="message") as scan:
    scan.feed(head)
    block = line * 800
    for _ in range(size // len(block)):
        scan.feed(block)
report = scan.close()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(idle, peak, max(part.size or 0 for part in report.parts))
"""
)


def bench_import(benchmark, row):
    """`import attachguard` in a fresh interpreter, less the interpreter's own start."""

    def start(code: str) -> float:
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - begin

    pairs = [(start("import attachguard"), start("pass")) for _ in range(5)]
    benchmark.pedantic(start, args=("import attachguard",), rounds=3)
    mine, bare = sorted(pairs, key=lambda pair: pair[0] - pair[1])[len(pairs) // 2]
    benchmark.extra_info.update(milliseconds=round((mine - bare) * 1e3, 1), interpreter=round(bare * 1e3, 1))
    row("import attachguard", f"{(mine - bare) * 1e3:10.0f} ms", f"interpreter itself: {bare * 1e3:.0f} ms")


def bench_memory(benchmark, row):
    """Peak memory of a streamed 25 MB message above the idle process: at most its largest part plus 16 MiB."""

    def measure() -> tuple[int, int, int]:
        done = subprocess.run(
            [sys.executable, "-c", _LARGE.format(size=25 << 20)], check=True, stdout=subprocess.PIPE, text=True
        )
        idle, peak, largest = map(int, done.stdout.split())
        return idle, peak, largest

    idle, peak, largest = benchmark.pedantic(measure, rounds=1)
    above = (peak - idle) * 1024
    benchmark.extra_info.update(idle_mb=idle // 1024, above_mb=above >> 20, largest_mb=largest >> 20)
    row(
        "memory, 25 MB message",
        f"{above / 2**20:10.1f} MiB above idle",
        f"largest part {largest / 2**20:.1f} MiB, idle {idle // 1024} MiB",
    )
    assert above <= largest + (16 << 20)
