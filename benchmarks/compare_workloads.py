"""The ratios of `make bench` beside those of real generators' files, in one run: `python -m benchmarks.compare_workloads FOLDER [messages]`.

The folder has been written by the `workload.py` of the larger comparison (see `docs/performance.md`): messages, their attachments, and `manifest.jsonl` with
a line for each. Both workloads are measured alike, in a process that is warm: floors and scanner take turns on every input, the best of three rounds.
Ends with 1 where a ratio differs by more than a tenth.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import NamedTuple

from attachguard import Policy, Rules, Scanner
from benchmarks import workload
from benchmarks.floors import floor
from benchmarks.patience import turn

ALLOWED = 0.1
_ROUNDS = 3


class Mail(NamedTuple):
    """A message, its attachment, and whether nobody knows the password of this one."""

    raw: bytes
    name: str
    content: bytes
    locked: bool


def built(count: int) -> list[Mail]:
    """The workload that is built in code."""
    return [
        Mail(message.raw, item.name, item.content, workload.KINDS[item.kind].locked)
        for message in workload.build(count)
        for item in message.attachments
    ]


def stored(folder: Path, count: int | None) -> list[Mail]:
    """The workload of a folder."""
    lines = (folder / "manifest.jsonl").read_text("utf-8").splitlines()[:count]
    return [
        Mail((folder / each["eml"]).read_bytes(), each["filename"], (folder / each["att"]).read_bytes(), each["truth"]["encrypted"])
        for each in map(json.loads, lines)
    ]  # fmt: skip


def ratios(scanner: Scanner, mails: list[Mail], *, messages: bool) -> dict[str, float]:
    """What messages, or their attachments, cost in times of each floor, with and without those that are locked."""
    deep, flat = (floor(deep=deep, messages=messages) for deep in (True, False))

    def content(mail: Mail) -> bytes:
        return mail.raw if messages else mail.content

    def scan(mail: Mail) -> None:
        scanner.scan(content(mail), kind="message" if messages else "file", name="" if messages else mail.name)

    functions = {
        "scan": scan,
        "floor": lambda mail: flat(content(mail)),
        "deep floor": lambda mail: deep(content(mail)),
    }
    best = {name: [float("inf")] * len(mails) for name in functions}
    for _ in range(_ROUNDS + 1):
        turn(mails, functions, best)
    found = {}
    for which, chosen in (("without encrypted files", [not mail.locked for mail in mails]), ("all of the mix", None)):
        sums = {name: sum(itertools.compress(times, chosen) if chosen else times) for name, times in best.items()}
        for name in ("floor", "deep floor"):
            found[f"{'messages' if messages else 'attachments'}, {which}: {name}"] = sums["scan"] / sums[name]
    return found


def main() -> int:
    """Measure both and print them; gives the exit status."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None
    scanner = Scanner(Policy.load("strict"), rules=Rules.builtin())
    theirs, ours = (
        {name: value for messages in (True, False) for name, value in ratios(scanner, mails, messages=messages).items()}
        for mails in (stored(folder, count), built(300))
    )
    print(f"{'':<50} {'folder':>8} {'built':>8}")
    for name, ratio in ours.items():
        print(f"{name:<50} {theirs[name]:8.2f} {ratio:8.2f} {ratio / theirs[name] - 1:+6.0%}")
    return int(any(abs(ratio / theirs[name] - 1) > ALLOWED for name, ratio in ours.items()))


if __name__ == "__main__":
    sys.exit(main())
