"""Asks the program about some content: which files of rules have to be given to libyara."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import hyperscan

from attachguard.yara.externals import Value
from attachguard.yara.prefilter.facts import Asked, hashable, look
from attachguard.yara.prefilter.literals import Literal
from attachguard.yara.prefilter.program import (
    AND,
    FACT,
    FALSE,
    NONE,
    NOT,
    OF,
    OR,
    RULE,
    STRING,
    TRUE,
    UNKNOWN,
    Node,
    Number,
    Program,
)

#: Facts that ask for one value.
_KEYED: Final = ("compare", "equal")
#: So many literals in one content, and one more for so many octets of it, are no longer told apart: everything is given to libyara.
_MOST_HITS: Final = 32
_OCTETS_A_HIT: Final = 1 << 9


#: What may be true, or may be false, of some strings that may occur and of the content that is asked.
Test = Callable[[AbstractSet[int], Asked], bool]


class Prefilter:
    """A program with its database of literals; safe to share between threads.

    Args:
        program: what is known of the rules.
        database: the literals as Hyperscan has compiled them, from `compiled`.
    """

    def __init__(self, program: Program, database: bytes) -> None:
        self._conditions = program.conditions
        self._maybe = list(map(frozenset, program.maybe))
        self._facts = [look(fact) for fact in program.facts]
        self._owners = program.owners
        self._always: list[tuple[int, list[int]]] = []
        #: Those of them that need a number or a variable to have one value, by what is asked and by the value.
        self._keyed: dict[Number, dict[Value, list[int]]] = {}
        for number, owners in program.always:
            fact = program.facts[number] if number >= 0 else None
            rules = [rule for rule, _string in owners]
            if (
                fact is not None
                and fact.operator == "=="
                and fact.asks in _KEYED
                and isinstance(fact.value, (int, str))
            ):
                self._keyed.setdefault(hashable(fact.subject), {}).setdefault(fact.value, []).extend(rules)
            else:
                self._always.append((number, rules))
        #: So many strings of a rule must be there before it is worth asking what its condition says.
        self._least = [_least(condition)[0] for condition in program.conditions]
        self._private = frozenset(number for number, (space, _name) in enumerate(program.rules) if space < 0)
        self._database = hyperscan.loadb(database, hyperscan.HS_MODE_BLOCK) if database else None
        self._local = threading.local()
        #: Whether a rule may match; made when it is asked for the first time.
        self._tests: list[Test | None] = [None] * len(program.rules)

    def rules(self, data: bytes, externals: Mapping[str, Value]) -> list[int] | None:
        """Numbers of the rules that may match; None where too much is there to tell them apart."""
        hits = self._hits(data)
        if hits is None:
            return None
        asked = Asked(data, externals, self._facts)
        touched, known = asked.touched, asked.known
        for hit in hits:
            for fact, owners in self._owners[hit]:
                if fact >= 0:
                    value = known.get(fact)
                    if (asked.fact(fact) if value is None else value) == FALSE:
                        continue
                for number, string in owners:
                    strings = touched.get(number)
                    if strings is None:
                        touched[number] = {string, *self._maybe[number]}
                    else:
                        strings.add(string)
        least = self._least
        found = [
            number
            for number, there in touched.items()
            if len(there) >= least[number] and number not in self._private and self._may(number, there, asked)
        ]
        found += [number for number in self._untouched(asked) if number not in touched and self.may(number, asked)]
        return sorted(found)

    def _untouched(self, asked: Asked) -> Iterator[int]:
        """Rules that no absent string rules out, and that the content does not rule out at first sight."""
        for subject, by_value in self._keyed.items():
            named = isinstance(subject, str) and subject != "filesize"
            value = asked.externals.get(subject) if named else asked.number(subject)
            if named and value is None:
                yield from (number for numbers in by_value.values() for number in numbers)
            elif value in by_value:
                yield from by_value[value]
        for fact, numbers in self._always:
            if fact < 0 or asked.fact(fact) != FALSE:
                yield from numbers

    def _hits(self, data: bytes) -> list[int] | None:
        """Numbers of the literals that occur; None for more than are worth telling apart."""
        if self._database is None:
            return []
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        hits: list[int] = []
        most = _MOST_HITS + len(data) // _OCTETS_A_HIT

        def hit(number: int, _start: int, _end: int, _flags: int, _context: object) -> bool:
            hits.append(number)
            return len(hits) >= most

        try:
            self._database.scan(data, match_event_handler=hit, scratch=scratch)
        except hyperscan.ScanTerminated:
            return None
        return hits

    def may(self, number: int, asked: Asked) -> bool:
        """Whether a rule may match where none of the literals occurs."""
        return self._may(number, self._maybe[number], asked)

    def _may(self, number: int, there: AbstractSet[int], asked: Asked) -> bool:
        """Whether a rule may match, if these of its strings may occur."""
        test = self._tests[number]
        if test is None:
            test = self._tests[number] = self._true(self._conditions[number])
        return test(there, asked)

    def _may_other(self, number: int) -> Test:
        """Whether a rule that another one refers to may be true."""

        def test(_there: AbstractSet[int], asked: Asked) -> bool:
            return self._may(number, asked.touched.get(number) or self._maybe[number], asked)

        return test

    def _true(self, node: Node) -> Test:
        """Whether a condition may be true."""
        if isinstance(node, int):
            return _never if node == FALSE else _ever
        kind, rest = node[0], node[1:]
        if kind == STRING:
            string = rest[0]
            return lambda there, _asked: string in there
        if kind == OF:
            return _at_least(*rest)
        if kind == FACT:
            fact = rest[0]
            return lambda _there, asked: asked.fact(fact) != FALSE
        if kind == AND:
            facts, strings, others = _sorted_out(AND, rest)
            return _all(facts, FALSE, strings, [self._true(inner) for inner in others])
        if kind == OR:
            facts, strings, others = _sorted_out(OR, rest)
            return _any(facts, FALSE, strings, [self._true(inner) for inner in others])
        if kind == NOT:
            return self._false(rest[0])
        return self._may_other(rest[0]) if kind == RULE else _ever

    def _false(self, node: Node) -> Test:
        """Whether a condition may be false, or undefined."""
        if isinstance(node, int):
            return _never if node == TRUE else _ever
        kind, rest = node[0], node[1:]
        if kind == FACT:
            fact = rest[0]
            return lambda _there, asked: asked.fact(fact) != TRUE
        if kind == AND:
            return _any([], TRUE, [], [self._false(inner) for inner in rest])
        if kind == OR:
            return _all([], TRUE, [], [self._false(inner) for inner in rest])
        if kind == NOT:
            return self._true(rest[0])
        if kind == NONE:
            return _at_least(1, rest[0])
        return _ever  # a string that occurs may still not match


def _ever(_there: AbstractSet[int], _asked: Asked) -> bool:
    return True


def _never(_there: AbstractSet[int], _asked: Asked) -> bool:
    return False


def _least(node: Node) -> tuple[int, AbstractSet[int]]:
    """How many strings must occur for a condition to be true, and the strings of which these are some."""
    if isinstance(node, int):
        return 0, frozenset()
    kind, rest = node[0], node[1:]
    if kind == STRING:
        return 1, frozenset(rest)
    if kind == OF:
        return (rest[0] if len(set(rest[1])) == len(rest[1]) else min(rest[0], 1)), frozenset(rest[1])
    if kind not in (AND, OR):
        return 0, frozenset()
    each = [_least(inner) for inner in rest]
    if kind == OR:
        return min([number for number, _strings in each], default=0), frozenset().union(*(some for _, some in each))
    least, strings = 0, frozenset[int]()
    for number, some in each:
        # Strings that two sides ask for are counted once.
        least = max(least, number) if strings & some else least + number
        strings |= some
    return least, strings


def _sorted_out(kind: int, nodes: Sequence[Node]) -> tuple[list[int], list[int], list[Node]]:
    """What is asked of the content, the strings, and other conditions: the first two cost next to nothing to look at.

    Args:
        kind: `AND` or `OR`.
        nodes: what it joins; those that are joined by the same are taken with them.
    """
    facts: list[int] = []
    strings: list[int] = []
    others: list[Node] = []
    for node in nodes:
        inner = UNKNOWN if isinstance(node, int) else node[0]
        if inner == FACT:
            facts.append(node[1])
        elif inner == STRING:
            strings.append(node[1])
        elif inner == kind:
            for whole, found in zip((facts, strings, others), _sorted_out(kind, node[1:]), strict=True):
                whole += found
        elif inner == OF and node[1] == 1 and kind == OR:
            strings += node[2]
        else:
            others.append(node)
    return facts, strings, others


def _all(facts: list[int], ruled_out: int, strings: list[int], others: list[Test]) -> Test:
    """Whether none of some facts has the value that rules it out, all of some strings are there, and the rest may be so, too."""
    needed = frozenset(strings)

    def test(there: AbstractSet[int], asked: Asked) -> bool:
        known = asked.known
        for fact in facts:
            value = known.get(fact)
            if (asked.fact(fact) if value is None else value) == ruled_out:
                return False
        if not needed <= there:
            return False
        for each in others:  # noqa: SIM110  a generator costs more than what it would look at
            if not each(there, asked):
                return False
        return True

    return test


def _any(facts: list[int], ruled_out: int, strings: list[int], others: list[Test]) -> Test:
    """Whether one of some strings is there, one of some facts has another value than the one that rules it out, or one of the rest may be so."""
    enough = frozenset(strings)

    def test(there: AbstractSet[int], asked: Asked) -> bool:
        if not enough.isdisjoint(there):
            return True
        known = asked.known
        for fact in facts:
            value = known.get(fact)
            if (asked.fact(fact) if value is None else value) != ruled_out:
                return True
        for each in others:  # noqa: SIM110  likewise
            if each(there, asked):
                return True
        return False

    return test


def _at_least(least: int, strings: list[int]) -> Test:
    """Whether so many strings of a list, in which one may stand twice, may occur."""
    if least == 1:
        alone = frozenset(strings)
        return lambda there, _asked: not alone.isdisjoint(there)

    def test(there: AbstractSet[int], _asked: Asked) -> bool:
        return sum([string in there for string in strings]) >= least

    return test


def unruled(program: Program) -> list[int]:
    """Numbers of the rules that no absent string rules out, whatever the content is."""
    nobody = Prefilter(program, b"")
    asked = Asked(b"", {}, [lambda _asked: UNKNOWN] * len(program.facts))
    return [
        number
        for number, (space, _name) in enumerate(program.rules)
        # What a rule says of another one depends on strings that are not its own.
        if space >= 0 and (_refers(program.conditions[number]) or nobody.may(number, asked))
    ]


def _refers(node: Node) -> bool:
    """Whether a condition refers to another rule."""
    if isinstance(node, int):
        return False
    return node[0] == RULE or (node[0] in (AND, OR, NOT) and any(map(_refers, node[1:])))


def compiled(literals: Sequence[Literal]) -> bytes:
    """The database of some literals, which are told by their place in the list; empty where there are none."""
    if not literals:
        return b""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    single = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL
    database.compile(
        expressions=[
            b"".join(b"." if octet is None else b"\\x%02x" % octet for octet in pattern.octets) for pattern in literals
        ],
        ids=list(range(len(literals))),
        elements=len(literals),
        flags=[single | hyperscan.HS_FLAG_CASELESS * pattern.folded for pattern in literals],
    )
    return bytes(hyperscan.dumpb(database))
