"""MHTML: a web page with all its pictures, frames and scripts, kept as one multipart/related message.

Browsers and Word write it; a Word document with macros saved so carries them in an ActiveMime part. The standard library's mail parser takes it
apart: the format is rare, and its reader is well kept. Its recursion over nested multiparts is bounded here beforehand.

Reference: RFC 2557.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from attachguard.errors import Malformed
from attachguard.part import Part

if TYPE_CHECKING:
    from email.message import Message

    from attachguard.inspector import Fact

TYPES: Final = frozenset({"mht"})
LIMITATIONS: Final = ("Web archives of Safari and of old Internet Explorer versions that are not MIME are not read.",)
EXTRACTS: Final = "The parts of the page."
DETECTS: Final = "Damage to the structure; script in the page is found in its parts."

_MULTIPART: Final = re.compile(rb"multipart/", re.IGNORECASE)
#: Multiparts in one archive: each costs a level of the parser's recursion at worst.
_MOST_MULTIPARTS: Final = 100
#: How far into a file the archive may begin; how it begins, or goes on when it has begun.
_REACH: Final = 1 << 16
_FIELDS: Final = re.compile(rb"(?:[!-9;-~]{1,76}[ \t]*:[^\n]*\n(?:[ \t]+[^\n]*\n)*){2}")
_VERSION: Final = re.compile(rb"(?i)mime-version[ \t]*:")
_LOCATION_NAME: Final = re.compile(r"[^/\\?#]*(?=[?#]|$)")


def inspect(part: Part) -> Iterator[Fact]:
    """Each leaf of the archive as a part."""
    from email import message_from_bytes
    from email.policy import compat32

    for number, _ in enumerate(_MULTIPART.finditer(part.data)):
        if number > _MOST_MULTIPARTS:
            raise Malformed("MHTML: nested beyond any use")
    part.budget.charge(len(part.data))
    message = message_from_bytes(part.data[_start(part.data) :], policy=compat32)
    number = 0
    for leaf in message.walk():
        if leaf.is_multipart() or not leaf.get_payload():
            continue
        number += 1
        yield part.child(_name(leaf, number), partial(_content, leaf), declared=leaf.get_content_type())


def _start(data: bytes) -> int:
    """Where the first header field of the archive is: Word looks for it behind a PDF header ("MalDoc in PDF") or lines of anything."""
    if _FIELDS.match(data):
        return 0
    match = _VERSION.search(data, 0, _REACH)
    return match.start() if match is not None else 0


def _name(leaf: Message, number: int) -> str:
    given = leaf.get_filename() or ""
    if not given:
        location = str(leaf.get("Content-Location") or "")
        match = _LOCATION_NAME.search(location.rpartition("/")[2][:300])
        given = match[0] if match is not None else ""
    return given or f"part-{number}"


def _content(leaf: Message) -> bytes:
    content = leaf.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
