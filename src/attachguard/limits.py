"""Bounds on everything that content controls: `Limits` says how much, `Budget` counts what one message has used.

One budget serves the whole tree of a message, so an archive in an archive in a mail cannot start afresh at each level.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import msgspec

from attachguard.errors import BudgetSpent, LimitExceeded

MIB = 1 << 20
#: Things that are looked at one by one in one message, in tens of microseconds: a hundred thousand of them take a second.
MOST_LOOKS: Final = 120_000
#: Bytes packed in these ways that take as long to unpack as one of them: nothing else in use is undone at a few megabytes a second.
_SLOW_PACKINGS: Final = {"bzip2": 67, "LZMA": 150}
#: Readings made here that may lie inside of each other: what is decrypted in what was rebuilt is two.
MOST_READINGS: Final = 20


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Resource bounds of one scan; reaching one is a finding, never an exception for the caller.

    Args:
        total_bytes: bytes of content produced from the input (decoded, unpacked, derived), whole tree.
        part_bytes: bytes of any single part.
        header_bytes: bytes of one MIME header block.
        parts: number of parts in the tree.
        depth: levels of nesting (containers, messages, multiparts).
        ratio: how many times its own size a container may unpack to, once past `ratio_floor`.
        ratio_floor: bytes a container may unpack to before the ratio counts.
        bomb_bytes: bytes beyond which a container that exceeds the ratio is a bomb and no longer only a lot of zeros; what lies between the two
            bounds is counted and not kept.
        seconds: wall-clock seconds for the whole scan.
        findings: number of findings kept; later ones of a code already reported are counted, not kept.
        passwords: number of words tried on encrypted content: the operator's and those that the mail itself suggests, likely ones first.
        rule_seconds: seconds of the processor that YARA rules may take for one message, beyond the reading of its bytes.
        part_rule_seconds: the same for one part; what is left of `rule_seconds`, where that is less.
        password_seconds: seconds of work that trying them may take for one message, by estimates, so that the verdict does not hang on the machine;
            by the clock twice as many. Words that nothing marks as a password get a small part of it.
    """

    total_bytes: int = 320 * MIB
    part_bytes: int = 160 * MIB
    header_bytes: int = 1 * MIB
    parts: int = 5_000
    depth: int = 20
    ratio: int = 150
    ratio_floor: int = 48 * MIB
    bomb_bytes: int = 256 * MIB
    seconds: float = 60.0
    findings: int = 500
    passwords: int = 200
    password_seconds: float = 0.5
    rule_seconds: float = 1.0
    part_rule_seconds: float = 1.0


class Budget:
    """What one scan may still use; shared by all parts of one tree.

    Args:
        limits: the bounds.
        clock: a monotonic clock in seconds (tests give their own).
    """

    __slots__ = ("_clock", "bytes_used", "deadline", "limits", "looks", "parts_used")

    def __init__(self, limits: Limits, clock: Callable[[], float] | None = None) -> None:
        self.limits = limits
        self._clock = clock or time.monotonic
        self.deadline = self._clock() + limits.seconds
        self.bytes_used = 0
        self.parts_used = 0
        #: Things that have been looked at one by one.
        self.looks = 0

    def now(self) -> float:
        """The time by the clock of this budget, in seconds."""
        return self._clock()

    def charge(self, count: int) -> None:
        """Count `count` produced bytes; raises `LimitExceeded` past the total or past the deadline."""
        self.bytes_used += count
        if self.bytes_used > self.limits.total_bytes:
            raise BudgetSpent("total_bytes", f"more than {self.limits.total_bytes} bytes of content in one message")
        if self._clock() > self.deadline:
            self.check_time()

    def spare(self, count: int = 1) -> bool:
        """Count things that are about to be looked at one by one, each for ten microseconds; whether the message still has room for them."""
        self.looks += count
        return self.looks <= MOST_LOOKS

    def look(self, what: str, count: int = 1) -> None:
        """As `spare`, for things that have a name.

        Raises:
            LimitExceeded: there are more of them than a message may have.
        """
        if not self.spare(count):
            raise LimitExceeded("parts", f"more {what} than are looked at in one message")

    def charge_packed(self, packing: str, count: int) -> None:
        """Count bytes packed in a way that is undone at a few megabytes a second.

        Args:
            packing: `bzip2` or `LZMA`.
            count: the bytes.

        Raises:
            LimitExceeded: there are more of them than a message may have.
        """
        octets = _SLOW_PACKINGS[packing]
        if not self.spare(count // octets):
            raise LimitExceeded(
                packing.lower(), f"more than {MOST_LOOKS * octets // 1_000_000} MB packed by {packing} in one message"
            )

    def check_time(self) -> None:
        """Raise `LimitExceeded` once the deadline has passed; long loops over content call this."""
        if self._clock() > self.deadline:
            raise BudgetSpent("seconds", f"the scan took longer than {self.limits.seconds:g} s")

    def add_part(self, depth: int, readings: int = 0) -> None:
        """Count one more part; raises `LimitExceeded` past the number of parts, the depth, or as many readings one inside of the other.

        Args:
            depth: levels of the sender's nesting around it.
            readings: how many of what is around it, and it itself, are readings made here; they count for themselves.
        """
        self.parts_used += 1
        if self.parts_used > self.limits.parts:
            raise BudgetSpent("parts", f"more than {self.limits.parts} parts in one message")
        if depth > self.limits.depth:
            raise LimitExceeded("depth", f"nested deeper than {self.limits.depth} levels")
        if readings > MOST_READINGS:
            raise LimitExceeded("depth", f"more than {MOST_READINGS} readings of one content inside of each other")
