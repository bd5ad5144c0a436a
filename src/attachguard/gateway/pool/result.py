"""What a worker says of a message, taken apart and never trusted: the report, the copy, and how many attachments had come before."""

from __future__ import annotations

import struct
from typing import Final

import msgspec

from attachguard.gateway.pool import wire
from attachguard.gateway.pool.wire import Broken
from attachguard.model import Report

_REPORT: Final = msgspec.msgpack.Decoder(Report)


class Result(msgspec.Struct, frozen=True):
    """What came of a scan in a pool.

    Args:
        report: the report; where the scan could not be brought to an end, one with `scan-incomplete`.
        failure: empty, or what kept it from its end: `died`, `stopped`, `memory`, `busy` or `unreadable`.
        cause: the same in words.
        octets: length of the report as the worker sent it.
        repeats: how many attachments might have come before, and how many had, where the scanner remembers some.
    """

    report: Report
    failure: str = ""
    cause: str = ""
    octets: int = 0
    repeats: tuple[int, int] = (0, 0)


def copy(content: bytes) -> tuple[str, bytes]:
    """The name and the octets of a copy; raises `Broken`."""
    head = wire.COUNT.size
    if len(content) < head:
        raise Broken("the process sent no copy")
    (length,) = wire.COUNT.unpack_from(content)
    if length > min(wire.LONGEST_NAME, len(content) - head):
        raise Broken("the process sent no copy")
    return content[head : head + length].decode("utf-8", "replace"), content[head + length :]


def outcome(content: bytes, copied: tuple[str, bytes] | None) -> Result:
    """A report that came, with the copy that came before it; raises `Broken`."""
    try:
        repeats = wire.REPEATS.unpack_from(content)
        report = _REPORT.decode(memoryview(content)[wire.REPEATS.size :])
    except (struct.error, msgspec.MsgspecError) as error:
        raise Broken("the process sent no report") from error
    if copied is not None:
        name, octets = copied
        report = msgspec.structs.replace(report, sanitized=octets, sanitized_name=name)
    return Result(report, octets=len(content), repeats=repeats)
