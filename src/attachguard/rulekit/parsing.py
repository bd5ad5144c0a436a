"""Rule files as syntax trees, by yaramod: where each rule, string and operand stands, and what it says.

yaramod knows neither the external variables of attachguard nor rules of other files. The variables are declared to it as fields of a module that is
made for it; in the text they get that module's name in front, and columns are counted back. What a file includes is declared as rules that say
nothing. libyara, not yaramod, decides what compiles.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaramod

from attachguard.yara.externals import DEFAULTS
from attachguard.yara.source import Source, blanked

#: The module that external variables are fields of, for yaramod alone.
_MODULE: Final = "_x"
_PREFIX: Final = f"{_MODULE}."
_KINDS: Final = {str: "s", int: "i", bool: "b"}
_EXTERNAL: Final = re.compile(rf"(?<![\w.$#@!])(?:{'|'.join(sorted(DEFAULTS, key=len, reverse=True))})\b(?!\s*=[^=])")
_INCLUDE: Final = re.compile(r'\binclude\s*"\s*"')
_RULE: Final = re.compile(r"\brule\s+(\w+)")
_ERROR: Final = re.compile(r"Error at (\d+)\.(\d+)(?:-(\d+))?: (.*)", re.DOTALL)


#: A value of metadata.
Value = str | int | bool


class Place(NamedTuple):
    """A stretch of one line; everything counted from 1."""

    line: int
    column: int
    width: int


class NotParsed(Exception):
    """yaramod cannot read a file.

    Args:
        place: where it stopped.
        message: what it says.
    """

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


class Text:
    """The text of a rule file as people and as yaramod see it.

    Args:
        source: the file.
    """

    def __init__(self, source: Source) -> None:
        self.file = source.file
        self.text = source.text
        self.lines = source.text.split("\n")
        #: External variables that its conditions ask for.
        self.externals: set[str] = set()
        self._shifts: dict[int, list[int]] = {}

    def line(self, number: int) -> str:
        """A line by its number; empty past the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def for_yaramod(self, included: Iterable[str]) -> str:
        """The text with what yaramod has to be told."""
        text = self.text
        if _EXTERNAL.search(text) or "include" in text:
            plain = blanked(text)
            out, at, line = [], 0, 1
            for found in _EXTERNAL.finditer(plain):
                line += plain.count("\n", at, found.start())
                self._shifts.setdefault(line, []).append(found.start() - plain.rfind("\n", 0, found.start()))
                self.externals.add(found[0])
                out += [text[at : found.start()], _PREFIX]
                at = found.start()
            text = _without_includes("".join((*out, text[at:])))
        others = "".join(f"rule {name} {{condition: true}} " for name in dict.fromkeys(included))
        return f'import "{_MODULE}" {others}\n{text}'

    def place(self, line: int, column: int, end: int) -> Place:
        """A place that yaramod names, as people see it.

        Args:
            line: as yaramod counts it.
            column: of the first character.
            end: of the last.
        """
        line -= 1
        shifts = self._shifts.get(line, ())
        first, last = self._back(column, shifts), self._back(end, shifts)
        return Place(max(1, line), max(1, first), max(1, last - first + 1))

    @staticmethod
    def _back(column: int, shifts: Iterable[int]) -> int:
        for number, place in enumerate(shifts):
            if column < place + number * len(_PREFIX):
                break
            column -= min(len(_PREFIX), column - place)
        return column


def _without_includes(text: str) -> str:
    """A text whose `include` lines are blank: what they bring is declared, and stays where it is."""
    if "include" not in text:
        return text
    plain = blanked(text)
    for found in reversed(list(_INCLUDE.finditer(plain))):
        text = text[: found.start()] + " " * (found.end() - found.start()) + text[found.end() :]
    return text


class String:
    """One string of a rule.

    Args:
        text: the file.
        node: what yaramod has.
    """

    __slots__ = ("_text", "name", "node")

    def __init__(self, text: Text, node: Any) -> None:
        self._text = text
        self.node = node
        #: With its dollar sign.
        self.name = str(node.identifier)

    @property
    def place(self) -> Place:
        """Of its definition, from the name on, as far as it is on one line."""
        begin = (self.node.token_id or self.node.token_first).location.begin
        line = self._text.line(begin.line - 1)
        rest = line[begin.column - 1 :].partition(" //")[0].rstrip()
        return Place(begin.line - 1, begin.column, max(1, len(rest)))


