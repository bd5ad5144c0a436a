"""Reports as JSON (contract section 3): one array, or one object a line; and the JSON Schema of a report."""

from __future__ import annotations

from typing import Any

import msgspec

from attachguard.model import SCHEMA, Report


def encode(report: Report) -> bytes:
    """One report as one line of JSON, without line end; see `Report.to_json`."""
    return report.to_json()


def encode_all(reports: list[Report]) -> bytes:
    """Several reports as one indented JSON array."""
    return msgspec.json.format(b"[" + b",".join(map(encode, reports)) + b"]", indent=1) + b"\n"


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
