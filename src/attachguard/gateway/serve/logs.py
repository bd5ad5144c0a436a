"""The log: one line an event, as text or JSON, to standard error. Nothing of a message is in it but sizes, reasons and the queue's number."""

from __future__ import annotations

import os
import re
import select
import stat
import sys
import time
from typing import Final, Literal

import msgspec

from attachguard.types.letters import printable

_PLAIN: Final = re.compile(r"[A-Za-z0-9._:/@+,-]{1,400}")


class Log:
    """Writes lines; a reader who is gone, or who reads no more, stops nobody: lines that he has no room for are left out, and said when he has.

    Args:
        form: `text` or `json`.
    """

    def __init__(self, form: Literal["text", "json"] = "text") -> None:
        self.form = form
        self._second = -1
        self._spelled = ""
        self._room = _room()
        self._lost = 0

    def __call__(self, event: str, **facts: object) -> None:
        """Write a line.

        Args:
            event: what happened, one word.
            facts: particulars; empty ones are left out.
        """
        now = self._now()
        if self.form == "json":
            told = {key: value for key, value in facts.items() if value or value == 0}
            line = msgspec.json.encode({"time": now, "event": event, **told}).decode()
        else:
            words = [f" {key}={_word(value)}" for key, value in facts.items() if value or value == 0]
            line = f"{now} {event}{''.join(words)}"
        self.plain(line)

    def _now(self) -> str:
        """The time to the millisecond; what of it stays the same for a second is spelled once."""
        whole, part = divmod(time.time_ns() // 1_000_000, 1000)
        if whole != self._second:
            self._second = whole
            self._spelled = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        return f"{self._spelled}.{part:03d}Z"

    def plain(self, line: str) -> None:
        """A line as it is."""
        if self._room is not None and not self._room.poll(0):
            self._lost += 1
            return
        if self._lost:
            lost, self._lost = self._lost, 0
            self("lines-lost", lines=lost)
        try:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            # A full disk or a closed pipe: mail goes on.
            return


def _room() -> select.poll | None:
    """What says whether standard error takes a line at once; None where it is a file, which always does."""
    try:
        descriptor = sys.stderr.fileno()
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
    except (OSError, ValueError):
        return None
    room = select.poll()
    room.register(descriptor, select.POLLOUT)
    return room


def _word(value: object) -> str:
    """A value on one line, quoted where it needs that."""
    if isinstance(value, float):
        return f"{value:.1f}"
    text = ",".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
    if _PLAIN.fullmatch(text):
        return text
    return msgspec.json.encode(printable(text[:400])).decode()