class Parsed:
    """One rule.

    Args:
        text: the file.
        node: what yaramod has.
        space: the file's namespace.
    """

    def __init__(self, text: Text, node: Any, space: str) -> None:
        self.text = text
        self.node = node
        self.space = space

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.node.name)

    @property
    def private(self) -> bool:
        """Whether it is only for other rules to ask, so that no report ever names it."""
        return bool(self.node.is_private)

    @cached_property
    def place(self) -> Place:
        """Of its name."""
        first = self.node.token_first.location.begin
        line = first.line - 1
        found = _RULE.search(self.text.line(line))
        return Place(line, found.start(1) + 1 if found else 1, len(self.name))

    @property
    def last_line(self) -> int:
        """The line of its closing brace."""
        return int(self.node.token_last.location.end.line) - 1

    @cached_property
    def strings(self) -> list[String]:
        """Its strings."""
        return [String(self.text, node) for node in self.node.strings]

    @cached_property
    def meta(self) -> dict[str, Value]:
        """Its metadata."""
        return {meta.key: _value(meta.value) for meta in self.node.metas}

    def meta_place(self, key: str) -> Place:
        """Where the value of a key stands; of the rule, where it has no such key."""
        for meta in self.node.metas:
            if meta.key == key:
                return self.of_tokens(meta.token_value, meta.token_value)
        return self.place

    def of(self, expression: Any) -> Place:
        """Where a part of the condition stands, as far as it is on one line."""
        return self.of_tokens(expression.token_first, expression.token_last)

    def of_tokens(self, first: Any, last: Any) -> Place:
        """Where a stretch from one token to another stands, as far as it is on one line."""
        begin, end = first.location.begin, last.location.end
        if end.line == begin.line:
            return self.text.place(begin.line, begin.column, end.column)
        here = self.text.place(begin.line, begin.column, begin.column)
        return here._replace(width=max(1, len(self.text.line(here.line).rstrip()) - here.column + 1))


def text_of(node: Any, what: str = "text") -> str:
    """A text that yaramod has of a node. It works on octets, and cuts letters beyond ASCII into pieces that are no text: for these dots in brackets.

    Args:
        node: what yaramod has.
        what: which of its texts.
    """
    try:
        return str(getattr(node, what))
    except UnicodeDecodeError:
        return "(…)"


def said(node: Any) -> str:
    """What a part of a condition says, on one line."""
    return " ".join(text_of(node).replace(_PREFIX, "").split())


def _value(literal: Any) -> Value:
    if literal.is_bool:
        return bool(literal.bool)
    return int(literal.int) if literal.is_int else str(literal.string)


class Parser:
    """Parses rule files one after the other; a parser costs more than a file, so one serves for all."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            fields = [
                {"kind": "value", "name": name, "type": _KINDS[type(value)], "documentation": ""}
                for name, value in DEFAULTS.items()
            ]
            module = {"kind": "struct", "name": _MODULE, "attributes": fields}
            Path(folder, f"module_{_MODULE}.json").write_text(json.dumps(module), "utf-8")
            self._yaramod = yaramod.Yaramod(yaramod.Features.AllCurrent, folder)

    def parse(self, source: Source) -> list[Parsed]:
        """The rules of a file.

        Raises:
            NotParsed: yaramod does not understand it.
        """
        text = Text(source)
        included = (name for other in source.included.values() for name in _RULE.findall(blanked(other)))
        try:
            file: Any = self._yaramod.parse_string(text.for_yaramod(included))
        except yaramod.ParserError as error:
            raise _not_parsed(text, str(error)) from error
        return [Parsed(text, rule, source.space) for rule in file.rules if rule.token_first.location.begin.line > 1]


def _not_parsed(text: Text, message: str) -> NotParsed:
    found = _ERROR.match(message)
    if found is None:
        return NotParsed(Place(0, 0, 0), message)
    line, column = int(found[1]), int(found[2])
    return NotParsed(text.place(line, column, int(found[3] or column)), found[4].replace(_PREFIX, ""))
