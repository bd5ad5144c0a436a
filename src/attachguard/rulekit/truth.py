"""What a condition can be, whatever the content: always true, always false, or either.

Only what follows from the text itself is concluded: constants, numbers that no operand can have (`uint8(0) > 300`), bounds that exclude each other
(`filesize < 1KB and filesize > 1MB`), a thing and its opposite, more strings than there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import yaramod

from attachguard.rulekit.parsing import said, text_of

_UNITS: Final = {"KB": 1024, "MB": 1024 * 1024}
_WIDTHS: Final = {"8": 8, "16": 16, "32": 32}
#: By what a comparison becomes when its sides are swapped.
_SWAPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OPERATORS: Final = {
    yaramod.LtExpression: "<",
    yaramod.LeExpression: "<=",
    yaramod.GtExpression: ">",
    yaramod.GeExpression: ">=",
    yaramod.EqExpression: "==",
    yaramod.NeqExpression: "!=",
}
_ENDLESS: Final = (-math.inf, math.inf)


class Dead(NamedTuple):
    """A part of a condition that decides nothing.

    Args:
        node: the part.
        value: what it always is.
        why: why, in a few words.
    """

    node: Any
    value: bool
    why: str


class Truth:
    """Evaluates conditions of one rule.

    Args:
        names: names of its strings, with the dollar sign.
    """

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def of(self, node: Any) -> Dead | None:
        """The part itself with its value where it is always the same; None where it depends on the content."""
        kind = type(node)
        if kind is yaramod.ParenthesesExpression:
            inside = self.of(node.enclosed_expr)
            return inside and Dead(node, inside.value, inside.why)
        if kind is yaramod.BoolLiteralExpression:
            return Dead(node, said(node) == "true", f"it says {said(node)}")
        if kind is yaramod.NotExpression:
            inside = self.of(node.operand)
            return inside and Dead(node, not inside.value, inside.why)
        if kind in (yaramod.AndExpression, yaramod.OrExpression):
            return self._joined(node)
        if kind in _OPERATORS:
            return _compared(node)
        if kind is yaramod.OfExpression:
            return self._of(node)
        return None

    def dead(self, node: Any) -> Iterator[Dead]:
        """The largest parts inside a condition that decide nothing, where the condition as a whole does."""
        node = _bare(node)
        if type(node) is yaramod.NotExpression:
            node = _bare(node.operand)
        if type(node) not in (yaramod.AndExpression, yaramod.OrExpression):
            return
        for operand in operands(node, type(node)):
            found = self.of(operand)
            if found is not None:
                yield found
            else:
                yield from self.dead(operand)

    def _joined(self, node: Any) -> Dead | None:
        """`and`, where one false decides, and `or`, where one true does."""
        decides = type(node) is yaramod.OrExpression
        each = operands(node, type(node))
        known = [self.of(operand) for operand in each]
        for found in known:
            if found is not None and found.value is decides:
                return Dead(node, decides, found.why)
        if all(found is not None for found in known):
            return Dead(node, not decides, f"all of it is always {_word(not decides)}")
        why = _opposites(each) or ("" if decides else _excluded(each))
        return Dead(node, decides, why) if why else None

    def _of(self, node: Any) -> Dead | None:
        """`3 of ($a*)`: whether there are as many."""
        wanted = _number(node.variable)
        if wanted is None or node.range is not None or node.location is not None:
            return None
        count = self._count(node.iterable)
        if count is not None and wanted > count:
            return Dead(node, False, f"{said(node)} asks for more than the {count} that there are")
        return None

    def _count(self, iterable: Any) -> int | None:
        """How many strings a set names; None where it is a set of rules."""
        if type(iterable) is yaramod.ThemExpression:
            return len(self._names)
        found: set[int] = set()
        for element in getattr(iterable, "elements", ()):
            if type(element) is yaramod.StringExpression:
                text = text_of(element)
                found.update(place for place, name in enumerate(self._names) if name == text)
            elif type(element) is yaramod.StringWildcardExpression:
                start = text_of(element).rstrip("*")
                found.update(place for place, name in enumerate(self._names) if name.startswith(start))
            else:
                return None
        return len(found)


def operands(node: Any, kind: type[Any]) -> list[Any]:
    """What a chain of one operator joins."""
    found: list[Any] = []
    waiting = [node]
    while waiting:
        node = _bare(waiting.pop())
        if node.__class__ is kind:
            waiting += [node.right_operand, node.left_operand]
        else:
            found.append(node)
    return found


def _bare(node: Any) -> Any:
    while type(node) is yaramod.ParenthesesExpression:
        node = node.enclosed_expr
    return node


def _word(value: bool) -> str:  # noqa: FBT001 - the value is all there is
    return "true" if value else "false"


def _number(node: Any) -> int | None:
    """The value of a number that is in the text."""
    node = _bare(node)
    if type(node) is yaramod.UnaryMinusExpression:
        inside = _number(node.operand)
        return None if inside is None else -inside
    if type(node) is not yaramod.IntLiteralExpression:
        return None
    text = text_of(node)
    unit = _UNITS.get(text[-2:])
    try:
        return int(text[:-2]) * unit if unit else int(text, 8 if text[:2] == "0o" else 0)
    except ValueError:
        return int(node.value)  # a number in a form that only yaramod knows


def _range(node: Any) -> tuple[float, float]:
    """The values that an operand can have."""
    node = _bare(node)
    kind = type(node)
    if kind is yaramod.IntFunctionExpression:
        name = str(node.function)
        bits = _WIDTHS[name.removeprefix("u").removeprefix("int").removesuffix("be")]
        return (0, 2**bits - 1) if name.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if kind in (
        yaramod.FilesizeExpression,
        yaramod.StringCountExpression,
        yaramod.StringOffsetExpression,
        yaramod.StringLengthExpression,
    ):
        return 0, math.inf
    return _ENDLESS


def _compared(node: Any) -> Dead | None:
    """A comparison with a number that one side can never, or not help to, satisfy."""
    left, right = _number(node.left_operand), _number(node.right_operand)
    if left is not None and right is not None:
        value = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right, "==": left == right}
        return Dead(node, value.get(_OPERATORS[type(node)], left != right), f"{said(node)} compares two numbers")
    bound = _bound(node)
    if bound is None:
        return None
    operand, low, high, unequal = bound
    least, most = _range(operand)
    outside = high < least or low > most
    around = low <= least and high >= most
    if (outside or around) and (least, most) != _ENDLESS:
        reaches = f"from {least:.0f} to {most:.0f}" if most != math.inf else f"at least {least:.0f}"
        return Dead(node, around is not unequal, f"in {said(node)}, {said(operand)} is {reaches}")
    return None


def _bound(node: Any) -> tuple[Any, float, float, bool] | None:
    """An operand and the interval that a comparison leaves to it, or with `!=` takes from it."""
    operator = _OPERATORS.get(type(node))
    if operator is None:
        return None
    operand, number = node.left_operand, _number(node.right_operand)
    if number is None:
        operand, number, operator = node.right_operand, _number(node.left_operand), _SWAPPED[operator]
    if number is None:
        return None
    low: float = {">": number + 1, ">=": number}.get(operator, number if operator in ("==", "!=") else -math.inf)
    high: float = {"<": number - 1, "<=": number}.get(operator, number if operator in ("==", "!=") else math.inf)
    return operand, low, high, operator == "!="


def _opposites(each: list[Any]) -> str:
    """Something and its opposite side by side."""
    refused = [said(_bare(operand.operand)) for operand in each if type(operand) is yaramod.NotExpression]
    if refused:
        plain = {said(operand) for operand in each if type(operand) is not yaramod.NotExpression}
        for each_said in refused:
            if each_said in plain:
                return f"{each_said} stands beside its opposite"
    return ""


def _excluded(each: list[Any]) -> str:
    """Bounds of one operand, or texts for one variable, that exclude each other."""
    bounds: dict[str, tuple[float, float, str]] = {}
    texts: dict[str, str] = {}
    for operand in each:
        bound = _bound(operand)
        if bound is not None and not bound[3]:
            name = said(bound[0])
            low, high, first = bounds.get(name, (-math.inf, math.inf, said(operand)))
            low, high = max(low, bound[1]), min(high, bound[2])
            if low > high:
                return f"{first} and {said(operand)} exclude each other"
            bounds[name] = (low, high, first)
        elif type(operand) is yaramod.EqExpression and type(operand.right_operand) is yaramod.StringLiteralExpression:
            name, text = said(operand.left_operand), said(operand.right_operand)
            if texts.setdefault(name, text) != text:
                return f"{name} cannot be {texts[name]} and {text} at once"
    return ""
