"""iCalendar (RFC 5545, RFC 9073) and vCalendar 1.0: invitations and whole calendars.

A calendar carries files inline in `ATTACH` and other properties, a page in `X-ALT-DESC` or `STYLED-DESCRIPTION`, and alarms that may run a program
or play a sound from elsewhere.

Why our own: see the reader of content lines (`readers.contentlines`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.mail import _lines
from attachguard.formats.markup.shared import shown
from attachguard.readers.contentlines import decoded, plain

if TYPE_CHECKING:
    from attachguard.inspector import Fact
    from attachguard.part import Part
    from attachguard.readers.contentlines import Line

TYPES: Final = frozenset({"ics"})
LIMITATIONS: Final = ("Attachments on the web are links, which are neither fetched nor reported.",)
EXTRACTS: Final = "Files inline, the description as a page."
DETECTS: Final = "Alarms that run a program, network paths."

_KINDS: Final = _lines.Kinds("calendar", "calendar-file", "calendar-network-path")


def inspect(part: Part) -> Iterator[Fact]:
    """What the calendar carries, runs and points to."""

    def special(line: Line) -> Iterator[Fact]:
        if line.name == "palarm" or (line.name == "action" and line.value.strip().upper() == b"PROCEDURE"):
            said = shown(plain(decoded(line)[:4096]).decode("utf-8", "replace"))
            yield part.finding("calendar-procedure", f"{line.name.upper()}: {said}")

    yield from _lines.facts(part, _KINDS, special)
