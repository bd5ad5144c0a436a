"""The filter of `hunt --where`: `action == "reject" and rule in ("Loader", "Dropper")`.

The text is parsed by Python's own grammar and nothing of it is evaluated: a few kinds of nodes are taken, each becomes a function over a row, and
whatever else is there is refused with its place. A column without a value makes every comparison false but `== None` and `!= …`.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from typing import Any, Final

from attachguard.errors import OperatorError
from attachguard.hunt.rows import Column, Row

Value = Callable[[Row], Any]
Test = Callable[[Row], bool]

_LENGTH: Final = 4000
_ORDER: Final[dict[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_EQUAL: Final[dict[type[ast.cmpop], Callable[[Any, Any], Any]]] = {ast.Eq: operator.eq, ast.NotEq: operator.ne}
_HELP: Final = 'write columns, texts in quotes, numbers, True, False, None, ==, !=, <, <=, >, >=, in, not in, and, or, not, and glob(column, "*.exe")'


def compiled(text: str, columns: Sequence[Column]) -> Test:
    """The filter that a text stands for.

    Args:
        text: the expression.
        columns: what rows have.

    Raises:
        OperatorError: it is no such expression; with place and remedy.
    """
    if len(text) > _LENGTH:
        raise OperatorError(f"longer than {_LENGTH} characters", where="--where")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None)
        place = f" (column {column})" if column else ""
        raise OperatorError(f"{getattr(error, 'msg', error)}{place}; {_HELP}", where="--where") from error
    return _Reader(columns).test(tree.body)


class _Reader:
    """Turns nodes into functions."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._kinds = {column.name: column.kind for column in columns}

    def test(self, node: ast.expr) -> Test:
        """A condition."""
        match node:
            case ast.BoolOp(op=joint, values=values):
                tests = [self.test(value) for value in values]
                if isinstance(joint, ast.And):
                    return lambda row: all(test(row) for test in tests)
                return lambda row: any(test(row) for test in tests)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.test(operand)
                return lambda row: not inner(row)
            case ast.Compare():
                return self._comparison(node)
            case ast.Call(func=ast.Name(id="glob"), args=[column, ast.Constant(value=str(pattern))], keywords=[]):
                return self._glob(column, pattern)
            case ast.Name() if self._kind(node) == "truth":
                value = self._value(node)
                return lambda row: value(row) is True
        raise self._refused(node)

    def _comparison(self, node: ast.Compare) -> Test:
        tests = []
        left = node.left
        for sign, right in zip(node.ops, node.comparators, strict=True):
            tests.append(self._compared(left, sign, right))
            left = right
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _compared(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Test:
        one, other = self._value(left), self._value(right)
        if isinstance(sign, (ast.In, ast.NotIn)):
            if self._kind(right) not in ("text", "texts", "list"):
                raise self._refused(right, "`in` asks for a list, a column of texts, or a text")
            if self._kind(right) == "text" and self._kind(left) != "text":
                raise self._refused(left, "only a text can be in a text")

            def inside(row: Row) -> bool:
                values, value = other(row), one(row)
                return values is not None and value is not None and value in values

            return inside if isinstance(sign, ast.In) else lambda row: not inside(row)
        kinds = {self._kind(left), self._kind(right)}
        if type(sign) in _EQUAL:
            if len(kinds - {"none"}) > 1 or kinds & {"texts", "list"}:
                raise self._refused(left, "the two sides are of different kinds" if len(kinds) > 1 else "ask with `in`")
            equal = _EQUAL[type(sign)]
            return lambda row: bool(equal(one(row), other(row)))
        if type(sign) in _ORDER and kinds in ({"number"}, {"text"}):
            order = _ORDER[type(sign)]
            return lambda row: (a := one(row)) is not None and (b := other(row)) is not None and bool(order(a, b))
        raise self._refused(left, "only two numbers or two texts have an order")

    def _glob(self, column: ast.expr, pattern: str) -> Test:
        if self._kind(column) not in ("text", "texts"):
            raise self._refused(column, "glob asks for a column of text")
        value, fits = self._value(column), re.compile(translate(pattern), re.IGNORECASE).match
        if self._kind(column) == "texts":
            return lambda row: any(fits(each) is not None for each in value(row))
        return lambda row: (text := value(row)) is not None and fits(text) is not None

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Name(id=name):
                self._kind(node)
                return lambda row: row[name]
            case ast.Constant(value=constant):
                self._kind(node)
                return lambda _row: constant
            case ast.Tuple(elts=each) | ast.List(elts=each) | ast.Set(elts=each):
                self._kind(node)
                values = [one.value for one in each if isinstance(one, ast.Constant)]
                return lambda _row: values
        raise self._refused(node)

    def _kind(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                if name not in self._kinds:
                    raise OperatorError(
                        f"there is no column {name!r}; columns are: {', '.join(self._kinds)}; texts stand in quotes",
                        where="--where",
                    )
                return self._kinds[name]
            case ast.Constant(value=bool()):
                return "truth"
            case ast.Constant(value=str()):
                return "text"
            case ast.Constant(value=int() | float()):
                return "number"
            case ast.Constant(value=None):
                return "none"
            case ast.Tuple(elts=each) | ast.List(elts=each) | ast.Set(elts=each):
                if all(isinstance(one, ast.Constant) for one in each):
                    return "list"
        raise self._refused(node)

    def _refused(self, node: ast.expr, why: str = "") -> OperatorError:
        said = ast.unparse(node)
        return OperatorError(f"{said!r} (column {node.col_offset + 1}): {why or _HELP}", where="--where")
