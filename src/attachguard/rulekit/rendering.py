"""Diagnostics for people, for programs (JSON) and for those who show them beside the code (SARIF 2.1.0).

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Own
writer: it is one nested literal, and the libraries for it are models to fill in.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec

from attachguard.rulekit.diagnostics import CHECKS, Diagnostic, Level
from attachguard.types.letters import printable, spelled

FORMATS: Final = ("human", "json", "sarif")
SCHEMA: Final = "attachguard.rules-check/1"

_SARIF: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: A line that is longer is shown around its column.
_LINE: Final = 140
_LEVELS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "note"}


def human(diagnostics: Iterable[Diagnostic]) -> str:
    """A few lines for each: what and where, the line with a caret, the remedy."""
    return "".join(_human(diagnostic) for diagnostic in diagnostics)


def _human(diagnostic: Diagnostic) -> str:
    lines = [f"{_place(diagnostic)}: {diagnostic.level.value}[{diagnostic.code}]: {diagnostic.message}"]
    if diagnostic.source.strip():
        lines += _marked(diagnostic)
    if diagnostic.remedy:
        lines.append(f"  = {diagnostic.remedy}")
    return "".join(f"{spelled(line)}\n" for line in lines)


def _place(diagnostic: Diagnostic) -> str:
    pieces = [str(diagnostic.file)]
    if diagnostic.line:
        pieces.append(str(diagnostic.line))
        if diagnostic.column:
            pieces.append(str(diagnostic.column))
    return ":".join(pieces)


def _marked(diagnostic: Diagnostic) -> list[str]:
    """The line, and a caret below what is meant."""
    source, column = diagnostic.source.rstrip(), diagnostic.column
    first = max(0, column - _LINE // 2) if len(source) > _LINE else 0
    shown = source[first : first + _LINE]
    number = str(diagnostic.line)
    edge = " " * len(number)
    lines = [f"{number} | {printable(shown.expandtabs(1))}"]
    if column:
        width = max(1, min(diagnostic.width, len(shown) - (column - 1 - first)))
        lines.append(f"{edge} | {' ' * (column - 1 - first)}{'^' * width}")
    return lines


def json(diagnostics: Iterable[Diagnostic], **figures: int) -> str:
    """One object with all of them.

    Args:
        diagnostics: what was found.
        figures: counts next to them, by name.
    """
    found = [
        {
            "code": each.code,
            "level": each.level.value,
            "file": spelled(str(each.file)),
            "line": each.line or None,
            "column": each.column or None,
            "rule": each.rule or None,
            "message": spelled(each.message),
            "remedy": each.remedy,
        }
        for each in diagnostics
    ]
    return _encoded({"schema": SCHEMA, "diagnostics": found, **figures})


def sarif(diagnostics: Iterable[Diagnostic], version: str) -> str:
    """A SARIF log with one run.

    Args:
        diagnostics: what was found.
        version: of attachguard.
    """
    codes = list(CHECKS)
    driver = {
        "name": "attachguard rules",
        "version": version,
        "rules": [
            {"id": code, "shortDescription": {"text": check.says}, "defaultConfiguration": {"level": _LEVELS[check.house]}}
            for code, check in CHECKS.items()
        ],
    }  # fmt: skip
    results = [_result(each, codes.index(each.code)) for each in diagnostics]
    return _encoded(
        {
            "$schema": _SARIF,
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
        }
    )


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(diagnostic.file)}}
    if diagnostic.line:
        region = {"startLine": diagnostic.line}
        if diagnostic.column:
            region |= {"startColumn": diagnostic.column, "endColumn": diagnostic.column + diagnostic.width}
        location["region"] = region
    text = f"{diagnostic.message}: {diagnostic.remedy}" if diagnostic.remedy else diagnostic.message
    place: dict[str, Any] = {"physicalLocation": location}
    if diagnostic.rule:
        place["logicalLocations"] = [{"name": diagnostic.rule, "kind": "declaration"}]
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.level],
        "message": {"text": spelled(text)},
        "locations": [place],
    }


def _uri(file: Path) -> str:
    """A path as a reference that may be in SARIF: relative where it was named so."""
    from urllib.parse import quote

    path = file.as_posix().encode("utf-8", "surrogateescape")
    return f"file://{quote(path)}" if file.is_absolute() else quote(path)


def _encoded(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
