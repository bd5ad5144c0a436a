"""What calendars and contact cards may hold, as facts: files inline, pages, cards in cards, places elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from attachguard.errors import LimitExceeded
from attachguard.formats.markup.shared import ascii_markup, decode_data_url, parse_data_url, shown
from attachguard.part import Part
from attachguard.readers import references
from attachguard.readers.contentlines import Line, decoded, lines, plain

if TYPE_CHECKING:
    from attachguard.inspector import Fact

#: Properties and parameters that matter; everything else is text that programs show as text.
_WANTED: Final = re.compile(
    rb"(?is)[ \t]*(?:[A-Za-z0-9_-]{1,40}\.)?(?:attach|x-alt-desc|styled-description|description|action|image|url|source|sound|photo|logo|key|agent"
    rb"|[adpm]alarm|conference|structured-data|begin|end)[;:]"
    rb"|.*?(?:encoding=\"?b|base64|binary|text/html|altrep)"
)
#: Where the name of a file inline may stand.
_NAMES: Final = (
    "filename",
    "x-filename",
    "x-apple-filename",
    "x-oracle-filename",
    "x-evolution-caldav-attach-name",
    "x-label",
    "label",
)
#: Types of files as cards name them, with or without `TYPE=`.
_TYPES: Final = {
    "jpeg": "jpg",
    "jpg": "jpg",
    "png": "png",
    "gif": "gif",
    "bmp": "bmp",
    "tiff": "tif",
    "wave": "wav",
    "wav": "wav",
    "x509": "cer",
    "pgp": "pgp",
}
#: Properties whose value is fetched by the program that shows them, or when the alarm goes off.
FETCHED: Final = frozenset({"image", "photo", "logo", "sound", "aalarm", "palarm", "key", "source", "agent"})
#: Properties that hold a file where they hold no address; the oldest cards write it in quoted-printable, too.
_FILES: Final = frozenset({"photo", "logo", "sound", "key", "attach"})
#: Lines of one file, those of them that are looked at, and different places that they point to.
_MOST_LINES: Final = 300_000
_MOST_WANTED: Final = 30_000
#: What looking at one of them takes, see `Budget.spare`.
_LOOKS: Final = 2
_MOST_PLACES: Final = 500
_MOST_FILES: Final = 2_000


class Kinds(NamedTuple):
    """What a format calls what it finds.

    Args:
        what: the format, in plain words.
        file: kind of a file inline.
        place: kind of a network path or protocol.
    """

    what: str
    file: str
    place: str


def facts(part: Part, kinds: Kinds, special: Callable[[Line], Iterator[Fact]]) -> Iterator[Fact]:
    """What the lines hold.

    Args:
        part: the calendar or card.
        kinds: kinds of its findings.
        special: what only this format knows of a line.
    """
    count = looked_at = 0
    told: set[str] = set()
    for number, line in enumerate(lines(part.once(ascii_markup), _WANTED)):
        if number % 1024 == 0:
            part.budget.check_time()
        if number > _MOST_LINES:
            raise LimitExceeded("lines", f"more than {_MOST_LINES} lines in one {kinds.what}")
        if line is None:
            continue
        looked_at += 1
        if looked_at > _MOST_WANTED:
            raise LimitExceeded(
                "lines", f"more than {_MOST_WANTED} lines with content of their own in one {kinds.what}"
            )
        part.budget.look("lines with content of their own", _LOOKS)
        yield from special(line)
        for child in files(part, line):
            count += 1
            if count > _MOST_FILES:
                raise LimitExceeded("parts", f"more than {_MOST_FILES} files in one {kinds.what}")
            if child.declared != "text/html":
                yield part.finding(kinds.file, f"{line.name.upper()}: {shown(child.name)}")
            yield child
        if len(told) < _MOST_PLACES:
            yield from _places(part, line, kinds.place, told)


def files(part: Part, line: Line) -> Iterator[Part]:
    """Files, pages and cards in one property."""
    name = next((line.parameters[key] for key in _NAMES if line.parameters.get(key)), "")
    declared = line.parameters.get("fmttype", line.parameters.get("mediatype", "")).lower() or None
    said = (line.parameters.get("type", "").lower(), *line.parameters)
    extension = next((_TYPES[kind] for kind in said if kind in _TYPES), "")
    name = name or (f"{line.name}.{extension}" if extension else line.name)
    if line.encoding == "base64":
        yield part.child(name, partial(decoded, line), role="embedded", declared=declared)
    elif line.value[:5].lower() == b"data:":
        url = parse_data_url(line.value)
        if url is not None:
            yield part.child(name, partial(decode_data_url, url), role="embedded", declared=url.media or declared)
    elif line.encoding == "quoted-printable" and line.name in _FILES:
        yield part.child(name, partial(decoded, line), role="embedded", declared=declared)
    elif line.name == "agent" and line.value.strip():
        yield part.child("agent.vcf", partial(_text, line), role="embedded", declared="text/vcard")
    elif declared == "text/html" or (line.name == "x-alt-desc" and declared is None):
        yield part.child(f"{line.name}.html", partial(_text, line), role="embedded", declared="text/html")
    other = line.parameters.get("altrep", "")
    if other[:5].lower() == "data:":
        url = parse_data_url(other.encode("utf-8", "replace"))
        if url is not None:
            yield part.child(f"{line.name}.html", partial(decode_data_url, url), role="embedded", declared=url.media)


def _text(line: Line) -> bytes:
    return plain(decoded(line))


def _places(part: Part, line: Line, kind: str, told: set[str]) -> Iterator[Fact]:
    """Places elsewhere that a property points to; those in `told` have been told, and are added to it."""
    if line.encoding == "base64":
        return
    values = [line.parameters.get("altrep", "")]
    if line.name in FETCHED or line.name in ("attach", "url", "conference"):
        text = plain(decoded(line)[:4096]).decode("utf-8", "replace")
        # The alarms of vCalendar 1.0 have several fields, the place among them.
        values += text.split(";")[:8] if line.name.endswith("alarm") else [text]
    for value in values:
        where = references.read(value) if value else None
        if where is not None and where.form in ("network-path", "moniker"):
            detail = f"{line.name.upper()}: {shown(value)}"
            if detail not in told:
                told.add(detail)
                yield part.finding(kind, detail)
