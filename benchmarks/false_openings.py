"""Random words against every locked file of a folder: none may open anything.

    python -m benchmarks.false_openings FOLDER [--words 200] [--seed 1] [--rounds 1]

A word that a reader takes for the password by mistake makes a locked file a known one, and it is delivered. Each file that is locked without any words
is scanned again with random ones as the operator's; a part that then has a known password is a false opening and is printed. Exit status 1 where
there is one.
"""

from __future__ import annotations

import argparse
import collections
import random
import string
import sys
import time
from pathlib import Path

from attachguard import Limits, Policy, Rules, Scanner

_ALPHABET = string.ascii_letters + string.digits + "äöüß!-_."
#: As many words as asked for, and time for all of them.
_LIMITS = {"password_seconds": 600.0, "seconds": 900.0}


def words(seed: int, count: int) -> list[str]:
    """Words as a mail text has them: some letters and digits, no two alike."""
    chosen = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(chosen.choices(_ALPHABET, k=chosen.randint(3, 14)))] = None
    return list(found)


def locked(path: Path, scanner: Scanner) -> dict[str, str]:
    """The state of encryption of each part that is locked, by path."""
    report = scanner.scan(path.read_bytes(), name=path.name)
    return {part.path: part.type.id for part in report.parts if part.encryption == "unknown-password"}


def false_openings(path: Path, seed: int, count: int, before: dict[str, str]) -> list[tuple[str, str]]:
    """Path and type of the parts that one of the random words opened."""
    limits = Limits(passwords=count, **_LIMITS)
    scanner = Scanner(Policy.load("audit"), rules=Rules.empty(), limits=limits, passwords=words(seed, count))
    report = scanner.scan(path.read_bytes(), name=path.name)
    return [
        (part.path, part.type.id)
        for part in report.parts
        if part.path in before and part.encryption == "known-password"
    ]


def main() -> int:
    """Scan the folder and print a table by type."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--words", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--only", default="", help="part of the path")
    given = arguments.parse_args()
    plain = Scanner(Policy.load("audit"), rules=Rules.empty())
    tried: collections.Counter[str] = collections.Counter()
    wrong: collections.Counter[str] = collections.Counter()
    for path in sorted(path for path in given.folder.rglob("*") if path.is_file() and given.only in str(path)):
        before = locked(path, plain)
        if not before:
            continue
        started = time.process_time()
        for number in range(given.rounds):
            for where, kind in false_openings(path, given.seed + number, given.words, before):
                wrong[kind] += 1
                print(f"FALSE OPENING: {path} {where} ({kind}), seed {given.seed + number}", flush=True)
        for kind in set(before.values()):
            tried[kind] += given.rounds
        if time.process_time() - started > 10:
            print(f"  {time.process_time() - started:.0f} s for {path}", flush=True)
    for kind, count in tried.most_common():
        print(f"{kind:12} {count:5} files x {given.words} words  {wrong[kind]} false openings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
