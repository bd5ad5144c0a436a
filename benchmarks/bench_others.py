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
    watching = Scanner(Policy.load("audit"), rules=rules, inspectors=[_Watched(each, asked) for each in INSPECTORS])
    for item in items:
        watching.scan(item.content, kind="file", name=item.name)
    return [each for each in INSPECTORS if each in asked]


@pytest.mark.parametrize("kind", [kind for kind, *_ in workload.MIX])
def bench_other_formats(against, scanner, rules, kind):
    """One format, 100 KB files: every format installed against the needed ones alone."""
    from attachguard import Policy, Scanner

    rng = random.Random(kind)
    items = [workload.attachment(rng, kind, 100_000) for _ in range(20)]
    alone = Scanner(Policy.load("audit"), rules=rules, inspectors=needed(items, rules))

    def scan_all(with_scanner) -> None:
        for item in items:
            with_scanner.scan(item.content, kind="file", name=item.name)

    ratio = against(lambda: scan_all(scanner), lambda: scan_all(alone), len(items), f"{kind} file, all formats")
    # A margin for a noisy machine; the figure itself is in the table.
    assert ratio < TARGET + 0.2
