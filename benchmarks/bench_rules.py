"""What the built-in rules cost: loading them, and a part of a mail, against one bare call of yara-python over the same bytes."""

from __future__ import annotations

import copy

import pytest

#: What the project promises for each part, and a margin for a noisy machine; the figure itself is in the table.
TARGET = 1.05
MARGIN = 0.2


@pytest.fixture(scope="module")
def compiled():
    """All built-in rules in one set, as yara-python compiles them."""
    from attachguard.yara.compiling import usable
    from attachguard.yara.rules import builtin_folder
    from attachguard.yara.source import collect

    return usable(collect([builtin_folder()], []), frozenset(), [])[1]


@pytest.fixture(scope="module")
def parts(messages):
    """Every part and layer that the scan of the workload shows to the rules, as it is then."""
    from attachguard import Policy, Rules, Scanner

    seen = []

    class Watching(Rules):
        __slots__ = ()

        def asking(self, part):
            if part.data:
                seen.append(copy.copy(part))
            return ()

    scanner = Scanner(Policy.load("strict"), rules=Watching((), (), 0))
    for message in messages[:100]:
        scanner.scan(message.raw, kind="message")
    assert seen
    return seen


def bench_rules_on_parts(against, rules, compiled, parts):
    """Every part: the rules with scopes, types and findings against one pass of all of them."""
    by_data = {id(part.data): part for part in parts}
    against(
        "rules, each part",
        [part.data for part in parts],
        lambda data: list(rules.match(by_data[id(data)])),
        {"yara-python": lambda data: compiled.match(data=data, timeout=20, fast=True)},
        {"yara-python": TARGET + MARGIN},
    )


def bench_loading(against, tmp_path_factory):
    """The built-in rules from disk, where they are kept compiled, against compiling them."""
    from attachguard import Rules

    folder = tmp_path_factory.mktemp("cache")
    Rules.load(builtin=True, cache=folder)
    against(
        "rules, loading",
        [b"once"] * 3,
        lambda _data: Rules.load(builtin=True, cache=folder),
        {"compiling": lambda _data: Rules.load(builtin=True)},
        {"compiling": 1},
    )
