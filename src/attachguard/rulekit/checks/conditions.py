"""Conditions: parts of them that decide nothing, and values that nothing ever has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, get_args

import yaramod

from attachguard.codes import Role
from attachguard.rulekit.diagnostics import Diagnostic
from attachguard.rulekit.parsing import Parsed, said
from attachguard.rulekit.truth import Dead, Truth
from attachguard.types.filetypes import TYPES, UNKNOWN
from attachguard.types.near import near

_TYPES: Final = frozenset({*TYPES, UNKNOWN.id, ""})
#: Variables whose values are words of a list.
_VALUES: Final = {
    "filetype": _TYPES,
    "file_type": _TYPES,
    "ag_parent_type": _TYPES,
    "ag_role": frozenset(get_args(Role)),
}


def check(rule: Parsed) -> Iterator[Diagnostic]:
    """What is wrong with the condition of a rule."""
    condition = rule.node.condition
    truth = Truth([node.identifier for node in rule.node.strings])
    whole = truth.of(condition)
    if whole is not None:
        yield _whole(rule, whole)
    else:
        for dead in truth.dead(condition):
            yield _part(rule, dead)
    if not rule.text.externals.isdisjoint(_VALUES):
        yield from _unknown(rule, condition)


def _whole(rule: Parsed, dead: Dead) -> Diagnostic:
    if dead.value:
        return _about(
            rule,
            dead.node,
            "always-true",
            f"every file matches: {dead.why}",
            "require something that only the content in question has",
        )
    return _about(
        rule,
        dead.node,
        "always-false",
        f"nothing can match: {dead.why}",
        "fix the contradiction, or remove the rule",
    )


def _part(rule: Parsed, dead: Dead) -> Diagnostic:
    value = "true" if dead.value else "false"
    return _about(
        rule, dead.node, "unreachable", f"this part is always {value} and decides nothing: {dead.why}", "fix it or remove it"
    )  # fmt: skip


def _unknown(rule: Parsed, condition: Any) -> Iterator[Diagnostic]:
    """Comparisons of a variable with a word that it never is."""
    for node in _comparisons(condition):
        for one, other in ((node.left_operand, node.right_operand), (node.right_operand, node.left_operand)):
            known = _VALUES.get(said(one))
            if known is None or type(other) is not yaramod.StringLiteralExpression:
                continue
            value = said(other).strip('"')
            if value not in known:
                yield _about(
                    rule, other, "unknown-value", f"{said(one)} is never {value!r}{near(value, known - {''})}",
                    "`attachguard identify FILE` names the type of a file" if known is _TYPES else f"it is one of {', '.join(sorted(known))}",
                )  # fmt: skip


def _comparisons(node: Any) -> Iterator[Any]:
    """Every comparison for equality in a condition."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if type(node) in (yaramod.EqExpression, yaramod.NeqExpression):
            yield node
        for name in ("right_operand", "left_operand", "operand", "enclosed_expr", "body"):
            inside = getattr(node, name, None)
            if isinstance(inside, yaramod.Expression):
                waiting.append(inside)


def _about(rule: Parsed, node: Any, code: str, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(code, rule.text.file, *rule.of(node), rule.name, message, remedy)
