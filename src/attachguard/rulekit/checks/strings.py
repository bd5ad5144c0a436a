"""Strings: what makes them slow, and what makes them useless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaramod

from attachguard.rulekit.anchors import ATOM, Run, of_string
from attachguard.rulekit.diagnostics import Diagnostic
from attachguard.rulekit.parsing import Parsed, String, said, text_of

#: Repetitions of these without a bound are cheap: few bytes of ordinary content belong to them.
_NARROW: Final = (yaramod.RegexpSpace, yaramod.RegexpDigit)
_OPEN_JUMP: Final = re.compile(r"\[\s*\d*\s*-\s*\]")
_WIDE_CLASS: Final = 64
_REFERENCE: Final = re.compile(r"[$#@!](\w+)(\*?)")
#: Bytes that fill ordinary files.
_PADDING: Final = frozenset(b"\0\xff\x20\x90\xcc")


def check(rule: Parsed) -> Iterator[Diagnostic]:
    """What is wrong with the strings of a rule."""
    strings = rule.strings
    if not strings:
        return
    seen: dict[tuple[str, bytes, str], str] = {}
    for string in strings:
        yield from _searched_by(rule, string)
        yield from _unbounded(rule, string)
        key = (text_of(string.node), string.node.pure_text, " ".join(sorted(string.node.modifiers_text.split())))
        other = seen.setdefault(key, string.name)
        if other != string.name:
            yield _about(
                rule, string, "same-string", f"{string.name} is the same string as {other}", "keep one of them"
            )
    yield from _unused(rule, strings)


def _searched_by(rule: Parsed, string: String) -> Iterator[Diagnostic]:
    run = of_string(string.node)
    best = run.best
    if len(best) < ATOM and not (string.node.is_plain and string.node.is_wide and len(best) * 2 >= ATOM):
        if string.node.is_regexp:
            yield _about(
                rule, string, "no-anchor", f"every match of {string.name} has {_most(best)}",
                f"give it {ATOM} literal bytes in a row outside of alternatives and repetitions, or compare at a fixed place with uint32()",
            )  # fmt: skip
        else:
            yield _about(
                rule, string, "short-string", f"{string.name} has {_most(best)}",
                f"make it at least {ATOM} bytes long, or compare at a fixed place with uint16() or uint32() in the condition",
            )  # fmt: skip
    elif not _PADDING.isdisjoint(best) and len(set(best)) == 1:
        yield _about(
            rule, string, "common-string", f"{string.name} is searched for by a run of the byte {best[0]:#04x}, which ordinary files are full of",
            "include rarer bytes next to it",
        )  # fmt: skip
    elif _begins_open(string, run):
        yield _about(
            rule, string, "slow-string", f"{string.name} begins with bytes that may be anything",
            "drop the beginning: what matters is that the fixed bytes are there",
        )  # fmt: skip


def _begins_open(string: String, run: Run) -> bool:
    """Whether a string begins with a repetition of nearly anything, or with wildcards."""
    if run.first or not (string.node.is_regexp or string.node.is_hex):
        return False
    if string.node.is_hex:
        text = string.node.pure_text.decode("ascii", "replace").strip()
        return str(text).startswith(("??", "["))
    unit = string.node.unit
    first: Any = unit.units[0] if type(unit) is yaramod.RegexpConcat and unit.units else unit
    return _repeats(first) and _wide(first.operand)


def _unbounded(rule: Parsed, string: String) -> Iterator[Diagnostic]:
    """Jumps and repetitions without an end over what is nearly any byte: each hit is followed to the end of the file."""
    if string.node.is_hex and _OPEN_JUMP.search(string.node.pure_text.decode("ascii", "replace")):
        yield _about(
            rule, string, "slow-string", f"{string.name} has an unbounded jump: every hit is followed to the end of the file",
            "bound it, as in [4-200]",
        )  # fmt: skip
    elif string.node.is_regexp:
        for unit in _repetitions(string.node.unit):
            yield _about(
                rule, string, "slow-string", f"{text_of(unit)} in {string.name} is unbounded and accepts nearly any byte",
                f"bound it, as in {text_of(unit.operand)}{{{_least(unit)},200}}",
            )  # fmt: skip
            return


def _repeats(unit: Any) -> bool:
    kind = type(unit)
    if kind is yaramod.RegexpRange:
        return unit.range[1] is None
    return kind in (yaramod.RegexpIteration, yaramod.RegexpPositiveIteration)


def _least(unit: Any) -> int:
    """How often a repetition has to be there."""
    if type(unit) is yaramod.RegexpRange:
        return int(unit.range[0] or 0)
    return int(type(unit) is yaramod.RegexpPositiveIteration)


def _wide(unit: Any) -> bool:
    """Whether most bytes of ordinary content satisfy a unit."""
    kind = type(unit)
    if kind is yaramod.RegexpGroup:
        return _wide(unit.unit)
    if kind is yaramod.RegexpOr:
        return _wide(unit.left) or _wide(unit.right)
    if kind is yaramod.RegexpClass:
        return bool(unit.is_negative) or len(text_of(unit, "characters")) >= _WIDE_CLASS
    return kind in (yaramod.RegexpAnyChar, yaramod.RegexpNonSpace, yaramod.RegexpNonDigit, yaramod.RegexpNonWordChar)


def _repetitions(unit: Any) -> Iterator[Any]:
    """The repetitions without an end of nearly any byte in a regular expression."""
    kind = type(unit)
    if kind is yaramod.RegexpConcat:
        for each in unit.units:
            yield from _repetitions(each)
    elif kind is yaramod.RegexpGroup:
        yield from _repetitions(unit.unit)
    elif kind is yaramod.RegexpOr:
        yield from _repetitions(unit.left)
        yield from _repetitions(unit.right)
    elif _repeats(unit) and _wide(unit.operand):
        yield unit


def _unused(rule: Parsed, strings: list[String]) -> Iterator[Diagnostic]:
    """Strings that no part of the condition names; libyara itself refuses those whose names do not begin with an underscore."""
    if not any(string.name.startswith("$_") for string in strings):
        return
    condition = said(rule.node.condition)
    if re.search(r"\bthem\b|\$\*", condition):
        return
    used = [(name, bool(star)) for name, star in _REFERENCE.findall(condition)]
    for string in strings:
        plain = string.name[1:]
        if plain and not any(plain == name or (star and plain.startswith(name)) for name, star in used):
            yield _about(
                rule, string, "unused-string", f"the condition does not use {string.name}", "use it or remove it"
            )


def _about(rule: Parsed, string: String, code: str, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(code, rule.text.file, *string.place, rule.name, message, remedy)


def _most(run: bytes) -> str:
    """How many bytes in a row are fixed, and which."""
    if not run:
        return "no fixed byte"
    return f"at most {len(run)} fixed {'byte' if len(run) == 1 else 'bytes in a row'}{_shown(run)}"


def _shown(run: bytes) -> str:
    return (
        f" ({run.decode()})" if run.isascii() and run.decode().isprintable() and run.strip() else f" ({run.hex(' ')})"
    )
