"""The words without one of which no rule of a file can match, for `attachguard.yara.marks`."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from attachguard._core.marks import KEY
from attachguard.yara.marks import Known, Word, digest
from attachguard.yara.prefilter.build import read
from attachguard.yara.prefilter.literals import Literal
from attachguard.yara.prefilter.program import AND, FALSE, OF, OR, STRING, Node
from attachguard.yara.source import Source


def every(sources: Iterable[Source]) -> dict[str, Known]:
    """What is to be kept of some rule files, by their namespaces; those that are not understood are left out."""
    found = {source.space: of_file(source) for source in sources}
    return {space: each for space, each in found.items() if each is not None}


def of_file(source: Source) -> Known | None:
    """What is to be kept of one rule file; None where it is not understood, or where one of its rules looks at another that is free."""
    rules = read(source)
    if rules is None:
        return None
    words: set[Word] = set()
    free: list[str] = []
    for name, condition, literals in rules:
        chosen = _chosen(condition, literals)
        if chosen is None:
            free.append(name)
        else:
            words |= chosen
    return Known(digest(source.text), sorted(words), free)


def _chosen(condition: Node, literals: dict[int, list[Literal]]) -> set[Word] | None:
    """The words of the fewest, longest strings without which a condition is false; None where it may be true without any.

    Args:
        condition: as the prefilter has read it.
        literals: by string, those of which one occurs wherever it does; a string that may occur without any is missing.
    """
    words = {string: found for string, each in literals.items() if (found := _words(each))}
    absent = frozenset(words)
    if _may(condition, absent):
        return None
    for string in sorted(absent, key=lambda string: min(len(word[0]) for word in words[string])):
        if not _may(condition, absent - {string}):
            absent -= {string}
    return {word for string in absent for word in words[string]}


def _words(literals: list[Literal]) -> list[Word]:
    """The longest octets in a row of each literal; nothing where one has too few."""
    words: list[Word] = []
    for literal in literals:
        longest, run = b"", b""
        for octet in literal.octets:
            run = run + bytes((octet,)) if octet is not None else b""
            longest = max(longest, run, key=len)
        if len(longest) < KEY:
            return []
        words.append(((longest.lower() if literal.folded else longest).decode("latin-1"), literal.folded))
    return words


def _may(node: Node, absent: AbstractSet[int]) -> bool:
    """Whether a condition may be true where some strings do not occur; of all that is not a string nothing is known."""
    if isinstance(node, int):
        return node != FALSE
    kind, rest = node[0], node[1:]
    if kind == STRING:
        return rest[0] not in absent
    if kind == OF:
        least, strings = rest
        return bool(sum(string not in absent for string in strings) >= least)
    if kind == AND:
        return all(_may(inner, absent) for inner in rest)
    if kind == OR:
        return any(_may(inner, absent) for inner in rest)
    return True
