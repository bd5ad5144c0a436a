"""Which rule files a path of the command line stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from attachguard.errors import RuleError
from attachguard.policy.reading.values import Problem
from attachguard.rulekit.testfile import SUFFIX
from attachguard.yara.source import SUFFIXES, Source, collect


def sources_at(paths: Iterable[str | Path], problems: list[RuleError]) -> list[Source]:
    """Every rule file, each once, in a stable order; a test file stands for the rules beside it.

    Args:
        paths: files and folders.
        problems: files that cannot be read are added here.

    Raises:
        RuleError: a path does not exist or holds no rules.
    """
    return collect([_rules_of(Path(path)) for path in paths], problems)


def orphans(paths: Iterable[str | Path]) -> Iterator[Problem]:
    """Test files in the given folders that no rule file stands beside: their rules were renamed, or never written."""
    for folder in map(Path, paths):
        for tests in sorted(folder.rglob(f"*{SUFFIX}")) if folder.is_dir() else ():
            stem = tests.name.removesuffix(SUFFIX)
            if not any(tests.with_name(stem + suffix).is_file() for suffix in SUFFIXES):
                yield Problem(
                    str(tests),
                    0,
                    "",
                    f"there are no rules beside it; write {stem}.yar, or rename the tests with their rules",
                )


def _rules_of(path: Path) -> Path:
    """The rule file that a path stands for."""
    if not path.name.endswith(SUFFIX) or not path.is_file():
        return path
    stem = path.name.removesuffix(SUFFIX)
    for suffix in SUFFIXES:
        if (rules := path.with_name(stem + suffix)).is_file():
            return rules
    raise RuleError(f"there are no rules beside it: {stem}.yar is missing", file=str(path))
