"""Reports as JSON (contract section 3): one array, or one object a line."""

from __future__ import annotations

import msgspec

from attachguard.model import Report


def encode(report: Report) -> bytes:
    """One report as one line of JSON, without line end. The sanitized copy is no part of it; what was removed is where something was."""
    plain = msgspec.structs.asdict(report)
    del plain["sanitized"], plain["sanitized_name"]
    if not report.removed:
        del plain["removed"]
    return msgspec.json.encode({"schema": plain.pop("schema"), **plain})


def encode_all(reports: list[Report]) -> bytes:
    """Several reports as one indented JSON array."""
    return msgspec.json.format(b"[" + b",".join(map(encode, reports)) + b"]", indent=1) + b"\n"


def decode(line: bytes) -> Report:
    """A report from the JSON that `encode` made; `msgspec.ValidationError` for anything else."""
    return msgspec.json.decode(line, type=Report)
