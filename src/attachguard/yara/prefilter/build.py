"""Makes the prefilter's program from rule files: yaramod reads them, every string gives its literals, every condition its tree.

What yaramod does not read as libyara does is not ruled out: a file of which not exactly the rules are found that stand in it is given to libyara
always.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
import yaramod as ym

from attachguard.yara.externals import DEFAULTS
from attachguard.yara.prefilter.conditions import EXTERNAL, Conditions
from attachguard.yara.prefilter.gate import compiled, unruled
from attachguard.yara.prefilter.literals import (
    LONGEST,
    SHORTEST,
    Literal,
    Unclear,
    necessary,
    of_base64,
    of_hex,
    of_plain,
    of_regex,
    of_xor,
    spread,
)
from attachguard.yara.prefilter.program import AND, FACT, Fact, Node, Program
from attachguard.yara.source import Source, blanked
from attachguard.yara.text import Span, spans

_EXTERNAL: Final = re.compile(rf"(?<![.\w$#@!])(?:{'|'.join(DEFAULTS)})\b")
_CONDITION: Final = re.compile(r"\bcondition\s*:")
_FLAGS: Final = re.compile(r"/([is]*)(?:\s|$)")
_KEYS: Final = re.compile(r"\bxor\b\s*(?:\(\s*(0x[0-9a-fA-F]+|\d+)\s*(?:-\s*(0x[0-9a-fA-F]+|\d+)\s*)?\))?")
_MODIFIERS: Final = re.compile(r"\b(base64wide|base64)\b(\s*\()?")


@functools.cache
def _parser() -> Any:
    """The parser of yaramod, which takes longer to make than a file takes to read."""
    return ym.Yaramod(ym.Features.AllCurrent)


class _Build:
    """Collects what is known."""

    def __init__(self) -> None:
        self.literals: dict[Literal, list[tuple[int, int]]] = {}
        self.facts: dict[Fact, int] = {}
        self.rules: list[tuple[int, str]] = []
        self.conditions: list[Node] = []
        self.maybe: list[list[int]] = []
        self.open: list[int] = []

    def add(self, space: int, source: Source) -> None:
        """Add the rules of a file."""
        there = list(spans(source.text))
        found = self._read(source, there)
        if [rule.name for rule in found] != [span.name for span in there]:
            self.open.append(space)
            return
        numbers: dict[str, int] = {}
        conditions = Conditions(numbers, lambda fact: self.facts.setdefault(fact, len(self.facts)))
        for rule in found:
            number = len(self.rules)
            strings = list(rule.strings)
            maybe, bare = [], {}
            for place, string in enumerate(strings):
                literals = list(literals_of(string))
                if not literals:
                    maybe.append(place)
                for literal in literals:
                    self.literals.setdefault(literal, []).append((number, place))
                if _is_bare(string):
                    bare[place] = bytes(string.pure_text)
            self.rules.append((-1 if rule.is_private else space, rule.name))
            self.conditions.append(conditions.read(rule.condition, strings, bare))
            self.maybe.append(maybe)
            numbers[rule.name] = number

    def _read(self, source: Source, there: list[Span]) -> list[Any]:
        if source.included:
            return []
        try:
            text = _parser().parse_string(_told(source.text, there), ym.ParserMode.Incomplete)
        except (ym.ParserError, RuntimeError, ValueError):
            return []
        return list(text.rules) if text is not None else []


def read(source: Source) -> list[tuple[str, Node, dict[int, list[Literal]]]] | None:
    """The rules of a file: name, condition, the literals of each string that has any; None where the file is not understood."""
    build = _Build()
    build.add(0, source)
    if build.open:
        return None
    literals: list[dict[int, list[Literal]]] = [{} for _ in build.rules]
    for literal, owners in build.literals.items():
        for number, string in owners:
            literals[number].setdefault(string, []).append(literal)
    names = [name for _space, name in build.rules]
    return list(zip(names, build.conditions, literals, strict=True))


def made(sources: Iterable[Source]) -> tuple[Program, bytes]:
    """What can be known of some rules before libyara reads a byte, and the database of their literals."""
    build = _Build()
    chosen = list(sources)
    for space, source in enumerate(chosen):
        build.add(space, source)
    facts = list(build.facts)
    needed = [_needed(condition, facts) for condition in build.conditions]
    program = Program(
        spaces=[source.space for source in chosen],
        rules=build.rules,
        conditions=build.conditions,
        maybe=build.maybe,
        facts=facts,
        owners=[_by_fact(owners, needed) for owners in build.literals.values()],
        always=[],
        open=build.open,
    )
    always = _by_fact([(number, 0) for number in unruled(program)], needed)
    return msgspec.structs.replace(program, always=always), compiled(list(build.literals))


def _needed(condition: Node, facts: list[Fact]) -> int:
    """A fact without which a condition is false, one that rules much out first; -1 for none."""
    nodes = condition[1:] if not isinstance(condition, int) and condition[0] == AND else [condition]
    numbers = [node[1] for node in nodes if not isinstance(node, int) and node[0] == FACT]
    return min(numbers, key=lambda number: facts[number].subject == "filesize", default=-1)


def _by_fact(owners: Iterable[tuple[int, int]], needed: list[int]) -> list[tuple[int, list[tuple[int, int]]]]:
    """Rules with their strings, by the fact that the rule needs."""
    groups: dict[int, list[tuple[int, int]]] = {}
    for number, string in owners:
        groups.setdefault(needed[number], []).append((number, string))
    return list(groups.items())


def _told(text: str, there: list[Span]) -> str:
    """A text without external variables, which there is no way to declare to yaramod: something that it knows stands in for each."""
    plain = blanked(text)
    pieces, at = [], 0
    for span in there:
        begin = _CONDITION.search(plain, span.start, span.end)
        if begin is None:
            continue
        for found in _EXTERNAL.finditer(plain, begin.end(), span.end):
            pieces += [text[at : found.start()], _stand_in(found[0])]
            at = found.end()
    if not pieces:
        return text
    return 'import "pe" import "time" ' + "".join((*pieces, text[at:]))


def _stand_in(name: str) -> str:
    """What stands for an external variable in what yaramod is given: a text that is told by its name, or something of which nothing is known."""
    value = DEFAULTS[name]
    if isinstance(value, str):
        return f'pe.version_info["{EXTERNAL}{name}"]'
    return "(time.now() > 0)" if isinstance(value, bool) else "time.now()"


def _is_bare(string: Any) -> bool:
    """Whether a string is octets that stand for themselves."""
    return bool(
        string.is_plain
        and not (string.is_wide or string.is_nocase or string.is_xor or string.is_base64 or string.is_base64_wide)
    )


def literals_of(string: Any) -> Iterator[Literal]:
    """Literals one of which occurs wherever a string does; none where there are none worth looking for."""
    with contextlib.suppress(Unclear):
        yield from _literals(string)


def _literals(string: Any) -> list[Literal]:
    octets = bytes(string.pure_text)
    wide, ascii_ = bool(string.is_wide), bool(string.is_ascii) or not string.is_wide
    if string.is_xor or string.is_base64 or string.is_base64_wide:
        forms = [octets] * ascii_ + [_wide(octets)] * wide
        encode = _xored if string.is_xor else _base64
        return [literal for form in forms for literal in encode(string.modifiers_text, form)]
    nocase = bool(string.is_nocase)
    if string.is_hex:
        node = of_hex(octets.decode("latin-1"))
    elif string.is_regexp:
        flags = _FLAGS.search(string.text, string.text.rindex("/"))
        if flags is None:
            raise Unclear
        nocase = nocase or "i" in flags[1]
        node = of_regex(octets)
    else:
        node = of_plain(octets)
    return necessary(node, nocase=nocase, wide=wide, ascii_=ascii_)


def _wide(octets: bytes) -> bytes:
    return bytes(value or 0 for value in spread(tuple(octets)))


def _xored(modifiers: str, octets: bytes) -> list[Literal]:
    keys = _KEYS.search(modifiers)
    if keys is None or len(octets) <= SHORTEST:
        raise Unclear
    low = int(keys[1], 0) if keys[1] else 0
    high = int(keys[2], 0) if keys[2] else low if keys[1] else 0xFF
    return [Literal(tuple(each), folded=False) for each in of_xor(octets, low, high)]


def _base64(modifiers: str, octets: bytes) -> list[Literal]:
    named = list(_MODIFIERS.finditer(modifiers))
    if any(found[2] for found in named):
        raise Unclear  # an alphabet of its own
    found: list[Literal] = []
    for text in of_base64(octets):
        if len(text) <= SHORTEST:
            raise Unclear
        for kind in named:
            form = text[:LONGEST] if kind[1] == "base64" else _wide(text[: LONGEST // 2])
            found.append(Literal(tuple(form), folded=False))
    return found
