"""What the prefilter knows of a set of rules: literals to look for, and conditions in three-valued logic; made once, kept with the compiled rules.

A condition is a small tree. Its leaves are strings that may occur, numbers at fixed places of the content, external variables, and `UNKNOWN` for
all that is not asked here. The values are `FALSE` (certainly false or undefined, which a rule takes alike), `TRUE` (certainly true) and `UNKNOWN`.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

FALSE, TRUE, UNKNOWN = 0, 1, 2
#: Kinds of nodes.
AND, OR, NOT, STRING, OF, NONE, FACT, RULE = range(10, 18)

#: A value, or a kind of node with what it needs.
Node = Any
#: An integer, `filesize`, or an operator (`READERS`, `OPERATORS`) with its numbers.
Number = Any


class Fact(msgspec.Struct, frozen=True, array_like=True):
    """Something that the content itself answers.

    Args:
        asks: `compare` for two numbers, `begins` for octets at a place, `equal` and `unequal` for an external variable and a text, `holds` for an
            external variable in which one of some texts must be.
        subject: the first number, the place, or the name of the variable.
        value: the other number with what is compared (`operator`), octets, or text; for `holds` pairs of octets and whether case is ignored.
        operator: `==`, `!=`, `<`, `<=`, `>`, `>=`.
    """

    asks: str
    subject: Number | str
    value: Any
    operator: str = "=="


class Program(msgspec.Struct, frozen=True, array_like=True):
    """Everything that is known of the rules of a view. Rules, literals, facts and namespaces are told by their numbers.

    Args:
        spaces: the namespaces.
        rules: namespace and name of each rule; -1 for a private one, which only others ask for.
        conditions: the condition of each rule.
        maybe: strings of each rule that have no literal, and may always occur.
        facts: what the content answers.
        owners: by literal, the rules that need it and their strings, by a fact that these rules need; -1 for none.
        always: rules that no absent string rules out, likewise.
        open: namespaces that are always given to libyara, because they were not understood.
    """

    spaces: list[str]
    rules: list[tuple[int, str]]
    conditions: list[Node]
    maybe: list[list[int]]
    facts: list[Fact]
    owners: list[list[tuple[int, list[tuple[int, int]]]]]
    always: list[tuple[int, list[tuple[int, int]]]]
    open: list[int]


#: Functions that read a number of the content: octets, byte order, sign.
READERS: Final[dict[str, tuple[int, Literal["little", "big"], bool]]] = {
    f"{sign}int{bits}{end}": (bits // 8, "big" if end else "little", not sign)
    for sign in ("u", "")
    for bits in (8, 16, 32)
    for end in ("", "be")
}
