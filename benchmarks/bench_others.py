"""What all the other formats cost a clean file of one format: all inspectors installed against only those that the file needs."""

from __future__ import annotations

import random

import pytest

from benchmarks import workload

#: What the project promises: no format costs a clean file of another format more than this share.
TARGET = 1.05


class _Watched:
    """An inspector that remembers whether it was asked."""

    def __init__(self, inspector, asked: list) -> None:
        self.TYPES = inspector.TYPES
        self._inspector = inspector
        self._asked = asked

    def inspect(self, part):
        """Note the question and pass it on."""
        self._asked.append(self._inspector)
        return self._inspector.inspect(part)


def needed(items: list, rules) -> list:
    """The inspectors that are asked about these files."""
    from attachguard import Policy, Scanner
    from attachguard.formats import INSPECTORS

    asked: list = []
    watching = Scanner(Policy.load("strict"), rules=rules, inspectors=[_Watched(each, asked) for each in INSPECTORS])
    for item in items:
        watching.scan(item.content, kind="file", name=item.name)
    return [each for each in INSPECTORS if each in asked]


@pytest.mark.parametrize("kind", [name for name, kind in workload.KINDS.items() if not kind.locked])
def bench_other_formats(against, scanner, rules, kind):
    """One format, 100 KB files: every format installed against the needed ones alone."""
    from attachguard import Policy, Scanner

    rng = random.Random(kind)
    items = [workload.attachment(rng, kind, 100_000) for _ in range(10)]
    alone = Scanner(Policy.load("strict"), rules=rules, inspectors=needed(items, rules))
    names = {id(item.content): item.name for item in items}

    def scan(with_scanner):
        return lambda data: with_scanner.scan(data, kind="file", name=names[id(data)])

    # A margin for a noisy machine; the figure itself is in the table.
    against(
        f"{kind} file, all formats",
        [item.content for item in items],
        scan(scanner),
        {"needed formats": scan(alone)},
        {"needed formats": TARGET + 0.2},
    )
