"""Reports as JSON (contract section 3): one array, or one object a line; and the JSON Schema of a report."""

from __future__ import annotations

from typing import Any

import msgspec

from attachguard.model import SCHEMA, Report
from attachguard.report.formats import Look


def encode(report: Report) -> bytes:
    """One report as one line of JSON, without line end; see `Report.to_json`."""
    return report.to_json()


def decode(line: bytes) -> Report:
    """A report from the JSON that `encode` made; `ValueError` for anything else."""
    return Report.from_json(line)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a report as it is written; minor versions add fields, so further ones are allowed."""
    whole = msgspec.json.schema(Report)
    for record in whole["$defs"].values():
        if record.get("type") == "object":
            record["additionalProperties"] = True
    report = whole["$defs"]["Report"]
    for key in ("sanitized", "sanitized_name"):
        del report["properties"][key]
    report["properties"]["schema"] = {"type": "string", "pattern": f"^{SCHEMA}(\\.[0-9]+)?$"}
    report["required"] = sorted({*report["required"], "schema"})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **_in_order(whole)}


def _in_order(value: Any) -> Any:
    """Alternatives in an order of their own: that of Python's unions depends on what was imported first."""
    if isinstance(value, dict):
        return {key: _in_order(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return sorted(map(_in_order, value), key=str)
    return value


class Lines:
    """Writes reports as one line of JSON each."""

    def __init__(self, _look: Look) -> None:
        pass

    def add(self, report: Report) -> bytes:
        """The line of one report."""
        return encode(report) + b"\n"

    def end(self) -> bytes:
        """Nothing more."""
        return b""


class Array:
    """Writes reports as one indented array."""

    def __init__(self, _look: Look) -> None:
        self._lines: list[bytes] = []

    def add(self, report: Report) -> bytes:
        """Nothing yet."""
        self._lines.append(encode(report))
        return b""

    def end(self) -> bytes:
        """The whole array."""
        return msgspec.json.format(b"[" + b",".join(self._lines) + b"]", indent=1) + b"\n"
