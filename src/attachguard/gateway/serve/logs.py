"""The log: one line an event, as text or JSON, to standard error. Nothing of a message is in it but sizes, reasons and the queue's number."""

from __future__ import annotations

import datetime as dt
import re
import sys
from typing import Final, Literal

import msgspec

from attachguard.types.letters import printable

_PLAIN: Final = re.compile(r"[A-Za-z0-9._:/@+,-]{1,400}")


class Log:
    """Writes lines; a reader who is gone stops nobody.

    Args:
        form: `text` or `json`.
    """

    def __init__(self, form: Literal["text", "json"] = "text") -> None:
        self.form = form

    def __call__(self, event: str, **facts: object) -> None:
        """Write a line.

        Args:
            event: what happened, one word.
            facts: particulars; empty ones are left out.
        """
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        facts = {key: value for key, value in facts.items() if value or value == 0}
        if self.form == "json":
            line = msgspec.json.encode({"time": now, "event": event, **facts}).decode()
        else:
            line = " ".join([now, event, *[f"{key}={_word(value)}" for key, value in facts.items()]])
        self.plain(line)

    def plain(self, line: str) -> None:
        """A line as it is."""
        try:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            # A full disk or a closed pipe: mail goes on.
            return


def _word(value: object) -> str:
    """A value on one line, quoted where it needs that."""
    if isinstance(value, (float, int)):
        return f"{value:.1f}" if isinstance(value, float) else str(value)
    text = ",".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
    if _PLAIN.fullmatch(text):
        return text
    return msgspec.json.encode(printable(text[:400])).decode()
