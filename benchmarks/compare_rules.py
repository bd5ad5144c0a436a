"""What public rules cost: plain yara-python, attachguard's rules, and these with the prefilter, over the same contents, with the same matches.

    python benchmarks/compare_rules.py RULES… --contents FOLDER [--megabytes 100] [--rounds 3]

Contents are the files of a folder and what is inside of ZIP archives among them. Seconds of the processor; the ratios are what counts.
"""

from __future__ import annotations

import argparse
import io
import random
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from attachguard import Limits, Rules
from attachguard.limits import Budget
from attachguard.part import Part
from attachguard.types.identify import identify
from attachguard.yara.compiling import usable
from attachguard.yara.externals import EXTERNALS, used_in
from attachguard.yara.source import collect

_LARGEST = 16 << 20


def contents(folder: Path, megabytes: int) -> Iterator[tuple[str, bytes]]:
    """Files in a random order, always the same one, each followed by its members."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    random.Random(5).shuffle(files)
    left = megabytes << 20
    for file in files:
        if left <= 0:
            return
        whole = file.read_bytes()[:_LARGEST]
        for name, data in ((file.name, whole), *inside(whole)):
            left -= len(data)
            yield name, data


def inside(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The members of a ZIP archive."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist()[:100]:
                if info.file_size < _LARGEST:
                    yield info.filename, archive.read(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return


def part(name: str, data: bytes) -> Part:
    made = Part(name, b"", role="attachment", budget=Budget(Limits(rule_seconds=1e6, part_rule_seconds=1e3)))
    made.fill(data)
    made.types = identify(data, name)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules", nargs="+")
    parser.add_argument("--contents", type=Path, required=True)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    parts = [part(name, data) for name, data in contents(options.contents, options.megabytes)]
    size = sum(len(each.data) for each in parts) / 1e6
    with tempfile.TemporaryDirectory() as cache:
        begun = time.process_time()
        plain = Rules.load(*options.rules, lenient=True)
        compiling = time.process_time() - begun
        Rules.load(*options.rules, lenient=True, cache=cache)
        begun = time.process_time()
        fast = Rules.load(*options.rules, lenient=True, cache=cache)
        print(
            f"{len(fast)} rules: compiled in {compiling:.2f} s, loaded from disk in {time.process_time() - begun:.2f} s; prefilter: {fast.prefilter}"
        )
    sources = collect(map(Path, options.rules), [])
    good, everything = usable(sources, frozenset(), [])
    used = used_in(text for source in good for text in source.texts)
    differ = sum(list(plain.match(each)) != list(fast.match(each)) for each in parts)

    def bare() -> None:
        for each in parts:
            externals = {name: EXTERNALS[name](each) for name in used}
            everything.match(data=each.data, externals=externals, timeout=1000, fast=True)

    ways = {
        "yara-python": bare,
        "attachguard": lambda: [list(plain.match(each)) for each in parts],
        "attachguard[fast]": lambda: [list(fast.match(each)) for each in parts],
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(options.rounds):
        for name, way in ways.items():
            begun = time.process_time()
            way()
            best[name] = min(best[name], time.process_time() - begun)
    print(f"{len(parts)} contents, {size:.0f} MB; contents with other matches: {differ}")
    for name, seconds in best.items():
        print(
            f"{name:18} {seconds:7.2f} s {size / seconds:7.0f} MB/s   {seconds / best['yara-python']:.2f} x yara-python"
        )


if __name__ == "__main__":
    main()
