"""The gate: what a run of the benchmarks and a count of instructions say against `baseline.json`.

    python -m benchmarks.gate build/bench.json            compare, exit 1 where something became more than a tenth dearer
    python -m benchmarks.gate build/bench.json --write    make this run the baseline

Seconds of one machine say nothing about another, so there are none here: ratios to floors of the same run, and instructions, which valgrind counts alike
whatever else the machine does. Instructions depend on the version of Python; the baseline says which one it is for, and with another they are shown only.
Ratios of single formats are shown only, too: their floors take microseconds, and a busy machine moves them by more than a tenth.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import instructions

BASELINE = Path(__file__).with_name("baseline.json")
#: So much dearer is a regress.
ALLOWED = 1.10
PYTHON = ".".join(map(str, sys.version_info[:2]))


class Row(NamedTuple):
    """One figure beside that of the baseline."""

    name: str
    now: float
    then: float | None
    held: bool = True
    allowed: float = ALLOWED

    @property
    def worse(self) -> bool:
        """Whether it is a regress."""
        return self.held and self.then is not None and self.now > self.then * self.allowed

    def __str__(self) -> str:
        change = f"{self.now / self.then - 1:+7.1%}" if self.then else "    new"
        return f"{self.name:<58} {self.now:>14,.2f} {change}{'  REGRESS' if self.worse else ''}"


def ratios(artefact: dict[str, Any]) -> dict[str, float]:
    """The ratios of a run, from the JSON of pytest-benchmark."""
    return {
        name: value
        for each in artefact["benchmarks"]
        for name, value in sorted(each["extra_info"].items())
        if isinstance(value, (int, float))
    }


def rows(found: dict[str, float], baseline: dict[str, float], allowed: float = ALLOWED) -> list[Row]:
    """Every figure of this run, with the one it is compared to."""
    return [Row(name, value, baseline.get(name), " file: " not in name, allowed) for name, value in found.items()]


def main(arguments: list[str] | None = None) -> int:
    """Compare or write; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description="Compare a run with the baseline.")
    parser.add_argument("artefact", type=Path, help="JSON of pytest-benchmark")
    parser.add_argument("--write", action="store_true", help="make this run the baseline")
    parser.add_argument("--no-instructions", action="store_true", help="leave valgrind out")
    parser.add_argument(
        "--allow", type=float, default=ALLOWED, metavar="TIMES",
        help="how much dearer a ratio may be (default %(default)s); more on shared machines, where instructions alone are held to a tenth",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    found = ratios(json.loads(options.artefact.read_text("utf-8")))
    counted = instructions.counts() if instructions.available() and not options.no_instructions else {}
    if options.write:
        kept = json.loads(BASELINE.read_text("utf-8")) if BASELINE.exists() else {}
        kept |= {"python": PYTHON, "ratios": found, "instructions": counted}
        BASELINE.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(f"{BASELINE}: {len(found)} ratios, {len(counted)} counts of instructions")
        return 0
    baseline = json.loads(BASELINE.read_text("utf-8"))
    compared = rows(found, baseline["ratios"], options.allow)
    then = baseline["instructions"] if baseline["python"] == PYTHON else {}
    compared += [Row(f"instructions: {row.name}", row.now, row.then) for row in rows(counted, then)]
    print("\n".join(map(str, compared)))
    missing = set(baseline["ratios"]) - set(found)
    if missing:
        print(f"not measured: {', '.join(sorted(missing))}")
    if not counted:
        print("instructions were not counted: no valgrind here")
    return 1 if missing or any(row.worse for row in compared) else 0


if __name__ == "__main__":
    sys.exit(main())
