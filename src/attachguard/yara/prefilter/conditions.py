"""From the condition of a rule, as yaramod has read it, to a tree of three-valued logic.

Every kind of expression that is not named here is `UNKNOWN`, so that what yaramod or YARA learn later rules nothing out by mistake. Where YARA takes
something for undefined it counts as false under `and` and `or`; here it is `FALSE`, and its negation only means that nothing is ruled out.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import yaramod as ym

from attachguard.yara.prefilter.literals import Unclear, necessary, of_regex
from attachguard.yara.prefilter.program import (
    AND,
    FACT,
    FALSE,
    NONE,
    NOT,
    OF,
    OR,
    READERS,
    RULE,
    STRING,
    TRUE,
    UNKNOWN,
    Fact,
    Node,
    Number,
)

_COMPARISONS: Final = {
    ym.EqExpression: "==", ym.NeqExpression: "!=", ym.LtExpression: "<", ym.LeExpression: "<=", ym.GtExpression: ">", ym.GeExpression: ">=",
}  # fmt: skip
_ARITHMETIC: Final = {
    ym.PlusExpression: "+", ym.MinusExpression: "-", ym.MultiplyExpression: "*", ym.BitwiseAndExpression: "&", ym.BitwiseOrExpression: "|",
    ym.BitwiseXorExpression: "^", ym.ShiftLeftExpression: "<<", ym.ShiftRightExpression: ">>",
}  # fmt: skip
_EXACT: Final = (ym.ContainsExpression, ym.StartsWithExpression, ym.EndsWithExpression)
_INTEGER: Final = re.compile(r"(0x[0-9a-fA-F]+|0o[0-7]+|0|[1-9][0-9]*)(KB|MB)?")
_UNITS: Final = {"": 1, "KB": 1 << 10, "MB": 1 << 20}
#: Where external variables stand in what yaramod is given, which cannot be told of them: see `build`.
EXTERNAL: Final = "external variable "
#: How the content begins that a module understands; of other content all that it says is undefined.
_MODULES: Final = {"pe": b"MZ", "elf": b"\x7fELF"}


class Conditions:
    """Reads the conditions of the rules of one file.

    Args:
        rules: numbers of the rules that were read before, by name.
        fact: gives a comparison its number.
    """

    def __init__(self, rules: Mapping[str, int], fact: Callable[[Fact], int]) -> None:
        self._rules = rules
        self._fact = fact
        self._readers: dict[type, Callable[[Any], Node]] = {
            ym.AndExpression: self._and,
            ym.OrExpression: self._or,
            ym.NotExpression: self._not,
            ym.ParenthesesExpression: self._inner,
            ym.BoolLiteralExpression: self._literal,
            ym.StringExpression: self._string,
            ym.StringAtExpression: self._string_at,
            ym.StringInRangeExpression: self._string,
            ym.OfExpression: self._of,
            ym.ForStringExpression: self._for_string,
            ym.ForArrayExpression: self._for_array,
            ym.ContainsExpression: self._in_text,
            ym.IcontainsExpression: self._in_text,
            ym.StartsWithExpression: self._in_text,
            ym.IstartsWithExpression: self._in_text,
            ym.EndsWithExpression: self._in_text,
            ym.IendsWithExpression: self._in_text,
            ym.IequalsExpression: self._in_text,
            ym.MatchesExpression: self._in_text,
            ym.IdExpression: self._identifier,
            ym.StructAccessExpression: self._of_module,
            ym.FunctionCallExpression: self._of_module,
        }
        self._strings: Sequence[Any] = ()
        self._short: Mapping[int, bytes] = {}

    def read(self, condition: Any, strings: Sequence[Any], short: Mapping[int, bytes]) -> Node:
        """The tree of a condition.

        Args:
            condition: what yaramod has read.
            strings: the strings of the rule.
            short: those among them, by number, that are plain octets without any modifier.
        """
        self._strings, self._short = strings, short
        return self._node(condition)

    def _node(self, expression: Any) -> Node:
        reader = self._readers.get(type(expression))
        if reader is not None:
            return reader(expression)
        if type(expression) in _COMPARISONS:
            return self._comparison(expression, _COMPARISONS[type(expression)])
        return UNKNOWN

    # -- logic ----------------------------------------------------------------------------------------------------------------

    def _and(self, expression: Any) -> Node:
        return joined(AND, self._node(expression.left_operand), self._node(expression.right_operand))

    def _or(self, expression: Any) -> Node:
        return joined(OR, self._node(expression.left_operand), self._node(expression.right_operand))

    def _not(self, expression: Any) -> Node:
        inner = self._node(expression.operand)
        return UNKNOWN if inner == UNKNOWN else (NOT, inner)

    def _inner(self, expression: Any) -> Node:
        return self._node(expression.enclosed_expr)

    def _literal(self, expression: Any) -> Node:
        return TRUE if expression.value else FALSE

    # -- strings --------------------------------------------------------------------------------------------------------------

    def _named(self, name: str) -> list[int]:
        """Numbers of the strings that a name or a pattern means."""
        return [number for number, string in enumerate(self._strings) if fnmatch.fnmatchcase(string.identifier, name)]

    def _string(self, expression: Any) -> Node:
        found = self._named(expression.id)
        return (STRING, found[0]) if len(found) == 1 else UNKNOWN

    def _string_at(self, expression: Any) -> Node:
        node = self._string(expression)
        place = _number(expression.at_expr) if hasattr(expression, "at_expr") else None
        if place is None or node == UNKNOWN or node[1] not in self._short:
            return node
        return joined(AND, node, (FACT, self._fact(Fact("begins", place, self._short[node[1]]))))

    def _several(self, iterable: Any) -> list[int] | None:
        """Numbers of the strings of a set, as often as they are named; None where it is a set of something else."""
        if isinstance(iterable, ym.ThemExpression):
            return list(range(len(self._strings)))
        if not isinstance(iterable, ym.SetExpression):
            return None
        numbers: list[int] = []
        for element in iterable.elements:
            if not isinstance(element, (ym.StringExpression, ym.StringWildcardExpression)):
                return None
            named = self._named(element.id)
            if not named or element.id == "$":
                return None
            numbers += named
        return numbers

    def _of(self, expression: Any) -> Node:
        numbers = self._several(expression.iterable)
        if not numbers:
            return UNKNOWN
        if isinstance(expression.variable, ym.NoneExpression):
            return (NONE, numbers)
        least = _least(expression.variable, len(numbers))
        return (OF, least, numbers) if least else UNKNOWN

    def _for_string(self, expression: Any) -> Node:
        numbers = self._several(expression.iterable)
        if not numbers or not _needs_string(expression.body):
            return UNKNOWN
        least = 0 if isinstance(expression.variable, ym.NoneExpression) else _least(expression.variable, len(numbers))
        return (OF, least, numbers) if least else UNKNOWN

    # -- values ---------------------------------------------------------------------------------------------------------------

    def _identifier(self, expression: Any) -> Node:
        name = expression.symbol.name if expression.symbol is not None else ""
        return (RULE, self._rules[name]) if name in self._rules else UNKNOWN

    def _of_module(self, expression: Any) -> Node:
        """What a module says, taken as true or false: undefined, or false, for content that it does not understand."""
        begins = _MODULES.get(_module(expression))
        # Constants, which are written in capitals, have their value for any content.
        if begins is None or expression.symbol is None or expression.symbol.name.isupper():
            return UNKNOWN
        return joined(AND, (FACT, self._fact(Fact("begins", 0, begins))), UNKNOWN)

    def _in_text(self, expression: Any) -> Node:
        """A text that is in another, in whatever way: `contains`, `iequals`, `matches` and the like."""
        left, right = expression.left_operand, expression.right_operand
        name = _external(left)
        if not name:
            return self._of_module(left)
        if isinstance(right, ym.RegexpExpression):
            regex, _, flags = right.text[1:].rpartition("/")
            try:
                needed = necessary(of_regex(regex.encode()), nocase="i" in flags, wide=False, ascii_=True, gaps=False)
            except Unclear:
                return UNKNOWN
            texts = [(bytes(octet or 0 for octet in each.octets), each.folded) for each in needed]
        else:
            value = _constant(right)
            if not isinstance(value, str) or not value:
                return UNKNOWN
            texts = [(value.encode(), type(expression) not in _EXACT)]
        wanted = tuple((octets.lower() if folded else octets, folded) for octets, folded in texts)
        return joined(AND, (FACT, self._fact(Fact("holds", name, wanted))), UNKNOWN)

    def _for_array(self, expression: Any) -> Node:
        """A loop; over what a module lists there is nothing to find in content that it does not understand."""
        if not isinstance(expression.variable, ym.AnyExpression):
            return UNKNOWN
        iterable = expression.iterable
        bounds = [iterable.low, iterable.high] if isinstance(iterable, ym.RangeExpression) else [iterable]
        for bound in bounds:
            inner = bound.left_operand if isinstance(bound, (ym.MinusExpression, ym.PlusExpression)) else bound
            node = self._of_module(inner)
            if node != UNKNOWN:
                return node
        return UNKNOWN

    def _comparison(self, expression: Any, operator: str) -> Node:
        left, right = expression.left_operand, expression.right_operand
        name = _external(left)
        if name:
            value = _constant(right)
            asks = {"==": "equal", "!=": "unequal"}.get(operator)
            return (FACT, self._fact(Fact(asks, name, value))) if asks and isinstance(value, str) else UNKNOWN
        counted = self._counted(left)
        if counted is not None:
            # More than nothing is needed, and the other side is never less than nothing.
            least = _number(right)
            positive = operator == ">" or (operator in (">=", "==") and least is not None and least > 0)
            if positive and (least is not None or self._counted(right) is not None):
                return (OF, 1, counted)
            return UNKNOWN
        needed = [*self._placed(left), *self._placed(right)]
        if needed:
            # Where a string does not occur its place is undefined, and so is all that is computed from it.
            return joined(AND, (OF, len(needed), needed), UNKNOWN)
        if operator == "==" and isinstance(_constant(right), str):
            return self._of_module(left)
        one, other = _tree(left), _tree(right)
        if one is None or other is None or (isinstance(one, int) and isinstance(other, int)):
            return UNKNOWN
        return (FACT, self._fact(Fact("compare", one, other, operator)))

    def _counted(self, expression: Any) -> list[int] | None:
        """The strings whose numbers of occurrences a sum is of; None for something else."""
        if isinstance(expression, ym.ParenthesesExpression):
            return self._counted(expression.enclosed_expr)
        if isinstance(expression, ym.PlusExpression):
            left, right = self._counted(expression.left_operand), self._counted(expression.right_operand)
            return None if left is None or right is None else left + right
        if isinstance(expression, ym.StringCountExpression) and " in " not in expression.text:
            named = self._named("$" + expression.id.lstrip("#$"))
            return named if len(named) == 1 else None
        return None

    def _placed(self, expression: Any) -> list[int]:
        """The strings whose places or lengths are part of a computation."""
        if isinstance(expression, (ym.StringOffsetExpression, ym.StringLengthExpression)):
            named = self._named("$" + expression.id.lstrip("@!$"))
            return named if len(named) == 1 else []
        if isinstance(expression, ym.ParenthesesExpression):
            return self._placed(expression.enclosed_expr)
        if isinstance(expression, ym.IntFunctionExpression):
            return self._placed(expression.argument)
        if type(expression) in _ARITHMETIC:
            return [*self._placed(expression.left_operand), *self._placed(expression.right_operand)]
        return []


def joined(kind: int, left: Node, right: Node) -> Node:
    """Two nodes under `and` or `or`, flat and without what says nothing."""
    dull, decides = (TRUE, FALSE) if kind == AND else (FALSE, TRUE)
    if decides in (left, right):
        return decides
    nodes: list[Node] = []
    for node in (left, right):
        if node == dull:
            continue
        nodes += node[1:] if isinstance(node, tuple) and node[0] == kind else [node]
    if not nodes:
        return dull
    if kind == OR and UNKNOWN in nodes:
        return UNKNOWN
    if kind == AND:
        nodes = [*(node for node in nodes if node != UNKNOWN), *([UNKNOWN] if UNKNOWN in nodes else [])]
    return nodes[0] if len(nodes) == 1 else (kind, *nodes)


def _tree(expression: Any) -> Number | None:
    """A number that the content answers; None for another expression."""
    if isinstance(expression, ym.ParenthesesExpression):
        return _tree(expression.enclosed_expr)
    if isinstance(expression, ym.FilesizeExpression):
        return "filesize"
    if isinstance(expression, ym.IntFunctionExpression):
        inner = _tree(expression.argument)
        return None if inner is None or expression.function not in READERS else (expression.function, inner)
    operator = _ARITHMETIC.get(type(expression))
    if operator is None:
        return _number(expression)
    left, right = _tree(expression.left_operand), _tree(expression.right_operand)
    return None if left is None or right is None else (operator, left, right)


def _number(expression: Any) -> int | None:
    """A constant that is not negative."""
    value = _constant(expression)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _constant(expression: Any) -> int | str | None:
    if isinstance(expression, ym.ParenthesesExpression):
        return _constant(expression.enclosed_expr)
    if isinstance(expression, ym.IntLiteralExpression):
        # yaramod takes a KB for 1,000, YARA for 1,024.
        found = _INTEGER.fullmatch(expression.text)
        return int(found[1], 0) * _UNITS[found[2] or ""] if found is not None else None
    if isinstance(expression, ym.StringLiteralExpression) and "\\" not in expression.value:
        return str(expression.value)
    return None


def _least(variable: Any, count: int) -> int:
    """How many of some strings must occur; 0 where that is not known."""
    if isinstance(variable, ym.AnyExpression):
        return 1
    if isinstance(variable, ym.AllExpression):
        return count
    if isinstance(variable, ym.PercentualExpression):
        return 1 if (_number(variable.operand) or 0) > 0 else 0
    return _number(variable) or 0


def _needs_string(body: Any) -> bool:
    """Whether the body of a loop over strings is only true for a string that occurs."""
    if isinstance(body, ym.ParenthesesExpression):
        return _needs_string(body.enclosed_expr)
    if isinstance(body, ym.AndExpression):
        return _needs_string(body.left_operand) or _needs_string(body.right_operand)
    if isinstance(body, (ym.StringExpression, ym.StringAtExpression, ym.StringInRangeExpression)):
        return bool(body.id == "$")
    if type(body) in (ym.GtExpression, ym.GeExpression) and isinstance(body.left_operand, ym.StringCountExpression):
        value = _number(body.right_operand)
        return bool(body.left_operand.id == "#") and value is not None and value >= (type(body) is ym.GeExpression)
    return False


def _external(expression: Any) -> str:
    """The external variable of text that an expression is; empty for another expression."""
    if isinstance(expression, ym.ArrayAccessExpression) and isinstance(expression.accessor, ym.StringLiteralExpression):
        name = str(expression.accessor.value)
        if name.startswith(EXTERNAL):
            return name.removeprefix(EXTERNAL)
    return ""


def _module(expression: Any) -> str:
    """The module whose function or value an expression is; empty for another expression."""
    while isinstance(expression, (ym.StructAccessExpression, ym.FunctionCallExpression, ym.ArrayAccessExpression)):
        if isinstance(expression, ym.StructAccessExpression):
            expression = expression.structure
        elif isinstance(expression, ym.FunctionCallExpression):
            expression = expression.function
        else:
            expression = expression.array
    if isinstance(expression, ym.IdExpression) and expression.symbol is not None:
        return str(expression.symbol.name)
    return ""
