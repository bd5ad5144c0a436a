"""MHTML: a web page with all its pictures, frames and scripts, kept as one multipart/related message.

Browsers and Word write it; a Word document with macros saved so carries them in an ActiveMime part. It is mail, and read as such.

Reference: RFC 2557.

Why our own: it is a message, and goes to the parser of messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attachguard.formats.mail.eml import parsed
from attachguard.mail.message import Entity, EventKind, MessageParser
from attachguard.mail.readings.names import gravest
from attachguard.part import Part

if TYPE_CHECKING:
    from attachguard.inspector import Fact

TYPES: Final = frozenset({"mht"})
LIMITATIONS: Final = ("Web archives of Safari and of old Internet Explorer versions that are not MIME are not read.",)
EXTRACTS: Final = "The parts of the page."
DETECTS: Final = "Damage to the structure; script in the page is found in its parts."

#: How far into a file the archive may begin; how it begins, or goes on when it has begun.
_REACH: Final = 1 << 16
_FIELDS: Final = re.compile(rb"(?:[!-9;-~]{1,76}[ \t]*:[^\n]*\n(?:[ \t]+[^\n]*\n)*){2}")
_VERSION: Final = re.compile(rb"(?i)mime-version[ \t]*:")
_LOCATION_NAME: Final = re.compile(r"[^/\\?#]*(?=[?#]|$)")


def inspect(part: Part) -> Iterator[Fact]:
    """Each leaf of the archive as a part."""
    parser = MessageParser(part.budget.limits, part.budget.spare)
    content: list[bytes] = []
    number = 0
    for event in parsed(parser, part.data[_start(part.data) :]):
        if event.kind is EventKind.LEAF:
            content = []
        elif event.kind is EventKind.CONTENT:
            content.append(event.content)
        elif event.kind is EventKind.LEAF_END and content and not event.entity.place:
            number += 1
            name = _name(event.entity, number)
            yield part.child(name, b"".join(content), declared=event.entity.media_type)
        elif event.kind is EventKind.ANOMALY and event.code == "resource-limit-exceeded":
            yield part.finding(event.code, event.detail)


def _start(data: bytes) -> int:
    """Where the first header field of the archive is: Word looks for it after a PDF header ("MalDoc in PDF") or lines of anything."""
    if _FIELDS.match(data):
        return 0
    match = _VERSION.search(data, 0, _REACH)
    return match.start() if match is not None else 0


def _name(leaf: Entity, number: int) -> str:
    given = gravest(leaf.names)
    if not given:
        location = leaf.words("content-location")
        match = _LOCATION_NAME.search(location.rpartition("/")[2][:300])
        given = match[0] if match is not None else ""
    return given or f"part-{number}"
