"""No input is slow: what is built to be takes two seconds of CPU and 256 MB at most, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks.hostile import HOSTILE
from benchmarks.hostile_formats import FORMATS
from benchmarks.patience import SLACK, measured

SECONDS = 2.0
#: What a shared machine may add; the figure itself is in the table.
MARGIN = 1.3
MEMORY_MB = 256

_CODE = """
import json, re, sys, time
from attachguard import Policy, Scanner
from benchmarks.hostile import HOSTILE
from benchmarks.hostile_formats import FORMATS
message, build = {{**HOSTILE, **FORMATS}}[{name!r}]
data = build()
scanner = Scanner(Policy.load("audit"))
scanner.scan(b"From: a@b.c\\nSubject: x\\n\\nhello\\n", kind="message")
mark = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
open("/proc/self/clear_refs", "w").write("5")
idle, begun = mark(), time.process_time()
report = scanner.scan(data, kind="message" if message else "file")
print(json.dumps([len(data), time.process_time() - begun, mark() - idle, report.complete]))
"""


@pytest.mark.parametrize("name", [*HOSTILE, *FORMATS])
def bench_hostile(benchmark, row, name):
    """One of them."""

    def run() -> list:
        done = subprocess.run(
            [sys.executable, "-c", _CODE.format(name=name)], check=True, stdout=subprocess.PIPE, text=True
        )
        return json.loads(done.stdout)

    bar = SECONDS * MARGIN * SLACK
    size, seconds, memory, complete = benchmark.pedantic(measured, args=(run, lambda found: found[1] < bar), rounds=1)
    how = "read to its end" if complete else "stopped by a limit, which is said"
    row(f"hostile: {name}", f"{seconds:10.2f} s for {size / 1e6:.1f} MB", f"{memory / 1024:.0f} MB, {how}")
    assert seconds < bar
    assert memory / 1024 < MEMORY_MB
