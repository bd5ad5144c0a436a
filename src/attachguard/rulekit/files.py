"""Which rule files a path of the command line stands for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from attachguard.errors import RuleError
from attachguard.rulekit.testfile import RULE_SUFFIXES, SUFFIX


def rule_files(paths: Iterable[str | Path]) -> list[Path]:
    """Every rule file, each once, in a stable order; a test file stands for the rules beside it.

    Raises:
        RuleError: a path does not exist or holds no rules.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if path.is_dir():
            inside = [file for file in sorted(path.rglob("*")) if file.suffix in RULE_SUFFIXES and file.is_file()]
            if not inside:
                raise RuleError(f"holds no rules: none of its files ends in {', '.join(RULE_SUFFIXES)}", file=str(path))
            found.update(dict.fromkeys(inside))
        elif path.is_file():
            found[_rules_of(path)] = None
        else:
            raise RuleError("no such file or folder", file=str(path))
    return list(found)


def _rules_of(path: Path) -> Path:
    """The rule file that a file stands for."""
    if not path.name.endswith(SUFFIX):
        return path
    stem = path.name.removesuffix(SUFFIX)
    for suffix in RULE_SUFFIXES:
        if (rules := path.with_name(stem + suffix)).is_file():
            return rules
    raise RuleError(f"there are no rules beside it: {stem}.yar is missing", file=str(path))
