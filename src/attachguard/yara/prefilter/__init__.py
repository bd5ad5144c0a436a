"""Which rules can match at all, before libyara reads a byte; optional (`attachguard[fast]`), and exact.

Hyperscan looks for literals without which strings of the rules cannot match, at gigabytes a second. With those that are absent, each rule's
condition is asked in three-valued logic: what an absent string makes false is false, everything else is unknown. Only rules that may still be true
are given to libyara, which says what matches and where, as ever. Any doubt counts as "may be true".

The libraries are loaded where there are rules enough to be worth it, and only where compiled rules are kept on disk: to make the program of
thousands of rules takes seconds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from attachguard.yara.prefilter.passes import Passes
    from attachguard.yara.source import Source

#: With fewer rules libyara alone is as fast.
FEWEST: Final = 150
_LIBRARIES: Final = ("hyperscan", "yaramod")


def worthwhile(sources: Sequence[Source]) -> bool:
    """Whether there may be enough rules in some files; False where there certainly are not."""
    return sum(text.count("rule") for source in sources for text in source.texts) >= FEWEST


def versions() -> str:
    """The libraries that it stands on, with their versions; empty where one is missing."""
    import importlib.metadata  # 45 ms of a start, for those only who have so many rules

    found = []
    for name in _LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found.append(f"{name} {importlib.metadata.version(name)}")
    return ", ".join(found) if len(found) == len(_LIBRARIES) else ""


def state() -> str:
    """Whether it can be used, for people."""
    found = versions()
    if not found:
        return "not installed (pip install 'attachguard[fast]')"
    return f"in use from {FEWEST} rules on ({found})"


def make(sources: Sequence[Source]) -> tuple[bytes, bytes]:
    """What the prefilter knows of some rules, and the database of their literals."""
    from attachguard.yara.prefilter.build import made

    program, database = made(sources)
    return msgspec.msgpack.encode(program), database


def load(program: bytes, database: bytes, sources: Sequence[Source]) -> Passes:
    """The prefilter of some rules, from what `make` has given."""
    from attachguard.yara.prefilter.passes import Passes
    from attachguard.yara.prefilter.program import Program

    return Passes(msgspec.msgpack.decode(program, type=Program), database, sources)
