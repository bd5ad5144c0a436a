"""Instructions that a scan of some fixed inputs takes, counted by callgrind: the same on a busy machine as on an idle one.

`python -m benchmarks.instructions` counts; it starts valgrind with itself inside. Only the scans are counted, neither the start of Python nor that of the
scanner: a few lines of C, compiled here, tell callgrind when to begin and when to write down what it has.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import workload

#: Inputs, each a kind of attachment in a mail; the last is a mail without any.
KINDS = ("pdf", "docx", "xls", "zip", "")
_SCANS = 3
_TELL = """
#include <valgrind/callgrind.h>
void begin(void) { CALLGRIND_START_INSTRUMENTATION; CALLGRIND_ZERO_STATS; }
void end(const char *name) { CALLGRIND_DUMP_STATS_AT(name); CALLGRIND_STOP_INSTRUMENTATION; }
"""


def fixed(kind: str) -> bytes:
    """The mail of a kind, always the same."""
    rng = random.Random(f"instructions {kind}")
    return workload.message(rng, [workload.attachment(rng, kind, 60_000)] if kind else [])


def _inside(library: str) -> None:
    """What runs under callgrind."""
    from attachguard import Policy, Rules, Scanner

    tell = ctypes.CDLL(library)
    scanner = Scanner(Policy.load("strict"), rules=Rules.builtin())
    for kind in KINDS:
        message = fixed(kind)
        for _ in range(2):
            scanner.scan(message, kind="message")
        tell.begin()
        for _ in range(_SCANS):
            scanner.scan(message, kind="message")
        tell.end(title(kind).encode())


def title(kind: str) -> str:
    """How a kind is called in the baseline."""
    return kind or "text and page"


def available() -> bool:
    """Whether there are valgrind, its header and a C compiler."""
    return all(map(shutil.which, ("valgrind", "cc"))) and Path("/usr/include/valgrind/callgrind.h").exists()


def counts() -> dict[str, int]:
    """Instructions of one scan, by input.

    Raises:
        RuntimeError: valgrind has counted nothing.
    """
    with tempfile.TemporaryDirectory() as place:
        library = Path(place, "tell.so")
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", library], input=_TELL, text=True, check=True
        )
        call = [
            "valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={place}/out",
            sys.executable, "-m", "benchmarks.instructions", "inside", str(library),
        ]  # fmt: skip
        # Hashes decide the order of sets, and that which of two equal ways is taken.
        done = subprocess.run(
            call, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False
        )
        found: dict[str, int] = {}
        for file in Path(place).glob("out.*"):
            text = file.read_text("utf-8", "replace")
            said, total = (
                re.search(r"Client Request: (.+)", text),
                re.search(r"^(?:summary|totals): (\d+)", text, re.MULTILINE),
            )
            if said is not None and total is not None:
                found[said[1].strip()] = int(total[1]) // _SCANS
        if set(found) != set(map(title, KINDS)):
            raise RuntimeError(f"valgrind counted only {found}: {done.stderr[-500:]}")
        return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        _inside(sys.argv[2])
    else:
        print(json.dumps(counts(), indent=1))
