"""Words without one of which none of some rules can match: who finds none of them in a content need not ask libyara about it.

Most mail is prose and pages, and no rule matches either. For the rules that come along the words are worked out beforehand, by the same reading of
strings and conditions as the prefilter's (`python -m attachguard.yara.prefilter`; a test keeps them current), and kept beside the rules by the digest
of each rule file. Where a rule that is for such a part can match without any word, or is in a file that is not known there, libyara is asked as ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from attachguard._core.marks import Table, holds_one, table
from attachguard.yara.source import Source

#: The file beside the built-in rules.
NAME: Final = "marks.json"

#: A word as it is kept: Latin-1, and whether its letters may be large or small ones.
Word = tuple[str, bool]


class Known(msgspec.Struct, frozen=True):
    """What is known of a rule file.

    Args:
        sha256: of its text; the words are for no other.
        words: one of them stands in whatever its rules match.
        free: names of those of its rules of which that is not so.
    """

    sha256: str
    words: list[Word]
    free: list[str] = []


class Marks:
    """Words of which one stands in whatever some rules match; safe to share between threads.

    Args:
        words: the words.
    """

    __slots__ = ("_table", "words")

    def __init__(self, words: Iterable[Word]) -> None:
        self.words = sorted(set(words))
        #: Made when a content is first looked at: a process that meets no macros needs no table for them.
        self._table: Table | None = None

    def absent_from(self, data: bytes) -> bool:
        """Whether none of the words stands in a content, so that none of the rules matches it."""
        return not holds_one(data, self._table or self.prepare())

    def prepare(self) -> Table:
        """Make the table by which the words are looked for."""
        made = self._table = table([(text.encode("latin-1"), folded) for text, folded in self.words])
        return made


def digest(text: str) -> str:
    """The digest by which a rule file is known."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def known(folder: Path) -> dict[str, Known]:
    """What is kept in a folder of rules, by the digest of each file; nothing where nothing is kept."""
    try:
        text = (folder / NAME).read_bytes()
    except OSError:
        return {}
    return {each.sha256: each for each in msgspec.json.decode(text, type=dict[str, Known]).values()}


def of(
    sources: Iterable[Source], files: Mapping[str, Known]
) -> tuple[Marks, frozenset[tuple[str, str]], frozenset[str]]:
    """The words of some rule files; the rules, by namespace and name, that can match without any; the namespaces of files that are not known.

    Args:
        sources: the files.
        files: what is known, from `known`.
    """
    words: list[Word] = []
    free: list[tuple[str, str]] = []
    strange: list[str] = []
    for source in sources:
        own = files.get(digest(source.text)) if not source.included else None
        if own is None:
            strange.append(source.space)
            continue
        words += own.words
        free += [(source.space, name) for name in own.free]
    return Marks(words), frozenset(free), frozenset(strange)
